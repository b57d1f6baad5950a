//! How a call or a notice is spoken: the clips and the pauses between them, for each language and form.

use std::fmt;

use protocol::{AgencyCode, CallNumber, CounterId, Language, Seq, TicketNumber};

/// A call that is to be spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its number; no number is spoken twice.
    pub call: CallNumber,
    /// The ticket's number.
    pub number: TicketNumber,
    /// Where to go.
    pub counter: CounterId,
    /// The ticket's language.
    pub language: Language,
    /// Whether this ticket was called to this counter before.
    pub recall: bool,
}

/// Something that the whole hall is told once: services have stopped for a while, or have gone on again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its number; no number is told twice.
    pub notice: Seq,
    /// Whose services.
    pub agency: AgencyCode,
    /// Whether it is about one service alone, which the screen names.
    pub alone: bool,
    /// What became of them.
    pub turn: Turn,
    /// In which languages, in this order.
    pub languages: Vec<Language>,
}

/// What a notice says of services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// They have stopped for the moment.
    Stopped,
    /// They have resumed.
    Resumed,
}

/// How many words an announcement takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// "Ticket number J 0 4 2. Please proceed to counter 7."
    Long,
    /// "Ticket J 0 4 2, counter 7."
    Short,
}

/// What the loudspeaker is to say next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// Chime, then the call in each language.
    Spoken {
        /// The call.
        call: Call,
        /// In which languages, in this order; not empty.
        languages: Vec<Language>,
        /// In how many words.
        form: Form,
    },
    /// One chime for calls that waited too long to be spoken; they stand on the screen.
    Chime {
        /// The calls, oldest first; not empty.
        calls: Vec<Call>,
    },
    /// Chime, then the notice in each of its languages that a voice has clips for; where none has them, the chime sends
    /// eyes to the screen.
    Notice(Notice),
}

/// A recorded piece of speech, named as its file is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clip {
    /// The two-tone attention chime.
    Chime,
    /// "Ticket number J".
    Ticket(Language, char),
    /// "Ticket J".
    ShortTicket(Language, char),
    /// A digit in the first, second or third place; the voice falls in the last.
    Digit {
        /// The language.
        language: Language,
        /// 1, 2 or 3.
        place: u8,
        /// 0 to 9.
        digit: u8,
    },
    /// "Please proceed to counter 7."
    Counter(Language, u16),
    /// "Counter 7."
    ShortCounter(Language, u16),
    /// "N T S A services", to be followed by what is said of them.
    Agency(Language, AgencyCode),
    /// "have resumed. Thank you for waiting."
    Notice {
        /// The language.
        language: Language,
        /// What became of the services.
        turn: Turn,
        /// Whether it is one of them: "one of them has resumed".
        alone: bool,
    },
}

/// One step of an announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A clip, whole.
    Clip(Clip),
    /// Silence.
    Gap {
        /// For this long.
        milliseconds: u32,
    },
}

/// After the chime, whose own tail fades.
pub const AFTER_CHIME_MS: u32 = 100;
/// Between the letter and the first digit.
pub const AFTER_LETTER_MS: u32 = 100;
/// Between digits.
pub const BETWEEN_DIGITS_MS: u32 = 110;
/// Between the number and the counter, as at a full stop.
pub const BEFORE_COUNTER_MS: u32 = 450;
/// Between the number and the counter in the short form, as at a comma.
pub const BEFORE_COUNTER_SHORT_MS: u32 = 250;
/// Between whose services and what is said of them, which is one sentence.
pub const AFTER_AGENCY_MS: u32 = 40;
/// The same before "one of them".
pub const BEFORE_ONE_MS: u32 = 300;
/// Between two languages, and after an announcement: longer than any pause inside a sentence, so that two calls do not
/// run into each other.
pub const BETWEEN_SENTENCES_MS: u32 = 800;

impl Announcement {
    /// Returns the calls that this announcement is about.
    pub fn calls(&self) -> &[Call] {
        match self {
            Announcement::Spoken { call, .. } => std::slice::from_ref(call),
            Announcement::Chime { calls } => calls,
            Announcement::Notice(_) => &[],
        }
    }
}

impl Clip {
    /// Returns the language, if the clip has one.
    pub fn language(&self) -> Option<Language> {
        match self {
            Clip::Chime => None,
            Clip::Ticket(language, _)
            | Clip::ShortTicket(language, _)
            | Clip::Digit { language, .. }
            | Clip::Counter(language, _)
            | Clip::ShortCounter(language, _)
            | Clip::Agency(language, _)
            | Clip::Notice { language, .. } => Some(*language),
        }
    }
}

