//! A QR code as squares.

use qrcode::{Color, EcLevel, QrCode};

/// The squares of a QR code, without the quiet zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    side: usize,
    dark: Vec<bool>,
}

impl Qr {
    /// Returns the code of a text, or nothing when the text is too long for one that a phone reads from paper.
    pub fn of(text: &str) -> Option<Qr> {
        const TEXT_MAX: usize = 300;
        if text.len() > TEXT_MAX {
            return None;
        }
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Some(Qr { side: code.width(), dark })
    }

    /// Returns how many squares make a side.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Returns the place of each dark square, from the top left.
    pub fn squares(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let dark = self.dark.iter().enumerate().filter(|(_, dark)| **dark);
        dark.map(|(index, _)| (index % self.side, index / self.side))
    }
}
