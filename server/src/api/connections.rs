//! Takes connections in: so many at a time, so many from one address, and none that takes its time to ask.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};

/// Connections that may be open at a time, links not counted: with these and the links of a large centre a process stays
/// below the 1,024 descriptors that a system usually grants.
const OPEN_MAX: usize = 640;
/// Of these from one address, behind which may be all phones of a hall. A proxy on this very machine speaks for everybody
/// and may have all.
const OPEN_MAX_PER_ADDRESS: usize = OPEN_MAX / 2;
/// A request's head must have arrived within this time, and a connection that is kept open must ask again within it.
const HEAD_WITHIN: Duration = Duration::from_secs(60);
/// How long to wait when the system has no descriptor left for a new connection.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(100);

/// Answers with `router` until `stop`, then waits until what was asked is answered. An upgraded link goes on by itself.
pub async fn serve(router: Router, listener: TcpListener, stop: CancellationToken) {
    // Handlers are made into routes once, not for each request.
    let router: Router = router.with_state(());
    let (under_way, open) = (TaskTracker::new(), Open::default());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => match open.enter(peer) {
                Some(place) => {
                    under_way.spawn(answer(router.clone(), stream, place, stop.clone()));
                }
                None => {
                    debug!(%peer, "too many connections; closed one");
                    metrics::counter!("foleni_connections_refused_total").increment(1);
                }
            },
            Err(error) if gone_already(&error) => {}
            Err(error) => {
                warn!(%error, "could not take a connection");
                tokio::time::sleep(OUT_OF_DESCRIPTORS).await;
            }
        }
    }
    drop(listener);
    under_way.close();
    under_way.wait().await;
}

async fn answer(router: Router, stream: TcpStream, place: Place, stop: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)).with_upgrades());
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // An error here is a peer that went away or was too slow; there is nobody left to tell.
    if let Err(error) = ended {
        debug!(%error, "a connection ended");
    }
    drop(place);
}

/// The peer hung up between its knock and our opening.
fn gone_already(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// How many connections are open, by address.
#[derive(Clone, Default)]
struct Open(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One connection's place; given back when it is dropped.
struct Place {
    open: Open,
    address: IpAddr,
}

impl Open {
    /// Returns a place for one more connection of `peer`, unless there is none.
    fn enter(&self, peer: SocketAddr) -> Option<Place> {
        let address = peer.ip().to_canonical();
        let mut counts = self.counts();
        let of_peer = counts.by_address.get(&address).copied().unwrap_or(0);
        if counts.all >= OPEN_MAX || (of_peer >= OPEN_MAX_PER_ADDRESS && !address.is_loopback()) {
            return None;
        }
        counts.all += 1;
        counts.by_address.insert(address, of_peer + 1);
        Some(Place { open: self.clone(), address })
    }

    /// Every change is a single step, so what a panicking thread leaves behind is still good.
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.open.counts();
        counts.all -= 1;
        if let Some(of_peer) = counts.by_address.get_mut(&self.address) {
            *of_peer -= 1;
            if *of_peer == 0 {
                counts.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_take_every_place() {
        let open = Open::default();
        let hostile = SocketAddr::from(([10, 0, 0, 66], 9));
        let held: Vec<_> = (0..OPEN_MAX_PER_ADDRESS).map(|_| open.enter(hostile).expect("a place")).collect();
        assert!(open.enter(hostile).is_none());
        let mapped = SocketAddr::from((std::net::Ipv4Addr::new(10, 0, 0, 66).to_ipv6_mapped(), 9));
        assert!(open.enter(mapped).is_none(), "the same address in its other form");
        assert!(open.enter(SocketAddr::from(([10, 0, 0, 7], 9))).is_some());
        drop(held);
        assert!(open.enter(hostile).is_some());
    }

    #[test]
    fn a_place_is_given_back() {
        let open = Open::default();
        let proxy = SocketAddr::from(([127, 0, 0, 1], 9));
        let held: Vec<_> = (0..OPEN_MAX).map(|_| open.enter(proxy).expect("a place")).collect();
        assert!(open.enter(proxy).is_none());
        drop(held);
        assert_eq!(open.counts().all, 0);
        assert!(open.counts().by_address.is_empty());
    }
}
