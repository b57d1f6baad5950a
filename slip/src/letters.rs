//! Our own letters as dots: measures, wraps and draws text with the still fonts made for the slip.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, Glyph, GlyphId, PxScale, point};

use crate::canvas::{Canvas, Ink};
use crate::clean::push_ascii;

/// How bold. Thin strokes die on thermal paper, so there is no lighter one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// 500.
    Medium,
    /// 700.
    Bold,
    /// 800.
    Heavy,
}

/// A weight at a size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// How bold.
    pub weight: Weight,
    /// The size in dots, as a designer says it (the em).
    pub size: f32,
    /// Extra room between letters, in ems; less than none draws them together.
    pub tracking: f32,
}

impl Style {
    /// Returns a style without extra room.
    pub const fn new(weight: Weight, size: f32) -> Style {
        Style { weight, size, tracking: 0.0 }
    }

    /// Returns the same style at another size.
    pub fn at(self, size: f32) -> Style {
        Style { size, ..self }
    }

    /// Returns how far below the top of a line its letters stand, for a line of the given height in ems.
    pub fn baseline(self, line_height: f32) -> i32 {
        // The font's own line is 1.3 em: .984 above the baseline, .316 below.
        ((line_height / 2.0 + 0.334) * self.size).round() as i32
    }

    /// Returns the height of a capital letter in dots.
    pub fn capital(self) -> i32 {
        (0.668 * self.size).round() as i32
    }

    /// Returns the width of a text in dots.
    pub fn width(self, text: &str) -> i32 {
        (self.exact_width(text) - self.tracking * self.size).ceil().max(0.0) as i32
    }

    fn exact_width(self, text: &str) -> f32 {
        let mut end = 0.0;
        self.each_glyph(text, |_, _, after| end = after);
        end
    }

    /// Draws a text with its left end at `x`, standing on `baseline`.
    pub fn draw(self, canvas: &mut Canvas, text: &str, x: i32, baseline: i32, ink: Ink) {
        let font = face(self.weight);
        let scale = self.scale(font);
        self.each_glyph(text, |id, before, _| {
            // Whole dots only: the same letter must look the same wherever it stands.
            let position = point(x as f32 + before.round(), baseline as f32);
            let Some(outline) = font.outline_glyph(Glyph { id, scale, position }) else { return };
            let corner = outline.px_bounds().min;
            outline.draw(|dx, dy, coverage| {
                if coverage >= 0.5 {
                    canvas.dot(corner.x as i32 + dx as i32, corner.y as i32 + dy as i32, ink);
                }
            });
        });
    }

    /// Breaks a text into lines no wider than this. A word that is too wide is broken, never left out.
    pub fn wrap(self, text: &str, width: i32) -> Vec<String> {
        lines(&self.pieces(text, width), self.exact_width(" "), width as f32)
    }

    /// Breaks a text into as few lines as [`Style::wrap`] does, of lengths as equal as can be.
    pub fn wrap_evenly(self, text: &str, width: i32) -> Vec<String> {
        let (pieces, space) = (self.pieces(text, width), self.exact_width(" "));
        let fewest = lines(&pieces, space, width as f32).len();
        // Never so narrow that a piece stands out.
        let widest = pieces.iter().map(|piece| piece.width.ceil() as i32).max().unwrap_or(0);
        let (mut low, mut high) = (widest.min(width), width);
        while low < high {
            let middle = (low + high) / 2;
            if lines(&pieces, space, middle as f32).len() <= fewest { high = middle } else { low = middle + 1 }
        }
        lines(&pieces, space, high as f32)
    }

