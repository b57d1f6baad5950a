//! Which call or notice is spoken next, and in how many words: pure, told the time by its caller.
//!
//! One announcement at a time, no call number twice, and a reason for each call that is not spoken. The more calls wait, the
//! shorter they get; a call too old to help is not spoken, for it stands on the screen. A notice to all the hall waits until
//! no call does.

mod notices;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use protocol::{CallNumber, Language, Seq, TicketNumber};
use serde::{Deserialize, Serialize};

use super::announcement::{Announcement, Call, Form};

use notices::Notices;
pub use notices::{NoticeFate, NoticeNews, NoticeNote};

/// A call older than this is spoken briefly.
pub const LATE: Duration = Duration::from_secs(20);
/// A call older than this gets a chime only.
pub const TOO_LATE: Duration = Duration::from_secs(45);
/// A call or notice older than this gets nothing.
pub const STALE: Duration = Duration::from_secs(180);
/// With this many more calls behind it, a call is spoken briefly.
const CROWD: usize = 2;
/// Calls that wait at most; counters share one place each, so a hall stays far below.
const PENDING_MAX: usize = 128;
/// Call numbers and tickets remembered one by one.
const MEMORY_MAX: usize = 1024;

/// The languages of a call when there is time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Languages {
    /// The ticket's.
    #[default]
    Ticket,
    /// The ticket's, then the other.
    Both,
}

/// What a centre chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The languages when there is time.
    pub languages: Languages,
    /// The form when there is time.
    pub form: Form,
    /// Speak a call once more after this long if nothing else happened. Off by default: a call is spoken once.
    pub repeat_after: Option<Duration>,
}

/// What an earlier voice has dealt with; nothing by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Calls up to this number.
    pub calls: CallNumber,
    /// Notices up to this number.
    pub notices: Seq,
}

/// A call as the server tells it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallNews {
    /// The call.
    pub call: Call,
    /// How old it is, in real time.
    pub age: Duration,
    /// Whether the citizen is still awaited.
    pub awaited: bool,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The call.
    pub call: Call,
    /// Its age when its announcement began, or when it was given up.
    pub delay: Duration,
    /// What was done with it.
    pub fate: Fate,
}

/// See [`Note`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Spoken, whole.
    Spoken(Vec<Language>, Form),
    /// Spoken once more, because the centre chose so.
    Repeated,
    /// Only a chime: it was older than [`TOO_LATE`].
    ChimeOnly,
    /// A newer call of the same ticket or to the same counter took its place.
    Replaced(CallNumber),
    /// It ended before it was its turn.
    Ended,
    /// It was older than [`STALE`].
    Stale,
    /// Too many calls waited.
    Crowded,
    /// No voice has the clips.
    Unspeakable,
}

/// Calls and notices to be spoken.
#[derive(Debug)]
pub struct VoiceQueue {
    policy: Policy,
    pending: Vec<Pending>,
    current: Option<Current>,
    repeat: Option<Repeat>,
    known: BTreeSet<CallNumber>,
    known_up_to: CallNumber,
    spoken_only_in: BTreeMap<TicketNumber, (CallNumber, Language)>,
    notices: Notices,
    notes: Vec<Note>,
}

#[derive(Clone, Copy, Debug)]
struct Pending {
    call: Call,
    age_then: Duration,
    then: Instant,
}

#[derive(Debug)]
struct Current {
    announcement: Announcement,
    calls: Vec<Pending>,
    began: Instant,
    repeat: bool,
    ended: BTreeSet<CallNumber>,
}

#[derive(Debug)]
struct Repeat {
    pending: Pending,
    at: Instant,
}

impl Default for Policy {
    fn default() -> Self {
        Policy { languages: Languages::Ticket, form: Form::Long, repeat_after: None }
    }
}

impl VoiceQueue {
    /// Starts with nothing to say. What is `known` counts as spoken.
    pub fn new(policy: Policy, known: Known) -> Self {
        VoiceQueue {
            policy,
            pending: Vec::new(),
            current: None,
            repeat: None,
            known: BTreeSet::new(),
            known_up_to: known.calls,
            spoken_only_in: BTreeMap::new(),
            notices: Notices::new(known.notices),
            notes: Vec::new(),
        }
    }

