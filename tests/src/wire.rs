//! A line between a station and the server that breaks when it is to carry one certain answer: the server has done what it was
//! asked, and nobody is ever told.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// One line; it lies until the test ends.
#[derive(Debug)]
pub struct Wire {
    address: SocketAddr,
    state: watch::Sender<State>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Whole,
    /// The answer to the next `POST` to this address breaks it.
    Losing(String),
    Broken,
}

impl Wire {
    /// Lays a line to the server at `origin`.
    pub async fn lay(origin: &str) -> Wire {
        let server: SocketAddr = origin.trim_start_matches("http://").parse().expect("a server on loopback");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let state = watch::Sender::new(State::Whole);
        let told = state.clone();
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                if *told.borrow() != State::Broken {
                    tokio::spawn(carry(caller, server, told.clone()));
                }
            }
        });
        Wire { address, state }
    }

    /// Returns what a station takes for the server.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets it break with the answer to the next `POST` to `path`.
    pub fn lose(&self, path: &str) {
        self.state.send_replace(State::Losing(path.to_owned()));
    }

    /// Waits until it broke.
    pub async fn broken(&self) {
        self.state.subscribe().wait_for(|state| *state == State::Broken).await.expect("the line lies here");
    }

    /// Mends it.
    pub fn mend(&self) {
        self.state.send_replace(State::Whole);
    }
}

async fn carry(caller: TcpStream, server: SocketAddr, state: watch::Sender<State>) {
    let Ok(callee) = TcpStream::connect(server).await else { return };
    let mut broken = state.subscribe();
    let lost = AtomicBool::new(false);
    let (mut from_station, mut to_station) = caller.into_split();
    let (mut from_server, mut to_server) = callee.into_split();
    let asking = async {
        let mut bytes = [0; 16 * 1024];
        while let Ok(length @ 1..) = from_station.read(&mut bytes).await {
            if is_to_lose(&state, &bytes[..length]) {
                lost.store(true, Ordering::SeqCst);
            }
            if to_server.write_all(&bytes[..length]).await.is_err() {
                return;
            }
        }
    };
    let answering = async {
        let mut bytes = [0; 16 * 1024];
        while let Ok(length @ 1..) = from_server.read(&mut bytes).await {
            if lost.load(Ordering::SeqCst) {
                state.send_replace(State::Broken);
                return;
            }
            if to_station.write_all(&bytes[..length]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = asking => {}
        () = answering => {}
        _ = broken.wait_for(|state| *state == State::Broken) => {}
    }
}

fn is_to_lose(state: &watch::Sender<State>, asked: &[u8]) -> bool {
    match &*state.borrow() {
        State::Losing(path) => asked.starts_with(format!("POST {path} ").as_bytes()),
        State::Whole | State::Broken => false,
    }
}
