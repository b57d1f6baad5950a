//! What the hall hears when calls crowd, age, end, repeat or fail.

use super::super::announcement::tests::notice as notice_of;
use super::super::announcement::{Notice, Turn};
use super::*;
use protocol::CounterId;

#[test]
fn calls_are_spoken_one_at_a_time_in_the_order_of_their_numbers() {
    let mut hall = Hall::new(Policy::default());
    hall.take(&[news(2, "K002", 2), news(1, "K001", 1)]);
    assert_eq!(hall.begin(), "K001 en long");
    assert_eq!(hall.queue.next(hall.now), None, "one is being spoken");
    hall.finish();
    assert_eq!(hall.begin(), "K002 en long");
}

#[test]
fn a_call_that_is_told_again_and_again_is_spoken_once() {
    let mut hall = Hall::new(Policy::default());
    for _ in 0..5 {
        hall.take(&[news(1, "K001", 1)]);
        hall.say_all();
    }
    assert_eq!(hall.fates(), [(1, spoken(&[Language::En], Form::Long))]);
}

#[test]
fn a_recall_has_a_number_of_its_own_and_is_spoken_again() {
    let mut hall = Hall::new(Policy::default());
    hall.take(&[news(1, "K001", 1)]);
    hall.say_all();
    hall.take(&[recall(2, "K001", 1)]);
    hall.say_all();
    assert_eq!(hall.fates().len(), 2);
}

#[test]
fn both_languages_are_spoken_when_there_is_time_and_one_when_there_is_none() {
    let mut hall = Hall::new(both());
    hall.take(&[news(1, "K001", 1), news(2, "K002", 2), in_kiswahili(news(3, "K003", 3)), in_kiswahili(news(4, "K004", 4))]);
    assert_eq!(hall.say_all(), ["K001 en short", "K002 en short", "K003 sw,en long", "K004 sw,en long"]);
}

#[test]
fn a_late_call_is_spoken_briefly_and_a_too_late_one_gets_a_chime() {
    let mut hall = Hall::new(both());
    hall.take(&[aged(news(1, "K001", 1), 21)]);
    hall.take(&[aged(news(2, "K002", 2), 46), aged(news(3, "K003", 3), 50)]);
    assert_eq!(hall.say_all(), ["chime for K002 K003", "K001 en short"]);
    assert_eq!(hall.fates()[0].1, Fate::ChimeOnly);
}

#[test]
fn waiting_in_the_queue_makes_a_call_older() {
    let mut hall = Hall::new(Policy::default());
    hall.take(&[news(1, "K001", 1)]);
    hall.begin();
    hall.take(&[news(2, "K002", 2)]);
    hall.now += TOO_LATE + Duration::from_secs(1);
    hall.queue.finished(hall.now);
    assert_eq!(hall.say_all(), ["chime for K002"]);
}

#[test]
fn a_recall_at_the_peak_tries_the_other_language() {
    let mut hall = Hall::new(both());
    let crowd = [news(8, "L008", 8), news(9, "L009", 9)];
    hall.take(&[news(1, "K001", 1), crowd[0], crowd[1]]);
    hall.say_all();
    hall.take(&[recall(10, "K001", 1), news(11, "L011", 8), news(12, "L012", 9)]);
    assert_eq!(hall.say_all()[0], "K001 sw short");
}

#[test]
fn a_newer_call_to_the_same_counter_or_of_the_same_ticket_takes_the_place_of_the_older() {
    let mut hall = Hall::new(Policy::default());
    hall.take(&[news(1, "K001", 1), news(2, "K002", 2), news(3, "K003", 1), news(4, "K002", 5)]);
    assert_eq!(hall.say_all(), ["K003 en long", "K002 en long"]);
    assert_eq!(hall.fates()[..2], [(1, Fate::Replaced(CallNumber(3))), (2, Fate::Replaced(CallNumber(4)))]);
}

