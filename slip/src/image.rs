//! Draws the parts of a slip as a picture: the look of the paper.

use crate::canvas::{Canvas, Ink};
use crate::document::{self, Block, Pair, Value};
use crate::letters::{Style, Weight};
use crate::paper::PaperWidth;
use crate::qr::Qr;
use crate::sizes::{MM58, MM80, Sizes};

/// The height of a line in ems.
const LINE: f32 = 1.14;

/// Between the QR code and the words beside it.
const BESIDE_GAP: i32 = 22;

/// A label narrower than this beside its figure goes above it.
const LABEL_SHARE_MIN: f32 = 0.35;

/// So does a label that would need more lines than this, both languages together.
const LABEL_LINES_MAX: usize = 3;

/// Returns the picture of a slip.
pub fn draw(blocks: &[Block], width: PaperWidth) -> Canvas {
    let sizes = match width {
        PaperWidth::Mm58 => &MM58,
        PaperWidth::Mm80 => &MM80,
    };
    let canvas = Canvas::new(width.dots());
    let mut page = Page { canvas, y: sizes.margin + 4, sizes };
    for block in blocks {
        page.block(block);
    }
    page.y += sizes.gap;
    page.canvas.reach(page.y);
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
            Block::Heading(lines) => self.heading(lines),
            Block::Title(title) => self.title(title),
            Block::Number(number) => self.number(number),
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

    fn heading(&mut self, lines: &[String]) {
        let style = self.sizes.heading;
        let room = self.width() - mark_width(self.sizes.mark) - 16;
        let lines: Vec<String> = lines.iter().flat_map(|line| style.wrap_evenly(line, room)).collect();
        let widest = lines.iter().map(|line| style.width(line)).max().unwrap_or(0);
        let left = self.left() + (room - widest) / 2;
        let top = self.y;
        for line in &lines {
            self.line(line, style, left + mark_width(self.sizes.mark) + 16, 1.04);
        }
        let mark_top = top + (self.y - top - self.sizes.mark) / 2;
        draw_mark(&mut self.canvas, left, mark_top, self.sizes.mark);
        self.y += self.sizes.gap - 2;
        self.rule(4);
    }

    fn title(&mut self, title: &str) {
        self.y += self.sizes.gap;
        self.centred(title, self.sizes.title, Ink::Black);
    }

    /// The number is as large as the paper allows: it is read at arm's length, by anyone.
    fn number(&mut self, number: &str) {
        let full = self.sizes.number;
        let room = (self.width() + self.sizes.margin) as f32;
        let style = full.at((full.size * room / full.width(number).max(1) as f32).min(full.size).floor());
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
            for part in wrap_at_dots(style, line, self.width()) {
                self.centred_line(&part, style, Ink::Black);
            }
            self.y += 3;
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
    use super::*;
    use crate::{SlipWords, sample};

    #[test]
    fn nothing_touches_the_edge_of_the_paper() {
        for content in sample::all() {
            for width in [PaperWidth::Mm58, PaperWidth::Mm80] {
                let canvas = draw(&document::blocks(&content, &SlipWords::load()), width);
                let row = canvas.bytes_a_row();
                let edges = canvas.dots().chunks(row).any(|dots| dots[0] & 0xf0 != 0 || dots[row - 1] & 0x0f != 0);
                assert!(!edges, "{} on {width:?}", content.number);
            }
        }
    }

    #[test]
    fn a_slip_is_shorter_than_a_hand_and_a_half() {
        let canvas = draw(&document::blocks(&sample::birth(), &SlipWords::load()), PaperWidth::Mm80);
        assert!((1200..1500).contains(&canvas.height()), "{} dots", canvas.height());
    }

    #[test]
    fn the_same_slip_is_always_the_same_picture() {
        let blocks = document::blocks(&sample::birth(), &SlipWords::load());
        assert_eq!(draw(&blocks, PaperWidth::Mm80), draw(&blocks, PaperWidth::Mm80));
    }
}
