//! Where the server is: one `http://host:port`, checked once at start.

use std::fmt;
use std::str::FromStr;

use axum::http::Uri;

/// The server's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    host: String,
    port: u16,
}

/// A text that is not the address of a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a server's address looks like http://10.0.0.2:7400")]
pub struct BadAddress;

impl ServerAddress {
    /// Returns the address of something on the server; `path` starts with a slash.
    pub fn http(&self, path: &str) -> String {
        format!("http://{self}{path}")
    }

    /// Returns the address of a link; `query` starts with a question mark, or is empty.
    pub fn link(&self, query: &str) -> String {
        format!("ws://{self}/link{query}")
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl FromStr for ServerAddress {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<ServerAddress, BadAddress> {
        let uri: Uri = text.parse().map_err(|_| BadAddress)?;
        let authority = uri.authority().ok_or(BadAddress)?;
        let plain = uri.scheme_str() == Some("http")
            && matches!(uri.path(), "" | "/")
            && uri.query().is_none()
            && !authority.as_str().contains('@');
        if !plain || authority.host().is_empty() {
            return Err(BadAddress);
        }
        Ok(ServerAddress { host: authority.host().into(), port: authority.port_u16().unwrap_or(80) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_requests_and_to_the_link() {
        let server: ServerAddress = "http://127.0.0.1:7400/".parse().expect("an address");
        assert_eq!(server.http("/api/v1/tickets"), "http://127.0.0.1:7400/api/v1/tickets");
        assert_eq!(server.link("?topic=kiosk"), "ws://127.0.0.1:7400/link?topic=kiosk");
        let named: ServerAddress = "http://huduma.local".parse().expect("an address");
        assert_eq!(named.to_string(), "huduma.local:80");
        let six: ServerAddress = "http://[::1]:7400".parse().expect("an address");
        assert_eq!(six.http("/healthz"), "http://[::1]:7400/healthz");
    }

    #[test]
    fn what_a_station_cannot_speak_to_is_refused_at_start() {
        for bad in ["", "127.0.0.1:7400", "https://a:1", "ftp://a", "http://", "http://a/b", "http://me@a:1", "http://a?x=1"] {
            assert_eq!(bad.parse::<ServerAddress>(), Err(BadAddress), "{bad}");
        }
    }
}
