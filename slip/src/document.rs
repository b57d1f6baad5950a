//! What stands on a slip and in which order, before it is drawn as a picture or typed in a printer's font.
//!
//! Every text is filtered here, so that neither rendering can forget it.

use protocol::slip::{SlipContent, SlipFee};
use protocol::template::{FOOTER_LINES_MAX, HEADER_LINES_MAX, NumberSize, SlipLanguages, SlipTemplate};
use protocol::ticket::Text;

use crate::canvas::Canvas;
use crate::clean::clean;
use crate::logo;
use crate::words::SlipWords;

/// More documents than any service asks for; a longer list would be a metre of paper.
const DOCUMENTS_MAX: usize = 12;

/// As many services as may follow on one ticket.
const THEN_MAX: usize = 8;

/// One part of a slip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The centre's own picture.
    Logo(Canvas),
    /// Who gives this ticket.
    Heading {
        /// The centre's name, one or two lines.
        name: Vec<String>,
        /// The centre's own lines under it.
        lines: Vec<String>,
        /// Whether the product's mark stands beside the name: not where the centre has a picture of its own.
        mark: bool,
    },
    /// A small centred line.
    Title(String),
    /// The number to be called.
    Number {
        /// The number.
        number: String,
        /// How large it is.
        size: NumberSize,
    },
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
pub fn blocks(content: &SlipContent, words: &SlipWords, template: &SlipTemplate) -> Vec<Block> {
    let sheet = Sheet { content, words, template };
    let pair = |text: &Text| sheet.pair(text);
    let mut blocks: Vec<Block> = sheet.logo().into_iter().collect();
    blocks.push(sheet.heading());
    blocks.push(Block::Title(joined([both_upper(&pair(&words.title)), clean(&content.group)])));
    blocks.push(Block::Number { number: clean(&content.number.to_string()), size: template.number_size });
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
    blocks.push(Block::Figure { label: pair(&words.wait), value: sheet.wait() });
    blocks.push(Block::Figure { label: pair(&words.fee), value: sheet.fee() });
    blocks.extend(template.fields.documents.then(|| sheet.documents()));
    blocks.extend(content.note.as_ref().map(|note| Block::Note(pair(note))));
    blocks.push(sheet.free());
    blocks.extend(sheet.phone());
    blocks.extend(sheet.foot());
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

/// What is said, in whose words, and how the centre wants it.
struct Sheet<'a> {
    content: &'a SlipContent,
    words: &'a SlipWords,
    template: &'a SlipTemplate,
}

