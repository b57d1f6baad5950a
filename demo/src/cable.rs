//! A network cable that can be cut: all that a screen says to the server goes through here.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

/// One cable. Cut, it drops what it carries and refuses what comes.
#[derive(Debug)]
pub struct Cable {
    address: SocketAddr,
    cut: watch::Sender<bool>,
}

impl Cable {
    /// Lays a cable from a port on loopback to the server; port 0 takes a free one. It lies until `stop`.
    pub async fn lay(port: u16, server: SocketAddr, stop: CancellationToken) -> io::Result<Cable> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let cut = watch::Sender::new(false);
        let watching = cut.subscribe();
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = carry(listener, address, server, watching) => {}
            }
        });
        Ok(Cable { address, cut })
    }

    /// Returns the end that the screen is plugged into.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts the cable, or mends it.
    pub fn set_cut(&self, cut: bool) {
        self.cut.send_replace(cut);
    }

    /// Tells whether it is cut.
    pub fn is_cut(&self) -> bool {
        *self.cut.borrow()
    }
}

async fn carry(first: TcpListener, address: SocketAddr, server: SocketAddr, mut cut: watch::Receiver<bool>) {
    let mut listener = Some(first);
    loop {
        // A cut cable has no listener, so that callers are refused at once.
        let open = match listener.take() {
            Some(open) => open,
            None => match TcpListener::bind(address).await {
                Ok(open) => open,
                Err(error) => {
                    warn!(%error, "could not mend the cable: trying again");
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                    continue;
                }
            },
        };
        let whole = CancellationToken::new();
        tokio::select! {
            () = accept(&open, server, &whole) => {}
            _ = cut.wait_for(|cut| *cut) => {}
        }
        drop(open);
        whole.cancel();
        if cut.wait_for(|cut| !*cut).await.is_err() {
            return;
        }
    }
}

async fn accept(listener: &TcpListener, server: SocketAddr, whole: &CancellationToken) {
    loop {
        let Ok((caller, _)) = listener.accept().await else { continue };
        let whole = whole.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = whole.cancelled() => {}
                () = join(caller, server) => {}
            }
        });
    }
}

async fn join(mut caller: TcpStream, server: SocketAddr) {
    let Ok(mut callee) = TcpStream::connect(server).await else { return };
    // A call must not wait for a packet to fill; where the socket has gone already there is nothing to hasten.
    let _ = (caller.set_nodelay(true), callee.set_nodelay(true));
    if let Err(error) = copy_bidirectional(&mut caller, &mut callee).await {
        debug!(%error, "a line through the cable broke");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_cable_carries_until_it_is_cut_and_again_when_it_is_mended() {
        let stop = CancellationToken::new();
        let cable = Cable::lay(0, echo().await, stop.clone()).await.expect("lays");
        let mut line = TcpStream::connect(cable.address()).await.expect("connects");
        assert_eq!(say(&mut line, b"jambo").await.expect("answers"), b"jambo");
        cable.set_cut(true);
        let ended = timeout(Duration::from_secs(5), line.read(&mut [0; 8])).await.expect("ends in time");
        assert!(matches!(ended, Ok(0) | Err(_)), "the line was dropped: {ended:?}");
        assert!(TcpStream::connect(cable.address()).await.is_err(), "and new ones are refused");
        cable.set_cut(false);
        let mut line = reconnect(&cable).await;
        assert_eq!(say(&mut line, b"tena").await.expect("answers"), b"tena");
        stop.cancel();
    }

    async fn reconnect(cable: &Cable) -> TcpStream {
        for _ in 0..100 {
            if let Ok(line) = TcpStream::connect(cable.address()).await {
                return line;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the cable was not mended");
    }

    async fn say(line: &mut TcpStream, words: &[u8]) -> io::Result<Vec<u8>> {
        line.write_all(words).await?;
        let mut answer = vec![0; words.len()];
        line.read_exact(&mut answer).await?;
        Ok(answer)
    }

    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((mut caller, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut reading, mut writing) = caller.split();
                    let _ = tokio::io::copy(&mut reading, &mut writing).await;
                });
            }
        });
        address
    }
}
