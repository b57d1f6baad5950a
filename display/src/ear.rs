//! What the voice is to be told of what the link brings: calls and notices with their age, each life of a centre apart.

use std::time::{Duration, Instant};

use protocol::view::{CallStage, CallView, ResumedView, SuspensionView};
use protocol::{AgencyCode, CallNumber, Language, Seq, ServiceId, Time};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use station::Delivery;
use station::link::Parts;
use tracing::warn;

use crate::voice::{Call, CallNews, Known, Notice, NoticeNews, Turn};

/// A call that was older than this when the display started is not spoken: its citizen has found the screen.
const YOUNG: Duration = Duration::from_secs(20);

/// Listens to the link.
#[derive(Debug)]
pub struct Ear {
    clock: Option<Clock>,
    /// The newest that an earlier run of the display took in.
    kept: Known,
    /// The newest call that the voice was told of; none before the voice has begun.
    newest: Option<CallNumber>,
    /// How far in the journal the link has gone.
    seq: Seq,
    told: Told,
}

/// The parts that notices are made of, as they stand.
#[derive(Debug, Default)]
struct Told {
    suspended: Vec<SuspensionView>,
    resumed: Vec<ResumedView>,
    languages: Vec<Language>,
}

#[derive(Clone, Copy, Debug)]
struct Clock {
    centre: Time,
    heard: Instant,
    pace: u32,
}

/// What to tell the voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Begin with a fresh voice to which these count as spoken.
    pub begin: Option<Known>,
    /// The calls as they stand, if they may have changed.
    pub calls: Option<Vec<CallNews>>,
    /// All the notices in force, if they may have changed.
    pub notices: Option<Vec<NoticeNews>>,
}

impl Ear {
    /// Returns an ear; `kept` is the newest that an earlier run took in.
    pub fn new(kept: Known) -> Ear {
        Ear { clock: None, kept, newest: None, seq: Seq(0), told: Told::default() }
    }

    /// Takes what the link brought.
    pub fn on(&mut self, delivery: &Delivery, now: Instant) -> Option<Heard> {
        match delivery {
            Delivery::Clock { now: centre, pace } => {
                self.clock = Some(Clock { centre: *centre, heard: now, pace: *pace });
                None
            }
            Delivery::Whole { seq, parts } => {
                // A journal only grows, so this is another centre, or one that began anew.
                let reborn = *seq < self.seq;
                self.seq = *seq;
                self.hear(parts, reborn, now)
            }
            Delivery::Changed { seq, parts } => {
                self.seq = self.seq.max(*seq);
                self.hear(parts, false, now)
            }
        }
    }

    fn hear(&mut self, parts: &Parts, reborn: bool, now: Instant) -> Option<Heard> {
        let clock = self.clock?;
        let calls = calls(parts).map(|calls| calls.iter().map(|call| clock.news(call, now)).collect::<Vec<_>>());
        let notices = self.told.take(parts).then(|| self.told.notices(clock, now));
        let begin = calls.as_deref().and_then(|calls| self.begin(calls, reborn));
        (calls.is_some() || notices.is_some()).then_some(Heard { begin, calls, notices })
    }

    /// Returns what counts as spoken when a fresh voice is to begin.
    fn begin(&mut self, calls: &[CallNews], reborn: bool) -> Option<Known> {
        let newest = calls.iter().map(|news| news.call.call).max();
        let begin = match (self.newest, newest) {
            (None, newest) => Some(self.known_at_start(calls, newest)),
            (Some(_), _) if reborn => Some(Known::default()),
            // Call numbers only grow over the life of a centre, as its journal does.
            (Some(known), Some(newest)) if newest < known => Some(Known::default()),
            (Some(_), _) => None,
        };
        let known = begin.map(|known| known.calls).or(self.newest).unwrap_or_default();
        self.newest = Some(newest.map_or(known, |newest| if begin.is_some() { newest } else { newest.max(known) }));
        begin
    }

    fn known_at_start(&self, calls: &[CallNews], newest: Option<CallNumber>) -> Known {
        let old = calls.iter().filter(|news| news.age > YOUNG).map(|news| news.call.call).max().unwrap_or_default();
        // What an earlier run took in counts only if it was in the same life of the centre.
        let calls = match newest {
            Some(newest) if newest >= self.kept.calls => old.max(self.kept.calls),
            Some(_) | None => old,
        };
        let notices = if self.kept.notices <= self.seq { self.kept.notices } else { Seq(0) };
        Known { calls, notices }
    }
}

impl Told {
    /// Takes in what is among these parts; returns whether a notice may have changed.
    fn take(&mut self, parts: &Parts) -> bool {
        let (languages, suspended, resumed) = (part(parts, "languages"), part(parts, "suspended"), part(parts, "resumed"));
        let any = suspended.is_some() || resumed.is_some();
        if let Some(languages) = languages {
            self.languages = languages;
        }
        if let Some(suspended) = suspended {
            self.suspended = suspended;
        }
        if let Some(resumed) = resumed {
            self.resumed = resumed;
        }
        any
    }

