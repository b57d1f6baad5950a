//! Draws the parts of a slip as a picture: the look of the paper.

use protocol::template::{NumberSize, PaperWidth};

use crate::canvas::{Canvas, Ink};
use crate::document::{self, Block, Pair, Value};
use crate::letters::{Style, Weight};
use crate::qr::Qr;
use crate::sizes::{MM58, MM80, Sizes};

/// The height of a line in ems.
const LINE: f32 = 1.14;

/// The height of extra-large letters as a share of their own.
const EXTRA_HEIGHT: f32 = 1.5;

/// Between the QR code and the words beside it.
const BESIDE_GAP: i32 = 22;

/// A label narrower than this beside its figure goes above it.
const LABEL_SHARE_MIN: f32 = 0.35;

/// So does a label that would need more lines than this, both languages together.
const LABEL_LINES_MAX: usize = 3;

/// Returns the picture of a slip.
pub fn draw(blocks: &[Block], width: PaperWidth) -> Canvas {
    let sizes = sizes_of(width);
    let canvas = Canvas::new(width.dots());
    let mut page = Page { canvas, y: sizes.margin + 4, sizes };
    for block in blocks {
        page.block(block);
    }
    page.y += sizes.gap;
    page.canvas.reach(page.y);
    // Here and not on the way to the printer, so that a preview has the same dots.
    page.canvas.break_commands();
    page.canvas
}

/// Returns the mark alone: a line of people, you, the counter.
pub fn mark(height: i32) -> Canvas {
    let width = (mark_width(height) as u32).next_multiple_of(8);
    let mut canvas = Canvas::new(width);
    draw_mark(&mut canvas, 0, 0, height);
    canvas
}

/// The paper and how far down it is filled.
struct Page {
    canvas: Canvas,
    y: i32,
    sizes: &'static Sizes,
}

