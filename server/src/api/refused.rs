//! A refusal as an HTTP answer: a problem document (RFC 9457) with the words in both languages.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::ticket::Text;
use protocol::{BookedVisit, Language, Refusal, RefusalBody};

/// A request that is not granted.
#[derive(Clone, Debug)]
pub struct Refused {
    refusal: Refusal,
    detail: Option<String>,
    booked: Option<BookedVisit>,
}

impl Refused {
    /// Returns a refusal that tells a developer what exactly was wrong.
    pub fn with(refusal: Refusal, detail: impl Into<String>) -> Refused {
        Refused { detail: Some(detail.into()), ..Refused::from(refusal) }
    }

    /// Returns the same refusal with what is booked, when its time is why.
    pub fn about(self, booked: BookedVisit) -> Refused {
        let of_time = matches!(self.refusal, Refusal::AppointmentEarly | Refusal::AppointmentLate);
        Refused { booked: of_time.then_some(booked), ..self }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        Refused { refusal, detail: None, booked: None }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.refusal.status()).unwrap_or(StatusCode::CONFLICT);
        let told = RefusalBody { booked: self.booked, ..body(self.refusal, self.detail) };
        let mut response = (status, Json(told)).into_response();
        let problem = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, problem);
        if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// Returns a refusal as the wire has it.
pub fn body(refusal: Refusal, detail: Option<String>) -> RefusalBody {
    let key = format!("refusal-{}", refusal.code());
    let words = |language| assets::text::message(language, &key, &[]);
    RefusalBody {
        kind: format!("urn:foleni:refusal:{}", refusal.code()),
        status: refusal.status(),
        code: refusal.code().to_owned(),
        title: Text { en: words(Language::En), sw: words(Language::Sw) },
        detail,
        booked: None,
    }
}
