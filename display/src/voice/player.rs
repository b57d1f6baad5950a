//! The voice at work: one thread that takes in calls, speaks them one at a time and keeps the loudspeaker alive.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use protocol::{CallNumber, Seq};
use tokio::sync::watch;
use tracing::{debug, info, warn};

use super::announcement::Announcement;
use super::pack::{PackError, Voices};
use super::queue::{CallNews, Fate, Known, Note, NoticeFate, NoticeNews, NoticeNote, Policy, VoiceQueue};
use super::sound;
use super::speaker::{Progress, Speaker, SpeakerError};

/// How often a sound in progress is looked after.
const LOOK_SOUNDING: Duration = Duration::from_millis(20);
/// How often an open, silent device is looked after.
const LOOK_SILENT: Duration = Duration::from_millis(250);
/// A sound that lasts this much longer than its samples has hung.
const HUNG_AFTER: Duration = Duration::from_secs(4);
/// Between attempts to open the device.
const RETRY_FIRST: Duration = Duration::from_millis(500);
const RETRY_LAST: Duration = Duration::from_secs(10);
/// News that the thread has not taken in yet. It is quick; more means that it hangs.
const MAILBOX: usize = 64;

/// What the voice needs to know.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The folder of the centre's own voice.
    pub own_voice: Option<PathBuf>,
    /// What the centre chose.
    pub policy: Policy,
    /// What was dealt with before.
    pub known: Known,
}

/// What can be seen of the voice from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// What it is doing.
    pub state: VoiceState,
    /// Calls that wait to be spoken.
    pub waiting: usize,
    /// Calls that were spoken, since the start.
    pub spoken: u64,
    /// Calls that were given up or only chimed for, since the start.
    pub unspoken: u64,
    /// The newest that was taken in; kept over a restart, it stops a call or notice from being spoken twice.
    pub newest: Known,
}

/// What the voice is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoiceState {
    /// Nothing is to be said.
    Idle,
    /// A call is being spoken.
    Speaking {
        /// The call, or the oldest of several that share a chime.
        call: CallNumber,
    },
    /// A notice is being spoken.
    Telling {
        /// The notice.
        notice: Seq,
    },
    /// Nothing can be heard: no device, or a device that failed. It is tried again and again.
    NoDevice {
        /// Since when.
        since: SystemTime,
    },
}

/// The voice's thread, as others hold it.
#[derive(Debug)]
pub struct Player {
    mailbox: SyncSender<Mail>,
    status: watch::Receiver<Status>,
    thread: JoinHandle<()>,
}

#[derive(Debug)]
enum Mail {
    News(Vec<CallNews>),
    Notices(Vec<NoticeNews>),
    Stop,
}

impl Player {
    /// Starts the thread. The built-in voice must be readable; all else is mended while running.
    pub fn start<S: Speaker + Send + 'static>(settings: &Settings, speaker: S) -> Result<Player, StartError> {
        let voices = Voices::load(settings.own_voice.as_deref())?;
        let (mailbox, mail) = mpsc::sync_channel(MAILBOX);
        let mut worker = Worker::new(voices, speaker, VoiceQueue::new(settings.policy, settings.known));
        let status = worker.status.subscribe();
        let thread = std::thread::Builder::new().name("voice".to_owned()).spawn(move || worker.run(&mail))?;
        Ok(Player { mailbox, status, thread })
    }

    /// Tells the calls of the zone as they stand now. Returns at once.
    pub fn take(&self, news: Vec<CallNews>) {
        if self.mailbox.try_send(Mail::News(news)).is_err() {
            warn!("the voice does not listen; the calls stand on the screen only");
        }
    }

    /// Tells all the notices in force as they stand now. Returns at once.
    pub fn take_notices(&self, news: Vec<NoticeNews>) {
        if self.mailbox.try_send(Mail::Notices(news)).is_err() {
            warn!("the voice does not listen; the notices stand on the screen only");
        }
    }

    /// Returns what the voice is doing, now and whenever it changes.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Ends the thread, at once and in the middle of a word.
    pub fn stop(self) {
        let _gone_already = self.mailbox.send(Mail::Stop);
        if self.thread.join().is_err() {
            warn!("the voice's thread had ended in a panic");
        }
    }
}

/// Why the voice could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No voice can be read.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The system gives no thread.
    #[error("could not start the voice's thread")]
    Thread(#[from] std::io::Error),
}

