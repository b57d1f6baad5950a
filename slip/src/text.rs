//! Types the parts of a slip in the printer's own font: few bytes, for slow serial lines. A line with letters that this font has not
//! is drawn in ours, so that a name is never misspelt.

use std::cell::RefCell;

use escpos::driver::Driver;
use escpos::errors::Result;
use escpos::printer::Printer;
use escpos::utils::{JustifyMode, PageCode, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption};

use protocol::template::{NumberSize, PaperWidth};

use crate::canvas::Canvas;
use crate::clean::{Letters, can_type, spell};
use crate::document::{Block, Pair, Value, wrap_at_dots};
use crate::image::{self, Side};
use crate::letters::{Style, Weight};
use crate::paper::PaperSetup;
use crate::qr::Qr;
use crate::raster;

/// Returns a whole print job: reset, letters, cut.
pub fn job(blocks: &[Block], width: PaperWidth, setup: &PaperSetup) -> Result<Vec<u8>> {
    let mut typist = Typist::new(width, setup)?;
    for block in blocks {
        typist.block(block)?;
    }
    typist.end(setup)
}

/// Remembers what the driver would have sent.
#[derive(Default)]
struct Memory(RefCell<Vec<u8>>);

impl Driver for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn write(&self, data: &[u8]) -> Result<()> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _: &mut [u8]) -> Result<usize> {
        Ok(0)
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }
}

/// Types lines no longer than the paper is wide, in letters that the printer has.
struct Typist {
    printer: Printer<Memory>,
    width: PaperWidth,
    letters: Letters,
}

impl Typist {
    fn new(width: PaperWidth, setup: &PaperSetup) -> Result<Typist> {
        let mut printer = Printer::new(Memory::default(), Protocol::default(), None);
        printer.init()?;
        if setup.letters == Letters::Latin {
            // The tables of the other Western pages send another byte for the hyphen.
            printer.page_code(PageCode::WPC1252)?;
        }
        Ok(Typist { printer, width, letters: setup.letters })
    }

    fn block(&mut self, block: &Block) -> Result<()> {
        match block {
            Block::Logo(logo) => self.logo(logo),
            Block::Heading { name, lines, mark } => self.heading(name, lines, *mark),
            Block::Title(title) => self.centred(title, 1, true),
            Block::Number { number, size: NumberSize::Large } => self.number(number),
            Block::Number { number, size: NumberSize::ExtraLarge } => {
                self.picture(&image::number(number, NumberSize::ExtraLarge, self.width))
            }
            Block::Service(pair) => self.service(pair),
            Block::Banner(pair) => self.banner(pair),
            Block::Figure { label, value } => self.figure(label, value),
            Block::Documents { heading, items } => self.documents(heading, items),
            Block::Note(pair) => self.note(pair),
            Block::Free { first, second } => self.free(first, second),
            Block::Phone { address, words } => self.phone(address.as_deref(), words),
            Block::Foot(lines) => self.foot(lines),
        }
    }

    fn logo(&mut self, logo: &Canvas) -> Result<()> {
        self.printer.justify(JustifyMode::CENTER)?;
        self.picture(&logo.no_wider_than(self.width.dots()))
    }

    fn heading(&mut self, name: &[String], lines: &[String], mark: bool) -> Result<()> {
        if mark {
            self.printer.justify(JustifyMode::CENTER)?;
            self.picture(&image::mark(36))?;
        }
        for line in name {
            self.centred(line, self.larger(), true)?;
        }
        self.centred_at_dots(lines, true)?;
        self.rule('=')
    }

    fn number(&mut self, number: &str) -> Result<()> {
        let number = self.spelt(number);
        let letter_width_max = self.width.columns() / number.len().max(1);
        let size = letter_width_max.clamp(1, 8) as u8;
        self.printer.justify(JustifyMode::CENTER)?.bold(true)?.size(size, size)?;
        self.end_line(&number)?;
        self.printer.reset_size()?.bold(false)?;
        self.end_line("")
    }

    fn service(&mut self, pair: &Pair) -> Result<()> {
        self.rule('=')?;
        self.centred(&pair.first, self.larger(), true)?;
        self.centred(&pair.second, 1, false)?;
        self.rule('=')
    }

    fn banner(&mut self, pair: &Pair) -> Result<()> {
        // White on black is a command that not every printer knows.
        self.centred(&format!("[ {} ]", pair.first), self.larger(), true)?;
        self.centred(&pair.second, 1, false)
    }

