//! Printers on a serial line.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::Duration;

use rustix::fs::OFlags;
use serialport::{ClearBuffer, FlowControl, SerialPort, TTYPort};

use crate::printer::address::Flow;
use crate::printer::conversation::{Plug, Wire};

/// A printer on a serial line: eight bits, no parity, one stop bit.
pub struct Serial {
    /// The device.
    pub path: PathBuf,
    /// Bits a second.
    pub baud: u32,
    /// How the printer says "stop".
    pub flow: Flow,
}

impl Plug for Serial {
    type Wire = TTYPort;

    fn plug(&self, patience: Duration) -> io::Result<TTYPort> {
        let flow = match self.flow {
            Flow::None => FlowControl::None,
            Flow::Software => FlowControl::Software,
            Flow::Hardware => FlowControl::Hardware,
        };
        let settings = serialport::new(self.path.to_string_lossy(), self.baud).flow_control(flow).timeout(patience);
        settings.open_native().map_err(|error| self.why(error))
    }
}

impl Serial {
    /// The library tells a missing device, a busy one and one that is not allowed alike; the system knows better.
    fn why(&self, error: serialport::Error) -> io::Error {
        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
        match File::options().read(true).write(true).custom_flags(flags).open(&self.path) {
            Err(plain) => plain,
            Ok(file) if !rustix::termios::isatty(&file) => io::ErrorKind::InvalidInput.into(),
            Ok(_) => error.into(),
        }
    }
}

impl Wire for TTYPort {
    fn write_some(&mut self, bytes: &[u8], patience: Duration) -> io::Result<usize> {
        self.set_timeout(patience)?;
        self.write(bytes)
    }

    fn read_one(&mut self, patience: Duration) -> io::Result<u8> {
        self.set_timeout(patience)?;
        let mut byte = [0];
        match self.read(&mut byte)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(byte[0]),
        }
    }

    fn finish(self) {}

    fn abandon(self) {
        if let Err(error) = self.clear(ClearBuffer::Output) {
            tracing::debug!(%error, "could not drop what was not sent");
        }
    }
}
