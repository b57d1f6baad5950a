//! How large everything on a slip is, for each width of paper.

use crate::letters::{Style, Weight};

/// The sizes of everything for one width of paper, in dots; eight are a millimetre.
pub struct Sizes {
    /// The width of the paper.
    pub width: i32,
    /// White on the left and right.
    pub margin: i32,
    /// The height of the mark.
    pub mark: i32,
    /// The centre's name.
    pub heading: Style,
    /// What this paper is.
    pub title: Style,
    /// The number, where the paper is wide enough for it.
    pub number: Style,
    /// The service, in both languages.
    pub service: [Style; 2],
    /// Labels, in both languages.
    pub label: [Style; 2],
    /// Figures, the largest that fits first.
    pub figures: [f32; 3],
    /// Words in place of a figure, the largest that fits first.
    pub words: [f32; 3],
    /// Documents and notes, in both languages.
    pub document: [Style; 2],
    /// That tickets are free, in both languages.
    pub free: [Style; 2],
    /// What stands beside the QR code, in both languages.
    pub beside: [Style; 2],
    /// The last lines.
    pub foot: Style,
    /// The side of the QR code at most.
    pub qr: i32,
    /// White between parts.
    pub gap: i32,
}

/// For 80 mm.
pub const MM80: Sizes = Sizes {
    width: 576,
    margin: 16,
    mark: 36,
    heading: Style::new(Weight::Heavy, 33.0),
    title: Style::new(Weight::Bold, 26.0),
    number: Style { weight: Weight::Heavy, size: 204.0, tracking: -0.03, height: 1.0 },
    service: [Style::new(Weight::Heavy, 34.0), Style::new(Weight::Medium, 27.0)],
    label: [Style::new(Weight::Bold, 27.0), Style::new(Weight::Medium, 25.0)],
    figures: [60.0, 54.0, 48.0],
    words: [40.0, 34.0, 30.0],
    document: [Style::new(Weight::Bold, 26.0), Style::new(Weight::Medium, 25.0)],
    free: [Style::new(Weight::Heavy, 30.0), Style::new(Weight::Medium, 26.0)],
    beside: [Style::new(Weight::Bold, 24.0), Style::new(Weight::Medium, 23.0)],
    foot: Style::new(Weight::Bold, 24.0),
    qr: 210,
    gap: 14,
};

/// For 58 mm.
pub const MM58: Sizes = Sizes {
    width: 384,
    margin: 8,
    mark: 30,
    heading: Style::new(Weight::Heavy, 27.0),
    title: Style::new(Weight::Bold, 24.0),
    number: Style { weight: Weight::Heavy, size: 180.0, tracking: -0.03, height: 1.0 },
    service: [Style::new(Weight::Heavy, 30.0), Style::new(Weight::Medium, 25.0)],
    label: [Style::new(Weight::Bold, 25.0), Style::new(Weight::Medium, 23.0)],
    figures: [54.0, 48.0, 44.0],
    words: [34.0, 30.0, 27.0],
    document: [Style::new(Weight::Bold, 24.0), Style::new(Weight::Medium, 23.0)],
    free: [Style::new(Weight::Heavy, 27.0), Style::new(Weight::Medium, 24.0)],
    beside: [Style::new(Weight::Bold, 24.0), Style::new(Weight::Medium, 23.0)],
    foot: Style::new(Weight::Bold, 22.0),
    qr: 210,
    gap: 12,
};
