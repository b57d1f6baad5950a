//! A ticket on paper: what it says, how it looks, the bytes that a receipt printer understands, and the printers.
//!
//! `content -> parts -> picture or letters -> ESC/POS bytes -> printer`. Everything up to the bytes is a function of the
//! content and the centre's words; only [`printer`] touches a device.

mod canvas;
mod clean;
pub mod content;
mod document;
mod image;
mod letters;
mod paper;
mod preview;
pub mod printer;
mod qr;
pub mod queue;
mod raster;
pub mod sample;
mod sizes;
mod text;
#[cfg(feature = "twin")]
pub mod twin;
mod words;

pub use clean::Letters;
pub use paper::{Cut, PaperSetup, PaperWidth, Rendering};
pub use protocol::slip::{SlipContent, SlipFee};
pub use words::SlipWords;

/// Returns the bytes that print one slip.
pub fn job(content: &SlipContent, words: &SlipWords, setup: &PaperSetup) -> Vec<u8> {
    let blocks = document::blocks(content, words);
    let picture = || raster::job(&image::draw(&blocks, setup.width), setup.cut);
    match setup.rendering {
        Rendering::Image => picture(),
        Rendering::Text => text::job(&blocks, setup).unwrap_or_else(|error| {
            tracing::warn!(%error, "could not type slip {}, drawing it instead", content.number);
            picture()
        }),
    }
}

/// Returns the picture of one slip as PNG, dot for dot what [`Rendering::Image`] prints.
pub fn preview_png(content: &SlipContent, words: &SlipWords, width: PaperWidth) -> Vec<u8> {
    preview::png(&image::draw(&document::blocks(content, words), width))
}
