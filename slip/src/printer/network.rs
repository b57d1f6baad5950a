//! Printers on the network: raw bytes over TCP.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::sockopt::{set_socket_linger, set_socket_send_buffer_size};

use crate::printer::conversation::{Plug, Wire};

/// Bytes that the system may hold for the printer.
const UNSENT_MAX: usize = 16 * 1024;

/// A printer on the network. A line is opened for each job, for most printers talk to one caller at a time.
pub struct Network {
    host: String,
    port: u16,
}

impl Network {
    /// Returns the printer at a name or address.
    pub fn new(host: &str, port: u16) -> Network {
        Network { host: host.to_owned(), port }
    }

    fn addresses(&self, patience: Duration) -> io::Result<Vec<SocketAddr>> {
        match self.host.parse::<IpAddr>() {
            Ok(address) => Ok(vec![SocketAddr::new(address, self.port)]),
            Err(_) => look_up(self.host.clone(), self.port, patience),
        }
    }
}

/// Asks the system for the addresses of a name. It has no deadline of its own, so it is left behind when ours passes.
fn look_up(host: String, port: u16, patience: Duration) -> io::Result<Vec<SocketAddr>> {
    let (tell, hear) = mpsc::channel();
    thread::Builder::new().name("printer-name".into()).spawn(move || {
        let found = (host.as_str(), port).to_socket_addrs().map(Iterator::collect);
        // Nobody listens any more once the deadline has passed.
        let _ = tell.send(found);
    })?;
    hear.recv_timeout(patience).unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

impl Plug for Network {
    type Wire = TcpStream;

    fn plug(&self, patience: Duration) -> io::Result<TcpStream> {
        let deadline = Instant::now() + patience;
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for address in self.addresses(patience)? {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            match TcpStream::connect_timeout(&address, left) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    // What the system holds for a printer that takes nothing is a slip that comes out too late.
                    set_socket_send_buffer_size(&stream, UNSENT_MAX)?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

impl Wire for TcpStream {
    fn write_some(&mut self, bytes: &[u8], patience: Duration) -> io::Result<usize> {
        self.set_write_timeout(Some(at_least(patience)))?;
        self.write(bytes).map_err(timed_out)
    }

    fn read_one(&mut self, patience: Duration) -> io::Result<u8> {
        self.set_read_timeout(Some(at_least(patience)))?;
        let mut byte = [0];
        match self.read(&mut byte).map_err(timed_out)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(byte[0]),
        }
    }

    fn finish(self) {
        // A close with unread answers would reset the line and may take the end of the slip with it.
        if self.shutdown(std::net::Shutdown::Write).is_err() {
            return;
        }
        let mut wire = self;
        let deadline = Instant::now() + Duration::from_millis(200);
        while Instant::now() < deadline && wire.read_one(Duration::from_millis(50)).is_ok() {}
    }

    fn abandon(self) {
        // Without it the system would go on sending for minutes, also when the cable is back.
        if let Err(error) = set_socket_linger(&self, Some(Duration::ZERO)) {
            tracing::debug!(%error, "could not drop what was not sent");
        }
    }
}

/// No time at all means "for ever" to the system.
fn at_least(patience: Duration) -> Duration {
    patience.max(Duration::from_millis(1))
}

/// A passed deadline shows as one of two errors, depending on the system.
fn timed_out(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock { io::ErrorKind::TimedOut.into() } else { error }
}
