//! Days played by the real core, and days in which somebody tampered with the order.

use protocol::report::{PassReason, VisitEvent};
use protocol::request::SuspensionReason;
use protocol::time::MINUTE;
use protocol::{
    Act, AgencyCode, CancelReason, Class, CounterId, Language, OfficerId, OutOfOrderReason, Outcome, Refusal, Seq, ServiceId, Standing,
    Target, TicketId, TicketNumber, Time, ZoneId,
};
use queue::{
    Arrival, BusinessDay, Called, Command, Counter, CounterPolicy, Event, Hall, NumberRange, Policy, Promise, Promises, Recorded,
    ServicePolicy, Stage, Why,
};

use super::{FairnessReport, report, told, visits};

/// Two services as the national catalogue has them: without a centre's rules their agencies are found there.
const CARD: &str = "nrb-id-replace";
const PIN: &str = "kra-pin";
const OPENS: Time = Time(1_795_500_000_000);

struct Bench {
    hall: Hall,
    now: Time,
    journal: Vec<Recorded>,
}

impl Bench {
    /// Opens a day with two services; counters 1 and 2 call both, counter 3 only the card's.
    fn open() -> Bench {
        let mut bench = Bench { hall: Hall::new(policy()), now: OPENS, journal: Vec::new() };
        let (date, midnight, closes_at) = ("2026-11-24".into(), Time(OPENS.0 - 9 * 60 * MINUTE), OPENS.plus(9 * 60 * MINUTE));
        bench.grant(Command::OpenDay(BusinessDay { date, midnight, tickets_from: midnight, opens_at: midnight, closes_at }));
        for counter in 1..=3 {
            bench.grant(Command::OpenCounter { counter: CounterId(counter), officer: officer(counter) });
        }
        bench
    }

    fn ask(&mut self, command: &Command) -> Result<Vec<Event>, Refusal> {
        let events = self.hall.decide(command, self.now)?;
        events.iter().for_each(|event| self.record(event.clone()));
        Ok(events)
    }

    fn grant(&mut self, command: Command) -> Vec<Event> {
        self.ask(&command).unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"))
    }

    fn record(&mut self, event: Event) {
        let recorded = Recorded { seq: Seq(self.hall.seq().0 + 1), at: self.now, event };
        self.hall.apply(&recorded);
        self.journal.push(recorded);
    }

    fn wait(&mut self, minutes: i64) {
        self.now = self.now.plus(minutes * MINUTE);
    }

    fn issue(&mut self, service: &str, class: Class) -> TicketNumber {
        let command = Command::IssueTicket(Arrival::new(id(service), class, Language::Sw));
        match &self.grant(command)[..] {
            [Event::TicketIssued(issued)] => issued.number,
            other => panic!("{other:?}"),
        }
    }

    fn next(&mut self, counter: u16) -> TicketNumber {
        let events = self.grant(Command::CallNext { counter: CounterId(counter), officer: officer(counter) });
        let ticket = self.here(counter);
        self.grant(Command::StartService { counter: CounterId(counter), officer: officer(counter), ticket });
        match &events[..] {
            [Event::TicketCalled(called)] => called.number,
            other => panic!("{other:?}"),
        }
    }

    fn finish(&mut self, counter: u16) {
        let (ticket, outcome) = (self.here(counter), Outcome::Served);
        self.grant(Command::FinishService {
            counter: CounterId(counter),
            officer: officer(counter),
            ticket,
            outcome: Some(outcome),
            then_next: false,
        });
    }

    fn send_on(&mut self, counter: u16, to: Target, standing: Standing, then_next: bool) {
        let (ticket, service) = (self.here(counter), id(CARD));
        let (counter, officer) = (CounterId(counter), officer(counter));
        self.grant(Command::TransferTicket { counter, officer, ticket, service, to, standing, then_next });
    }

    fn here(&self, counter: u16) -> TicketId {
        match &self.hall.counter(CounterId(counter)).expect("known").state {
            Counter::Busy { ticket, .. } => *ticket,
            other => panic!("{other:?}"),
        }
    }