/// The thread's own part; every step is told the time.
struct Worker<S> {
    speaker: S,
    voices: Voices,
    queue: VoiceQueue,
    device: Device,
    playing: Option<Playing>,
    status: watch::Sender<Status>,
}

#[derive(Clone, Copy, Debug)]
enum Device {
    Open,
    Away { since: SystemTime, retry_at: Instant, pause: Duration },
}

#[derive(Clone, Copy, Debug)]
struct Playing {
    state: VoiceState,
    deadline: Instant,
}

impl<S: Speaker> Worker<S> {
    fn new(voices: Voices, speaker: S, queue: VoiceQueue) -> Self {
        let device = Device::Away { since: SystemTime::now(), retry_at: Instant::now(), pause: Duration::ZERO };
        let (state, newest) = (VoiceState::Idle, queue.newest());
        let (status, _) = watch::channel(Status { state, waiting: 0, spoken: 0, unspoken: 0, newest });
        Worker { speaker, voices, queue, device, playing: None, status }
    }

    fn run(&mut self, mail: &Receiver<Mail>) {
        let mut wait = self.step(Instant::now());
        loop {
            match mail.recv_timeout(wait) {
                Ok(Mail::News(news)) => self.take(&news, Instant::now()),
                Ok(Mail::Notices(news)) => self.queue.take_notices(&news, Instant::now()),
                Ok(Mail::Stop) | Err(RecvTimeoutError::Disconnected) => return self.speaker.close(),
                Err(RecvTimeoutError::Timeout) => {}
            }
            wait = self.step(Instant::now());
        }
    }

    fn take(&mut self, news: &[CallNews], now: Instant) {
        self.queue.take(news, now);
    }

    /// Does what is due and returns how long it can wait for the next step.
    fn step(&mut self, now: Instant) -> Duration {
        self.look_after(now);
        self.open_if_due(now);
        self.queue.expire(now);
        while matches!(self.device, Device::Open) && self.playing.is_none() {
            let Some(announcement) = self.queue.next(now) else { break };
            self.say(&announcement, now);
        }
        self.tell();
        self.wait(now)
    }

    fn look_after(&mut self, now: Instant) {
        match (self.speaker.look(now), self.playing) {
            (Progress::Lost, _) => self.lose("the sound device failed", now),
            (Progress::Sounding, Some(playing)) if now >= playing.deadline => self.lose("the sound device hangs", now),
            (Progress::Silent, Some(_)) => {
                self.playing = None;
                self.queue.finished(now);
                self.device = Device::Open;
            }
            (Progress::Sounding, _) | (Progress::Silent, None) => {}
        }
    }

    fn lose(&mut self, why: &str, now: Instant) {
        self.speaker.close();
        self.playing = None;
        self.queue.interrupted();
        if matches!(self.device, Device::Open) {
            warn!("{why}; calls are not heard until it is back");
            let (since, retry_at) = (SystemTime::now(), now + RETRY_FIRST);
            self.device = Device::Away { since, retry_at, pause: RETRY_FIRST };
        }
    }

    fn open_if_due(&mut self, now: Instant) {
        let Device::Away { since, retry_at, pause } = self.device else { return };
        if now < retry_at {
            return;
        }
        match self.speaker.open() {
            Ok(()) => {
                info!("the sound device is open");
                self.device = Device::Open;
            }
            Err(error) => {
                let next = (pause * 2).clamp(RETRY_FIRST, RETRY_LAST);
                if pause < RETRY_LAST {
                    warn_of(&error);
                }
                self.device = Device::Away { since, retry_at: now + next, pause: next };
            }
        }
    }

    fn say(&mut self, announcement: &Announcement, now: Instant) {
        match self.voices.render(announcement) {
            Ok(samples) => {
                self.playing = Some(Playing { state: speaking(announcement), deadline: now + sound::length(&samples) + HUNG_AFTER });
                self.speaker.start(samples);
            }
            Err(error) => {
                warn!(%error, "a call stands on the screen only");
                self.queue.cannot(now);
            }
        }
    }