#[test]
fn a_call_that_ended_is_dropped_but_never_cut_short() {
    let mut hall = Hall::new(Policy::default());
    hall.take(&[news(1, "K001", 1), news(2, "K002", 2)]);
    hall.begin();
    hall.take(&[over(news(1, "K001", 1)), over(news(2, "K002", 2))]);
    hall.finish();
    assert_eq!(hall.say_all(), [""; 0]);
    assert_eq!(hall.fates(), [(2, Fate::Ended), (1, spoken(&[Language::En], Form::Long))]);
}

#[test]
fn a_call_that_is_missing_from_the_news_still_waits() {
    let mut hall = Hall::new(Policy::default());
    hall.take(&[news(1, "K001", 1)]);
    hall.take(&[]);
    assert_eq!(hall.say_all(), ["K001 en long"]);
}

#[test]
fn after_a_failure_of_the_loudspeaker_the_call_is_said_again_from_its_start() {
    let mut hall = Hall::new(Policy::default());
    hall.take(&[news(1, "K001", 1), news(2, "K002", 2)]);
    hall.begin();
    hall.queue.interrupted();
    assert_eq!(hall.say_all(), ["K001 en long", "K002 en long"]);
    assert_eq!(hall.fates().len(), 2);
}

#[test]
fn after_a_failure_a_call_that_ended_or_was_replaced_is_not_said_again() {
    let mut hall = Hall::new(Policy::default());
    for change in [over(news(1, "K001", 1)), recall(2, "K001", 1)] {
        hall = Hall::new(Policy::default());
        hall.take(&[news(1, "K001", 1)]);
        hall.begin();
        hall.take(&[change]);
        hall.queue.interrupted();
        assert!(hall.say_all().len() <= 1);
        assert_ne!(hall.fates()[0].1, spoken(&[Language::En], Form::Long));
    }
    assert_eq!(hall.queue.waiting(), 0);
}

#[test]
fn a_long_silence_of_the_loudspeaker_does_not_end_in_a_burst() {
    let mut hall = Hall::new(Policy::default());
    hall.take(&[news(1, "K001", 1), news(2, "K002", 2)]);
    hall.now += STALE + Duration::from_secs(1);
    assert_eq!(hall.say_all(), [""; 0]);
    assert_eq!(hall.fates(), [(1, Fate::Stale), (2, Fate::Stale)]);
}

#[test]
fn a_restart_does_not_repeat_what_was_known_before() {
    let mut queue = VoiceQueue::new(Policy::default(), Known { calls: CallNumber(5), ..Known::default() });
    queue.take(&[news(5, "K001", 1), news(6, "K002", 2)], Instant::now());
    assert_eq!(queue.waiting(), 1);
    assert_eq!(queue.newest().calls, CallNumber(6));
}

#[test]
fn a_centre_may_have_a_quiet_call_repeated_once() {
    let mut hall = Hall::new(Policy { repeat_after: Some(Duration::from_secs(10)), ..Policy::default() });
    hall.take(&[news(1, "K001", 1)]);
    hall.say_all();
    assert_eq!(hall.queue.next(hall.now), None, "not yet");
    hall.now = hall.queue.deadline().expect("a repeat is planned");
    assert_eq!(hall.say_all(), ["K001 en long"]);
    assert_eq!(hall.queue.deadline(), None);
    assert_eq!(hall.fates().last(), Some(&(1, Fate::Repeated)));
}

#[test]
fn memory_is_bounded_and_forgotten_numbers_are_still_not_repeated() {
    let mut hall = Hall::new(Policy::default());
    for call in 1..=5_000 {
        hall.take(&[over(news(call, "K001", 1))]);
    }
    assert_eq!(hall.queue.known.len(), MEMORY_MAX);
    hall.queue.take_notes();
    hall.take(&[news(1, "K001", 1)]);
    assert_eq!(hall.say_all(), [""; 0]);
}

#[test]
fn a_notice_that_is_told_again_and_again_is_spoken_once() {
    let mut hall = Hall::new(Policy::default());
    for _ in 0..3 {
        hall.take_notices(&[resumed(7, "NTSA")]);
        hall.say_all();
    }
    assert_eq!(hall.notices(), [(7, NoticeFate::Told)]);
}

