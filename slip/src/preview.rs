//! A picture as PNG, for a screen.

use crate::canvas::Canvas;

/// Returns the picture as a black and white PNG.
pub fn png(canvas: &Canvas) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, canvas.width(), canvas.height().max(1));
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    // On paper one is black; in the file one is white.
    let mut white: Vec<u8> = canvas.dots().iter().map(|byte| !byte).collect();
    white.resize(white.len().max(canvas.bytes_a_row()), 0xff);
    let mut writer = encoder.write_header().expect("memory takes every byte");
    writer.write_image_data(&white).expect("rows and size agree");
    writer.finish().expect("memory takes every byte");
    bytes
}