    /// Writes a call that the core would not make.
    fn tamper(&mut self, counter: u16, number: TicketNumber) {
        let ticket = self.hall.ticket_numbered(number).expect("it waits");
        let (waited, promise) = (ticket.waited(self.now), self.hall.promise(ticket).within);
        let why = Why { waited, promise, weight: 1_000, runner_up: None, front: false, out_of_order: None };
        let call = protocol::CallNumber(9_000);
        let (ticket, counter) = (ticket.id, CounterId(counter));
        self.record(Event::TicketCalled(Called {
            call,
            ticket,
            number,
            counter,
            language: Language::Sw,
            why,
            same_act: false,
            auto: false,
        }));
    }

    fn report(&self) -> FairnessReport {
        report(&self.journal, Some(&policy()))
    }
}

fn policy() -> Policy {
    let minutes = |minutes: i64| Promise::within(minutes * MINUTE);
    let service = |name: &str, standard: i64| ServicePolicy {
        id: id(name),
        agency: agency(name),
        letter: 'K',
        promises: Promises { standard: minutes(standard), priority: minutes(standard / 3), appointment: minutes(standard / 2) },
        typical: 10 * MINUTE,
        quota: None,
        hours: None,
    };
    let counter = |number: u16, services: &[&str]| {
        let profile = services.iter().map(|service| (id(service), 1_000)).collect();
        CounterPolicy::new(CounterId(number), ZoneId::new("hall").expect("a zone"), profile)
    };
    Policy {
        services: vec![service(CARD, 30), service(PIN, 60)],
        counters: vec![counter(1, &[CARD, PIN]), counter(2, &[CARD, PIN]), counter(3, &[CARD])],
        numbers: NumberRange { first: 1, last: 999 },
        unattended_after: 20 * MINUTE,
        return_within: 30 * MINUTE,
        return_loses: 5 * MINUTE,
        undo_within: MINUTE,
        close_grace: 120 * MINUTE,
        ..Policy::default()
    }
}

fn id(service: &str) -> ServiceId {
    ServiceId::new(service).expect("an id")
}

fn agency(service: &str) -> AgencyCode {
    AgencyCode::new(if service == CARD { "NRB" } else { "KRA" }).expect("a code")
}

fn officer(counter: u16) -> OfficerId {
    OfficerId::new(&format!("officer-{counter}")).expect("an id")
}

#[test]
fn a_day_of_one_queue_has_no_passes() {
    let mut bench = Bench::open();
    for _ in 0..4 {
        bench.issue(CARD, Class::Standard);
        bench.wait(1);
    }
    for _ in 0..4 {
        bench.next(1);
        bench.wait(10);
        bench.finish(1);
    }
    let report = bench.report();
    assert_eq!((report.issued, report.calls, report.passes.clone()), (4, 4, Default::default()));
    let [queue] = &report.queues[..] else { panic!("{:?}", report.queues) };
    let minutes = [queue.p50, queue.p90, queue.longest, queue.promise].map(|milliseconds| milliseconds / MINUTE);
    assert_eq!((queue.called, queue.within, minutes), (4, 3, [13, 31, 31, 30]), "waits of 4, 13, 22 and 31 minutes");
    assert_eq!(told::lines(&bench.journal, Some(&policy()))[2], "Nobody of the same service and class was passed over.");
}

#[test]
fn priority_and_another_service_are_passes_that_the_shares_explain() {
    let mut bench = Bench::open();
    let pin = bench.issue(PIN, Class::Standard);
    bench.issue(CARD, Class::Standard);
    bench.wait(1);
    let priority = bench.issue(CARD, Class::Priority);
    bench.wait(5);
    assert_eq!(bench.next(1), priority);
    bench.wait(1);
    bench.finish(1);
    assert_ne!(bench.next(1), pin);
    bench.wait(1);
    bench.finish(1);
    let passes = bench.report().passes;
    assert_eq!((passes.other_class, passes.other_service, passes.unexplained, passes.tickets), (1, 2, 0, 2));
    let longest = bench.report().longest.expect("somebody was passed over");
    assert_eq!((longest.number, longest.times), (pin, 2));
}

#[test]
fn the_price_of_priority_is_kleinrocks() {
    let mut bench = Bench::open();
    for _ in 0..3 {
        bench.issue(CARD, Class::Standard);
    }
    bench.issue(CARD, Class::Priority);
    let price = bench.report().price;
    assert_eq!((price.share_permille, price.factor_permille), (250, 1_200), "1 / (1 - 1/4 * (1 - 10/30))");
}

