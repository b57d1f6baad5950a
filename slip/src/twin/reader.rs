//! Reads what a printer is sent, byte by byte: where a job ends, what is asked, where the pictures are.

/// Longer jobs are cut off here, so that nobody can fill the memory.
const JOB_MAX: usize = 1 << 20;

/// What one more byte meant.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing yet.
    Nothing,
    /// `DLE EOT n`, to be answered at once.
    Question(u8),
    /// `GS r n`, to be answered in its turn.
    QuestionInTurn,
    /// A cut: all since the last one is a slip.
    Job(Vec<u8>),
}

/// Follows a stream of bytes, and remembers the slip that it is in.
#[derive(Default)]
pub struct Reader {
    job: Vec<u8>,
    /// Bytes of a command whose length is not yet known.
    command: Vec<u8>,
    /// Bytes of data that are still to come and mean nothing by themselves.
    data: usize,
}

/// What the bytes of a command so far amount to.
enum Command {
    /// More must come.
    Unfinished,
    /// Whole, with so many bytes of data after it.
    Whole(usize),
    Question(u8),
    QuestionInTurn,
    Cut,
}

impl Reader {
    /// Takes one more byte.
    pub fn hear(&mut self, byte: u8) -> Heard {
        if self.data > 0 {
            self.data -= 1;
            self.keep(&[byte]);
            return Heard::Nothing;
        }
        self.command.push(byte);
        match command(&self.command) {
            Command::Unfinished => return Heard::Nothing,
            Command::Question(question) => {
                self.command.clear();
                return Heard::Question(question);
            }
            Command::QuestionInTurn => {
                self.command.clear();
                return Heard::QuestionInTurn;
            }
            Command::Whole(data) => self.data = data,
            Command::Cut => {
                self.keep_command();
                return Heard::Job(std::mem::take(&mut self.job));
            }
        }
        self.keep_command();
        Heard::Nothing
    }

    fn keep_command(&mut self) {
        let command = std::mem::take(&mut self.command);
        self.keep(&command);
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.job.len() + bytes.len() <= JOB_MAX {
            self.job.extend_from_slice(bytes);
        }
    }
}

/// Says what the bytes of a command amount to, for the commands that a slip is made of.
fn command(bytes: &[u8]) -> Command {
    match *bytes {
        [0x10 | 0x1b | 0x1d] | [0x10, 0x04] | [0x1d, b'r' | b'V'] => Command::Unfinished,
        [0x10, 0x04, question @ 1..=4] => Command::Question(question),
        [0x1d, b'r', _] => Command::QuestionInTurn,
        [0x1d, b'V', 65 | 66 | 97 | 98 | 103 | 104] => Command::Unfinished,
        [0x1d, b'V', ..] => Command::Cut,
        [0x1d, b'v' | b'(', ..] => picture_or_block(bytes),
        [0x1b, b'@' | b'2' | b'i' | b'm'] => Command::Whole(0),
        [0x1b | 0x1d, _] => Command::Whole(1),
        _ => Command::Whole(0),
    }
}

/// `GS v 0 m xL xH yL yH` and `GS ( f pL pH` say themselves how many bytes follow.
fn picture_or_block(bytes: &[u8]) -> Command {
    match *bytes {
        [0x1d, b'v', b'0', _, xl, xh, yl, yh] => {
            let (row, rows) = (usize::from(u16::from_le_bytes([xl, xh])), usize::from(u16::from_le_bytes([yl, yh])));
            Command::Whole(row * rows)
        }
        [0x1d, b'(', _, low, high] => Command::Whole(usize::from(u16::from_le_bytes([low, high]))),
        _ => Command::Unfinished,
    }
}

/// One band of a picture.
pub struct Band<'a> {
    /// How many bytes make a row.
    pub bytes_a_row: usize,
    /// The dots, eight a byte.
    pub dots: &'a [u8],
}

/// Returns the bands of all pictures in a job.
pub fn bands(job: &[u8]) -> Vec<Band<'_>> {
    let mut bands = Vec::new();
    let (mut start, mut end) = (0, 1);
    while end <= job.len() {
        let bytes = &job[start..end];
        match command(bytes) {
            Command::Unfinished => end += 1,
            Command::Whole(data) => {
                let Some(dots) = job.get(end..end + data) else { break };
                let row = if bytes.len() == 8 { usize::from(u16::from_le_bytes([bytes[4], bytes[5]])) } else { 0 };
                if row > 0 {
                    bands.push(Band { bytes_a_row: row, dots });
                }
                start = end + data;
                end = start + 1;
            }
            Command::Question(_) | Command::QuestionInTurn | Command::Cut => {
                start = end;
                end += 1;
            }
        }
    }
    bands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_inside_a_picture_is_only_dots() {
        let mut reader = Reader::default();
        let bytes = [0x1d, b'v', b'0', 0, 3, 0, 1, 0, 0x10, 0x04, 0x01, 0x10, 0x04, 0x02];
        let heard: Vec<Heard> = bytes.iter().map(|&byte| reader.hear(byte)).filter(|heard| *heard != Heard::Nothing).collect();
        assert_eq!(heard, [Heard::Question(2)]);
    }

    #[test]
    fn a_slip_ends_with_its_cut() {
        let mut reader = Reader::default();
        let job = b"\x1b@\x1da\x01hello\n\x1dVB\0";
        let heard: Vec<Heard> = job.iter().map(|&byte| reader.hear(byte)).filter(|heard| *heard != Heard::Nothing).collect();
        assert_eq!(heard, [Heard::Job(job.to_vec())]);
    }

    #[test]
    fn any_bytes_at_all_are_survived() {
        let mut seed = 1_u32;
        let mut reader = Reader::default();
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        })
        .take(100_000)
        .collect();
        for &byte in &noise {
            reader.hear(byte);
        }
        bands(&noise);
    }
}
