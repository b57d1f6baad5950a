//! What stands on a slip and in which order, before it is drawn as a picture or typed in a printer's font.
//!
//! Every text is filtered here, so that neither rendering can forget it.

use protocol::slip::{SlipContent, SlipFee};
use protocol::ticket::Text;

use crate::clean::clean;
use crate::words::SlipWords;

/// More documents than any service asks for; a longer list would be a metre of paper.
const DOCUMENTS_MAX: usize = 12;

/// As many services as may follow on one ticket.
const THEN_MAX: usize = 8;

/// One part of a slip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The mark and the centre's name, one or two lines.
    Heading(Vec<String>),
    /// A small centred line.
    Title(String),
    /// The number to be called.
    Number(String),
    /// The service.
    Service(Pair),
    /// A framed line that must be noticed.
    Banner(Pair),
    /// A label with a figure.
    Figure {
        /// What the figure is.
        label: Pair,
        /// The figure.
        value: Value,
    },
    /// What to have ready.
    Documents {
        /// The heading, in both languages.
        heading: String,
        /// One for each document.
        items: Vec<Pair>,
    },
    /// Plain words.
    Note(Pair),
    /// The framed sentences that tickets are free.
    Free {
        /// The chosen language, one line a sentence.
        first: Vec<String>,
        /// The other language.
        second: String,
    },
    /// The QR code with words beside it; only words when the centre has no phone page.
    Phone {
        /// What the QR code opens.
        address: Option<String>,
        /// The words.
        words: Vec<Pair>,
    },
    /// Date, place and what to do with the paper.
    Foot(Vec<String>),
}

/// A text in the chosen language and in the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The chosen language.
    pub first: String,
    /// The other one.
    pub second: String,
}

/// What stands to the right of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A large figure with a small unit, which may be empty.
    Figure {
        /// The figure; never wrapped.
        figure: String,
        /// The unit.
        unit: String,
    },
    /// An amount; never wrapped.
    Money(String),
    /// Words in place of a figure.
    Words(Pair),
}

/// Returns the parts of a slip from top to bottom.
pub fn blocks(content: &SlipContent, words: &SlipWords) -> Vec<Block> {
    let pair = |text: &Text| pair(content, text);
    let mut blocks = vec![
        Block::Heading(centre_lines(&content.centre)),
        Block::Title(joined([both_upper(&pair(&words.title)), clean(&content.group)])),
        Block::Number(clean(&content.number.to_string())),
    ];
    if content.priority {
        blocks.push(Block::Banner(pair(&words.priority)));
    }
    blocks.extend(content.booked.as_deref().map(|time| Block::Banner(with(pair(&words.appointment), time))));
    blocks.push(Block::Service(pair(&content.service)));
    let then = content.then.iter().take(THEN_MAX);
    blocks.extend(then.map(|service| Block::Note(follows(&pair(&words.then), &pair(service)))));
    if content.outside {
        blocks.push(Block::Banner(pair(&words.outside)));
    }
    if content.offline {
        blocks.push(Block::Note(pair(&words.offline)));
    }
    blocks.extend(content.ahead.map(|ahead| figure(pair(&words.ahead), ahead.to_string(), String::new())));
    blocks.push(Block::Figure { label: pair(&words.wait), value: wait(content, words) });
    blocks.push(Block::Figure { label: pair(&words.fee), value: fee(content, words) });
    blocks.push(documents(content, words));
    blocks.extend(content.note.as_ref().map(|note| Block::Note(pair(note))));
    blocks.push(free(content, words));
    blocks.push(phone(content, words));
    blocks.push(Block::Foot(foot(content, words)));
    blocks
}

/// Breaks a line into lines that fit, only at the dots between its parts; a part that does not fit stays whole.
pub fn wrap_at_dots(line: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in line.split(" · ") {
        let joined = lines.last().map(|last| format!("{last} · {part}"));
        match (lines.last_mut(), joined) {
            (Some(last), Some(joined)) if fits(&joined) => *last = joined,
            _ => lines.push(part.to_owned()),
        }
    }
    lines
}

fn pair(content: &SlipContent, text: &Text) -> Pair {
    let first = clean(text.get(content.language));
    let second = clean(text.get(content.language.other()));
    match (first.is_empty(), first == second) {
        (true, _) => Pair { first: second, second: String::new() },
        (false, true) => Pair { first, second: String::new() },
        (false, false) => Pair { first, second },
    }
}

/// Returns words with a figure after them, in both languages.
fn with(words: Pair, figure: &str) -> Pair {
    let figure = clean(figure);
    let after = |text: String| if text.is_empty() { text } else { format!("{text} {figure}") };
    Pair { first: after(words.first), second: after(words.second) }
}

/// Returns "Then: a service", in both languages.
fn follows(then: &Pair, service: &Pair) -> Pair {
    let second = if service.second.is_empty() { String::new() } else { format!("{}: {}", then.second, service.second) };
    Pair { first: format!("{}: {}", then.first, service.first), second }
}

/// A centre's name says "Huduma" once, whether or not its setting already does.
fn centre_lines(centre: &str) -> Vec<String> {
    const OWN_NAME: &str = "HUDUMA CENTRE";
    let name = clean(centre).to_uppercase();
    match name.strip_prefix(OWN_NAME).map(str::trim) {
        Some("") => vec![OWN_NAME.to_owned()],
        Some(place) => vec![OWN_NAME.to_owned(), place.to_owned()],
        None if name.contains("HUDUMA") => vec![name],
        None if name.is_empty() => vec![OWN_NAME.to_owned()],
        None => vec![OWN_NAME.to_owned(), name],
    }
}

