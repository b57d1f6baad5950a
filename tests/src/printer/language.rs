//! Reads the printer's language as a printer does: one byte after the other, into things to do.
//!
//! Written from the language's reference and not from our own code, so that both would have to be wrong alike.

/// One thing to do, in the order in which it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Burn a line: a row of a picture, a typed line or a code.
    Line(Vec<u8>),
    /// Cut the paper.
    Cut,
    /// Give the word that all before it is done.
    Word,
}

/// Where the reader is in the stream.
#[derive(Default)]
pub struct Language {
    typed: Vec<u8>,
    size: u8,
    command: Vec<u8>,
    picture: Option<Picture>,
    /// Bytes of a block that are still to come.
    block_left: usize,
    block: Vec<u8>,
}

struct Picture {
    row: usize,
    rows_left: usize,
    dots: Vec<u8>,
}

impl Language {
    /// Takes one more byte.
    pub fn read(&mut self, byte: u8) -> Option<Act> {
        if self.picture.is_some() {
            return self.dots(byte);
        }
        if self.block_left > 0 {
            return self.block(byte);
        }
        if self.command.is_empty() && !matches!(byte, 0x10 | 0x1b | 0x1d) {
            return self.letter(byte);
        }
        self.command.push(byte);
        self.command()
    }

    fn letter(&mut self, byte: u8) -> Option<Act> {
        match byte {
            b'\n' => Some(self.line()),
            0x20.. => {
                self.typed.push(byte);
                None
            }
            // Other bytes below the space mean nothing to a printer.
            _ => None,
        }
    }

    fn line(&mut self) -> Act {
        let mut line = vec![b'T', self.size];
        line.append(&mut self.typed);
        Act::Line(line)
    }

    fn dots(&mut self, byte: u8) -> Option<Act> {
        let picture = self.picture.as_mut()?;
        picture.dots.push(byte);
        if picture.dots.len() < picture.row {
            return None;
        }
        let mut line = vec![b'P'];
        line.append(&mut picture.dots);
        picture.rows_left -= 1;
        if picture.rows_left == 0 {
            self.picture = None;
        }
        Some(Act::Line(line))
    }

    fn block(&mut self, byte: u8) -> Option<Act> {
        self.block.push(byte);
        self.block_left -= 1;
        let ended = self.block_left == 0;
        let block = if ended { std::mem::take(&mut self.block) } else { Vec::new() };
        // Function 80 of a code keeps its data, 81 prints it; the data tells one code from another.
        (block.len() > 3 && block[1] == 80).then(|| Act::Line([b"Q".as_slice(), &block[3..]].concat()))
    }

    fn command(&mut self) -> Option<Act> {
        let act = match *self.command {
            [0x10, 0x04 | 0x05, _] => None,
            // As a real-time command it was obeyed when it arrived; here it is only passed over.
            [0x10, 0x14, ..] if self.command.len() == 10 => None,
            [0x10, 0x14, ..] | [0x10] | [0x10, 0x04 | 0x05] | [0x1b] | [0x1d] => return None,
            [0x10, _] => None,
            [0x1b, b'@'] => {
                self.typed.clear();
                self.size = 0;
                None
            }
            [0x1b, b'2' | b'i' | b'm'] => None,
            [0x1b, b'd', lines] if lines > 0 || !self.typed.is_empty() => Some(self.line()),
            [0x1b, _, _] => None,
            [0x1b, _] => return None,
            [0x1d, b'!', size] => {
                self.size = size;
                None
            }
            [0x1d, b'V', 0 | 1 | 48 | 49] | [0x1d, b'V', _, _] => Some(Act::Cut),
            [0x1d, b'r', _] => Some(Act::Word),
            [0x1d, b'v', b'0', _, xl, xh, yl, yh] => {
                let (row, rows_left) = (usize::from(u16::from_le_bytes([xl, xh])), usize::from(u16::from_le_bytes([yl, yh])));
                self.picture = (row > 0 && rows_left > 0).then_some(Picture { row, rows_left, dots: Vec::new() });
                None
            }
            [0x1d, b'(', _, low, high] => {
                self.block_left = usize::from(u16::from_le_bytes([low, high]));
                None
            }
            [0x1d, b'v' | b'(', ..] | [0x1d, b'V', _] | [0x1d, _] => return None,
            _ => None,
        };
        self.command.clear();
        act
    }
}

/// Returns the lines of one whole slip, as a printer would burn them.
pub fn lines(job: &[u8]) -> Vec<Vec<u8>> {
    let mut language = Language::default();
    let acts = job.iter().filter_map(|&byte| language.read(byte));
    acts.filter_map(|act| if let Act::Line(line) = act { Some(line) } else { None }).collect()
}