#[test]
fn a_notice_waits_until_no_call_does_and_delays_a_call_by_itself_alone() {
    let mut hall = Hall::new(Policy::default());
    hall.take_notices(&[stopped(7, "NTSA"), stopped(8, "KRA")]);
    hall.take(&[news(1, "K001", 1)]);
    assert_eq!(hall.begin(), "K001 en long");
    hall.finish();
    assert_eq!(hall.begin(), "NTSA stopped");
    hall.take(&[news(2, "K002", 2)]);
    hall.finish();
    assert_eq!(hall.say_all(), ["K002 en long", "KRA stopped"]);
}

#[test]
fn notices_are_told_in_the_order_of_their_numbers() {
    let mut hall = Hall::new(Policy::default());
    hall.take_notices(&[resumed(9, "KRA"), stopped(8, "NTSA")]);
    assert_eq!(hall.say_all(), ["NTSA stopped", "KRA resumed"]);
}

#[test]
fn behind_a_crowd_of_calls_a_notice_grows_old_and_is_dropped() {
    let mut hall = Hall::new(Policy::default());
    hall.take_notices(&[stopped(7, "NTSA")]);
    for call in 1..=40 {
        hall.take(&[news(call, &format!("K{call:03}"), 1)]);
        hall.begin();
        hall.finish();
    }
    assert_eq!(hall.say_all(), [""; 0]);
    assert_eq!(hall.notices(), [(7, NoticeFate::Stale)]);
}

#[test]
fn a_resumption_older_than_three_minutes_is_never_told() {
    let mut hall = Hall::new(Policy::default());
    for (notice, age, told) in [(7, 181, 0), (8, 179, 1)] {
        hall.take_notices(&[NoticeNews { age: Duration::from_secs(age), ..resumed(notice, "NTSA") }]);
        assert_eq!(hall.say_all().len(), told, "{age} seconds old");
    }
}

#[test]
fn a_second_suspension_before_the_resume_was_spoken_cancels_it() {
    let mut hall = Hall::new(Policy::default());
    hall.take_notices(&[stopped(7, "NTSA")]);
    hall.say_all();
    hall.take(&[news(1, "K001", 1)]);
    hall.begin();
    hall.take_notices(&[resumed(8, "NTSA")]);
    hall.take_notices(&[stopped(9, "NTSA")]);
    hall.finish();
    assert_eq!(hall.say_all(), ["NTSA stopped"]);
    assert_eq!(hall.notices(), [(7, NoticeFate::Told), (8, NoticeFate::Over), (9, NoticeFate::Told)]);
}

#[test]
fn what_went_on_before_its_suspension_was_spoken_is_told_as_resumed_only() {
    let mut hall = Hall::new(Policy::default());
    hall.take(&[news(1, "K001", 1)]);
    hall.begin();
    hall.take_notices(&[stopped(7, "NTSA")]);
    hall.take_notices(&[resumed(8, "NTSA")]);
    hall.finish();
    assert_eq!(hall.say_all(), ["NTSA resumed"]);
}

#[test]
fn a_restart_does_not_repeat_a_notice_and_tells_the_one_after_it() {
    let mut queue = VoiceQueue::new(Policy::default(), Known { notices: Seq(8), ..Known::default() });
    queue.take_notices(&[stopped(7, "KRA"), resumed(8, "NTSA"), resumed(12, "NRB")], Instant::now());
    assert_eq!(queue.notices_waiting(), 1);
    assert_eq!(queue.newest().notices, Seq(12));
}

#[test]
fn a_notice_that_failed_in_the_middle_is_told_again_while_it_is_true() {
    for (still_true, said) in [(true, vec!["NTSA resumed"]), (false, vec![])] {
        let mut hall = Hall::new(Policy::default());
        hall.take_notices(&[resumed(7, "NTSA")]);
        hall.begin();
        if !still_true {
            hall.take_notices(&[]);
        }
        hall.queue.interrupted();
        assert_eq!(hall.say_all(), said);
        assert_eq!(hall.notices().len(), 1);
    }
}