    fn notices(&self, clock: Clock, now: Instant) -> Vec<NoticeNews> {
        let news = |notice, agency: &AgencyCode, service: &Option<ServiceId>, turn, at| NoticeNews {
            notice: Notice { notice, agency: agency.clone(), alone: service.is_some(), turn, languages: self.languages() },
            age: clock.age(at, now),
        };
        let stopped = self.suspended.iter().map(|one| news(one.notice, &one.agency, &one.service, Turn::Stopped, one.since));
        let resumed = self.resumed.iter().map(|one| news(one.notice, &one.agency, &one.service, Turn::Resumed, one.since));
        stopped.chain(resumed).collect()
    }

    /// The centre's, or both when it does not say.
    fn languages(&self) -> Vec<Language> {
        let usual = Language::default();
        if self.languages.is_empty() { vec![usual, usual.other()] } else { self.languages.clone() }
    }
}

impl Clock {
    /// Returns how old something is, in real time.
    fn age(&self, at: Time, now: Instant) -> Duration {
        let pace = i64::from(self.pace.max(1));
        let age_when_heard = Duration::from_millis((self.centre.since(at) / pace).unsigned_abs());
        age_when_heard + now.saturating_duration_since(self.heard)
    }

    fn news(&self, call: &CallView, now: Instant) -> CallNews {
        CallNews {
            call: Call { call: call.call, number: call.number, counter: call.counter, language: call.language, recall: call.recall > 0 },
            age: self.age(call.at, now),
            awaited: call.stage == CallStage::Awaited,
        }
    }
}

/// Returns a part, if it is among these and can be read.
fn part<T: DeserializeOwned>(parts: &Parts, name: &str) -> Option<T> {
    T::deserialize(parts.get(name)?).map_err(|error| warn!(%error, "{name} cannot be read")).ok()
}

/// Returns the calls in these parts, if they are among them. One that cannot be read does not silence the others.
fn calls(parts: &Parts) -> Option<Vec<CallView>> {
    let Value::Array(calls) = parts.get("calls")? else {
        warn!("the calls cannot be read: this display needs an update");
        return None;
    };
    Some(calls.iter().filter_map(call).collect())
}

fn call(value: &Value) -> Option<CallView> {
    CallView::deserialize(value).map_err(|error| warn!(%error, "a call cannot be read")).ok()
}

#[cfg(test)]
mod tests {
    use protocol::Seq;
    use serde_json::json;

    use super::*;

    #[test]
    fn at_the_start_only_young_calls_are_spoken() {
        let mut ear = Ear::new(kept(0));
        let heard = begin(&mut ear, 1, &[call(5, 95), call(4, 81), call(3, 79), call(2, 10)]);
        assert_eq!(heard.begin, Some(kept(3)), "3 is 21 seconds old, 4 is 19");
        assert_eq!(numbers(&heard), [5, 4, 3, 2], "the voice is told of all, and knows the old ones");
        let changed = ear.on(&parts(&[call(6, 100)]), Instant::now()).expect("calls");
        assert_eq!((changed.begin, numbers(&changed)), (None, vec![6]));
    }

    #[test]
    fn a_restart_within_seconds_does_not_speak_a_call_again() {
        let mut ear = Ear::new(kept(5));
        assert_eq!(begin(&mut ear, 1, &[call(6, 99), call(5, 98)]).begin, Some(kept(5)));
    }

    #[test]
    fn what_an_earlier_run_knew_of_another_life_of_the_centre_does_not_silence_this_one() {
        let mut ear = Ear::new(kept(900));
        assert_eq!(begin(&mut ear, 1, &[call(2, 99), call(1, 70)]).begin, Some(kept(1)));
        let again = begin(&mut ear, 1, &[call(1, 99)]);
        assert_eq!(again.begin, Some(kept(0)), "the centre began anew while the display was running");
        assert_eq!(ear.on(&parts(&[call(2, 99), call(1, 99)]), Instant::now()).expect("calls").begin, None);
    }

    #[test]
    fn notices_are_heard_with_their_numbers_and_ages_whenever_they_change() {
        let mut ear = Ear::new(kept(0));
        assert_eq!(begin(&mut ear, 1, &[]).notices, None, "a server that tells of none");
        let heard = ear.on(&notices(&[], &[resumed(7, 90)], 7), Instant::now()).expect("notices");
        assert_eq!((heard.begin, &heard.calls), (None, &None));
        let told = &heard.notices.expect("told")[0];
        assert_eq!((told.notice.notice, told.notice.turn, told.age.as_secs()), (Seq(7), Turn::Resumed, 10));
        assert_eq!(told.notice.languages, [Language::Sw, Language::En]);
        let again = ear.on(&notices(&[suspended(8, 95)], &[], 8), Instant::now()).expect("notices").notices.expect("told");
        assert_eq!(again.iter().map(|news| (news.notice.turn, news.notice.alone)).collect::<Vec<_>>(), [(Turn::Stopped, true)]);
    }