#[test]
fn a_call_out_of_order_is_told_with_its_reason_and_its_officer() {
    let mut bench = Bench::open();
    bench.issue(CARD, Class::Standard);
    bench.wait(1);
    let number = bench.issue(CARD, Class::Standard);
    let (counter, officer, reason) = (CounterId(1), officer(1), OutOfOrderReason::Supervisor);
    bench.grant(Command::CallTicket { counter, officer: officer.clone(), number, reason });
    let report = bench.report();
    assert_eq!((report.passes.out_of_order, report.passes.decided_within, report.passes.unexplained), (1, 1, 0));
    let [calls] = &report.out_of_order[..] else { panic!("{:?}", report.out_of_order) };
    assert_eq!((&calls.officer, calls.reason, calls.calls), (&officer, reason, 1));
}

#[test]
fn who_was_put_in_front_or_is_meant_for_another_or_is_suspended_is_told_so() {
    let mut bench = Bench::open();
    bench.issue(CARD, Class::Standard);
    bench.next(1);
    bench.wait(1);
    bench.issue(CARD, Class::Standard);
    bench.wait(1);
    bench.send_on(1, Target::Anyone, Standing::Front, false);
    bench.wait(1);
    bench.next(2);
    let passes = bench.report().passes;
    assert_eq!((passes.front, passes.decided_within, passes.unexplained), (1, 1, 0), "the first ticket, but it had not waited at all");

    let mut bench = Bench::open();
    let waits = bench.issue(CARD, Class::Standard);
    bench.next(1);
    bench.send_on(1, Target::Counter(CounterId(1)), Standing::Kept, false);
    bench.wait(1);
    let other = bench.issue(CARD, Class::Standard);
    assert_eq!(bench.next(2), other);
    assert_eq!(bench.report().passes.target, 1, "{waits} is meant for counter 1");

    let mut bench = Bench::open();
    bench.issue(PIN, Class::Standard);
    bench.wait(1);
    bench.issue(CARD, Class::Standard);
    bench.grant(Command::SuspendServices { agency: agency(PIN), service: None, reason: SuspensionReason::SystemDown, back_at: None });
    bench.next(1);
    let passes = bench.report().passes;
    assert_eq!((passes.suspended, passes.tickets), (1, 0));
}

#[test]
fn a_later_ticket_that_was_put_in_front_passes_over_an_earlier_one() {
    let mut bench = Bench::open();
    let first = bench.issue(CARD, Class::Standard);
    bench.wait(1);
    let number = bench.issue(CARD, Class::Standard);
    bench.grant(Command::CallTicket { counter: CounterId(1), officer: officer(1), number, reason: OutOfOrderReason::Back });
    bench.send_on(1, Target::Anyone, Standing::Front, false);
    assert_eq!(bench.next(2), number);
    let passes = bench.report().passes;
    assert_eq!((passes.out_of_order, passes.front, passes.unexplained, passes.tickets), (1, 1, 0, 1), "{first}");
}

#[test]
fn who_comes_back_late_has_waited_less_than_who_came_later() {
    let mut bench = Bench::open();
    let missed = bench.issue(CARD, Class::Standard);
    bench.wait(1);
    let later = bench.issue(CARD, Class::Standard);
    bench.grant(Command::CallNext { counter: CounterId(1), officer: officer(1) });
    let ticket = bench.here(1);
    bench.wait(2);
    bench.grant(Command::NoShow { counter: CounterId(1), officer: officer(1), ticket, then_next: false });
    bench.wait(1);
    bench.grant(Command::ReturnTicket { number: missed });
    assert_eq!(bench.next(1), later);
    let passes = bench.report().passes;
    assert_eq!((passes.longer_wait, passes.unexplained, passes.tickets), (1, 0, 0));
}

#[test]
fn a_ticket_that_nobody_was_told_of_is_not_a_mistake() {
    let mut bench = Bench::open();
    for reason in [CancelReason::Replaced, CancelReason::Mistake, CancelReason::GivenUp] {
        let number = bench.issue(CARD, Class::Standard);
        bench.grant(Command::CancelTicket { number, reason });
    }
    let unserved = bench.report().unserved;
    assert_eq!((unserved.replaced, unserved.mistake, unserved.given_up), (1, 1, 1));
}