impl Page {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Logo(picture) => self.logo(picture),
            Block::Heading { name, lines, mark } => self.heading(name, lines, *mark),
            Block::Title(title) => self.title(title),
            Block::Number { number, size } => self.number(number, *size),
            Block::Service(pair) => self.service(pair),
            Block::Banner(pair) => self.banner(pair),
            Block::Figure { label, value: Value::Figure { figure, unit } } => self.figure(label, figure, unit, self.sizes.figures),
            Block::Figure { label, value: Value::Money(amount) } => self.figure(label, amount, "", [self.sizes.figures[2]; 3]),
            Block::Figure { label, value: Value::Words(words) } => self.words(label, words),
            Block::Documents { heading, items } => self.documents(heading, items),
            Block::Note(pair) => self.note(pair),
            Block::Free { first, second } => self.free(first, second),
            Block::Phone { address, words } => self.phone(address.as_deref(), words),
            Block::Foot(lines) => self.foot(lines),
        }
    }

    /// The centre's own picture, as it is; smaller where the paper is narrower than it.
    fn logo(&mut self, picture: &Canvas) {
        let shown = picture.no_wider_than(self.width() as u32);
        let x = (self.canvas.width() as i32 - shown.width() as i32) / 2;
        self.canvas.paste(&shown, x, self.y);
        self.y += shown.height() as i32 + self.sizes.gap;
    }

    fn heading(&mut self, name: &[String], lines: &[String], mark: bool) {
        match mark {
            true => self.name_with_mark(name),
            false => name.iter().for_each(|line| self.centred(line, self.sizes.heading, Ink::Black)),
        }
        if !lines.is_empty() {
            self.y += 6;
        }
        for line in lines {
            self.centred_at_dots(line, self.sizes.title);
        }
        self.y += self.sizes.gap - 2;
        self.rule(4);
    }

    fn name_with_mark(&mut self, name: &[String]) {
        let style = self.sizes.heading;
        let room = self.width() - mark_width(self.sizes.mark) - 16;
        let lines: Vec<String> = name.iter().flat_map(|line| style.wrap_evenly(line, room)).collect();
        let widest = lines.iter().map(|line| style.width(line)).max().unwrap_or(0);
        let left = self.left() + (room - widest) / 2;
        let top = self.y;
        for line in &lines {
            self.line(line, style, left + mark_width(self.sizes.mark) + 16, 1.04);
        }
        let mark_top = top + (self.y - top - self.sizes.mark) / 2;
        draw_mark(&mut self.canvas, left, mark_top, self.sizes.mark);
    }

    fn title(&mut self, title: &str) {
        self.y += self.sizes.gap;
        self.centred(title, self.sizes.title, Ink::Black);
    }

    fn number(&mut self, number: &str, size: NumberSize) {
        let style = number_style(number, size, self.sizes);
        self.y += 30;
        let x = (self.canvas.width() as i32 - style.width(number)) / 2;
        style.draw(&mut self.canvas, number, x, self.y + style.capital(), Ink::Black);
        self.y += style.capital() + 34;
    }

    fn service(&mut self, pair: &Pair) {
        let [first, second] = self.sizes.service;
        let room = self.width() - 24;
        let (top_lines, low_lines) = (first.wrap_evenly(&pair.first, room), second.wrap_evenly(&pair.second, room));
        let height = line_height(first) * top_lines.len() as i32 + line_height(second) * low_lines.len() as i32 + 34;
        self.canvas.fill(self.left(), self.y, self.width(), height, Ink::Black);
        let bottom = self.y + height;
        self.y += 14;
        for line in &top_lines {
            self.centred_line(line, first, Ink::White);
        }
        self.y += 6;
        for line in &low_lines {
            self.centred_line(line, second, Ink::White);
        }
        self.y = bottom;
    }

    fn banner(&mut self, pair: &Pair) {
        let [first, second] = self.sizes.free;
        let top = self.y;
        self.y += 8;
        let one_line = format!("{} · {}", pair.first, pair.second);
        if first.width(&one_line) <= self.width() - 24 {
            self.centred_line(&one_line, first, Ink::Black);
        } else {
            self.centred(&pair.first, first, Ink::Black);
            self.centred(&pair.second, second, Ink::Black);
        }
        self.y += 8;
        self.canvas.frame(self.left(), top, self.width(), self.y - top, 4);
        self.y += self.sizes.gap;
    }

    /// A label at the left and a figure at the right, in the largest size that leaves the label a line of its own.
    fn figure(&mut self, label: &Pair, figure: &str, unit: &str, sizes: [f32; 3]) {
        let unit_style = self.sizes.label[0];
        let unit_room = if unit.is_empty() { 0 } else { unit_style.width(unit) + 10 };
        let width = |size: f32| Style::new(Weight::Heavy, size).width(figure) + unit_room;
        let size = sizes.into_iter().find(|&size| self.fits_beside(label, width(size))).unwrap_or(sizes[1]);
        let style = Style::new(Weight::Heavy, size);

        let (top, height) = self.label(label, width(size), style.capital());
        let baseline = top + (height + style.capital()) / 2;
        let right = self.right();
        style.draw(&mut self.canvas, figure, right - width(size), baseline, Ink::Black);
        unit_style.draw(&mut self.canvas, unit, right - unit_room + 10, baseline, Ink::Black);
        self.end_row();
    }

    /// A label at the left and words at the right in place of a figure.
    fn words(&mut self, label: &Pair, words: &Pair) {
        let sizes = self.sizes.words;
        let second = self.sizes.label[1];
        let width = |size: f32| Style::new(Weight::Heavy, size).width(&words.first).max(second.width(&words.second));
        let found = sizes.into_iter().find(|&size| self.fits_beside(label, width(size)));
        let room = found.map_or(self.width() - 24, |size| width(size) + 1);
        let first = Style::new(Weight::Heavy, found.unwrap_or(sizes[2]));
        let lines = [(first.wrap_evenly(&words.first, room), first), (second.wrap_evenly(&words.second, room), second)];

        let value_height = lines.iter().map(|(lines, style)| line_height(*style) * lines.len() as i32).sum();
        let (top, height) = self.label(label, room, value_height);
        let bottom = self.y;
        self.y = top + (height - value_height) / 2;
        for (lines, style) in &lines {
            for line in lines {
                self.line(line, *style, self.right() - style.width(line), LINE);
            }
        }
        self.y = bottom;
        self.end_row();
    }

    /// Tells whether a label stands on one line of each language beside a value of this width.
    fn fits_beside(&self, label: &Pair, value_width: i32) -> bool {
        let [first, second] = self.sizes.label;
        let widest = first.width(&label.first).max(second.width(&label.second));
        widest + 16 + value_width <= self.width()
    }

    /// Draws a label that leaves room for its value at the right, or under it when there is none beside it. Returns the
    /// top and height of the value's place, and leaves the page below both.
    fn label(&mut self, label: &Pair, value_width: i32, value_height: i32) -> (i32, i32) {
        let [first, second] = self.sizes.label;
        let beside = self.width() - value_width - 16;
        let wrapped = |room: i32| [(first.wrap_evenly(&label.first, room), first), (second.wrap_evenly(&label.second, room), second)];
        let lines_in = |room: i32| wrapped(room).iter().map(|(lines, _)| lines.len()).sum::<usize>();
        let stacked = (beside as f32) < self.width() as f32 * LABEL_SHARE_MIN || lines_in(beside) > LABEL_LINES_MAX;
        let lines = wrapped(if stacked { self.width() } else { beside });
        let label_height = lines.iter().map(|(lines, style)| line_height(*style) * lines.len() as i32).sum::<i32>();

        self.y += self.sizes.gap - 2;
        let top = self.y;
        let row = if stacked { label_height } else { label_height.max(value_height) };
        self.y += (row - label_height) / 2;
        for (lines, style) in &lines {
            for line in lines {
                self.line(line, *style, self.left(), LINE);
            }
        }
        self.y = top + row;
        if !stacked {
            return (top, row);
        }
        self.y += value_height + 10;
        (top + row + 8, value_height)
    }

    fn end_row(&mut self) {
        self.y += self.sizes.gap - 2;
        self.rule(3);
    }

    fn documents(&mut self, heading: &str, items: &[Pair]) {
        let [first, second] = self.sizes.document;
        self.y += self.sizes.gap;
        let style = Style::new(Weight::Heavy, self.sizes.label[0].size);
        for line in wrap_at_dots(style, heading, self.width()) {
            self.line(&line, style, self.left(), LINE);
        }
        let (side, indent) = (24, 38);
        for item in items {
            self.y += 8;
            let box_top = self.y + (line_height(first) - side) / 2;
            self.canvas.frame(self.left() + 2, box_top, side, side, 3);
            for (text, style) in [(&item.first, first), (&item.second, second)] {
                for line in style.wrap(text, self.width() - indent) {
                    self.line(&line, style, self.left() + indent, LINE);
                }
            }
        }
    }

    fn note(&mut self, pair: &Pair) {
        let [first, second] = self.sizes.document;
        self.y += self.sizes.gap;
        for (text, style) in [(&pair.first, first), (&pair.second, second)] {
            for line in style.wrap(text, self.width()) {
                self.line(&line, style, self.left(), LINE);
            }
        }
        self.y += self.sizes.gap - 2;
    }

    fn free(&mut self, sentences: &[String], second: &str) {
        let [first, low] = self.sizes.free;
        self.y += self.sizes.gap + 4;
        let top = self.y;
        self.y += 12;
        for sentence in sentences {
            self.centred(sentence, first, Ink::Black);
        }
        self.y += 2;
        self.centred(second, low, Ink::Black);
        self.y += 12;
        self.canvas.frame(self.left(), top, self.width(), self.y - top, 4);
        self.y += self.sizes.gap + 6;
    }

    /// The code at the left with the words beside it; on narrow paper the words go under it.
    fn phone(&mut self, address: Option<&str>, words: &[Pair]) {
        let code = address.and_then(Qr::of);
        let top = self.y;
        let (mut left, mut bottom) = (self.left(), top);
        if let Some(code) = &code {
            let square = (self.sizes.qr / code.side() as i32).max(4);
            let side = square * code.side() as i32;
            let beside = self.width() - side - BESIDE_GAP >= 240;
            let x = if beside { self.left() } else { (self.canvas.width() as i32 - side) / 2 };
            for (column, row) in code.squares() {
                self.canvas.fill(x + column as i32 * square, top + row as i32 * square, square, square, Ink::Black);
            }
            bottom = top + side;
            if beside { left += side + BESIDE_GAP } else { self.y = bottom + 4 * square }
        }
        for (position, pair) in words.iter().enumerate() {
            self.y += if position > 0 { 10 } else { 0 };
            for (text, style) in [(&pair.first, self.sizes.beside[0]), (&pair.second, self.sizes.beside[1])] {
                for line in style.wrap(text, self.right() - left) {
                    self.line(&line, style, left, LINE);
                }
            }
        }
        self.y = self.y.max(bottom) + self.sizes.gap + 6;
    }

    fn foot(&mut self, lines: &[String]) {
        self.canvas.dashes(self.left(), self.y, self.width(), 4);
        self.y += 4 + self.sizes.gap;
        let style = self.sizes.foot;
        for line in lines {
            self.centred_at_dots(line, style);
            self.y += 3;
        }
    }

    fn centred_at_dots(&mut self, line: &str, style: Style) {
        for part in document::wrap_at_dots(line, |tried| style.width(tried) <= self.width()) {
            for line in style.wrap_evenly(&part, self.width()) {
                self.centred_line(&line, style, Ink::Black);
            }
        }
    }

    fn centred(&mut self, text: &str, style: Style, ink: Ink) {
        for line in style.wrap_evenly(text, self.width() - 24) {
            self.centred_line(&line, style, ink);
        }
    }

    fn centred_line(&mut self, line: &str, style: Style, ink: Ink) {
        let x = (self.canvas.width() as i32 - style.width(line)) / 2;
        style.draw(&mut self.canvas, line, x, self.y + style.baseline(LINE), ink);
        self.y += line_height(style);
    }

    fn line(&mut self, line: &str, style: Style, x: i32, height: f32) {
        style.draw(&mut self.canvas, line, x, self.y + style.baseline(height), Ink::Black);
        self.y += (style.size * height).round() as i32;
    }

    fn rule(&mut self, thickness: i32) {
        self.canvas.fill(self.left(), self.y, self.width(), thickness, Ink::Black);
        self.y += thickness;
    }

    fn left(&self) -> i32 {
        self.sizes.margin
    }

    fn right(&self) -> i32 {
        self.canvas.width() as i32 - self.sizes.margin
    }

    fn width(&self) -> i32 {
        self.right() - self.left()
    }
}

