//! Notices that wait for a moment without calls: each is told once, and only while it is still true and fresh.

use std::time::{Duration, Instant};

use protocol::Seq;

use super::super::announcement::Notice;
use super::STALE;

/// A notice as the server tells it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeNews {
    /// The notice.
    pub notice: Notice,
    /// How old it is, in real time.
    pub age: Duration,
}

/// What became of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeNote {
    /// The notice.
    pub notice: Notice,
    /// Its age when its announcement began, or when it was given up.
    pub delay: Duration,
    /// What was done with it.
    pub fate: NoticeFate,
}

/// See [`NoticeNote`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeFate {
    /// The hall was told, in words or by a chime.
    Told,
    /// It was no longer true when it was its turn.
    Over,
    /// It was older than [`STALE`].
    Stale,
}

/// See the file.
#[derive(Debug)]
pub(super) struct Notices {
    pending: Vec<Waiting>,
    sounding: Option<Sounding>,
    known_up_to: Seq,
    notes: Vec<NoticeNote>,
}

#[derive(Clone, Debug)]
struct Waiting {
    notice: Notice,
    age_then: Duration,
    then: Instant,
}

#[derive(Debug)]
struct Sounding {
    waiting: Waiting,
    began: Instant,
    over: bool,
}

impl Notices {
    pub(super) fn new(known_up_to: Seq) -> Self {
        Notices { pending: Vec::new(), sounding: None, known_up_to, notes: Vec::new() }
    }

    /// Takes in all notices in force: one that is missing is no longer true.
    pub(super) fn take(&mut self, news: &[NoticeNews], now: Instant) {
        let in_force = |waiting: &Waiting| news.iter().any(|item| item.notice.notice == waiting.notice.notice);
        self.give_up(now, NoticeFate::Over, |waiting| !in_force(waiting));
        if let Some(sounding) = &mut self.sounding {
            sounding.over = !in_force(&sounding.waiting);
        }
        let mut news: Vec<_> = news.iter().filter(|item| item.notice.notice > self.known_up_to).cloned().collect();
        news.sort_by_key(|item| item.notice.notice);
        self.known_up_to = news.last().map_or(self.known_up_to, |item| item.notice.notice);
        self.pending.extend(news.into_iter().map(|item| Waiting { notice: item.notice, age_then: item.age, then: now }));
        self.expire(now);
    }

    /// Returns the oldest notice, which is told from now on.
    pub(super) fn begin(&mut self, now: Instant) -> Option<Notice> {
        let first = (!self.pending.is_empty()).then(|| self.pending.remove(0))?;
        let notice = first.notice.clone();
        self.sounding = Some(Sounding { waiting: first, began: now, over: false });
        Some(notice)
    }

    /// Tells that the notice was told to its end.
    pub(super) fn finished(&mut self) {
        let Some(Sounding { waiting, began, .. }) = self.sounding.take() else { return };
        self.note(waiting, began, NoticeFate::Told);
    }

    /// Tells that the loudspeaker failed in the middle: what is still true waits again, in front.
    pub(super) fn interrupted(&mut self) {
        match self.sounding.take() {
            Some(Sounding { waiting, began, over: true }) => self.note(waiting, began, NoticeFate::Over),
            Some(Sounding { waiting, .. }) => self.pending.insert(0, waiting),
            None => {}
        }
    }

    /// Gives up notices that are news no more.
    pub(super) fn expire(&mut self, now: Instant) {
        self.give_up(now, NoticeFate::Stale, |waiting| waiting.age(now) > STALE);
    }

    pub(super) fn waiting(&self) -> usize {
        self.pending.len()
    }

    pub(super) fn newest(&self) -> Seq {
        self.known_up_to
    }

    pub(super) fn take_notes(&mut self) -> Vec<NoticeNote> {
        std::mem::take(&mut self.notes)
    }

    fn give_up(&mut self, now: Instant, fate: NoticeFate, unwanted: impl Fn(&Waiting) -> bool) {
        let given_up: Vec<Waiting> = self.pending.extract_if(.., |waiting| unwanted(waiting)).collect();
        for waiting in given_up {
            self.note(waiting, now, fate);
        }
    }

    fn note(&mut self, waiting: Waiting, at: Instant, fate: NoticeFate) {
        let delay = waiting.age(at);
        self.notes.push(NoticeNote { notice: waiting.notice, delay, fate });
    }
}

impl Waiting {
    fn age(&self, now: Instant) -> Duration {
        self.age_then + now.saturating_duration_since(self.then)
    }
}