#[test]
fn a_ticket_that_is_sent_on_in_the_act_that_calls_the_next_is_not_passed_over() {
    let mut bench = Bench::open();
    bench.issue(CARD, Class::Standard);
    bench.wait(5);
    bench.issue(CARD, Class::Standard);
    bench.next(1);
    bench.send_on(1, Target::Anyone, Standing::Kept, true);
    assert_eq!(bench.report().passes, Default::default());
}

#[test]
fn a_pass_within_a_service_and_class_is_found_in_a_journal_that_was_tampered_with() {
    let mut bench = Bench::open();
    let first = bench.issue(CARD, Class::Standard);
    bench.wait(1);
    let second = bench.issue(CARD, Class::Standard);
    bench.wait(1);
    bench.tamper(3, second);
    for rules in [Some(&policy()), None] {
        let report = report(&bench.journal, rules);
        assert_eq!(report.passes.unexplained, 1);
        let [pass] = &report.unexplained[..] else { panic!("{:?}", report.unexplained) };
        assert_eq!((pass.called, pass.passed, pass.counter), (second, first, CounterId(3)));
    }
    assert!(told::lines(&bench.journal, Some(&policy()))[2].starts_with("1 times somebody was passed over and no rule explains it"));
    let [visit] = &visits(&bench.journal, Some(&policy()), first)[..] else { panic!("one visit") };
    assert!(matches!(visit.lines[1].what, VisitEvent::PassedBy { reason: PassReason::Unexplained, .. }), "{visit:?}");
}

#[test]
fn a_call_of_whoever_had_used_less_of_the_promise_is_found_too() {
    let mut bench = Bench::open();
    let standard = bench.issue(CARD, Class::Standard);
    bench.wait(20);
    let priority = bench.issue(CARD, Class::Priority);
    bench.wait(1);
    bench.tamper(3, priority);
    let report = bench.report();
    assert_eq!((report.passes.unexplained, report.unexplained[0].passed), (1, standard));
}

#[test]
fn a_call_that_was_taken_back_ended_no_wait() {
    let mut bench = Bench::open();
    bench.issue(CARD, Class::Standard);
    bench.grant(Command::CallNext { counter: CounterId(1), officer: officer(1) });
    bench.grant(Command::Undo { counter: CounterId(1), officer: officer(1) });
    bench.wait(7);
    bench.next(1);
    let report = bench.report();
    assert_eq!((report.calls, report.queues[0].called, report.queues[0].longest), (2, 1, 7 * MINUTE));
    assert_eq!((report.undone[0].act, report.undone[0].times), (Act::Call, 1));
}

#[test]
fn a_visit_is_told_with_its_figures_and_with_who_was_called_before_it() {
    let mut bench = Bench::open();
    let mine = bench.issue(CARD, Class::Standard);
    bench.wait(1);
    let sooner = bench.issue(CARD, Class::Priority);
    bench.wait(5);
    assert_eq!(bench.next(1), sooner);
    bench.wait(3);
    assert_eq!(bench.next(2), mine);
    let [visit] = &visits(&bench.journal, None, mine)[..] else { panic!("one visit") };
    let [issued, passed, called, started] = &visit.lines[..] else { panic!("{visit:?}") };
    assert!(matches!(&issued.what, VisitEvent::Issued { class: Class::Standard, .. }));
    let VisitEvent::PassedBy { number, reason, figures, own, .. } = &passed.what else { panic!("{passed:?}") };
    assert_eq!((*number, *reason, figures.share_permille, own.waited), (sooner, PassReason::OtherClass, 500, 6 * MINUTE));
    let VisitEvent::Called { counter, figures, runner_up, .. } = &called.what else { panic!("{called:?}") };
    assert_eq!((*counter, figures.share_permille, runner_up), (CounterId(2), 300, &None));
    assert!(matches!(started.what, VisitEvent::Started { .. }));
    assert!(visits(&bench.journal, None, TicketNumber { letter: 'Z', number: 1 }).is_empty());
}