impl Sheet<'_> {
    /// Returns a text in the chosen language, and in the other where the centre wants both.
    fn pair(&self, text: &Text) -> Pair {
        let first = clean(text.get(self.content.language));
        let second = clean(text.get(self.content.language.other()));
        match (first.is_empty(), first == second, self.template.languages) {
            (true, _, _) => Pair { first: second, second: String::new() },
            (false, true, _) | (false, false, SlipLanguages::Chosen) => Pair { first, second: String::new() },
            (false, false, SlipLanguages::Both) => Pair { first, second },
        }
    }

    /// Returns a text as one line, both languages with a dot between them.
    fn line(&self, text: &Text) -> String {
        let pair = self.pair(text);
        joined([pair.first, pair.second])
    }

    fn logo(&self) -> Option<Block> {
        self.template.logo.as_ref().and_then(logo::picture).map(Block::Logo)
    }

    fn heading(&self) -> Block {
        let lines = self.template.header.iter().take(HEADER_LINES_MAX).map(|text| self.line(text)).filter(|line| !line.is_empty());
        Block::Heading { name: centre_lines(&self.content.centre), lines: lines.collect(), mark: self.template.logo.is_none() }
    }

    fn wait(&self) -> Value {
        match self.content.wait {
            Some(range) => Value::Figure { figure: range.to_string(), unit: self.pair(&self.words.minutes).first },
            None => Value::Words(self.pair(&self.words.wait_unknown)),
        }
    }

    fn fee(&self) -> Value {
        match self.content.fee {
            SlipFee::Free => Value::Words(self.pair(&self.words.free)),
            SlipFee::Kes(shillings) => Value::Money(format!("KSh {}", thousands(shillings))),
            SlipFee::Unknown => Value::Words(self.pair(&self.words.fee_unknown)),
        }
    }

    fn documents(&self) -> Block {
        let item = |text: &Text| match self.template.fields.documents_second {
            true => self.pair(text),
            false => Pair { second: String::new(), ..self.pair(text) },
        };
        let items: Vec<Pair> = self.content.documents.iter().take(DOCUMENTS_MAX).map(item).collect();
        if items.is_empty() {
            return Block::Note(self.pair(&self.words.no_documents));
        }
        Block::Documents { heading: self.line(&self.words.documents), items }
    }

    fn free(&self) -> Block {
        let (free, pay) = (self.pair(&self.words.tickets_free), self.pair(&self.words.do_not_pay));
        let second = [free.second, pay.second].join(" ").trim().to_owned();
        Block::Free { first: vec![free.first, pay.first], second }
    }

    fn phone(&self) -> Option<Block> {
        let fields = &self.template.fields;
        let page = self.content.phone_page.as_deref().filter(|_| fields.phone_page);
        let address = page.map(clean).filter(|address| is_web_address(address));
        let follow = address.as_ref().map(|_| self.pair(&self.words.follow_phone));
        let missed = fields.if_passed.then(|| self.pair(&self.words.missed));
        let words: Vec<Pair> = follow.into_iter().chain(missed).collect();
        (!words.is_empty()).then_some(Block::Phone { address, words })
    }

    /// The last lines; nothing, where the centre wants none.
    fn foot(&self) -> Option<Block> {
        let (content, fields) = (self.content, &self.template.fields);
        let moment = joined([clean(&content.date), clean(&content.time), clean(&content.kiosk)]);
        let date = fields.date.then(|| [self.line(&content.weekday), moment]).into_iter().flatten();
        let keep = fields.keep.then(|| self.line(&self.words.keep));
        let report = fields.report.then(|| self.line(&self.words.report));
        let own = self.template.footer.iter().take(FOOTER_LINES_MAX).map(|text| self.line(text));
        let lines: Vec<String> = date.chain(keep).chain(report).chain(own).filter(|line| !line.is_empty()).collect();
        (!lines.is_empty()).then_some(Block::Foot(lines))
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

/// A QR code on a government's slip opens a web page and nothing else.
fn is_web_address(address: &str) -> bool {
    let web = address.starts_with("http://") || address.starts_with("https://");
    web && address.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use protocol::template::SlipFields;

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
        let first = |content: &SlipContent| match &blocks(content, &words, &SlipTemplate::default())[3] {
            Block::Service(pair) => pair.first.clone(),
            other => panic!("the service is the fourth part, not {other:?}"),
        };
        assert_eq!(first(&content), content.service.sw);
        content.language = protocol::Language::En;
        assert_eq!(first(&content), content.service.en);
    }

    #[test]
    fn a_centre_chooses_what_stands_on_its_slips_but_never_leaves_out_what_they_are_for() {
        let (content, words) = (sample::birth(), SlipWords::load());
        let none = SlipFields {
            documents: false,
            documents_second: false,
            phone_page: false,
            if_passed: false,
            date: false,
            keep: false,
            report: false,
        };
        let bare = SlipTemplate { fields: none, ..SlipTemplate::default() };
        let blocks = blocks(&content, &words, &bare);
        let figures = blocks.iter().filter(|block| matches!(block, Block::Figure { .. })).count();
        assert_eq!(figures, 3, "people ahead, wait and fee");
        assert!(blocks.iter().any(|block| matches!(block, Block::Number { .. })));
        assert!(blocks.iter().any(|block| matches!(block, Block::Service(_))));
        assert!(blocks.iter().any(|block| matches!(block, Block::Free { .. })));
        assert!(!blocks.iter().any(|block| matches!(block, Block::Documents { .. } | Block::Phone { .. } | Block::Foot(_))));
    }

    #[test]
    fn each_part_that_can_be_left_out_leaves_alone() {
        let (content, words) = (sample::birth(), SlipWords::load());
        let shown = |fields: SlipFields| {
            let template = SlipTemplate { fields, ..SlipTemplate::default() };
            format!("{:?}", blocks(&content, &words, &template))
        };
        let all = SlipFields::default();
        let without = [
            (SlipFields { documents: false, ..all }, "Karatasi ya arifa"),
            (SlipFields { documents_second: false, ..all }, "Birth notification slip"),
            (SlipFields { phone_page: false, ..all }, "foleni.local/t/"),
            (SlipFields { if_passed: false, ..all }, "Customer Care"),
            (SlipFields { date: false, ..all }, "24.11.2026"),
            (SlipFields { keep: false, ..all }, "Keep this ticket"),
            (SlipFields { report: false, ..all }, "EACC 1551"),
        ];
        for (fields, gone) in &without {
            assert!(shown(all).contains(gone), "{gone} stands on the usual slip");
            for (other, _) in &without {
                let leaves_with_documents = *gone == "Birth notification slip" && !other.documents;
                let kept = other != fields && !leaves_with_documents;
                assert_eq!(shown(*other).contains(gone), kept, "{gone} with {other:?}");
            }
        }
    }

    #[test]
    fn one_language_is_one_language_everywhere() {
        let mut content = sample::journey();
        content.note = Some(Text { en: "The wait of the last day counts.".into(), sw: "Kusubiri kwa siku iliyopita kunahesabiwa.".into() });
        let line = Text { en: "Ground floor".into(), sw: "Ghorofa ya chini".into() };
        let template =
            SlipTemplate { languages: SlipLanguages::Chosen, header: vec![line.clone()], footer: vec![line], ..SlipTemplate::default() };
        let shown = format!("{:?}", blocks(&content, &SlipWords::load(), &template));
        for english in
            ["TICKET\"", "People", "Estimated", "Fee,", "ready", "free", "Follow", "Customer Care", "Tuesday", "Keep", "Then", "floor"]
        {
            assert!(!shown.contains(english), "{english} in {shown}");
        }
        assert!(shown.contains("Ghorofa ya chini") && shown.contains("Jumanne"));
    }

    #[test]
    fn the_centres_lines_stand_under_its_name_and_at_the_end() {
        let same = Text { en: "GPO Building".into(), sw: "GPO Building".into() };
        let line = |en: &str, sw: &str| Text { en: en.into(), sw: sw.into() };
        let template = SlipTemplate {
            header: vec![same, line("Ground floor", "Ghorofa ya chini"), line("", "")],
            footer: vec![line("Open 8 to 5", "Saa mbili hadi saa kumi na moja")],
            ..SlipTemplate::default()
        };
        let blocks = blocks(&sample::birth(), &SlipWords::load(), &template);
        let Block::Heading { lines, mark, .. } = &blocks[0] else { panic!("the heading is first") };
        assert_eq!((lines.as_slice(), *mark), (["GPO Building".to_owned(), "Ghorofa ya chini · Ground floor".to_owned()].as_slice(), true));
        let Some(Block::Foot(lines)) = blocks.last() else { panic!("the foot is last") };
        assert_eq!(lines.last().map(String::as_str), Some("Saa mbili hadi saa kumi na moja · Open 8 to 5"));
    }

    #[test]
    fn what_nobody_knows_is_not_told() {
        let mut content = sample::birth();
        content.ahead = None;
        content.wait = None;
        let blocks = blocks(&content, &SlipWords::load(), &SlipTemplate::default());
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
        content.note = Some(text.clone());
        let template = SlipTemplate { header: vec![text.clone()], footer: vec![text], ..SlipTemplate::default() };
        let shown = format!("{:?}", blocks(&content, &SlipWords::load(), &template));
        assert!(!shown.contains("\\u{1") && !shown.contains("\\n"), "{shown}");
    }
}