fn both_upper(pair: &Pair) -> String {
    joined([pair.first.to_uppercase(), pair.second.to_uppercase()])
}

/// Joins what is not empty with middle dots.
fn joined<const N: usize>(parts: [String; N]) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

fn figure(label: Pair, figure: String, unit: String) -> Block {
    Block::Figure { label, value: Value::Figure { figure, unit } }
}

fn wait(content: &SlipContent, words: &SlipWords) -> Value {
    match content.wait {
        Some(range) => Value::Figure { figure: range.to_string(), unit: pair(content, &words.minutes).first },
        None => Value::Words(pair(content, &words.wait_unknown)),
    }
}

fn fee(content: &SlipContent, words: &SlipWords) -> Value {
    match content.fee {
        SlipFee::Free => Value::Words(pair(content, &words.free)),
        SlipFee::Kes(shillings) => Value::Money(format!("KSh {}", thousands(shillings))),
        SlipFee::Unknown => Value::Words(pair(content, &words.fee_unknown)),
    }
}

fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn documents(content: &SlipContent, words: &SlipWords) -> Block {
    let items: Vec<Pair> = content.documents.iter().take(DOCUMENTS_MAX).map(|text| pair(content, text)).collect();
    if items.is_empty() {
        return Block::Note(pair(content, &words.no_documents));
    }
    let heading = pair(content, &words.documents);
    Block::Documents { heading: joined([heading.first, heading.second]), items }
}

fn free(content: &SlipContent, words: &SlipWords) -> Block {
    let (free, pay) = (pair(content, &words.tickets_free), pair(content, &words.do_not_pay));
    let second = [free.second, pay.second].join(" ").trim().to_owned();
    Block::Free { first: vec![free.first, pay.first], second }
}

fn phone(content: &SlipContent, words: &SlipWords) -> Block {
    let address = content.phone_page.as_deref().map(clean).filter(|address| is_web_address(address));
    let follow = address.as_ref().map(|_| pair(content, &words.follow_phone));
    let words = follow.into_iter().chain([pair(content, &words.missed)]).collect();
    Block::Phone { address, words }
}

/// A QR code on a government's slip opens a web page and nothing else.
fn is_web_address(address: &str) -> bool {
    let web = address.starts_with("http://") || address.starts_with("https://");
    web && address.bytes().all(|byte| byte.is_ascii_graphic())
}

fn foot(content: &SlipContent, words: &SlipWords) -> Vec<String> {
    let day = pair(content, &content.weekday);
    let (keep, report) = (pair(content, &words.keep), pair(content, &words.report));
    [
        joined([day.first, day.second]),
        joined([clean(&content.date), clean(&content.time), clean(&content.kiosk)]),
        joined([keep.first, keep.second]),
        joined([report.first, report.second]),
    ]
    .into_iter()
    .filter(|line| !line.is_empty())
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_centre_says_huduma_once() {
        assert_eq!(centre_lines("Mombasa"), ["HUDUMA CENTRE", "MOMBASA"]);
        assert_eq!(centre_lines("Huduma Centre Mombasa"), ["HUDUMA CENTRE", "MOMBASA"]);
        assert_eq!(centre_lines("Huduma Mashinani, Lodwar"), ["HUDUMA MASHINANI, LODWAR"]);
    }

    #[test]
    fn the_chosen_language_is_first() {
        let (mut content, words) = (sample::birth(), SlipWords::load());
        let first = |content: &SlipContent| match &blocks(content, &words)[3] {
            Block::Service(pair) => pair.first.clone(),
            other => panic!("the service is the fourth part, not {other:?}"),
        };
        assert_eq!(first(&content), content.service.sw);
        content.language = protocol::Language::En;
        assert_eq!(first(&content), content.service.en);
    }

    #[test]
    fn what_nobody_knows_is_not_told() {
        let mut content = sample::birth();
        content.ahead = None;
        content.wait = None;
        let blocks = blocks(&content, &SlipWords::load());
        assert!(!blocks.iter().any(|block| matches!(block, Block::Figure { value: Value::Figure { .. }, .. })));
    }

    #[test]
    fn a_qr_code_opens_web_pages_only() {
        for bad in ["javascript:alert(1)", "tel:+254700000000", "http://a b", "", "HTTP//x"] {
            assert!(!is_web_address(bad), "{bad}");
        }
        assert!(is_web_address("http://foleni.local/t/L054-7Q2M"));
    }

    #[test]
    fn shillings_are_grouped_by_three() {
        let grouped: Vec<String> = [0, 200, 1050, 10_000, 1_234_567].map(thousands).into();
        assert_eq!(grouped, ["0", "200", "1,050", "10,000", "1,234,567"]);
    }

    #[test]
    fn nothing_from_outside_is_left_unfiltered() {
        let hostile = "\x1b@\x1dV1\x10\x14\x01\n".to_owned();
        let text = Text { en: hostile.clone(), sw: hostile.clone() };
        let mut content = sample::birth();
        content.centre = hostile.clone();
        content.service = text.clone();
        content.group = hostile.clone();
        content.documents = vec![text.clone(); 40];
        content.date = hostile.clone();
        content.time = hostile.clone();
        content.weekday = text.clone();
        content.kiosk = hostile.clone();
        content.phone_page = Some(hostile);
        content.note = Some(text);
        let shown = format!("{:?}", blocks(&content, &SlipWords::load()));
        assert!(!shown.contains("\\u{1") && !shown.contains("\\n"), "{shown}");
    }
}