    fn tell(&mut self) {
        let notes = self.queue.take_notes();
        let spoken = notes.iter().filter(|note| matches!(note.fate, Fate::Spoken(..))).count() as u64;
        let repeated = notes.iter().filter(|note| note.fate == Fate::Repeated).count() as u64;
        notes.iter().for_each(log);
        self.queue.take_notice_notes().iter().for_each(log_notice);
        let state = match (self.device, self.playing) {
            (Device::Away { since, .. }, _) => VoiceState::NoDevice { since },
            (Device::Open, Some(playing)) => playing.state,
            (Device::Open, None) => VoiceState::Idle,
        };
        let (waiting, newest) = (self.queue.waiting(), self.queue.newest());
        self.status.send_if_modified(|status| {
            let told = Status {
                state,
                waiting,
                spoken: status.spoken + spoken,
                unspoken: status.unspoken + notes.len() as u64 - spoken - repeated,
                newest,
            };
            let changed = *status != told;
            *status = told;
            changed
        });
    }

    fn wait(&self, now: Instant) -> Duration {
        let until = |at: Instant| at.saturating_duration_since(now);
        let look = match (self.device, self.playing) {
            (Device::Away { retry_at, .. }, _) => until(retry_at),
            (Device::Open, Some(_)) => LOOK_SOUNDING,
            (Device::Open, None) => LOOK_SILENT,
        };
        self.queue.deadline().map_or(look, |at| look.min(until(at).max(LOOK_SOUNDING)))
    }
}

fn speaking(announcement: &Announcement) -> VoiceState {
    match announcement {
        Announcement::Notice(notice) => VoiceState::Telling { notice: notice.notice },
        Announcement::Spoken { .. } | Announcement::Chime { .. } => {
            VoiceState::Speaking { call: announcement.calls().first().map_or(CallNumber(0), |call| call.call) }
        }
    }
}

fn warn_of(error: &SpeakerError) {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    warn!(%error, cause, "calls are not heard");
}

fn log(note: &Note) {
    let Note { call, delay, fate } = note;
    let (number, counter, delay_ms) = (call.number, call.counter, delay.as_millis());
    match fate {
        Fate::Spoken(..) | Fate::Repeated | Fate::ChimeOnly => {
            info!(call = %call.call, ticket = %number, %counter, delay_ms, ?fate, "told {number} to counter {counter}");
        }
        Fate::Replaced(_) | Fate::Ended => {
            debug!(call = %call.call, ticket = %number, %counter, delay_ms, ?fate, "did not need to tell {number}");
        }
        Fate::Stale | Fate::Crowded | Fate::Unspeakable => {
            warn!(call = %call.call, ticket = %number, %counter, delay_ms, ?fate, "did not tell {number} to counter {counter}");
        }
    }
}

