//! Our own letters as dots: measures, wraps and draws text with the still fonts made for the slip.
//!
//! Letters that these lack (the rest of Latin, Greek, Cyrillic, Arabic) come from a second font in one weight; what is in neither is
//! spelt in plain letters, or is a question mark. Never an empty box.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, Glyph, GlyphId, PxScale, point};

use crate::arabic;
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
    /// The height of the letters as a share of what their size gives; more than one draws them tall.
    pub height: f32,
}

impl Style {
    /// Returns a style without extra room.
    pub const fn new(weight: Weight, size: f32) -> Style {
        Style { weight, size, tracking: 0.0, height: 1.0 }
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
        (0.668 * self.size * self.height).round() as i32
    }

    /// Returns the width of a text in dots.
    pub fn width(self, text: &str) -> i32 {
        (self.exact_width(text) - self.tracking * self.size).ceil().max(0.0) as i32
    }

    fn exact_width(self, text: &str) -> f32 {
        let mut end = 0.0;
        self.each_glyph(text, |_, _, _, after| end = after);
        end
    }

    /// Draws a text with its left end at `x`, standing on `baseline`.
    pub fn draw(self, canvas: &mut Canvas, text: &str, x: i32, baseline: i32, ink: Ink) {
        self.each_glyph(text, |face, id, before, _| {
            // Whole dots only: the same letter must look the same wherever it stands.
            let position = point(x as f32 + before.round(), baseline as f32);
            let Some(outline) = face.font.outline_glyph(Glyph { id, scale: self.scale(face), position }) else { return };
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
    fn each_glyph(self, text: &str, mut tell: impl FnMut(&Face, GlyphId, f32, f32)) {
        let mut pen = 0.0;
        let mut last: Option<(char, GlyphId)> = None;
        for c in drawable(self.weight, &arabic::set(text)).chars() {
            let (face, id) = glyph(self.weight, c).unwrap_or((own(self.weight), GlyphId(0)));
            let dots_a_unit = self.dots_a_unit(face);
            // A space ends a word, so that words can be measured one by one. Letters of two fonts have no distance of their own.
            let beside =
                last.filter(|(last, _)| c != ' ' && glyph(self.weight, *last).is_some_and(|(before, _)| std::ptr::eq(before, face)));
            if let Some((_, last)) = beside {
                pen += face.font.kern_unscaled(last, id) * dots_a_unit;
            }
            let before = pen;
            pen += face.font.h_advance_unscaled(id) * dots_a_unit + self.tracking * self.size;
            tell(face, id, before, pen);
            last = Some((c, id)).filter(|_| c != ' ');
        }
    }

    fn dots_a_unit(self, face: &Face) -> f32 {
        self.size * face.share / face.font.units_per_em().unwrap_or(1000.0)
    }

    fn scale(self, face: &Face) -> PxScale {
        let size = self.dots_a_unit(face) * face.font.height_unscaled();
        PxScale { x: size, y: size * self.height }
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

/// Returns the letters of a text that can be neither drawn nor spelt, each once, with spaces between them.
pub fn strange(text: &str) -> String {
    let mut strange: Vec<String> = Vec::new();
    for c in arabic::set(text).chars().filter(|&c| c != '?' && glyph(Weight::Bold, c).is_none()) {
        let mut spelt = String::new();
        push_ascii(c, &mut spelt);
        if matches!(spelt.as_str(), "" | "?") && !strange.contains(&c.to_string()) {
            strange.push(c.to_string());
        }
    }
    strange.join(" ")
}

/// Replaces the letters that all fonts lack with their nearest spelling.
fn drawable(weight: Weight, text: &str) -> String {
    let mut drawable = String::with_capacity(text.len());
    for c in text.chars() {
        match glyph(weight, c) {
            None => push_ascii(c, &mut drawable),
            Some(_) => drawable.push(c),
        }
    }
    drawable
}

/// One font, and how large its letters are drawn so that its capitals are as high as those of our own.
struct Face {
    font: FontRef<'static>,
    share: f32,
}

/// Returns the glyph of a letter, from our own font where it has it.
fn glyph(weight: Weight, c: char) -> Option<(&'static Face, GlyphId)> {
    let faces = [own(weight), other()].into_iter();
    faces.map(|face| (face, face.font.glyph_id(c))).find(|(_, id)| *id != GlyphId(0))
}

fn own(weight: Weight) -> &'static Face {
    static FACES: OnceLock<[Face; 3]> = OnceLock::new();
    let faces = FACES.get_or_init(|| {
        [
            open(include_bytes!("../../assets/fonts/atkinson-hyperlegible-next-500.ttf"), 1.0),
            open(include_bytes!("../../assets/fonts/atkinson-hyperlegible-next-700.ttf"), 1.0),
            open(include_bytes!("../../assets/fonts/atkinson-hyperlegible-next-800.ttf"), 1.0),
        ]
    });
    match weight {
        Weight::Medium => &faces[0],
        Weight::Bold => &faces[1],
        Weight::Heavy => &faces[2],
    }
}

/// The font of all other letters, in one weight.
fn other() -> &'static Face {
    static FACE: OnceLock<Face> = OnceLock::new();
    FACE.get_or_init(|| open(include_bytes!("../../assets/fonts/dejavu-sans-bold-other-letters.ttf"), 0.668 / 0.729))
}

fn open(bytes: &'static [u8], share: f32) -> Face {
    Face { font: FontRef::try_from_slice(bytes).expect("the embedded fonts are whole"), share }
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
        let font = &own(Weight::Bold).font;
        assert!("ĩũĨŨ·é'".chars().all(|c| font.glyph_id(c) != GlyphId(0)));
        assert_eq!(drawable(Weight::Bold, "→中"), "->?");
        assert_eq!(strange("Kĩambu → 中心, አማርኛ中"), "中 心 አ ማ ር ኛ");
    }

    #[test]
    fn latin_greek_cyrillic_and_arabic_letters_are_drawn_as_they_are() {
        for word in ["Łódź", "Ọ̀yọ́", "ɓalɗe", "Ελλάδα", "Москва", "دار السلام", "Garissa غاريسا"] {
            assert_eq!(strange(&crate::clean::clean(word)), "", "{word}");
            let mut canvas = Canvas::new(576);
            LABEL.draw(&mut canvas, word, 8, 40, Ink::Black);
            assert!(canvas.dots().iter().any(|&byte| byte != 0), "{word}");
        }
    }

    #[test]
    fn capitals_of_both_fonts_are_as_high() {
        let top = |letter: &str| {
            let mut canvas = Canvas::new(576);
            Style::new(Weight::Bold, 100.0).draw(&mut canvas, letter, 8, 120, Ink::Black);
            canvas.dots().iter().position(|&byte| byte != 0).expect("drawn") / canvas.bytes_a_row()
        };
        assert!(top("H").abs_diff(top("Н")) <= 1, "Latin H and Cyrillic En");
    }
}
