//! Tells apart the bytes that come back from a printer: answers, words about itself that nobody asked for, noise.

/// What one more byte was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Part of something longer, flow control, or noise.
    Nothing,
    /// An answer to `DLE EOT`.
    Status(u8),
    /// The answer to `GS r 1`: all that came before has been worked off.
    Settled,
    /// The printer has dropped all that it held.
    Cleared,
}

/// Follows the bytes of one line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ear {
    /// Bytes of an automatic status that are still to come; by themselves they look like other answers.
    automatic_left: u8,
    /// How far the word that the buffers are clear has come.
    cleared: usize,
}

/// The word that the buffers are clear, whole.
const CLEARED: [u8; 3] = [0x37, 0x25, 0x00];

impl Ear {
    /// Takes one more byte.
    pub fn hear(&mut self, byte: u8) -> Heard {
        if self.automatic_left > 0 {
            self.automatic_left -= 1;
            return Heard::Nothing;
        }
        if self.cleared > 0 && byte == CLEARED[self.cleared] {
            self.cleared = (self.cleared + 1) % CLEARED.len();
            return if self.cleared == 0 { Heard::Cleared } else { Heard::Nothing };
        }
        self.cleared = usize::from(byte == CLEARED[0]);
        if is_automatic(byte) {
            self.automatic_left = 3;
        }
        match byte {
            _ if is_status(byte) => Heard::Status(byte),
            _ if is_settled(byte) => Heard::Settled,
            _ => Heard::Nothing,
        }
    }

    /// Forgets what was half heard, after a silence: parts of one message come close together.
    pub fn rest(&mut self) {
        *self = Ear::default();
    }
}

/// Tells whether a byte is an answer to `DLE EOT`: bits 1 and 4 are set, 0 and 7 are not, in every one of them.
fn is_status(byte: u8) -> bool {
    byte & 0x93 == 0x12
}

/// Tells whether a byte begins an automatic status, four bytes that some printers send whenever something changes.
fn is_automatic(byte: u8) -> bool {
    byte & 0x93 == 0x10
}

/// Tells whether a byte answers `GS r 1`: its upper half is empty.
fn is_settled(byte: u8) -> bool {
    byte & 0xf0 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_is_two_things() {
        for byte in 0..=u8::MAX {
            let meanings = [is_status(byte), is_settled(byte), is_automatic(byte), byte == CLEARED[0]];
            assert!(meanings.into_iter().filter(|is| *is).count() <= 1, "{byte:02x}");
        }
    }

    #[test]
    fn an_automatic_status_is_no_answer_though_its_bytes_look_like_one() {
        let mut ear = Ear::default();
        let bytes = [0x14, 0x00, 0x00, 0x0f, 0x12, 0x00];
        let heard: Vec<Heard> = bytes.into_iter().map(|byte| ear.hear(byte)).collect();
        assert_eq!(heard[..4], [Heard::Nothing; 4]);
        assert_eq!(heard[4..], [Heard::Status(0x12), Heard::Settled]);
    }

    #[test]
    fn flow_control_and_noise_are_nothing() {
        let mut ear = Ear::default();
        assert!([0x11, 0x13, 0xff, 0x80, 0x41, 0x93].into_iter().all(|byte| ear.hear(byte) == Heard::Nothing));
    }

    #[test]
    fn the_word_that_all_is_dropped_is_heard_whole_or_not_at_all() {
        let mut ear = Ear::default();
        let heard: Vec<Heard> = [0x37, 0x25, 0x00].into_iter().map(|byte| ear.hear(byte)).collect();
        assert_eq!(heard, [Heard::Nothing, Heard::Nothing, Heard::Cleared]);
        let heard: Vec<Heard> = [0x37, 0x12].into_iter().map(|byte| ear.hear(byte)).collect();
        assert_eq!(heard, [Heard::Nothing, Heard::Status(0x12)]);
    }
}