fn line_height(style: Style) -> i32 {
    (style.size * LINE).round() as i32
}

/// Returns the letters of the number: as large as the paper allows, so that it is read at arm's length by anyone.
///
/// Extra-large letters are drawn together less tightly, fill the whole width, and stand half as high again as they would.
fn number_style(number: &str, size: NumberSize, sizes: &Sizes) -> Style {
    let room = (sizes.width - sizes.margin) as f32;
    let widest = |style: Style| (style.size * room / style.width(number).max(1) as f32).floor();
    match size {
        NumberSize::Large => sizes.number.at(widest(sizes.number).min(sizes.number.size)),
        NumberSize::ExtraLarge => Style { height: EXTRA_HEIGHT, ..sizes.number.at(widest(sizes.number)) },
    }
}

/// Returns the number alone, on a strip as wide as the paper, for printers whose own letters are not large enough.
pub fn number(number: &str, size: NumberSize, width: PaperWidth) -> Canvas {
    let style = number_style(number, size, sizes_of(width));
    let mut canvas = Canvas::new(width.dots());
    style.draw(&mut canvas, number, (width.dots() as i32 - style.width(number)) / 2, style.capital() + 8, Ink::Black);
    canvas.reach(style.capital() + 16);
    canvas
}

/// Where a line stands on a strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// At the left, so many dots from the edge.
    Left(i32),
    /// In the middle.
    Middle,
    /// At the right.
    Right,
}

