//! Printers on USB, through the system's printer device.
//!
//! The device blocks when the paper is out, for as long as it is out; so it is opened without blocking, and waited for
//! with a deadline.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;

use crate::printer::conversation::{Plug, Wire};

/// A printer at a device such as `/dev/usb/lp0`.
pub struct Device {
    /// The device.
    pub path: PathBuf,
}

/// An open device.
pub struct OpenDevice(File);

impl Plug for Device {
    type Wire = OpenDevice;

    fn plug(&self, _: Duration) -> io::Result<OpenDevice> {
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        let mut options = OpenOptions::new();
        options.write(true).custom_flags(flags.bits().cast_signed());
        // Some adapters only take and never give.
        let file = options.read(true).open(&self.path).or_else(|_| options.read(false).open(&self.path))?;
        // A name that was mistyped into a folder of devices would take every slip and say nothing.
        if !file.metadata()?.file_type().is_char_device() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok(OpenDevice(file))
    }
}

impl OpenDevice {
    fn wait(&self, wanted: PollFlags, deadline: Instant) -> io::Result<()> {
        let left = deadline.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).unwrap_or(Timespec { tv_sec: 1, tv_nsec: 0 });
        let mut ready = [PollFd::new(&self.0, wanted)];
        match poll(&mut ready, Some(&left))? {
            0 => Err(io::ErrorKind::TimedOut.into()),
            _ if ready[0].revents().intersects(wanted) => Ok(()),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// Tries until it does something, the deadline passes or the device is gone.
    fn until<T>(
        &mut self,
        patience: Duration,
        wanted: PollFlags,
        mut act: impl FnMut(&mut File) -> io::Result<Option<T>>,
    ) -> io::Result<T> {
        let deadline = Instant::now() + patience;
        loop {
            self.wait(wanted, deadline)?;
            match act(&mut self.0) {
                Ok(Some(done)) => return Ok(done),
                // Ready, and yet nothing: the driver says so when the printer has nothing to say.
                Ok(None) => thread::sleep(Duration::from_millis(5)),
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                    thread::sleep(Duration::from_millis(1));
                }
                Err(error) => return Err(error),
            }
            if Instant::now() >= deadline {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
    }
}

impl Wire for OpenDevice {
    fn write_some(&mut self, bytes: &[u8], patience: Duration) -> io::Result<usize> {
        self.until(patience, PollFlags::OUT, |file| file.write(bytes).map(|sent| (sent > 0).then_some(sent)))
    }

    fn read_one(&mut self, patience: Duration) -> io::Result<u8> {
        let mut byte = [0];
        self.until(patience, PollFlags::IN, |file| file.read(&mut byte).map(|read| (read > 0).then_some(())))?;
        Ok(byte[0])
    }

    fn finish(self) {}

    fn abandon(self) {}
}