impl fmt::Display for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Clip::Chime => write!(f, "chime"),
            Clip::Ticket(language, letter) => write!(f, "{}/ticket_{letter}", language.tag()),
            Clip::ShortTicket(language, letter) => write!(f, "{}/short_ticket_{letter}", language.tag()),
            Clip::Digit { language, place, digit } => write!(f, "{}/p{place}_{digit}", language.tag()),
            Clip::Counter(language, counter) => write!(f, "{}/counter_{counter}", language.tag()),
            Clip::ShortCounter(language, counter) => write!(f, "{}/short_counter_{counter}", language.tag()),
            Clip::Agency(language, agency) => write!(f, "{}/agency_{agency}", language.tag()),
            Clip::Notice { language, turn, alone } => {
                let one = if *alone { "one_" } else { "" };
                write!(f, "{}/notice_{one}{turn}", language.tag())
            }
        }
    }
}

impl Turn {
    /// Both.
    pub const ALL: [Turn; 2] = [Turn::Stopped, Turn::Resumed];
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Turn::Stopped => "stopped",
            Turn::Resumed => "resumed",
        })
    }
}

/// Returns the clips and gaps of a notice.
pub fn notice_sentence(notice: &Notice, language: Language) -> Vec<Step> {
    let Notice { agency, turn, alone, .. } = notice;
    let milliseconds = if *alone { BEFORE_ONE_MS } else { AFTER_AGENCY_MS };
    let said = Clip::Notice { language, turn: *turn, alone: *alone };
    vec![Step::Clip(Clip::Agency(language, agency.clone())), Step::Gap { milliseconds }, Step::Clip(said)]
}

/// Returns the clips and gaps of one sentence.
pub fn sentence(call: &Call, language: Language, form: Form) -> Vec<Step> {
    let (letter, counter) = (call.number.letter, call.counter.0);
    let (heading, before_counter, counter) = match form {
        Form::Long => (Clip::Ticket(language, letter), BEFORE_COUNTER_MS, Clip::Counter(language, counter)),
        Form::Short => (Clip::ShortTicket(language, letter), BEFORE_COUNTER_SHORT_MS, Clip::ShortCounter(language, counter)),
    };
    let mut steps = vec![Step::Clip(heading), Step::Gap { milliseconds: AFTER_LETTER_MS }];
    for (place, digit) in (1..).zip(call.number.digits()) {
        let gap = if place == 3 { before_counter } else { BETWEEN_DIGITS_MS };
        steps.push(Step::Clip(Clip::Digit { language, place, digit }));
        steps.push(Step::Gap { milliseconds: gap });
    }
    steps.push(Step::Clip(counter));
    steps
}

/// Returns the silence that ends every sentence.
pub fn pause() -> Step {
    Step::Gap { milliseconds: BETWEEN_SENTENCES_MS }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_digit_by_digit_and_the_counter_as_a_number() {
        let spoken = named(&sentence(&call("J042", 17), Language::En, Form::Long));
        assert_eq!(spoken, "en/ticket_J 100 en/p1_0 110 en/p2_4 110 en/p3_2 450 en/counter_17");
    }

    #[test]
    fn the_short_form_has_the_same_digits() {
        let spoken = named(&sentence(&call("K700", 3), Language::Sw, Form::Short));
        assert_eq!(spoken, "sw/short_ticket_K 100 sw/p1_7 110 sw/p2_0 110 sw/p3_0 250 sw/short_counter_3");
    }

    #[test]
    fn a_notice_names_whose_services_and_then_what_became_of_them() {
        let all = notice("NTSA", Turn::Resumed);
        assert_eq!(named(&notice_sentence(&all, Language::Sw)), "sw/agency_NTSA 40 sw/notice_resumed");
        let one = Notice { alone: true, turn: Turn::Stopped, ..all };
        assert_eq!(named(&notice_sentence(&one, Language::En)), "en/agency_NTSA 300 en/notice_one_stopped");
    }

    #[test]
    fn no_pause_inside_a_sentence_is_as_long_as_the_one_between_sentences() {
        for form in [Form::Long, Form::Short] {
            for step in sentence(&call("Z999", 99), Language::En, form) {
                assert!(!matches!(step, Step::Gap { milliseconds } if milliseconds + 200 > BETWEEN_SENTENCES_MS));
            }
        }
    }

    fn named(steps: &[Step]) -> String {
        let name = |step: &Step| match step {
            Step::Clip(clip) => clip.to_string(),
            Step::Gap { milliseconds } => milliseconds.to_string(),
        };
        steps.iter().map(name).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn notice(agency: &str, turn: Turn) -> Notice {
        let agency = AgencyCode::new(agency).expect("a code");
        Notice { notice: Seq(1), agency, alone: false, turn, languages: vec![Language::En] }
    }

    pub(crate) fn call(number: &str, counter: u16) -> Call {
        Call {
            call: CallNumber(1),
            number: number.parse().expect("a ticket number"),
            counter: CounterId(counter),
            language: Language::En,
            recall: false,
        }
    }
}