/// Returns a text alone, on a strip as wide as the paper, for letters that a printer's own font has not.
pub fn strip(text: &str, style: Style, side: Side, width: PaperWidth) -> Canvas {
    let mut canvas = Canvas::new(width.dots());
    let paper = width.dots() as i32;
    let indent = match side {
        Side::Left(indent) => indent,
        Side::Middle | Side::Right => 0,
    };
    let mut y = 0;
    for line in style.wrap(text, paper - indent) {
        let x = match side {
            Side::Left(indent) => indent,
            Side::Middle => (paper - style.width(&line)) / 2,
            Side::Right => paper - style.width(&line),
        };
        style.draw(&mut canvas, &line, x, y + style.baseline(LINE), Ink::Black);
        y += line_height(style);
    }
    canvas.reach(y);
    canvas
}

fn sizes_of(width: PaperWidth) -> &'static Sizes {
    match width {
        PaperWidth::Mm58 => &MM58,
        PaperWidth::Mm80 => &MM80,
    }
}

/// Breaks a line of parts at the dots between them, and only then elsewhere.
fn wrap_at_dots(style: Style, line: &str, width: i32) -> Vec<String> {
    let lines = document::wrap_at_dots(line, |tried| style.width(tried) <= width);
    lines.iter().flat_map(|line| style.wrap(line, width)).collect()
}

