//! What a station itself refuses, in the words of both languages; and what a refusal of the server says.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::{Refusal, RefusalBody};

/// Returns the refusal as a problem document.
pub fn refuse(refusal: Refusal) -> Response {
    refuse_with(refusal, None)
}

/// Returns the refusal with what exactly was wrong, for developers.
pub fn refuse_with(refusal: Refusal, detail: Option<String>) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(body(refusal, detail))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if matches!(refusal, Refusal::OutOfTouch | Refusal::TooBusy) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// Returns the code of a refusal that a server sent.
pub fn code_in(body: &[u8]) -> Option<String> {
    serde_json::from_slice::<RefusalBody>(body).ok().map(|body| body.code)
}

fn body(refusal: Refusal, detail: Option<String>) -> RefusalBody {
    let key = format!("refusal-{}", refusal.code());
    RefusalBody {
        kind: format!("urn:foleni:refusal:{}", refusal.code()),
        status: refusal.status(),
        code: refusal.code().into(),
        title: assets::text::both(&key, &[]),
        detail,
        booked: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_refusal_is_a_problem_document_in_both_languages() {
        let response = refuse(Refusal::OutOfTouch);
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let bytes = axum::body::to_bytes(response.into_body(), 4096).await.expect("a small body");
        let body: RefusalBody = serde_json::from_slice(&bytes).expect("a refusal");
        assert_eq!(body.code, "out-of-touch");
        assert!(body.title.en.contains("server") && body.title.sw.contains("seva"), "{body:?}");
        assert_eq!(code_in(&bytes).as_deref(), Some("out-of-touch"));
    }
}