#[test]
fn a_notice_does_not_put_off_a_planned_repeat_for_good() {
    let mut hall = Hall::new(Policy { repeat_after: Some(Duration::from_secs(10)), ..Policy::default() });
    hall.take(&[news(1, "K001", 1)]);
    hall.say_all();
    hall.now = hall.queue.deadline().expect("a repeat is planned");
    hall.take_notices(&[resumed(7, "NTSA")]);
    assert_eq!(hall.say_all(), ["NTSA resumed", "K001 en long"]);
}

/// A hall in which every announcement takes six seconds.
struct Hall {
    queue: VoiceQueue,
    now: Instant,
}

impl Hall {
    fn new(policy: Policy) -> Self {
        Hall { queue: VoiceQueue::new(policy, Known::default()), now: Instant::now() }
    }

    fn take(&mut self, news: &[CallNews]) {
        self.queue.take(news, self.now);
    }

    fn take_notices(&mut self, news: &[NoticeNews]) {
        self.queue.take_notices(news, self.now);
    }

    fn notices(&mut self) -> Vec<(u64, NoticeFate)> {
        self.queue.take_notice_notes().into_iter().map(|note| (note.notice.notice.0, note.fate)).collect()
    }

    fn begin(&mut self) -> String {
        self.queue.next(self.now).map(|announcement| shown(&announcement)).unwrap_or_default()
    }

    fn finish(&mut self) {
        self.now += Duration::from_secs(6);
        self.queue.finished(self.now);
    }

    fn say_all(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        while let Some(announcement) = self.queue.next(self.now) {
            said.push(shown(&announcement));
            self.finish();
        }
        said
    }

    fn fates(&mut self) -> Vec<(u64, Fate)> {
        self.queue.take_notes().into_iter().map(|note| (note.call.call.0, note.fate)).collect()
    }
}

fn shown(announcement: &Announcement) -> String {
    match announcement {
        Announcement::Spoken { call, languages, form } => {
            let tags: Vec<_> = languages.iter().map(|language| language.tag()).collect();
            let form = if *form == Form::Long { "long" } else { "short" };
            format!("{} {} {form}", call.number, tags.join(","))
        }
        Announcement::Chime { calls } => {
            let numbers: Vec<_> = calls.iter().map(|call| call.number.to_string()).collect();
            format!("chime for {}", numbers.join(" "))
        }
        Announcement::Notice(notice) => format!("{} {}", notice.agency, notice.turn),
    }
}

fn both() -> Policy {
    Policy { languages: Languages::Both, ..Policy::default() }
}

fn spoken(languages: &[Language], form: Form) -> Fate {
    Fate::Spoken(languages.to_vec(), form)
}

fn news(call: u64, number: &str, counter: u16) -> CallNews {
    let call = Call {
        call: CallNumber(call),
        number: number.parse().expect("a ticket number"),
        counter: CounterId(counter),
        language: Language::En,
        recall: false,
    };
    CallNews { call, age: Duration::ZERO, awaited: true }
}

fn recall(call: u64, number: &str, counter: u16) -> CallNews {
    let first = news(call, number, counter);
    CallNews { call: Call { recall: true, ..first.call }, ..first }
}

fn in_kiswahili(first: CallNews) -> CallNews {
    CallNews { call: Call { language: Language::Sw, ..first.call }, ..first }
}

fn aged(first: CallNews, seconds: u64) -> CallNews {
    CallNews { age: Duration::from_secs(seconds), ..first }
}

fn stopped(notice: u64, agency: &str) -> NoticeNews {
    NoticeNews { notice: Notice { notice: Seq(notice), ..notice_of(agency, Turn::Stopped) }, age: Duration::ZERO }
}

fn resumed(notice: u64, agency: &str) -> NoticeNews {
    NoticeNews { notice: Notice { notice: Seq(notice), ..notice_of(agency, Turn::Resumed) }, age: Duration::ZERO }
}

fn over(first: CallNews) -> CallNews {
    CallNews { awaited: false, ..first }
}