    /// Takes in the calls of the zone as they stand. A call that is missing from `news` is not thereby ended.
    pub fn take(&mut self, news: &[CallNews], now: Instant) {
        let mut news = news.to_vec();
        news.sort_by_key(|item| item.call.call);
        for item in news {
            let arrived = Pending { call: item.call, age_then: item.age, then: now };
            let fresh = self.remember(item.call.call);
            match (fresh, item.awaited) {
                (true, true) if item.age > STALE => self.note(&arrived, now, Fate::Stale),
                (true, true) => self.add(arrived, now),
                (true, false) => self.note(&arrived, now, Fate::Ended),
                (false, true) => {}
                (false, false) => self.end(item.call.call, now),
            }
        }
    }

    /// Takes in all the notices in force. One that is missing from `news` is thereby over.
    pub fn take_notices(&mut self, news: &[NoticeNews], now: Instant) {
        self.notices.take(news, now);
    }

    /// Returns what to say now; nothing while something is being said. The caller then owes [`VoiceQueue::finished`],
    /// [`VoiceQueue::interrupted`] or [`VoiceQueue::cannot`].
    pub fn next(&mut self, now: Instant) -> Option<Announcement> {
        if self.current.is_some() {
            return None;
        }
        self.expire(now);
        let (calls, announcement, repeat) = if let Some((calls, chime)) = self.take_overdue(now) {
            (calls, chime, false)
        } else if let Some(first) = self.take_first() {
            (vec![first], self.spoken(&first, now), false)
        } else if let Some(notice) = self.notices.begin(now) {
            (Vec::new(), Announcement::Notice(notice), false)
        } else {
            let again = self.repeat.take_if(|repeat| repeat.at <= now)?.pending;
            (vec![again], self.spoken_again(&again), true)
        };
        self.current = Some(Current { announcement: announcement.clone(), calls, began: now, repeat, ended: BTreeSet::new() });
        Some(announcement)
    }

    /// Tells that the announcement was played to its end.
    pub fn finished(&mut self, now: Instant) {
        let Some(current) = self.current.take() else { return };
        self.notices.finished();
        for pending in &current.calls {
            let fate = match &current.announcement {
                Announcement::Spoken { .. } if current.repeat => Fate::Repeated,
                Announcement::Spoken { languages, form, .. } => Fate::Spoken(languages.clone(), *form),
                Announcement::Chime { .. } => Fate::ChimeOnly,
                Announcement::Notice(_) => continue, // it is about no call
            };
            self.note(pending, current.began, fate);
        }
        if let Announcement::Spoken { call, languages, .. } = &current.announcement {
            self.remember_languages(call, languages);
        }
        self.plan_repeat(&current, now);
    }

    /// Tells that the loudspeaker failed in the middle: what still matters waits again, in front.
    pub fn interrupted(&mut self) {
        let Some(current) = self.current.take() else { return };
        self.notices.interrupted();
        if current.repeat {
            return;
        }
        for pending in current.calls.into_iter().rev() {
            let newer = self.pending.iter().find(|other| other.call.excludes(&pending.call)).map(|other| other.call.call);
            match newer {
                Some(newer) => self.note(&pending, current.began, Fate::Replaced(newer)),
                None if current.ended.contains(&pending.call.call) => self.note(&pending, current.began, Fate::Ended),
                None => self.pending.insert(0, pending),
            }
        }
    }

    /// Tells that no voice can say it. A notice is chimed at least, so this is about calls.
    pub fn cannot(&mut self, now: Instant) {
        let Some(current) = self.current.take() else { return };
        self.notices.finished();
        for pending in &current.calls {
            self.note(pending, now, Fate::Unspeakable);
        }
    }

    /// Gives up calls and notices that nobody waits to hear any more, as when the loudspeaker is away for long.
    pub fn expire(&mut self, now: Instant) {
        for pending in self.take_out(|pending| pending.age(now) > STALE) {
            self.note(&pending, now, Fate::Stale);
        }
        self.notices.expire(now);
    }

    /// Returns how many calls wait to be spoken.
    pub fn waiting(&self) -> usize {
        self.pending.len()
    }

    /// Returns when to ask [`VoiceQueue::next`] again if nothing happens until then.
    pub fn deadline(&self) -> Option<Instant> {
        self.repeat.as_ref().map(|repeat| repeat.at)
    }

    /// Returns how many notices wait to be spoken.
    pub fn notices_waiting(&self) -> usize {
        self.notices.waiting()
    }

    /// Returns the newest numbers that were ever taken in, for a later [`VoiceQueue::new`].
    pub fn newest(&self) -> Known {
        let calls = self.known.last().copied().unwrap_or(self.known_up_to);
        Known { calls, notices: self.notices.newest() }
    }