    /// Returns the words of a text, measured once; one that is wider than a line in pieces.
    fn pieces(self, text: &str, width: i32) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let first = pieces.len();
            if word.contains('/') || self.width(word) > width {
                self.break_word(word, width, &mut pieces);
            } else {
                pieces.push(Piece { text: word.to_owned(), width: self.exact_width(word), glued: false });
            }
            pieces[first].glued = false;
        }
        pieces
    }

    /// Breaks a word after a slash or hyphen, and anywhere when that is not enough.
    fn break_word(self, word: &str, width: i32, pieces: &mut Vec<Piece>) {
        let mut push = |text: String| pieces.push(Piece { width: self.exact_width(&text), text, glued: true });
        for part in word.split_inclusive(['/', '-']) {
            let mut line = String::new();
            for c in part.chars() {
                line.push(c);
                if self.width(&line) > width && line.chars().count() > 1 {
                    line.pop();
                    push(std::mem::take(&mut line));
                    line.push(c);
                }
            }
            push(line);
        }
    }

    /// Tells each glyph of a text and the pen before and after it, in dots.
    fn each_glyph(self, text: &str, mut tell: impl FnMut(GlyphId, f32, f32)) {
        let font = face(self.weight);
        let dots_a_unit = self.size / font.units_per_em().unwrap_or(1000.0);
        let mut pen = 0.0;
        let mut last: Option<GlyphId> = None;
        for c in drawable(font, text).chars() {
            let id = font.glyph_id(c);
            // A space ends a word, so that words can be measured one by one.
            if let Some(last) = last.filter(|_| c != ' ') {
                pen += font.kern_unscaled(last, id) * dots_a_unit;
            }
            let before = pen;
            pen += font.h_advance_unscaled(id) * dots_a_unit + self.tracking * self.size;
            tell(id, before, pen);
            last = Some(id).filter(|_| c != ' ');
        }
    }

    fn scale(self, font: &FontRef<'_>) -> PxScale {
        PxScale::from(self.size * font.height_unscaled() / font.units_per_em().unwrap_or(1000.0))
    }
}

/// A part of a text that is not broken any further.
struct Piece {
    text: String,
    width: f32,
    /// Follows the piece before it without a space.
    glued: bool,
}

/// Puts pieces into lines, as many as fit into each.
fn lines(pieces: &[Piece], space: f32, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut end = 0.0;
    for piece in pieces {
        let gap = if piece.glued { 0.0 } else { space };
        match lines.last_mut() {
            // Half a dot of grace: pieces measured one by one add up a little differently.
            Some(last) if end + gap + piece.width <= width - 0.5 => {
                last.push_str(if piece.glued { "" } else { " " });
                last.push_str(&piece.text);
                end += gap + piece.width;
            }
            _ => {
                lines.push(piece.text.clone());
                end = piece.width;
            }
        }
    }
    lines
}

/// Replaces the letters that the font lacks with their nearest spelling.
fn drawable(font: &FontRef<'_>, text: &str) -> String {
    let mut drawable = String::with_capacity(text.len());
    for c in text.chars() {
        match font.glyph_id(c) {
            GlyphId(0) => push_ascii(c, &mut drawable),
            GlyphId(_) => drawable.push(c),
        }
    }
    drawable
}

fn face(weight: Weight) -> &'static FontRef<'static> {
    static FACES: OnceLock<[FontRef<'static>; 3]> = OnceLock::new();
    let faces = FACES.get_or_init(|| {
        [
            open(include_bytes!("../../assets/fonts/atkinson-hyperlegible-next-500.ttf")),
            open(include_bytes!("../../assets/fonts/atkinson-hyperlegible-next-700.ttf")),
            open(include_bytes!("../../assets/fonts/atkinson-hyperlegible-next-800.ttf")),
        ]
    });
    match weight {
        Weight::Medium => &faces[0],
        Weight::Bold => &faces[1],
        Weight::Heavy => &faces[2],
    }
}

fn open(bytes: &'static [u8]) -> FontRef<'static> {
    FontRef::try_from_slice(bytes).expect("the embedded fonts are whole")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABEL: Style = Style::new(Weight::Bold, 27.0);

    #[test]
    fn figures_line_up() {
        let widths: Vec<i32> = ('0'..='9').map(|digit| LABEL.width(&digit.to_string().repeat(4))).collect();
        assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{widths:?}");
    }

    #[test]
    fn no_line_is_too_wide_and_no_letter_is_lost() {
        let text = "Kitambulisho: nakala ya kilichopotea/kuharibika Donaudampfschifffahrtsgesellschaftskapitaen";
        for width in [60, 150, 260, 400] {
            for lines in [LABEL.wrap(text, width), LABEL.wrap_evenly(text, width)] {
                assert!(lines.iter().all(|line| LABEL.width(line) <= width), "{width}: {lines:?}");
                assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
            }
        }
    }

    #[test]
    fn kikuyu_letters_are_drawn_and_strange_ones_are_spelt() {
        let font = face(Weight::Bold);
        assert!("ĩũĨŨ·é'".chars().all(|c| font.glyph_id(c) != GlyphId(0)));
        assert_eq!(drawable(font, "Łódź→"), "?ódz->");
    }
}
