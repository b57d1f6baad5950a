//! A picture as bytes for the printer: `GS v 0` in bands small enough for any buffer.

use crate::canvas::Canvas;
use crate::paper::Cut;

/// Printers with little memory stall or stripe on higher bands.
const BAND_ROWS_MAX: usize = 256;

/// Starts over: no left-over bold, size or half line from a broken job before.
const RESET: [u8; 2] = [0x1b, b'@'];

/// Returns a whole print job: reset, picture, cut.
pub fn job(canvas: &Canvas, cut: Cut) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(canvas.dots().len() + 256);
    bytes.extend_from_slice(&RESET);
    push_picture(canvas, &mut bytes);
    bytes.extend_from_slice(ending(cut));
    bytes
}

/// Appends a picture.
pub fn push_picture(canvas: &Canvas, bytes: &mut Vec<u8>) {
    let row = canvas.bytes_a_row();
    for band in canvas.dots().chunks(row * BAND_ROWS_MAX) {
        let rows = band.len() / row;
        bytes.extend_from_slice(&[0x1d, b'v', b'0', 0]);
        bytes.extend_from_slice(&(row as u16).to_le_bytes());
        bytes.extend_from_slice(&(rows as u16).to_le_bytes());
        let start = bytes.len();
        bytes.extend_from_slice(band);
        break_commands(&mut bytes[start..]);
    }
}

/// Returns what ends a slip: the cut commands feed the paper to the knife by themselves.
pub fn ending(cut: Cut) -> &'static [u8] {
    match cut {
        Cut::Partial => &[0x1d, b'V', 66, 0],
        Cut::Full => &[0x1d, b'V', 65, 0],
        Cut::Tear => &[0x1b, b'd', 5],
    }
}

/// Blackens one dot wherever the picture would hold a real-time command (`DLE EOT`, `DLE ENQ`, `DLE DC4`): printers obey
/// these even in the middle of a picture, and answer, drop their buffer or switch off.
pub fn break_commands(dots: &mut [u8]) {
    for at in 1..dots.len() {
        if dots[at - 1] == 0x10 && matches!(dots[at], 0x04 | 0x05 | 0x14) {
            dots[at - 1] = 0x18;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_high_picture_goes_in_bands_and_none_of_it_is_lost() {
        let mut canvas = Canvas::new(16);
        canvas.append(&[0xaa; 2 * 600]);
        let bytes = job(&canvas, Cut::Partial);
        let heads: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(&[0x1d, b'v', b'0', 0, 2, 0])).collect();
        assert_eq!(heads, [2, 2 + 8 + 512, 2 + 16 + 1024]);
        assert_eq!(bytes.iter().filter(|&&byte| byte == 0xaa).count(), 1200);
        assert!(bytes.ends_with(&[0x1d, b'V', 66, 0]));
    }

    #[test]
    fn no_picture_holds_a_real_time_command() {
        let mut canvas = Canvas::new(16);
        canvas.append(&[0x10, 0x04, 0x01, 0x10, 0x14, 0x08, 0x10, 0x05, 0x10, 0x10, 0x04, 0x10]);
        let bytes = job(&canvas, Cut::Full);
        let command = |pair: &[u8]| pair[0] == 0x10 && matches!(pair[1], 0x04 | 0x05 | 0x14);
        assert!(!bytes.windows(2).any(command), "{bytes:02x?}");
    }
}