    /// Hands out what was noted since the last time.
    pub fn take_notes(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes)
    }

    /// Hands out what was noted of notices since the last time.
    pub fn take_notice_notes(&mut self) -> Vec<NoticeNote> {
        self.notices.take_notes()
    }

    fn add(&mut self, arrived: Pending, now: Instant) {
        self.repeat = None;
        for pending in self.take_out(|pending| pending.call.excludes(&arrived.call)) {
            self.note(&pending, now, Fate::Replaced(arrived.call.call));
        }
        if self.pending.len() >= PENDING_MAX {
            let oldest = self.pending.remove(0);
            self.note(&oldest, now, Fate::Crowded);
        }
        self.pending.push(arrived);
    }

    fn end(&mut self, call: CallNumber, now: Instant) {
        self.repeat.take_if(|repeat| repeat.pending.call.call == call);
        if let Some(current) = &mut self.current {
            current.ended.insert(call); // a sentence is never cut short; but should it fail, it is not said again
        }
        for pending in self.take_out(|pending| pending.call.call == call) {
            self.note(&pending, now, Fate::Ended);
        }
    }

    fn take_out(&mut self, unwanted: impl Fn(&Pending) -> bool) -> Vec<Pending> {
        self.pending.extract_if(.., |pending| unwanted(pending)).collect()
    }

    fn take_first(&mut self) -> Option<Pending> {
        (!self.pending.is_empty()).then(|| self.pending.remove(0))
    }

    fn take_overdue(&mut self, now: Instant) -> Option<(Vec<Pending>, Announcement)> {
        let overdue = self.take_out(|pending| pending.age(now) > TOO_LATE);
        let calls = overdue.iter().map(|pending| pending.call).collect();
        (!overdue.is_empty()).then_some((overdue, Announcement::Chime { calls }))
    }

    fn spoken(&self, first: &Pending, now: Instant) -> Announcement {
        let call = first.call;
        let hurried = self.pending.len() >= CROWD || first.age(now) > LATE;
        let languages = match (self.policy.languages, hurried) {
            (Languages::Ticket, _) => vec![call.language],
            (Languages::Both, false) => vec![call.language, call.language.other()],
            (Languages::Both, true) => vec![self.one_language(&call)],
        };
        let form = if hurried { Form::Short } else { self.policy.form };
        Announcement::Spoken { call, languages, form }
    }

    fn spoken_again(&self, again: &Pending) -> Announcement {
        Announcement::Spoken { call: again.call, languages: vec![again.call.language], form: self.policy.form }
    }

    /// A recall tries the language in which the ticket was not called yet.
    fn one_language(&self, call: &Call) -> Language {
        match self.spoken_only_in.get(&call.number) {
            Some((_, language)) if call.recall => language.other(),
            Some(_) | None => call.language,
        }
    }

    fn remember_languages(&mut self, call: &Call, languages: &[Language]) {
        match languages {
            [only] => self.spoken_only_in.insert(call.number, (call.call, *only)),
            _ => self.spoken_only_in.remove(&call.number),
        };
        if self.spoken_only_in.len() > MEMORY_MAX
            && let Some(oldest) = self.spoken_only_in.iter().min_by_key(|(_, (call, _))| *call).map(|(number, _)| *number)
        {
            self.spoken_only_in.remove(&oldest);
        }
    }

    fn plan_repeat(&mut self, current: &Current, now: Instant) {
        let Some(after) = self.policy.repeat_after else { return };
        let [pending] = current.calls[..] else { return };
        let awaited = !current.ended.contains(&pending.call.call);
        if awaited && self.pending.is_empty() && !current.repeat && pending.age(now) <= LATE {
            self.repeat = Some(Repeat { pending, at: now + after });
        }
    }

    /// Returns whether the number is new.
    fn remember(&mut self, call: CallNumber) -> bool {
        if call <= self.known_up_to || !self.known.insert(call) {
            return false;
        }
        if self.known.len() > MEMORY_MAX
            && let Some(smallest) = self.known.pop_first()
        {
            self.known_up_to = smallest;
        }
        true
    }

    fn note(&mut self, pending: &Pending, at: Instant, fate: Fate) {
        self.notes.push(Note { call: pending.call, delay: pending.age(at), fate });
    }
}

impl Pending {
    fn age(&self, now: Instant) -> Duration {
        self.age_then + now.saturating_duration_since(self.then)
    }
}

impl Call {
    /// Whether only the newer of the two is worth saying.
    fn excludes(&self, other: &Call) -> bool {
        self.number == other.number || self.counter == other.counter
    }
}

#[cfg(test)]
mod tests;
