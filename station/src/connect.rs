//! Runs a link over a real socket: opens, reads, writes and closes as [`crate::link::LinkState`] says.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use futures_util::{SinkExt, StreamExt};
use protocol::Refusal;
use protocol::frame::{Ask, FRAME_BYTES_MAX, Frame};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::address::ServerAddress;
use crate::backoff::Backoff;
use crate::link::{Action, Delivery, Event, LinkState, Lost, Tempo};
use crate::refuse;
use crate::standing::Contact;

/// A socket to the server.
pub type Socket = WebSocketStream<TcpStream>;

/// Where a link goes and what proves that it may.
#[derive(Clone, Debug)]
pub struct Target {
    /// The server.
    pub server: ServerAddress,
    /// `?topic=…`
    pub query: String,
    /// A header that proves the asker, such as a device's token.
    pub proof: Option<(HeaderName, HeaderValue)>,
}

/// What a link tells its owner.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkNews {
    /// Something to draw or speak.
    Delivery(Delivery),
    /// The server is heard, or not any more.
    Contact(Contact),
    /// The centre's catalogue is this version.
    Catalogue(String),
}

/// Why a link ended for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The station stops, or nobody reads the news any more.
    Stopped,
    /// The server does not know this device any more.
    Revoked,
}

/// Keeps a link until it is stopped or the device is revoked. A reader that is slow holds the link up, and is given a
/// fresh snapshot by the server when that goes on for too long.
pub async fn run(target: Target, tempo: Tempo, news: mpsc::Sender<LinkNews>, stop: CancellationToken) -> Ended {
    let mut link = Link { target, tempo, news, socket: None };
    let mut state = LinkState::new(tempo, Backoff::seed(), Instant::now().into_std());
    let mut event = Event::Woke;
    loop {
        for action in state.on(event, Instant::now().into_std()) {
            if let Some(ended) = link.act(action).await {
                link.close().await;
                return ended;
            }
        }
        event = tokio::select! {
            () = stop.cancelled() => {
                link.close().await;
                return Ended::Stopped;
            }
            event = link.next_event(&state) => event,
        };
    }
}

struct Link {
    target: Target,
    tempo: Tempo,
    news: mpsc::Sender<LinkNews>,
    socket: Option<Opening>,
}

/// A socket, or the attempt to get one.
enum Opening {
    Asked(std::pin::Pin<Box<dyn Future<Output = Result<Socket, OpenError>> + Send>>),
    Open(Box<Socket>),
}

impl Link {
    async fn act(&mut self, action: Action) -> Option<Ended> {
        match action {
            Action::Open => self.socket = Some(Opening::Asked(Box::pin(open(self.target.clone())))),
            Action::Send(ask) => self.send(ask).await,
            Action::Close => self.close().await,
            Action::Deliver(delivery) => return self.tell(LinkNews::Delivery(delivery)).await,
            Action::Contact(contact) => return self.tell(LinkNews::Contact(contact)).await,
            Action::Catalogue(version) => return self.tell(LinkNews::Catalogue(version)).await,
            Action::Revoked => return Some(Ended::Revoked),
        }
        None
    }

    async fn tell(&mut self, news: LinkNews) -> Option<Ended> {
        match news {
            LinkNews::Contact(Contact::Connected) => info!(server = %self.target.server, "the server is in touch"),
            LinkNews::Contact(Contact::Unreachable) => warn!(server = %self.target.server, "the server is out of touch"),
            LinkNews::Delivery(_) | LinkNews::Catalogue(_) => {}
        }
        self.news.send(news).await.is_err().then_some(Ended::Stopped)
    }

    /// What cannot be sent is noticed by the reader.
    async fn send(&mut self, ask: Ask) {
        if let Some(Opening::Open(socket)) = &mut self.socket {
            let text = serde_json::to_string(&ask).expect("an ask is plain data");
            let _ = timeout(self.tempo.silence, socket.send(Message::text(text))).await;
        }
    }

    async fn close(&mut self) {
        if let Some(Opening::Open(socket)) = self.socket.take() {
            let mut socket = *socket;
            let _ = timeout(Duration::from_millis(500), socket.close(None)).await;
        }
    }

    async fn next_event(&mut self, state: &LinkState) -> Event {
        let deadline = state.deadline();
        let woke = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            event = self.socket_event() => event,
            () = woke => Event::Woke,
        }
    }

    async fn socket_event(&mut self) -> Event {
        match &mut self.socket {
            None => std::future::pending().await,
            Some(Opening::Asked(asked)) => match asked.await {
                Ok(socket) => {
                    self.socket = Some(Opening::Open(Box::new(socket)));
                    Event::Opened
                }
                Err(error) => {
                    self.socket = None;
                    debug!(%error, "could not open the link");
                    Event::Lost(error.lost())
                }
            },
            Some(Opening::Open(socket)) => read(socket).await,
        }
    }
}

/// Reads until something is to be told. What is no frame of ours is skipped, as one of a later version is.
async fn read(socket: &mut Socket) -> Event {
    loop {
        let message = match socket.next().await {
            Some(Ok(message)) => message,
            Some(Err(error)) => return Event::Lost(Lost::Broken(error.to_string())),
            None => return Event::Lost(Lost::Broken("the server ended the link".into())),
        };
        match message {
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(frame) => return Event::Heard(frame),
                Err(error) => {
                    warn!(%error, "a frame could not be read");
                    return Event::Heard(Frame::Unknown);
                }
            },
            Message::Close(_) => return Event::Lost(Lost::Broken("the server ended the link".into())),
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }
}

/// Why a socket could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The network, or the server is not there.
    #[error("the server does not answer: {0}")]
    Unreachable(String),
    /// The server answered and said no.
    #[error("the server refused the link: {status} {code}")]
    Refused {
        /// The HTTP status.
        status: StatusCode,
        /// The refusal's code, when it gave one.
        code: String,
    },
}

impl OpenError {
    fn lost(&self) -> Lost {
        match self {
            // A token is not thrown away for a 401 that some other machine may have said.
            OpenError::Refused { status: StatusCode::UNAUTHORIZED, code } if unknown(code) => Lost::UnknownDevice,
            OpenError::Refused { .. } | OpenError::Unreachable(_) => Lost::Broken(self.to_string()),
        }
    }
}

fn unknown(code: &str) -> bool {
    [Refusal::UnknownDevice, Refusal::NotSignedIn].iter().any(|refusal| refusal.code() == code)
}

/// Opens one socket to the server, with the limits of the protocol.
pub async fn open(target: Target) -> Result<Socket, OpenError> {
    let unreachable = |error: &dyn std::error::Error| OpenError::Unreachable(error.to_string());
    let stream = TcpStream::connect(target.server.to_string()).await.map_err(|error| unreachable(&error))?;
    stream.set_nodelay(true).map_err(|error| unreachable(&error))?;
    let mut request = target.server.link(&target.query).into_client_request().map_err(|error| unreachable(&error))?;
    if let Some((name, value)) = target.proof {
        request.headers_mut().insert(name, value);
    }
    match client_async_with_config(request, stream, Some(limits())).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(response)) => {
            let code = response.body().as_deref().and_then(refuse::code_in).unwrap_or_default();
            Err(OpenError::Refused { status: response.status(), code })
        }
        Err(error) => Err(unreachable(&error)),
    }
}

/// The defaults would take 128 KiB for every socket at once, and messages of 64 MiB.
fn limits() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(4096)
        .write_buffer_size(0)
        .max_write_buffer_size(256 * 1024)
        .max_message_size(Some(FRAME_BYTES_MAX))
        .max_frame_size(Some(FRAME_BYTES_MAX))
}
