//! A ticket on paper: what it says, how it looks, the bytes that a receipt printer understands, and the printers.
//!
//! `content -> parts -> picture or letters -> ESC/POS bytes -> printer`. Everything up to the bytes is a function of the
//! content, the centre's words and its template; only [`printer`] touches a device.

mod arabic;
mod canvas;
mod clean;
pub mod content;
mod document;
mod image;
mod letters;
mod logo;
mod paper;
mod preview;
pub mod printer;
mod qr;
pub mod queue;
mod raster;
pub mod sample;
mod sizes;
mod template;
mod text;
#[cfg(feature = "twin")]
pub mod twin;
mod words;

pub use clean::Letters;
pub use logo::{BadLogo, from_png as logo_from_png};
pub use paper::{Cut, PaperSetup, Rendering};
pub use protocol::slip::{SlipContent, SlipFee};
pub use protocol::template::{PaperWidth, SlipTemplate};
pub use template::{BadTemplate, checked as checked_template, checked_lines};
pub use words::SlipWords;

/// Returns the bytes that print one slip. The printer's own paper goes before the template's.
pub fn job(content: &SlipContent, words: &SlipWords, template: &SlipTemplate, setup: &PaperSetup) -> Vec<u8> {
    let blocks = document::blocks(content, words, template);
    let width = setup.width.unwrap_or(template.paper);
    let picture = || raster::job(&image::draw(&blocks, width), setup.cut);
    match setup.rendering {
        Rendering::Image => picture(),
        Rendering::Text => text::job(&blocks, width, setup).unwrap_or_else(|error| {
            tracing::warn!(%error, "could not type slip {}, drawing it instead", content.number);
            picture()
        }),
    }
}

/// Returns the picture of one slip as PNG, dot for dot what [`Rendering::Image`] prints on the template's paper.
pub fn preview_png(content: &SlipContent, words: &SlipWords, template: &SlipTemplate) -> Vec<u8> {
    preview::png(&image::draw(&document::blocks(content, words, template), template.paper))
}
