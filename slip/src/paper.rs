//! What one printer's paper is like and how slips are put on it.

use protocol::template::PaperWidth;

use crate::clean::Letters;

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
    /// The width of the roll, where the printer's own is known; else it is as the centre's template says.
    pub width: Option<PaperWidth>,
    /// Picture or printer's font.
    pub rendering: Rendering,
    /// The letters to trust the printer's font with; pictures have all.
    pub letters: Letters,
    /// What happens at the end of a slip.
    pub cut: Cut,
}
