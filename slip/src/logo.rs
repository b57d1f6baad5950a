//! A centre's own picture: read from any PNG, kept as black and white dots.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use png::{Decoder, Limits, Transformations};
use protocol::template::{LOGO_BYTES_MAX, LOGO_HEIGHT_MAX, LOGO_WIDTH_MAX, Logo};

use crate::canvas::{Canvas, Ink};
use crate::preview;

/// Why a picture cannot stand on a slip.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLogo {
    /// It is not a PNG, or a damaged one.
    #[error("the logo is not a PNG that can be read")]
    Unreadable,
    /// It is larger than a slip takes.
    #[error("the logo is {width} x {height} dots; at most {LOGO_WIDTH_MAX} x {LOGO_HEIGHT_MAX} fit on a slip")]
    TooLarge {
        /// Its width in dots.
        width: u32,
        /// Its height in dots.
        height: u32,
    },
    /// Its file is larger than such a picture can be.
    #[error("the logo is a file of {0} bytes; at most {LOGO_BYTES_MAX} are read")]
    TooManyBytes(usize),
}

/// Returns the logo of a PNG file. Colours and greys become black where they are darker than the middle, on white paper.
pub fn from_png(file: &[u8]) -> Result<Logo, BadLogo> {
    let canvas = read(file)?;
    Ok(Logo(STANDARD.encode(preview::png(&canvas))))
}

/// Returns the logo as it came over a wire, read and written anew: nothing of its file but the dots is kept.
pub fn checked(logo: &Logo) -> Result<Logo, BadLogo> {
    // Four letters hold three bytes.
    if logo.0.len() / 4 * 3 > LOGO_BYTES_MAX {
        return Err(BadLogo::TooManyBytes(logo.0.len() / 4 * 3));
    }
    from_png(&STANDARD.decode(&logo.0).map_err(|_| BadLogo::Unreadable)?)
}

/// Returns the dots of a logo; nothing, when it is not one.
pub fn picture(logo: &Logo) -> Option<Canvas> {
    read(&STANDARD.decode(&logo.0).ok()?).ok()
}

fn read(file: &[u8]) -> Result<Canvas, BadLogo> {
    if file.len() > LOGO_BYTES_MAX {
        return Err(BadLogo::TooManyBytes(file.len()));
    }
    // Its size is looked at before its dots: a few bytes can claim a picture of many megabytes.
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), Limits { bytes: 4 * 1024 * 1024 });
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(|_| BadLogo::Unreadable)?;
    let (width, height) = reader.info().size();
    if width > LOGO_WIDTH_MAX || height > LOGO_HEIGHT_MAX {
        return Err(BadLogo::TooLarge { width, height });
    }
    let mut dots = vec![0; reader.output_buffer_size().ok_or(BadLogo::Unreadable)?];
    let frame = reader.next_frame(&mut dots).map_err(|_| BadLogo::Unreadable)?;
    let samples = frame.color_type.samples();
    let mut canvas = Canvas::new(width.next_multiple_of(8));
    canvas.reach(height as i32);
    let left = (canvas.width() - width) / 2;
    for (place, dot) in dots[..frame.buffer_size()].chunks(samples).enumerate() {
        let (x, y) = (place as u32 % width, place as u32 / width);
        if is_dark(dot) {
            canvas.dot((left + x) as i32, y as i32, Ink::Black);
        }
    }
    Ok(canvas)
}

/// Tells whether a dot of grey or colour, with or without opacity, is darker than the middle on white paper.
fn is_dark(dot: &[u8]) -> bool {
    let (light, opacity) = match *dot {
        [grey] => (u32::from(grey), 255),
        [grey, opacity] => (u32::from(grey), u32::from(opacity)),
        [red, green, blue] => (lightness(red, green, blue), 255),
        [red, green, blue, opacity] => (lightness(red, green, blue), u32::from(opacity)),
        _ => (255, 255),
    };
    light * opacity + 255 * (255 - opacity) < 128 * 255
}

fn lightness(red: u8, green: u8, blue: u8) -> u32 {
    (u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114) / 1000
}

#[cfg(test)]
mod tests {
    use png::{BitDepth, ColorType};

    use super::*;

    #[test]
    fn a_picture_of_any_kind_becomes_dots() {
        for (color, dark, light) in [
            (ColorType::Grayscale, vec![20], vec![200]),
            (ColorType::GrayscaleAlpha, vec![0, 255], vec![0, 40]),
            (ColorType::Rgb, vec![10, 90, 51], vec![242, 178, 51]),
            (ColorType::Rgba, vec![149, 27, 27, 255], vec![149, 27, 27, 60]),
        ] {
            let logo = from_png(&file(16, 2, color, &[dark.repeat(16), light.repeat(16)].concat())).expect("a PNG");
            let canvas = picture(&logo).expect("our own PNG");
            assert_eq!((canvas.width(), canvas.dots()), (16, [0xff, 0xff, 0, 0].as_slice()), "{color:?}");
            assert_eq!(checked(&logo), Ok(logo), "what is read is as it was written");
        }
    }

    #[test]
    fn what_is_no_logo_is_named() {
        assert_eq!(from_png(b"GIF89a"), Err(BadLogo::Unreadable));
        assert_eq!(from_png(b""), Err(BadLogo::Unreadable));
        let good = file(16, 16, ColorType::Grayscale, &[0; 256]);
        for end in 0..good.len() - 12 {
            assert_eq!(from_png(&good[..end]), Err(BadLogo::Unreadable), "cut at {end}");
        }
        assert_eq!(from_png(&vec![0; LOGO_BYTES_MAX + 1]), Err(BadLogo::TooManyBytes(LOGO_BYTES_MAX + 1)));
        assert_eq!(checked(&Logo("not base64".into())), Err(BadLogo::Unreadable));
        assert!(matches!(checked(&Logo("A".repeat(LOGO_BYTES_MAX * 2))), Err(BadLogo::TooManyBytes(_))));
        for (width, height) in [(577, 10), (10, 201)] {
            let large = file(width, height, ColorType::Grayscale, &vec![0; (width * height) as usize]);
            assert_eq!(from_png(&large), Err(BadLogo::TooLarge { width, height }));
        }
    }

    #[test]
    fn a_file_that_claims_to_be_enormous_is_refused_by_its_first_bytes() {
        let mut liar = file(16, 16, ColorType::Grayscale, &[0; 256]);
        liar[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        assert!(from_png(&liar).is_err());
    }

    fn file(width: u32, height: u32, color: ColorType, dots: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(color);
        encoder.set_depth(BitDepth::Eight);
        let mut writer = encoder.write_header().expect("memory");
        writer.write_image_data(dots).expect("memory");
        writer.finish().expect("memory");
        bytes
    }
}