    fn figure(&mut self, label: &Pair, value: &Value) -> Result<()> {
        self.left(&label.first, true)?;
        self.left(&label.second, false)?;
        let (large, small) = match value {
            Value::Figure { figure, unit } => (format!("{figure} {unit}").trim().to_owned(), None),
            Value::Money(amount) => (amount.clone(), None),
            Value::Words(words) => (words.first.clone(), Some(words.second.clone())),
        };
        self.aligned(&large, 2, true, JustifyMode::RIGHT)?;
        if let Some(small) = small {
            self.aligned(&small, 1, false, JustifyMode::RIGHT)?;
        }
        self.rule('-')
    }

    fn documents(&mut self, heading: &str, items: &[Pair]) -> Result<()> {
        let columns = self.width.columns();
        for line in wrap_at_dots(heading, |tried| tried.chars().count() <= columns) {
            self.left(&line, true)?;
        }
        for item in items {
            self.hanging("[ ] ", &item.first, true)?;
            self.hanging("    ", &item.second, false)?;
        }
        Ok(())
    }

    fn note(&mut self, pair: &Pair) -> Result<()> {
        self.left(&pair.first, true)?;
        self.left(&pair.second, false)
    }

    fn free(&mut self, sentences: &[String], second: &str) -> Result<()> {
        self.rule('*')?;
        for sentence in sentences {
            self.centred(sentence, 1, true)?;
        }
        self.centred(second, 1, false)?;
        self.rule('*')
    }

    fn phone(&mut self, address: Option<&str>, words: &[Pair]) -> Result<()> {
        // A code that we could not draw ourselves, the printer could not either.
        if let Some((address, code)) = address.and_then(|address| Some((address, Qr::of(address)?))) {
            let square = (200 / code.side()).clamp(4, 8) as u8;
            let option = QRCodeOption::new(QRCodeModel::Model2, square, QRCodeCorrectionLevel::M);
            self.printer.justify(JustifyMode::CENTER)?.qrcode_option(address, option)?;
            self.end_line("")?;
        }
        for pair in words {
            self.note(pair)?;
        }
        Ok(())
    }

    fn foot(&mut self, lines: &[String]) -> Result<()> {
        self.rule('-')?;
        self.centred_at_dots(lines, false)
    }

    fn end(mut self, setup: &PaperSetup) -> Result<Vec<u8>> {
        self.printer.custom(raster::ending(setup.cut))?.print()?;
        Ok(self.printer.driver().0.into_inner())
    }

    /// The size of what must be seen first; narrow paper has no room for double letters in long names.
    fn larger(&self) -> u8 {
        match self.width {
            PaperWidth::Mm58 => 1,
            PaperWidth::Mm80 => 2,
        }
    }

    fn rule(&mut self, letter: char) -> Result<()> {
        let rule: String = std::iter::repeat_n(letter, self.width.columns()).collect();
        self.printer.justify(JustifyMode::LEFT)?;
        self.end_line(&rule)
    }

    fn left(&mut self, text: &str, bold: bool) -> Result<()> {
        self.aligned(text, 1, bold, JustifyMode::LEFT)
    }

    fn centred(&mut self, text: &str, size: u8, bold: bool) -> Result<()> {
        self.aligned(text, size, bold, JustifyMode::CENTER)
    }

    fn centred_at_dots(&mut self, lines: &[String], bold: bool) -> Result<()> {
        let columns = self.width.columns();
        for line in lines.iter().flat_map(|line| wrap_at_dots(line, |tried| tried.chars().count() <= columns)) {
            self.centred(&line, 1, bold)?;
        }
        Ok(())
    }

    fn aligned(&mut self, text: &str, size: u8, bold: bool, side: JustifyMode) -> Result<()> {
        if !can_type(text, self.letters) {
            let side = match side {
                JustifyMode::LEFT => Side::Left(0),
                JustifyMode::CENTER => Side::Middle,
                JustifyMode::RIGHT => Side::Right,
            };
            return self.picture(&image::strip(text, drawn(size, bold), side, self.width));
        }
        let lines = wrap(&self.spelt(text), self.width.columns() / usize::from(size));
        self.printer.justify(side)?.bold(bold)?.size(size, size)?;
        for line in lines {
            self.end_line(&line)?;
        }
        self.printer.reset_size()?.bold(false)?;
        Ok(())
    }

