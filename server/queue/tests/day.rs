//! Whole days of a large centre, seeded: arrivals, calls, no-shows, breaks, suspensions and forgotten counters, with
//! every invariant checked after every event, and the journal folded again at the end.

mod common;

use std::collections::BTreeSet;

use common::{Bench, MINUTE, agency, at, officer, policy};
use protocol::request::SuspensionReason;
use protocol::{
    BookingId, CancelReason, Class, CounterId, DeviceId, Language, MarkId, OutOfOrderReason, Outcome, PauseReason, PoolId, Standing,
    Target, TicketId, TicketNumber, Time,
};
use queue::{Arrival, Booked, BusinessDay, Command, Counter, Event, Given, Hall, OfficerPolicy, Policy, Stage};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

const SERVICES: [(&str, char, i64); 8] = [
    ("nrb", 'J', 45),
    ("crs", 'L', 30),
    ("police", 'K', 15),
    ("sha", 'G', 30),
    ("ntsa", 'D', 30),
    ("kra", 'S', 30),
    ("social", 'V', 30),
    ("other", 'Z', 20),
];
const COUNTERS: usize = 28;
const VISITORS: u32 = 2_400;

#[test]
fn a_large_day_keeps_every_promise_of_the_core() {
    for seed in 0..8 {
        let bench = play(seed);
        let issued = count(&bench, |event| matches!(event, Event::TicketIssued(_)));
        assert!(issued > 1_500, "seed {seed}: only {issued} tickets");
        let ended = bench.hall.tickets().count();
        assert_eq!(ended, 0, "seed {seed}: every ticket ends");
        no_call_number_twice(&bench);
        let mut again = Hall::new(bench.hall.policy().clone());
        for recorded in &bench.journal {
            again.apply(recorded);
        }
        assert_eq!(format!("{again:?}"), format!("{:?}", bench.hall), "seed {seed}");
    }
}

#[test]
fn the_days_hold_every_kind_of_event() {
    let journals: String = (0..10).flat_map(|seed| play(seed).journal).map(|recorded| format!("{:?} ", recorded.event)).collect();
    for kind in [
        "TicketHeld",
        "TicketTransferred",
        "TicketBack",
        "TicketLapsed",
        "TicketCancelled",
        "TicketClassed",
        "ActUndone",
        "Correction",
        "TicketReturned",
        "TicketAdmitted",
        "TicketMarked",
        "ServiceDelivered",
        "booked_at: Some",
        "taken_up: Some",
        "auto: true",
        "outside: true",
        "why: Shift",
        "Pool(",
        "NumbersReserved",
        "offline: Some",
        "NumberLeft",
        "Replaced",
    ] {
        assert!(journals.contains(kind), "there is no {kind}");
    }
}

