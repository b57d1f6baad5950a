//! What the hall is told of suspensions: which notice is in force, and what has gone on again lately.

use std::collections::BTreeMap;

use protocol::view::RESUMED_SHOWN;
use protocol::{AgencyCode, Seq, ServiceId, Time};
use queue::{Event, Hall, Recorded};

/// Notices about suspensions, each with its place in the journal for its number.
#[derive(Default)]
pub struct Notices {
    suspended: BTreeMap<Subject, Seq>,
    resumed: BTreeMap<Subject, Resumed>,
}

/// What a notice is about: an agency as a whole, or one of its services alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Whose services.
    pub agency: AgencyCode,
    /// The one service; all of the agency when absent.
    pub service: Option<ServiceId>,
}

/// Something that has gone on again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// The notice's number.
    pub notice: Seq,
    /// When.
    pub at: Time,
}

impl Notices {
    /// Takes in one event. `before` is the hall before it.
    pub fn apply(&mut self, before: &Hall, recorded: &Recorded) {
        match &recorded.event {
            Event::ServicesSuspended { agency, service, .. } => {
                let subject = Subject { agency: agency.clone(), service: service.clone() };
                self.resumed.retain(|of, _| !subject.covers(of));
                self.suspended.insert(subject, recorded.seq);
            }
            Event::ServicesResumed { agency, service } => {
                let subject = Subject { agency: agency.clone(), service: service.clone() };
                self.suspended.remove(&subject);
                let still_suspended = service.is_some() && before.suspended().contains_key(agency);
                if !still_suspended {
                    self.resumed.insert(subject, Resumed { notice: recorded.seq, at: recorded.at });
                }
            }
            // With the day ends what was suspended, but nobody is to come back for it.
            Event::DayOpened { .. } | Event::DayClosed { .. } => *self = Notices::default(),
            Event::TicketIssued(_)
            | Event::NumbersReserved { .. }
            | Event::NumberLeft { .. }
            | Event::CounterOpened { .. }
            | Event::CounterClosed { .. }
            | Event::CounterPaused { .. }
            | Event::CounterResumed { .. }
            | Event::TicketCalled(_)
            | Event::TicketRecalled { .. }
            | Event::ServiceStarted { .. }
            | Event::ServiceFinished { .. }
            | Event::TicketMissed { .. }
            | Event::TicketReturned { .. }
            | Event::TicketHeld { .. }
            | Event::TicketTransferred { .. }
            | Event::TicketBack { .. }
            | Event::TicketLapsed { .. }
            | Event::TicketCancelled { .. }
            | Event::TicketClassed { .. }
            | Event::TicketMarked { .. }
            | Event::ServiceDelivered { .. }
            | Event::TicketAdmitted { .. }
            | Event::TicketClosed { .. }
            | Event::ActUndone { .. } => {}
        }
    }

    /// Returns the number of the notice that something is suspended.
    pub fn of_suspension(&self, subject: &Subject) -> Seq {
        self.suspended.get(subject).copied().unwrap_or_default()
    }

    /// Returns what has gone on again lately, newest first.
    pub fn resumed_lately(&self, now: Time) -> Vec<(&Subject, Resumed)> {
        let lately = self.resumed.iter().filter(|(_, resumed)| now.since(resumed.at) < RESUMED_SHOWN);
        let mut lately: Vec<_> = lately.map(|(subject, resumed)| (subject, *resumed)).collect();
        lately.sort_unstable_by_key(|(_, resumed)| std::cmp::Reverse(resumed.notice));
        lately
    }
}

impl Subject {
    /// Whether all of the other is part of this.
    fn covers(&self, other: &Subject) -> bool {
        self.agency == other.agency && (self.service.is_none() || self.service == other.service)
    }
}

#[cfg(test)]
mod tests {
    use protocol::request::SuspensionReason;
    use protocol::time::{MINUTE, SECOND};
    use queue::Command;

    use super::*;

    #[test]
    fn what_goes_on_is_told_for_ten_minutes() {
        let mut day = Day::open();
        day.suspend("NTSA", None);
        day.wait(20 * MINUTE);
        assert_eq!(day.resumed(), [""; 0]);
        day.resume("NTSA", None);
        day.wait(10 * MINUTE - SECOND);
        assert_eq!(day.resumed(), ["NTSA"]);
        day.wait(SECOND);
        assert_eq!(day.resumed(), [""; 0]);
    }