fn mark_width(height: i32) -> i32 {
    let person = height / 2;
    3 * (person + height / 5) + height / 3
}

/// Two people, you, and the counter.
fn draw_mark(canvas: &mut Canvas, x: i32, y: i32, height: i32) {
    let (person, step) = (height / 2, height / 2 + height / 5);
    let top = y + (height - person) / 2;
    for position in 0..3 {
        canvas.disc(x + position * step, top, person, Ink::Black);
    }
    let hole = person - 8;
    canvas.disc(x + 2 * step + 4, top + 4, hole, Ink::White);
    canvas.fill(x + 3 * step, y, height / 3, height, Ink::Black);
}

#[cfg(test)]
mod tests {
    use protocol::template::SlipTemplate;

    use super::*;
    use crate::{SlipWords, sample};

    #[test]
    fn nothing_touches_the_edge_of_the_paper() {
        for (name, template) in sample::templates() {
            for content in sample::all() {
                for width in [PaperWidth::Mm58, PaperWidth::Mm80] {
                    let canvas = draw(&document::blocks(&content, &SlipWords::load(), &template), width);
                    let row = canvas.bytes_a_row();
                    let edges = canvas.dots().chunks(row).any(|dots| dots[0] & 0xf0 != 0 || dots[row - 1] & 0x0f != 0);
                    assert!(!edges, "{} {name} on {width:?}", content.number);
                }
            }
        }
    }

    #[test]
    fn an_extra_large_number_is_as_wide_as_the_paper_and_half_as_high_again() {
        for width in [PaperWidth::Mm58, PaperWidth::Mm80] {
            for number in ["L054", "W888", "J001", "Z10999"] {
                let sizes = sizes_of(width);
                let large = number_style(number, NumberSize::Large, sizes);
                let extra = number_style(number, NumberSize::ExtraLarge, sizes);
                assert!(extra.capital() * 10 >= large.capital() * 15 - 10, "{number} on {width:?}");
                assert!(extra.width(number) <= sizes.width - sizes.margin, "{number} on {width:?}");
                assert!(extra.width(number) * 100 >= (sizes.width - sizes.margin) * 95, "{number} on {width:?}");
            }
        }
        // 17 mm capitals are asked for; eight dots are a millimetre.
        assert!(number_style("L054", NumberSize::Large, &MM80).capital() >= 136);
        assert!(number_style("W888", NumberSize::ExtraLarge, &MM80).capital() >= 190);
    }

    #[test]
    fn a_logo_wider_than_the_paper_is_drawn_smaller_and_whole() {
        let logo = crate::logo::picture(&sample::logo(576, 200)).expect("a logo");
        let small = logo.no_wider_than(368);
        assert_eq!((small.width(), small.height()), (368, 128));
        let black = |canvas: &Canvas| {
            canvas.dots().iter().map(|byte| byte.count_ones()).sum::<u32>() as f32 / (canvas.width() * canvas.height()) as f32
        };
        assert!((black(&logo) - black(&small)).abs() < 0.03, "{} of {}", black(&small), black(&logo));
    }

    #[test]
    fn a_slip_is_shorter_than_a_hand_and_a_half() {
        let canvas = draw(&document::blocks(&sample::birth(), &SlipWords::load(), &SlipTemplate::default()), PaperWidth::Mm80);
        assert!((1200..1500).contains(&canvas.height()), "{} dots", canvas.height());
    }

    #[test]
    fn the_same_slip_is_always_the_same_picture() {
        let blocks = document::blocks(&sample::birth(), &SlipWords::load(), &SlipTemplate::default());
        assert_eq!(draw(&blocks, PaperWidth::Mm80), draw(&blocks, PaperWidth::Mm80));
    }
}