/// `FOLENI_EVENTS=10000000 cargo test --release -p queue --test day -- random_days --nocapture`
#[test]
fn random_days_keep_every_invariant_through_restarts() {
    let wanted = std::env::var("FOLENI_EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(20_000);
    let (started, mut events, mut days, mut restarts) = (std::time::Instant::now(), 0, 0, 0);
    while events < wanted {
        let bench = play(1_000 + days);
        let mut random = SmallRng::seed_from_u64(days);
        // Folded as far as any event and on from there, the hall is the same: the journal is all there is.
        let cut = random.random_range(0..bench.journal.len());
        let mut again = Hall::new(bench.hall.policy().clone());
        bench.journal[..cut].iter().for_each(|recorded| again.apply(recorded));
        again.check().unwrap_or_else(|violation| panic!("seed {}: {violation} after a restart at event {cut}", 1_000 + days));
        bench.journal[cut..].iter().for_each(|recorded| again.apply(recorded));
        assert_eq!(format!("{again:?}"), format!("{:?}", bench.hall), "seed {}: a restart at event {cut}", 1_000 + days);
        events += bench.journal.len();
        days += 1;
        restarts += 1;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{events} events of {days} days, {restarts} restarts, every invariant after every event: {seconds:.0} s, {:.0} days an hour",
        days as f64 * 3_600.0 / seconds
    );
}

#[test]
fn the_same_seed_is_the_same_day() {
    assert_eq!(play(3).journal, play(3).journal);
}

#[test]
fn the_wait_that_is_told_is_mostly_true() {
    let mut told = 0;
    let mut kept = 0;
    for seed in 100..104 {
        let bench = play(seed);
        let mut ranges = std::collections::BTreeMap::new();
        for recorded in &bench.journal {
            match &recorded.event {
                Event::TicketIssued(issued) => {
                    ranges.insert(issued.ticket, (recorded.at, issued.wait));
                }
                Event::TicketCalled(called) => {
                    let Some((issued_at, Some(range))) = ranges.remove(&called.ticket) else { continue };
                    let minutes = recorded.at.since(issued_at) / MINUTE;
                    told += 1;
                    kept += u32::from((i64::from(range.from_minutes)..=i64::from(range.to_minutes)).contains(&minutes));
                }
                _ => {}
            }
        }
    }
    let share = kept * 100 / told;
    println!("{kept} of {told} waits were within the range told ({share} %)");
    assert!(share >= 55, "only {share} % of {told}");
}

fn count(bench: &Bench, wanted: impl Fn(&Event) -> bool) -> usize {
    bench.journal.iter().filter(|recorded| wanted(&recorded.event)).count()
}

fn no_call_number_twice(bench: &Bench) {
    let mut calls = BTreeSet::new();
    for recorded in &bench.journal {
        let call = match &recorded.event {
            Event::TicketCalled(called) => called.call,
            Event::TicketRecalled { call, .. } => *call,
            _ => continue,
        };
        assert!(calls.insert(call), "call {call} was announced twice");
    }
}

/// Plays a day in steps of ten seconds.
fn play(seed: u64) -> Bench {
    let (mut random, mut kiosks) = (SmallRng::seed_from_u64(seed), SmallRng::seed_from_u64(seed + 10_000));
    let names: Vec<&str> = SERVICES.iter().map(|(name, _, _)| *name).collect();
    let profiles: Vec<Vec<&str>> = (0..COUNTERS).map(|index| vec![names[index % 8], names[(index * 3 + 1) % 8]]).collect();
    let profiles: Vec<&[&str]> = profiles.iter().map(Vec::as_slice).collect();
    let rules = Policy { offline_numbers: 4, ..policy(&SERVICES, &profiles) };
    // Every other day is one of a centre that has switched on whatever can be.
    let mut bench = Bench::with(if seed % 2 == 1 { everything(rules) } else { rules });
    for counter in 1..=COUNTERS {
        bench.staff(u16::try_from(counter).expect("few"));
    }
    let mut busy_until = [Time(0); COUNTERS + 1];
    let mut issued = 0;
    while bench.hall.day().is_some() {
        bench.now = bench.now.plus(10_000);
        while let Some(command) = bench.hall.overdue(bench.now) {
            bench.ask_fast(&command).expect("time asks only for what can be");
        }
        if issued < VISITORS && bench.now < at(19, 0) && random.random_bool(0.62) {
            issued += 1;
            arrive(&mut bench, &mut random);
        }
        if random.random_ratio(1, 400) {
            trouble(&mut bench, &mut random);
        }
        if kiosks.random_ratio(1, 300) {
            kiosk_alone(&mut bench, &mut kiosks);
        }
        if random.random_ratio(1, 12) {
            let counter = CounterId(random.random_range(1..=28));
            odd_act(&mut bench, &mut random, counter);
        }
        for (counter, busy_until) in busy_until.iter_mut().enumerate().skip(1) {
            officer_acts(&mut bench, &mut random, counter, busy_until);
        }
    }
    the_morning_after(&mut bench);
    bench
}

/// A centre with shifts, pools, officers who do not serve everything, a full hall, and calls by itself.
fn everything(mut rules: Policy) -> Policy {
    let hour = 60 * MINUTE;
    for (index, counter) in rules.counters.iter_mut().enumerate() {
        counter.pools = if index % 5 == 0 { vec![pool()] } else { Vec::new() };
        counter.shifts = if index % 3 == 0 { vec![(7 * hour, 13 * hour), (13 * hour, 19 * hour)] } else { Vec::new() };
    }
    let skilled = |index: usize| OfficerPolicy {
        officer: officer(u16::try_from(index + 1).expect("few")),
        profile: vec![(rules.counters[index].profile[0].0.clone(), 1_500), (common::id("other"), 700)],
    };
    let officers = [3, 8, 13].map(skilled).to_vec();
    let (auto_call_after, close_grace) = (Some(20_000), 6 * MINUTE);
    Policy { officers, inside_max: Some(90), auto_call_after, close_grace, marks: vec![mark()], ..rules }
}

fn pool() -> PoolId {
    PoolId::new("every-fifth").expect("a pool")
}

fn mark() -> MarkId {
    MarkId::new("interpreter").expect("a mark")
}

/// Whom the day could not serve comes again, and the day after ends as well.
fn the_morning_after(bench: &mut Bench) {
    let later = |time: Time| time.plus(24 * 60 * MINUTE);
    let BusinessDay { midnight, tickets_from, opens_at, closes_at, .. } = common::day();
    bench.now = later(opens_at);
    let next = BusinessDay {
        date: "2026-11-26".into(),
        midnight: later(midnight),
        tickets_from: later(tickets_from),
        opens_at: later(opens_at),
        closes_at: later(closes_at),
    };
    let opened = bench.ask_fast(&Command::OpenDay(next)).expect("the day has ended");
    let [Event::DayOpened { returns, .. }] = &opened[..] else { panic!("{opened:?}") };
    for unserved in returns {
        let take_up = Command::TakeUpReturn { number: unserved.number, language: Language::Sw };
        bench.ask_fast(&take_up).expect("it was promised");
    }
    late_papers(bench);
    bench.ask_fast(&Command::CloseDay).expect("open");
}

/// A kiosk comes back on the next day with what it gave on the last one, and each holder takes it up.
fn late_papers(bench: &mut Bench) {
    let yesterday = common::day().date;
    let kiosk = DeviceId::new("kiosk-1").expect("a device's id");
    let left = bench.hall.kiosk_numbers().iter().find(|numbers| numbers.kiosk == kiosk).map_or(0, |numbers| numbers.open);
    let letters = SERVICES.iter().flat_map(|(_, letter, _)| (1..=999).map(|number| TicketNumber { letter: *letter, number }));
    let mut handed_over = 0;
    for number in letters {
        let arrival = Arrival::new(common::id("nrb"), Class::Standard, Language::Sw);
        let (kiosk, date, at) = (kiosk.clone(), yesterday.clone(), bench.now);
        let given = Given { kiosk, number, date, arrival, at, replaces: None };
        match bench.ask_fast(&Command::HandOver(given.clone())) {
            Ok(_) => handed_over += 1,
            Err(_) => continue,
        }
        assert!(bench.ask_fast(&Command::HandOver(given)).is_err(), "once");
        bench.ask_fast(&Command::TakeUpReturn { number, language: Language::Sw }).expect("it was promised");
        if handed_over == 3 {
            return;
        }
    }
    assert_eq!(handed_over, left.min(3));
}

fn arrive(bench: &mut Bench, random: &mut SmallRng) {
    let service = common::id(SERVICES[random.random_range(0..SERVICES.len())].0);
    let class = if random.random_ratio(1, 10) { Class::Priority } else { Class::Standard };
    let language = if random.random_bool(0.7) { Language::Sw } else { Language::En };
    let booking = random.random_bool(0.5).then(|| BookingId(random.random_range(0..300)));
    let at = bench.now.plus(random.random_range(-20..40) * MINUTE);
    let booked = random.random_ratio(1, 12).then_some(Booked { at, booking });
    let _ = bench.ask_fast(&Command::IssueTicket(Arrival { booked, ..Arrival::new(service, class, language) }));
}

/// A kiosk asks for numbers, or hands over what it gave while it was alone.
fn kiosk_alone(bench: &mut Bench, random: &mut SmallRng) {
    let kiosk = DeviceId::new(&format!("kiosk-{}", random.random_range(1..4))).expect("a device's id");
    let _ = bench.ask_fast(&Command::ReserveNumbers { kiosk: kiosk.clone(), book: random.random_range(0..40) / 39 });
    let Some(date) = bench.hall.day().map(|day| day.hours.date.clone()) else { return };
    let open: Vec<_> = bench.hall.numbers_of(&kiosk).into_iter().flat_map(|numbers| numbers.open.keys().copied()).collect();
    for _ in 0..random.random_range(0..8) {
        let number = open[random.random_range(0..open.len())];
        let service = common::id(SERVICES[random.random_range(0..SERVICES.len())].0);
        let some = bench.hall.tickets().nth(random.random_range(0..30)).map(|ticket| ticket.id);
        let given = Given {
            kiosk: kiosk.clone(),
            number,
            date: date.clone(),
            arrival: Arrival::new(service, Class::Standard, Language::En),
            at: bench.now.plus(random.random_range(-60..10) * MINUTE),
            replaces: some.filter(|_| random.random_ratio(1, 8)),
        };
        let _ = bench.ask_fast(&Command::HandOver(given));
    }
}

fn trouble(bench: &mut Bench, random: &mut SmallRng) {
    let down = bench.hall.suspended().keys().next().cloned();
    let any = agency(&SERVICES[random.random_range(0..SERVICES.len())].0.to_uppercase());
    let command = match down {
        Some(agency) => Command::ResumeServices { agency, service: None },
        None => Command::SuspendServices { agency: any, service: None, reason: SuspensionReason::SystemDown, back_at: None },
    };
    let _ = bench.ask_fast(&command);
}

/// Sends the ticket at a counter away, brings one back, gives one up, calls one out of order, or takes an act back.
fn odd_act(bench: &mut Bench, random: &mut SmallRng, counter: CounterId) {
    let who = officer(counter.0);
    let some = |random: &mut SmallRng, bench: &Bench, away: bool| {
        let tickets: Vec<_> = bench.hall.tickets().filter(|ticket| ticket.is_away() == away).map(|ticket| ticket.number).collect();
        (!tickets.is_empty()).then(|| tickets[random.random_range(0..tickets.len())])
    };
    let here = match bench.hall.counter(counter).expect("known").state {
        Counter::Busy { ticket, .. } => Some(ticket),
        Counter::Closed | Counter::Paused { .. } | Counter::Free { .. } => None,
    };
    let then_next = random.random_bool(0.5);
    let command = match (random.random_range(0..12), here) {
        (0, Some(ticket)) => {
            let until = random.random_bool(0.5).then(|| bench.now.plus(random.random_range(1..40) * MINUTE));
            Command::HoldTicket { counter, officer: who, ticket, until, then_next }
        }
        (1, Some(ticket)) => {
            let service = common::id(SERVICES[random.random_range(0..SERVICES.len())].0);
            let to = match random.random_range(0..5) {
                4 => Target::Pool(pool()),
                0 => Target::Officer(officer(random.random_range(1..=30))),
                1 => Target::Counter(CounterId(random.random_range(1..=28))),
                _ => Target::Anyone,
            };
            let standing = [Standing::Kept, Standing::Front, Standing::End][random.random_range(0..3)];
            Command::TransferTicket { counter, officer: who, ticket, service, to, standing, then_next }
        }
        (2 | 3, _) => match some(random, bench, true) {
            Some(number) => Command::ReturnTicket { number },
            None => return,
        },
        (4 | 8 | 9, None) => {
            let away = random.random_bool(0.5);
            let Some(number) = some(random, bench, away) else { return };
            Command::CallTicket { counter, officer: who, number, reason: OutOfOrderReason::Correction }
        }
        (5, _) => match some(random, bench, false) {
            Some(number) if random.random_ratio(1, 4) => Command::CancelTicket { number, reason: CancelReason::GivenUp },
            _ => return,
        },
        (6, _) => match some(random, bench, false) {
            Some(number) => Command::SetPriority { number, priority: random.random_bool(0.5) },
            None => return,
        },
        (7, Some(ticket)) => {
            Command::Deliver { counter, officer: who, ticket, service: common::id("kra"), count: random.random_range(0..4) }
        }
        (10, _) => match some(random, bench, false) {
            Some(number) => Command::MarkTicket { number, mark: mark(), on: random.random_bool(0.7) },
            None => return,
        },
        _ => Command::Undo { counter, officer: who },
    };
    let _ = bench.ask_fast(&command);
}

fn officer_acts(bench: &mut Bench, random: &mut SmallRng, counter: usize, busy_until: &mut Time) {
    let id = CounterId(u16::try_from(counter).expect("few"));
    let who = officer(id.0);
    let state = bench.hall.counter(id).expect("known").state.clone();
    let command = match state {
        Counter::Closed if bench.now < at(19, 0) && random.random_ratio(1, 60) => Command::OpenCounter { counter: id, officer: who },
        Counter::Closed => return,
        Counter::Paused { .. } if random.random_ratio(1, 60) => Command::ResumeCounter { counter: id, officer: who },
        Counter::Paused { .. } => return,
        Counter::Free { .. } if random.random_ratio(1, 300) => {
            Command::PauseCounter { counter: id, officer: who, back_at: None, reason: PauseReason::Break }
        }
        Counter::Free { .. } => Command::CallNext { counter: id, officer: who },
        Counter::Busy { ticket, .. } => busy(bench, random, id, ticket, busy_until),
    };
    // A forgotten counter now and then: its officer has walked away.
    if !random.random_ratio(1, 5_000) {
        let _ = bench.ask_fast(&command);
    } else {
        *busy_until = bench.now.plus(90 * MINUTE);
    }
}

fn busy(bench: &Bench, random: &mut SmallRng, counter: CounterId, ticket: TicketId, busy_until: &mut Time) -> Command {
    let who = officer(counter.0);
    let serving = matches!(bench.hall.ticket(ticket).expect("live").stage, Stage::Serving { .. });
    match (serving, bench.now >= *busy_until) {
        (false, _) if random.random_ratio(1, 20) => Command::NoShow { counter, officer: who, ticket, then_next: true },
        (false, _) if random.random_ratio(1, 6) => Command::Recall { counter, officer: who, ticket },
        (false, _) => {
            *busy_until = bench.now.plus(random.random_range(3 * MINUTE..14 * MINUTE));
            Command::StartService { counter, officer: who, ticket }
        }
        (true, true) => {
            let outcome = Outcome::ALL[random.random_range(0..Outcome::ALL.len())];
            Command::FinishService { counter, officer: who, ticket, outcome: Some(outcome), then_next: random.random_bool(0.7) }
        }
        (true, false) => Command::CallNext { counter, officer: who },
    }
}