    #[test]
    fn notices_of_an_earlier_run_are_known_unless_the_journal_began_anew() {
        for (seq, known) in [(70, 66), (60, 0)] {
            let mut ear = Ear::new(Known { calls: CallNumber(0), notices: Seq(66) });
            let now = Instant::now();
            ear.on(&Delivery::Clock { now: Time(100_000), pace: 1 }, now);
            let begun = ear.on(&whole(&[], seq), now).expect("calls").begin.expect("the start");
            assert_eq!(begun.notices, Seq(known), "{seq}");
            assert_eq!(ear.on(&whole(&[], seq), now).expect("calls").begin, None, "the link came back");
            assert_eq!(ear.on(&whole(&[], 3), now).expect("calls").begin, Some(Known::default()), "a centre that began anew");
        }
    }

    #[test]
    fn a_morning_without_calls_begins_too() {
        let mut ear = Ear::new(kept(900));
        assert_eq!(begin(&mut ear, 1, &[]), Heard { begin: Some(kept(0)), calls: Some(vec![]), notices: None });
        assert_eq!(begin(&mut ear, 1, &[call(1, 99)]).begin, None);
    }

    #[test]
    fn age_is_real_time_also_when_the_centre_runs_faster() {
        let mut ear = Ear::new(kept(0));
        let heard = begin(&mut ear, 60, &[call(1, 40)]);
        assert_eq!(calls_of(&heard)[0].age, Duration::from_secs(1), "60 seconds of the centre's are one of ours");
        let mut still = Ear::new(kept(0));
        assert_eq!(calls_of(&begin(&mut still, 0, &[call(1, 40)]))[0].age, Duration::from_secs(60));
    }

    #[test]
    fn a_call_grows_older_between_the_clock_and_the_news() {
        let mut ear = Ear::new(kept(0));
        let now = Instant::now();
        ear.on(&Delivery::Clock { now: Time(100_000), pace: 1 }, now);
        let heard = ear.on(&parts(&[call(1, 99)]), now + Duration::from_secs(3)).expect("calls");
        assert_eq!(calls_of(&heard)[0].age, Duration::from_secs(4));
    }

    #[test]
    fn a_call_that_is_over_and_a_recall_are_told_as_such() {
        let mut ear = Ear::new(kept(0));
        let mut over = call(2, 99);
        over["stage"] = json!("over");
        let mut again = call(3, 99);
        again["recall"] = json!(2);
        let heard = begin(&mut ear, 1, &[again, over]);
        let calls = calls_of(&heard);
        assert!(calls[0].awaited && calls[0].call.recall);
        assert!(!calls[1].awaited && !calls[1].call.recall);
    }

    #[test]
    fn a_call_that_cannot_be_read_does_not_silence_the_others() {
        let mut ear = Ear::new(kept(0));
        let heard = begin(&mut ear, 1, &[json!({"call": "x"}), call(1, 99)]);
        assert_eq!(numbers(&heard), [1]);
        assert_eq!(
            ear.on(&Delivery::Changed { seq: Seq(1), parts: Parts::from_iter([("groups".to_owned(), json!([]))]) }, Instant::now()),
            None
        );
    }

    /// Tells the ear that it is 100 seconds past the epoch, and these calls.
    fn begin(ear: &mut Ear, pace: u32, calls: &[Value]) -> Heard {
        let now = Instant::now();
        assert_eq!(ear.on(&Delivery::Clock { now: Time(100_000), pace }, now), None);
        ear.on(&parts(calls), now).expect("calls")
    }

    fn parts(calls: &[Value]) -> Delivery {
        whole(calls, 1)
    }

    fn whole(calls: &[Value], seq: u64) -> Delivery {
        Delivery::Whole { seq: Seq(seq), parts: Parts::from_iter([("calls".to_owned(), json!(calls))]) }
    }

    fn notices(suspended: &[Value], resumed: &[Value], seq: u64) -> Delivery {
        let parts = [("suspended".to_owned(), json!(suspended)), ("resumed".to_owned(), json!(resumed))];
        Delivery::Changed { seq: Seq(seq), parts: Parts::from_iter(parts) }
    }

    fn resumed(notice: u64, at_second: i64) -> Value {
        json!({ "notice": notice, "agency": "NTSA", "since": at_second * 1000, "waiting": 3 })
    }

    fn suspended(notice: u64, at_second: i64) -> Value {
        let since = at_second * 1000;
        json!({ "notice": notice, "agency": "NTSA", "service": "ntsa-dl", "since": since, "reason": "system_down", "waiting": 3 })
    }

    fn kept(calls: u64) -> Known {
        Known { calls: CallNumber(calls), notices: Seq(0) }
    }

    fn calls_of(heard: &Heard) -> &[CallNews] {
        heard.calls.as_deref().expect("calls")
    }

    fn call(number: u64, at_second: i64) -> Value {
        json!({
            "call": number, "ticket": number, "number": format!("K{number:03}"), "counter": 7, "language": "sw",
            "at": at_second * 1000, "recall": 0, "stage": "awaited",
        })
    }

    fn numbers(heard: &Heard) -> Vec<u64> {
        calls_of(heard).iter().map(|news| news.call.call.0).collect()
    }
}
