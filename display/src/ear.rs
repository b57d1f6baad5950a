//! What the voice is to be told of what the link brings: the zone's calls with their age, each life of a centre apart.

use std::time::{Duration, Instant};

use protocol::view::{CallStage, CallView};
use protocol::{CallNumber, Time};
use serde::Deserialize;
use serde_json::Value;
use station::Delivery;
use station::link::Parts;
use tracing::warn;

use crate::voice::{Call, CallNews};

/// A call that was older than this when the display started is not spoken: its citizen has found the screen.
const YOUNG: Duration = Duration::from_secs(20);

/// Listens to the link.
#[derive(Debug)]
pub struct Ear {
    clock: Option<Clock>,
    /// The newest call that an earlier run of the display took in.
    kept: CallNumber,
    /// The newest call that the voice was told of; none before the voice has begun.
    newest: Option<CallNumber>,
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
    /// Begin with a fresh voice to which calls up to this number count as spoken.
    pub begin: Option<CallNumber>,
    /// The calls as they stand.
    pub calls: Vec<CallNews>,
}

impl Ear {
    /// Returns an ear; `kept` is the newest call that an earlier run took in, or 0.
    pub fn new(kept: CallNumber) -> Ear {
        Ear { clock: None, kept, newest: None }
    }

    /// Takes what the link brought.
    pub fn on(&mut self, delivery: &Delivery, now: Instant) -> Option<Heard> {
        match delivery {
            Delivery::Clock { now: centre, pace } => {
                self.clock = Some(Clock { centre: *centre, heard: now, pace: *pace });
                None
            }
            Delivery::Whole { parts, .. } | Delivery::Changed { parts, .. } => {
                let calls = calls(parts)?;
                let clock = self.clock?;
                Some(self.hear(calls.iter().map(|call| clock.news(call, now)).collect()))
            }
        }
    }

    fn hear(&mut self, calls: Vec<CallNews>) -> Heard {
        let newest = calls.iter().map(|news| news.call.call).max();
        let begin = match (self.newest, newest) {
            (None, newest) => Some(self.known_at_start(&calls, newest)),
            // Call numbers only grow over the life of a centre, so this is another centre, or one that began anew.
            (Some(known), Some(newest)) if newest < known => Some(CallNumber(0)),
            (Some(_), _) => None,
        };
        let known = begin.or(self.newest).unwrap_or_default();
        self.newest = Some(newest.map_or(known, |newest| if begin.is_some() { newest } else { newest.max(known) }));
        Heard { begin, calls }
    }

    fn known_at_start(&self, calls: &[CallNews], newest: Option<CallNumber>) -> CallNumber {
        let old = calls.iter().filter(|news| news.age > YOUNG).map(|news| news.call.call).max().unwrap_or_default();
        // What an earlier run took in counts only if it was in the same life of the centre.
        match newest {
            Some(newest) if newest >= self.kept => old.max(self.kept),
            Some(_) | None => old,
        }
    }
}

impl Clock {
    fn news(&self, call: &CallView, now: Instant) -> CallNews {
        let pace = i64::from(self.pace.max(1));
        let age_when_heard = Duration::from_millis((self.centre.since(call.at) / pace).unsigned_abs());
        CallNews {
            call: Call { call: call.call, number: call.number, counter: call.counter, language: call.language, recall: call.recall > 0 },
            age: age_when_heard + now.saturating_duration_since(self.heard),
            awaited: call.stage == CallStage::Awaited,
        }
    }
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
        let mut ear = Ear::new(CallNumber(0));
        let heard = begin(&mut ear, 1, &[call(5, 95), call(4, 81), call(3, 79), call(2, 10)]);
        assert_eq!(heard.begin, Some(CallNumber(3)), "3 is 21 seconds old, 4 is 19");
        assert_eq!(numbers(&heard), [5, 4, 3, 2], "the voice is told of all, and knows the old ones");
        let changed = ear.on(&parts(&[call(6, 100)]), Instant::now()).expect("calls");
        assert_eq!((changed.begin, numbers(&changed)), (None, vec![6]));
    }

    #[test]
    fn a_restart_within_seconds_does_not_speak_a_call_again() {
        let mut ear = Ear::new(CallNumber(5));
        assert_eq!(begin(&mut ear, 1, &[call(6, 99), call(5, 98)]).begin, Some(CallNumber(5)));
    }

    #[test]
    fn what_an_earlier_run_knew_of_another_life_of_the_centre_does_not_silence_this_one() {
        let mut ear = Ear::new(CallNumber(900));
        assert_eq!(begin(&mut ear, 1, &[call(2, 99), call(1, 70)]).begin, Some(CallNumber(1)));
        let again = begin(&mut ear, 1, &[call(1, 99)]);
        assert_eq!(again.begin, Some(CallNumber(0)), "the centre began anew while the display was running");
        assert_eq!(ear.on(&parts(&[call(2, 99), call(1, 99)]), Instant::now()).expect("calls").begin, None);
    }

    #[test]
    fn a_morning_without_calls_begins_too() {
        let mut ear = Ear::new(CallNumber(900));
        assert_eq!(begin(&mut ear, 1, &[]), Heard { begin: Some(CallNumber(0)), calls: vec![] });
        assert_eq!(begin(&mut ear, 1, &[call(1, 99)]).begin, None);
    }

    #[test]
    fn age_is_real_time_also_when_the_centre_runs_faster() {
        let mut ear = Ear::new(CallNumber(0));
        let heard = begin(&mut ear, 60, &[call(1, 40)]);
        assert_eq!(heard.calls[0].age, Duration::from_secs(1), "60 seconds of the centre's are one of ours");
        let mut still = Ear::new(CallNumber(0));
        assert_eq!(begin(&mut still, 0, &[call(1, 40)]).calls[0].age, Duration::from_secs(60));
    }

    #[test]
    fn a_call_grows_older_between_the_clock_and_the_news() {
        let mut ear = Ear::new(CallNumber(0));
        let now = Instant::now();
        ear.on(&Delivery::Clock { now: Time(100_000), pace: 1 }, now);
        let heard = ear.on(&parts(&[call(1, 99)]), now + Duration::from_secs(3)).expect("calls");
        assert_eq!(heard.calls[0].age, Duration::from_secs(4));
    }

    #[test]
    fn a_call_that_is_over_and_a_recall_are_told_as_such() {
        let mut ear = Ear::new(CallNumber(0));
        let mut over = call(2, 99);
        over["stage"] = json!("over");
        let mut again = call(3, 99);
        again["recall"] = json!(2);
        let heard = begin(&mut ear, 1, &[again, over]);
        assert!(heard.calls[0].awaited && heard.calls[0].call.recall);
        assert!(!heard.calls[1].awaited && !heard.calls[1].call.recall);
    }

    #[test]
    fn a_call_that_cannot_be_read_does_not_silence_the_others() {
        let mut ear = Ear::new(CallNumber(0));
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
        Delivery::Whole { seq: Seq(1), parts: Parts::from_iter([("calls".to_owned(), json!(calls))]) }
    }

    fn call(number: u64, at_second: i64) -> Value {
        json!({
            "call": number, "ticket": number, "number": format!("K{number:03}"), "counter": 7, "language": "sw",
            "at": at_second * 1000, "recall": 0, "stage": "awaited",
        })
    }

    fn numbers(heard: &Heard) -> Vec<u64> {
        heard.calls.iter().map(|news| news.call.call.0).collect()
    }
}