    #[test]
    fn a_notice_has_the_number_of_its_place_in_the_journal() {
        let mut day = Day::open();
        day.suspend("NTSA", None);
        assert_eq!(day.notices.of_suspension(&subject("NTSA", None)), day.hall.seq());
        day.resume("NTSA", None);
        assert_eq!(day.notices.resumed_lately(day.now)[0].1.notice, day.hall.seq());
    }

    #[test]
    fn a_new_suspension_ends_the_notice_for_good() {
        let mut day = Day::open();
        for _ in 0..2 {
            day.suspend("NTSA", None);
            assert_eq!(day.resumed(), [""; 0]);
            day.resume("NTSA", None);
            assert_eq!(day.resumed(), ["NTSA"]);
        }
        day.suspend("NTSA", Some("ntsa-dl-renew"));
        assert_eq!(day.resumed(), ["NTSA"], "the others go on");
        day.resume("NTSA", Some("ntsa-dl-renew"));
        assert_eq!(day.resumed(), ["NTSA ntsa-dl-renew", "NTSA"]);
        day.suspend("NTSA", None);
        day.resume("NTSA", None);
        assert_eq!(day.resumed(), ["NTSA"], "one notice for all of it");
    }

    #[test]
    fn a_service_does_not_go_on_while_all_of_its_agency_is_suspended() {
        let mut day = Day::open();
        day.suspend("NTSA", Some("ntsa-dl-renew"));
        day.suspend("NTSA", None);
        day.resume("NTSA", Some("ntsa-dl-renew"));
        assert_eq!(day.resumed(), [""; 0]);
    }

    #[test]
    fn what_only_the_days_end_lets_go_on_is_not_told() {
        let mut day = Day::open();
        day.suspend("NTSA", None);
        day.suspend("KRA", Some("kra-pin"));
        day.ask(Command::CloseDay);
        assert!(day.hall.suspended().is_empty());
        assert_eq!(day.resumed(), [""; 0]);
    }

    struct Day {
        hall: Hall,
        notices: Notices,
        now: Time,
    }

    impl Day {
        fn open() -> Day {
            let now = Time(1_795_500_000_000); // a Tuesday, nine o'clock in Nairobi
            let centre = crate::config::parse("mombasa.toml", &assets::centre("mombasa").expect("an example")).expect("it is right");
            let today = centre.calendar.day_at(now).expect("a Tuesday");
            let mut day = Day { hall: Hall::new(centre.policy), notices: Notices::default(), now };
            day.ask(Command::OpenDay(today));
            day
        }

        fn ask(&mut self, command: Command) {
            let events = self.hall.decide(&command, self.now).unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"));
            for event in events {
                let recorded = Recorded { seq: Seq(self.hall.seq().0 + 1), at: self.now, event };
                self.notices.apply(&self.hall, &recorded);
                self.hall.apply(&recorded);
            }
        }

        fn suspend(&mut self, agency: &str, service: Option<&str>) {
            let Subject { agency, service } = subject(agency, service);
            self.ask(Command::SuspendServices { agency, service, reason: SuspensionReason::SystemDown, back_at: None });
        }

        fn resume(&mut self, agency: &str, service: Option<&str>) {
            let Subject { agency, service } = subject(agency, service);
            self.ask(Command::ResumeServices { agency, service });
        }

        fn wait(&mut self, milliseconds: i64) {
            self.now = self.now.plus(milliseconds);
        }

        fn resumed(&self) -> Vec<String> {
            let name = |(subject, _): &(&Subject, Resumed)| match &subject.service {
                Some(service) => format!("{} {service}", subject.agency),
                None => subject.agency.to_string(),
            };
            self.notices.resumed_lately(self.now).iter().map(name).collect()
        }
    }

    fn subject(agency: &str, service: Option<&str>) -> Subject {
        let service = service.map(|service| ServiceId::new(service).expect("an id"));
        Subject { agency: AgencyCode::new(agency).expect("a code"), service }
    }
}
