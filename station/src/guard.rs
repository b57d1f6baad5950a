//! Lets only the browser of this machine speak to a station's page, and only from the page itself.
//!
//! A page elsewhere could point a name of its own at 127.0.0.1, or ask across origins; neither gets past this.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use protocol::Refusal;

use crate::refuse::refuse_with;

/// Refuses a request that names another host, or comes from another origin.
pub(crate) async fn only_this_page(request: Request, next: Next) -> Response {
    let refused = |why: &str| refuse_with(Refusal::NotAllowed, Some(why.into()));
    let Some(host) = authority(request.headers().get(header::HOST)) else {
        return refused("no host was named");
    };
    if !is_loopback(host.host()) {
        return refused("a station answers to loopback alone");
    }
    if !same_origin(request.headers(), &host) {
        return refused("the request came from another origin");
    }
    next.run(request).await
}

fn authority(value: Option<&HeaderValue>) -> Option<Authority> {
    value?.to_str().ok()?.parse().ok()
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "[::1]") || host.eq_ignore_ascii_case("localhost")
}

/// A browser sends `Origin` with everything that could change something or open a link. Others send none.
fn same_origin(headers: &HeaderMap, host: &Authority) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let origin = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
    origin.is_some_and(|origin| origin.eq_ignore_ascii_case(host.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_answered() {
        for good in ["127.0.0.1:7401", "localhost:7401", "[::1]:7401", "LOCALHOST"] {
            assert!(is_loopback(host(good).host()), "{good}");
        }
        for bad in ["evil.example", "127.0.0.1.evil.example", "10.0.0.2:7401", "localhost.evil:7401", "0.0.0.0"] {
            assert!(!is_loopback(host(bad).host()), "{bad}");
        }
    }

    #[test]
    fn only_the_page_itself_may_ask() {
        let host = host("127.0.0.1:7401");
        assert!(same_origin(&HeaderMap::new(), &host));
        assert!(same_origin(&from("http://127.0.0.1:7401"), &host));
        for bad in ["http://127.0.0.1:7400", "http://evil.example", "null", "https://127.0.0.1:7401", "http://127.0.0.1:74011"] {
            assert!(!same_origin(&from(bad), &host), "{bad}");
        }
    }

    fn host(text: &str) -> Authority {
        text.parse().expect("a host")
    }

    fn from(origin: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_str(origin).expect("a header"))])
    }
}