    fn hanging(&mut self, first: &str, text: &str, bold: bool) -> Result<()> {
        if !can_type(text, self.letters) {
            let indent = (self.width.dots() as usize / self.width.columns() * first.len()) as i32;
            let mut strip = image::strip(text, drawn(1, bold), Side::Left(indent), self.width);
            strip.paste(&image::strip(first.trim_end(), drawn(1, bold), Side::Left(0), self.width), 0, 0);
            return self.picture(&strip);
        }
        let lines = wrap(&self.spelt(text), self.width.columns() - first.len());
        self.printer.justify(JustifyMode::LEFT)?.bold(bold)?;
        for (position, line) in lines.iter().enumerate() {
            let lead = if position == 0 { first } else { "    " };
            self.end_line(&format!("{lead}{line}"))?;
        }
        self.printer.bold(false)?;
        Ok(())
    }

    /// Ends a line with LF. The crate would send `ESC d 1`, which some printers take for one line more.
    fn end_line(&mut self, line: &str) -> Result<()> {
        self.printer.write(line)?.custom(b"\n")?;
        Ok(())
    }

    /// Prints dots where they are; what is as wide as the paper does not care how lines are aligned.
    fn picture(&mut self, picture: &Canvas) -> Result<()> {
        let mut bytes = Vec::new();
        raster::push_picture(picture, &mut bytes);
        self.printer.custom(&bytes)?;
        Ok(())
    }

    fn spelt(&self, text: &str) -> String {
        spell(text, self.letters)
    }
}

/// Returns our own letters as large as a printer's at a size: 24 dots high, with the room between lines.
fn drawn(size: u8, bold: bool) -> Style {
    let weight = if bold { Weight::Bold } else { Weight::Medium };
    Style::new(weight, if size > 1 { 40.0 } else { 26.0 })
}

