//! What one printer's paper is like and how slips are put on it.

use crate::clean::Letters;

/// The width of the roll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PaperWidth {
    /// 58 mm: 384 dots, 32 letters.
    Mm58,
    /// 80 mm: 576 dots, 48 letters.
    #[default]
    Mm80,
}

impl PaperWidth {
    /// Returns how many dots a row has.
    pub fn dots(self) -> u32 {
        match self {
            PaperWidth::Mm58 => 384,
            PaperWidth::Mm80 => 576,
        }
    }

    /// Returns how many letters of the printer's own font a line has.
    pub fn columns(self) -> usize {
        match self {
            PaperWidth::Mm58 => 32,
            PaperWidth::Mm80 => 48,
        }
    }
}

/// How a slip is put on paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rendering {
    /// As a picture of dots: exactly as previewed, any letter, any printer.
    #[default]
    Image,
    /// In the printer's own font: a fortieth of the bytes, for slow serial lines.
    Text,
}

/// What happens at the end of a slip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    /// Cut but for one point, so that the slip hangs until it is taken.
    #[default]
    Partial,
    /// Cut off.
    Full,
    /// Fed out to be torn by hand, for printers without a cutter.
    Tear,
}

/// How one printer wants its slips.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaperSetup {
    /// The width of the roll.
    pub width: PaperWidth,
    /// Picture or printer's font.
    pub rendering: Rendering,
    /// The letters to trust the printer's font with; pictures have all.
    pub letters: Letters,
    /// What happens at the end of a slip.
    pub cut: Cut,
}