fn log_notice(note: &NoticeNote) {
    let NoticeNote { notice, delay, fate } = note;
    let (agency, alone, turn, delay_ms) = (&notice.agency, notice.alone, notice.turn, delay.as_millis());
    match fate {
        NoticeFate::Told => info!(notice = %notice.notice, %agency, alone, delay_ms, "told that services of {agency} have {turn}"),
        NoticeFate::Over | NoticeFate::Stale => {
            debug!(notice = %notice.notice, %agency, alone, delay_ms, ?fate, "did not need to tell that services of {agency} have {turn}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::announcement::tests::{call, notice};
    use super::super::announcement::{Call, Turn};
    use super::super::twin::TwinSpeaker;
    use super::*;

    #[test]
    fn calls_are_played_one_after_the_other_each_as_one_sound() {
        let mut hall = Hall::with(TwinSpeaker::new(true));
        hall.take(&[(1, "J042", 7), (2, "K013", 12)]);
        assert_eq!(hall.status().state, VoiceState::Speaking { call: CallNumber(1) });
        hall.finish();
        assert_eq!(hall.status().state, VoiceState::Speaking { call: CallNumber(2) });
        hall.finish();
        let status = hall.status();
        assert_eq!((status.state, status.spoken, status.unspoken, status.waiting), (VoiceState::Idle, 2, 0, 0));
        assert_eq!(hall.worker.speaker.started.len(), 2);
    }

    #[test]
    fn without_a_device_the_state_says_so_and_opening_is_tried_ever_more_rarely() {
        let mut hall = Hall::with(TwinSpeaker::new(false));
        hall.run_for(Duration::from_secs(60));
        assert!(matches!(hall.status().state, VoiceState::NoDevice { .. }));
        assert!((8..=12).contains(&hall.worker.speaker.attempts), "{}", hall.worker.speaker.attempts);
    }

    #[test]
    fn a_call_waits_for_the_device_to_come() {
        let mut hall = Hall::with(TwinSpeaker::new(false));
        hall.take(&[(1, "J042", 7)]);
        hall.worker.speaker.present = true;
        hall.run_for(RETRY_FIRST * 4);
        assert_eq!(hall.status().state, VoiceState::Speaking { call: CallNumber(1) });
    }

    #[test]
    fn a_device_that_is_lost_in_the_middle_of_a_call_is_reopened_and_the_call_said_again() {
        let mut hall = Hall::with(TwinSpeaker::new(true));
        hall.take(&[(1, "J042", 7)]);
        hall.worker.speaker.fail();
        hall.run_for(Duration::from_secs(3));
        assert!(matches!(hall.status().state, VoiceState::NoDevice { .. }));
        hall.worker.speaker.present = true;
        hall.run_for(Duration::from_secs(5));
        let started = &hall.worker.speaker.started;
        assert_eq!(started.len(), 2);
        assert_eq!(started[0], started[1]);
        hall.finish();
        assert_eq!(hall.status().spoken, 1);
    }

    #[test]
    fn a_device_that_hangs_is_given_up_after_the_deadline() {
        let mut hall = Hall::with(TwinSpeaker::new(true));
        hall.take(&[(1, "J042", 7)]);
        hall.run_for(Duration::from_secs(15));
        assert_eq!(hall.worker.speaker.started.len(), 2, "the twin never ends a sound by itself");
    }

    #[test]
    fn a_call_that_no_voice_can_say_does_not_hold_up_the_next() {
        let mut hall = Hall::with(TwinSpeaker::new(true));
        hall.take(&[(1, "J042", 700), (2, "K013", 12)]);
        assert_eq!(hall.status().state, VoiceState::Speaking { call: CallNumber(2) });
        assert_eq!(hall.status().unspoken, 1);
    }

    #[test]
    fn a_notice_is_one_sound_and_counts_as_no_call() {
        let mut hall = Hall::with(TwinSpeaker::new(true));
        let news = NoticeNews { notice: notice("NTSA", Turn::Resumed), age: Duration::ZERO };
        hall.worker.queue.take_notices(&[news], hall.now);
        hall.worker.step(hall.now);
        assert_eq!(hall.status().state, VoiceState::Telling { notice: Seq(1) });
        hall.finish();
        let status = hall.status();
        assert_eq!((status.state, status.spoken, status.unspoken), (VoiceState::Idle, 0, 0));
        assert_eq!(status.newest, Known { calls: CallNumber(0), notices: Seq(1) });
        assert_eq!(hall.worker.speaker.started.len(), 1);
    }

    #[test]
    fn a_notice_without_clips_is_one_chime() {
        let mut hall = Hall::with(TwinSpeaker::new(true));
        let chime = hall.worker.voices.render(&Announcement::Chime { calls: Vec::new() }).expect("the built-in chime");
        let news = NoticeNews { notice: notice("NOBODY", Turn::Stopped), age: Duration::ZERO };
        hall.worker.queue.take_notices(&[news], hall.now);
        hall.worker.step(hall.now);
        assert_eq!(hall.worker.speaker.started, [chime]);
    }

    #[test]
    fn the_thread_takes_news_and_stops_when_told() {
        let player = Player::start(&Settings::default(), TwinSpeaker::new(false)).expect("the built-in voice");
        player.take(vec![]);
        player.stop();
    }

    struct Hall {
        worker: Worker<TwinSpeaker>,
        now: Instant,
    }

    impl Hall {
        fn with(speaker: TwinSpeaker) -> Hall {
            let voices = Voices::load(None).expect("the built-in voice");
            let queue = VoiceQueue::new(Policy::default(), Known::default());
            let mut hall = Hall { worker: Worker::new(voices, speaker, queue), now: Instant::now() };
            hall.run_for(Duration::ZERO);
            hall
        }

        fn take(&mut self, calls: &[(u64, &str, u16)]) {
            let news = |&(number, ticket, counter): &(u64, &str, u16)| CallNews {
                call: Call { call: CallNumber(number), ..call(ticket, counter) },
                age: Duration::ZERO,
                awaited: true,
            };
            self.worker.take(&calls.iter().map(news).collect::<Vec<_>>(), self.now);
            self.worker.step(self.now);
        }

        fn status(&self) -> Status {
            self.worker.status.borrow().clone()
        }

        fn finish(&mut self) {
            self.worker.speaker.finish();
            self.worker.step(self.now);
        }

        fn run_for(&mut self, length: Duration) {
            let end = self.now + length;
            while self.now <= end {
                self.now += self.worker.step(self.now).max(Duration::from_millis(1));
            }
        }
    }
}
