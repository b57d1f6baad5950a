//! Serves the embedded pages and assets: content type, ETag, cache rules and the headers that keep a page safe.
//!
//! The server and every station serve the same files with this.

use assets::{Fonts, Icons, KioskVoice, Pages, Text, Voices};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use protocol::Refusal;
use rust_embed::EmbeddedFile;

use crate::refuse::refuse;

/// The pages, by their address.
const PAGES: [(&str, &str); 10] = [
    ("/", "index.html"),
    ("/kiosk", "kiosk.html"),
    ("/counter", "counter.html"),
    ("/display", "display.html"),
    ("/board", "board.html"),
    ("/fairness", "fairness.html"),
    ("/admin", "admin.html"),
    ("/setup", "setup.html"),
    ("/docs", "docs.html"),
    ("/t/{place}", "ticket.html"),
];

/// Returns the routes `/`, `/kiosk` … and `/assets/{kind}/…`. It has no fallback and can be merged into another router.
pub fn router() -> Router {
    let mut router = Router::new()
        .route("/assets/pages/{*path}", get(|path, headers| asset(path, headers, Pages::get)))
        .route("/assets/text/{*path}", get(|path, headers| asset(path, headers, Text::get)))
        .route("/assets/icons/{*path}", get(|path, headers| asset(path, headers, Icons::get)))
        .route("/assets/fonts/{*path}", get(|path, headers| asset(path, headers, Fonts::get)))
        .route("/assets/voices/{*path}", get(|path, headers| asset(path, headers, Voices::get)));
    for (address, file) in PAGES {
        router = router.route(address, get(move |headers: HeaderMap| async move { serve(file, &headers, Pages::get) }));
    }
    router
}

/// Returns the clips that the kiosk's page plays: a route of the kiosk's own station, so that no other program carries them.
pub fn kiosk_voice() -> Router {
    Router::new().route("/assets/voices/kiosk/{*path}", get(|path, headers| asset(path, headers, KioskVoice::get)))
}

/// Adds to every answer of `router` the headers that keep a page safe. An answer that brings its own policy keeps it.
/// `frame_ancestors` are origins, besides its own, that may show a page in a frame.
pub fn security_headers(router: Router, frame_ancestors: &[String]) -> Router {
    let policy = HeaderValue::from_str(&content_policy(frame_ancestors)).unwrap_or(HeaderValue::from_static(STRICTEST));
    router.layer(from_fn_with_state(policy, secure))
}

/// Said when an ancestor was given that cannot stand in a header.
const STRICTEST: &str = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'";

fn content_policy(frame_ancestors: &[String]) -> String {
    let ancestors: String = frame_ancestors.iter().filter(|origin| is_origin(origin)).map(|origin| format!(" {origin}")).collect();
    format!(
        "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'self'{ancestors}"
    )
}

/// Returns whether the text is the origin of a page, so that it cannot bring a directive of its own.
pub fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    host.is_some_and(|host| !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]*".contains(&byte)))
}

async fn secure(State(policy): State<HeaderValue>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    for (name, value) in SAFE {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

const SAFE: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

type Get = fn(&str) -> Option<EmbeddedFile>;

async fn asset(Path(path): Path<String>, headers: HeaderMap, get: Get) -> Response {
    serve(&path, &headers, get)
}

fn serve(path: &str, headers: &HeaderMap, get: Get) -> Response {
    let inside = path.split('/').all(|part| !matches!(part, "" | "." | "..")) && !path.contains(['\\', '\0']);
    let Some(file) = inside.then(|| get(path)).flatten() else {
        return refuse(Refusal::NotFound);
    };
    let etag = etag(&file);
    let cache = HeaderValue::from_static(cache_rule(path));
    if held(headers, &etag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag), (header::CACHE_CONTROL, cache)]).into_response();
    }
    let kind = HeaderValue::from_static(content_type(path));
    let body = match file.data {
        std::borrow::Cow::Borrowed(bytes) => Body::from(bytes),
        std::borrow::Cow::Owned(bytes) => Body::from(bytes),
    };
    ([(header::CONTENT_TYPE, kind), (header::ETAG, etag), (header::CACHE_CONTROL, cache)], body).into_response()
}

fn etag(file: &EmbeddedFile) -> HeaderValue {
    let digest = file.metadata.sha256_hash();
    let hex: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("\"{hex}\"")).expect("hexadecimal digits are allowed in a header")
}

/// Returns whether the asker holds this version already (RFC 9110, section 13.1.2).
pub(crate) fn held(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let etag = etag.as_bytes();
    headers.get_all(header::IF_NONE_MATCH).iter().any(|value| {
        value
            .as_bytes()
            .split(|byte| *byte == b',')
            .map(<[u8]>::trim_ascii)
            .any(|one| one == b"*" || one.strip_prefix(b"W/").unwrap_or(one) == etag)
    })
}

/// Letters, sounds and pictures change with a release; pages are asked for each time, and cost one "not modified".
fn cache_rule(path: &str) -> &'static str {
    match extension(path) {
        "woff2" | "ttf" | "ogg" => "public, max-age=86400",
        _ => "no-cache",
    }
}

fn content_type(path: &str) -> &'static str {
    match extension(path) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        "ftl" | "txt" | "md" | "ts" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_sent_once_and_then_only_confirmed() {
        let first = serve("en.ftl", &HeaderMap::new(), Text::get);
        assert_eq!(first.status(), 200);
        assert_eq!(first.headers()[header::CONTENT_TYPE], "text/plain; charset=utf-8");
        let etag = first.headers()[header::ETAG].clone();
        for held in [etag.clone(), weak(&etag), list(&etag), HeaderValue::from_static("*")] {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, held)]);
            assert_eq!(serve("en.ftl", &headers, Text::get).status(), 304);
        }
        let other = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static("\"0\""))]);
        assert_eq!(serve("en.ftl", &other, Text::get).status(), 200);
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        for path in ["../Cargo.toml", "a/../../Cargo.toml", "", "/etc/passwd", "..\\Cargo.toml", "./en.ftl", "nothing.js"] {
            assert_eq!(serve(path, &HeaderMap::new(), Text::get).status(), 404, "{path}");
        }
    }

    #[tokio::test]
    async fn the_kiosk_has_its_clips_beside_the_voices_of_the_hall_and_no_other_station_has_them() {
        let kiosk = served(router().merge(kiosk_voice())).await;
        for path in ["kiosk/speech.json", "kiosk/sw/kiosk-welcome.ogg", "emma/sw/ticket_J.ogg"] {
            assert_eq!(status(&kiosk, path).await, 200, "{path}");
        }
        assert_eq!(status(&served(router()).await, "kiosk/speech.json").await, 404);
    }

    async fn served(router: Router) -> String {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/assets/voices")
    }

    async fn status(base: &str, path: &str) -> u16 {
        reqwest::get(format!("{base}/{path}")).await.expect("an answer").status().as_u16()
    }

    #[test]
    fn an_ancestor_cannot_bring_a_directive_of_its_own() {
        let policy = content_policy(&["http://127.0.0.1:7410".into(), "http://x; script-src *".into(), "*".into()]);
        assert!(policy.ends_with("frame-ancestors 'self' http://127.0.0.1:7410"), "{policy}");
    }

    fn weak(etag: &HeaderValue) -> HeaderValue {
        value(&format!("W/{}", etag.to_str().expect("text")))
    }

    fn list(etag: &HeaderValue) -> HeaderValue {
        value(&format!("\"x\", {}", etag.to_str().expect("text")))
    }

    fn value(text: &str) -> HeaderValue {
        HeaderValue::from_str(text).expect("a header")
    }
}