/// Days of chance: whatever officers and citizens do, no call of the core is without its reason.
#[test]
fn no_call_of_the_core_is_unexplained() {
    let mut seen = [0; 7];
    for seed in 1..=12 {
        let bench = chance(seed);
        let with_rules = report(&bench.journal, Some(&policy()));
        assert_eq!(with_rules.unexplained, Vec::new(), "seed {seed}");
        assert_eq!(report(&bench.journal, None).unexplained, Vec::new(), "seed {seed}, without the rules");
        let passes = with_rules.passes;
        let found = [
            passes.other_class,
            passes.other_service,
            passes.longer_wait,
            passes.front,
            passes.out_of_order,
            passes.target,
            passes.suspended,
        ];
        seen.iter_mut().zip(found).for_each(|(seen, found)| *seen += found);
    }
    assert!(seen.iter().all(|seen| *seen > 0), "the days try every reason: {seen:?}");
}

fn chance(seed: u64) -> Bench {
    let mut bench = Bench::open();
    let mut dice = Dice(seed);
    for _ in 0..1_500 {
        bench.now = bench.now.plus(i64::from(dice.roll(40)) * 1_000);
        let command = any_command(&bench, &mut dice);
        let _ = bench.ask(&command);
        while let Some(command) = bench.hall.day_overdue(bench.now) {
            bench.grant(command);
        }
    }
    bench
}

fn any_command(bench: &Bench, dice: &mut Dice) -> Command {
    let desk = &bench.hall.counters()[dice.roll(3) as usize];
    let counter = desk.policy.id;
    let officer = officer(counter.0);
    let (service, class) = (id([CARD, PIN][dice.roll(2) as usize]), Class::ALL[dice.roll(3) as usize]);
    let then_next = dice.roll(2) == 0;
    let any = dice.roll(bench.hall.tickets().count().max(1) as u32) as usize;
    let number = bench.hall.tickets().nth(any).map_or(TicketNumber { letter: 'K', number: 0 }, |ticket| ticket.number);
    let here = match desk.state {
        Counter::Busy { ticket, .. } => bench.hall.ticket(ticket),
        Counter::Closed | Counter::Paused { .. } | Counter::Free { .. } => None,
    };
    let roll = dice.roll(100);
    if roll < 34 {
        return Command::IssueTicket(Arrival::new(service, class, Language::Sw));
    }
    match (roll, here.map(|ticket| (ticket.id, &ticket.stage))) {
        (34..38, _) => Command::SetPriority { number, priority: then_next },
        (38..41, _) => Command::ReturnTicket { number },
        (41, _) => Command::CancelTicket { number, reason: CancelReason::GivenUp },
        (42..44, _) => Command::SuspendServices { agency: agency(PIN), service: None, reason: SuspensionReason::SystemDown, back_at: None },
        (44..49, _) => Command::ResumeServices { agency: agency(PIN), service: None },
        (49..53, _) => Command::Undo { counter, officer },
        (53..58, None) => Command::CallTicket { counter, officer, number, reason: OutOfOrderReason::Correction },
        (58, None) => Command::CloseCounter { counter, officer },
        (59..62, None) => Command::OpenCounter { counter, officer },
        (_, None) => Command::CallNext { counter, officer },
        (53..58, Some((ticket, _))) => Command::HoldTicket { counter, officer, ticket, until: Some(bench.now.plus(6 * MINUTE)), then_next },
        (58..64, Some((ticket, _))) => {
            let to = [Target::Anyone, Target::Counter(CounterId(1)), Target::Officer(self::officer(2))][dice.roll(3) as usize].clone();
            let standing = [Standing::Kept, Standing::Front, Standing::End][dice.roll(3) as usize];
            Command::TransferTicket { counter, officer, ticket, service, to, standing, then_next }
        }
        (64..68, Some((ticket, Stage::Called { .. }))) => Command::NoShow { counter, officer, ticket, then_next },
        (_, Some((ticket, Stage::Called { .. }))) => Command::StartService { counter, officer, ticket },
        (_, Some((ticket, _))) => Command::FinishService { counter, officer, ticket, outcome: Some(Outcome::Served), then_next },
    }
}

/// Chance that can be repeated (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(sides)) as u32
    }
}