/// Breaks a text into lines of at most so many letters; a longer word is broken.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let letters: Vec<char> = word.chars().collect();
        for part in letters.chunks(columns) {
            let part: String = part.iter().collect();
            match lines.last_mut() {
                Some(last) if last.chars().count() + 1 + part.chars().count() <= columns => {
                    last.push(' ');
                    last.push_str(&part);
                }
                _ => lines.push(part),
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use protocol::template::SlipTemplate;
    use protocol::ticket::Text;

    use super::*;
    use crate::{SlipWords, document, sample};

    #[test]
    fn a_hyphen_stays_a_hyphen_whatever_the_letters() {
        for letters in [Letters::Ascii, Letters::Latin] {
            let bytes = typed(&PaperSetup { letters, ..PaperSetup::default() });
            assert!(contains(&bytes, b"20-30"), "{letters:?}");
        }
    }

    #[test]
    fn every_latin_letter_is_sent_as_its_own_byte() {
        let letters: String = (' '..='~').chain('\u{a1}'..='\u{ff}').filter(|&c| c != '\u{ad}').collect();
        let expected: Vec<u8> = letters.chars().map(|c| c as u32 as u8).collect();
        let mut typist = Typist::new(PaperWidth::Mm80, &PaperSetup { letters: Letters::Latin, ..PaperSetup::default() }).expect("memory");
        typist.printer.write(&typist.spelt(&format!("|{letters}"))).expect("memory");
        let bytes = typist.end(&PaperSetup::default()).expect("memory");
        assert!(contains(&bytes, &expected), "{bytes:02x?}");
    }

    #[test]
    fn plain_letters_need_no_code_page() {
        let mut blocks = document::blocks(&sample::birth(), &SlipWords::load(), &SlipTemplate::default());
        blocks.retain(|block| !matches!(block, Block::Heading { .. }));
        let bytes = job(&blocks, PaperWidth::Mm80, &PaperSetup::default()).expect("memory");
        assert!(!contains(&bytes, &[0x1b, b't']), "a code page was chosen");
        assert!(bytes.is_ascii());
        assert!(!contains(&bytes, &[0x1b, b'd']), "lines end with LF");
    }

    #[test]
    fn a_command_in_a_name_does_not_reach_the_printer() {
        let mut content = sample::birth();
        content.service.sw = "X\x1b@Y\x1dV1Z".into();
        content.note = Some(content.service.clone());
        let bytes =
            job(&document::blocks(&content, &SlipWords::load(), &SlipTemplate::default()), PaperWidth::Mm80, &PaperSetup::default())
                .expect("memory");
        assert_eq!(count(&bytes, &[0x1b, b'@']), 1, "one reset, at the start");
        assert_eq!(count(&bytes, &[0x1d, b'V']), 1, "one cut, at the end");
        assert!(bytes.starts_with(&[0x1b, b'@']) && bytes.ends_with(&[0x1d, b'V', 66, 0]));
    }

    #[test]
    fn a_line_with_letters_that_the_printer_has_not_is_drawn_and_the_rest_is_typed() {
        let name = |text: &str| Text { en: text.into(), sw: text.into() };
        let pictures = |footer: &str, letters: Letters| {
            let template = SlipTemplate { footer: vec![name(footer)], ..SlipTemplate::default() };
            let blocks = document::blocks(&sample::birth(), &SlipWords::load(), &template);
            let bytes = job(&blocks, PaperWidth::Mm80, &PaperSetup { letters, ..PaperSetup::default() }).expect("memory");
            assert!(contains(&bytes, b"Tiketi ni bure"), "the rest is typed");
            assert!(!contains(&bytes, &[0xc4, 0xa9]) && !contains(&bytes, b"Kiambu"), "neither raw UTF-8 nor another spelling");
            // The mark is the one picture of a slip in letters.
            count(&bytes, &[0x1d, b'v', b'0', 0]) - 1
        };
        for letters in [Letters::Ascii, Letters::Latin] {
            assert_eq!(pictures("Barabara ya Kenyatta – \u{201c}GPO\u{201d} · Murang’a", letters), 0, "punctuation has a plain form");
            assert_eq!(pictures("Kĩambu", letters), 1, "{letters:?}");
        }
        assert_eq!((pictures("Café", Letters::Latin), pictures("Café", Letters::Ascii)), (0, 1));
    }

    #[test]
    fn a_document_with_such_letters_keeps_its_box() {
        let mut content = sample::birth();
        content.documents = vec![Text { en: "Kĩambu letter".into(), sw: "Barua".into() }];
        let bytes =
            job(&document::blocks(&content, &SlipWords::load(), &SlipTemplate::default()), PaperWidth::Mm58, &PaperSetup::default())
                .expect("memory");
        assert_eq!(count(&bytes, &[0x1d, b'v', b'0', 0]), 2, "the mark and one line");
        assert!(contains(&bytes, b"[ ] Barua"));
    }

    #[test]
    fn no_byte_of_a_picture_is_lost_or_taken_for_a_letter() {
        // A picture's head says how many bytes follow: what comes after them must be text again.
        let template = SlipTemplate { footer: vec![Text { en: "Kĩambu".into(), sw: "Kĩambu".into() }], ..SlipTemplate::default() };
        let bytes = job(&document::blocks(&sample::birth(), &SlipWords::load(), &template), PaperWidth::Mm80, &PaperSetup::default())
            .expect("memory");
        let head = bytes.windows(4).rposition(|window| window == [0x1d, b'v', b'0', 0]).expect("a picture");
        let number = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
        let after = head + 8 + number(head + 4) * number(head + 6);
        assert_eq!(&bytes[after..], [0x1d, b'V', 66, 0], "the cut follows");
    }

    #[test]
    fn a_slip_in_letters_is_small() {
        for content in sample::all() {
            let bytes =
                job(&document::blocks(&content, &SlipWords::load(), &SlipTemplate::default()), PaperWidth::Mm80, &PaperSetup::default())
                    .expect("memory");
            assert!(bytes.len() < 4096, "{} takes {} bytes", content.number, bytes.len());
        }
    }

    #[test]
    fn a_long_word_is_broken_and_not_lost() {
        assert_eq!(wrap("ya kilichopotea/kuharibika", 10), ["ya", "kilichopot", "ea/kuharib", "ika"]);
    }

    fn typed(setup: &PaperSetup) -> Vec<u8> {
        job(&document::blocks(&sample::birth(), &SlipWords::load(), &SlipTemplate::default()), PaperWidth::Mm80, setup).expect("memory")
    }

    fn contains(bytes: &[u8], part: &[u8]) -> bool {
        count(bytes, part) > 0
    }

    fn count(bytes: &[u8], part: &[u8]) -> usize {
        bytes.windows(part.len()).filter(|window| *window == part).count()
    }
}
