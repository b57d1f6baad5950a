//! Set-up, sign-in and accounts.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::request::{MakeAccount, Role, SetUp, SignIn, SignedIn};
use protocol::{Refusal, RefusalBody};
use serde::Serialize;

use super::App;
use super::extract::{Asked, Person, SESSION_COOKIE, cookie, same_origin};
use super::refused::Refused;
use crate::registry::Account;

/// Whether the first administrator is still to be made.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SetUpNeeded {
    /// True until then.
    pub needed: bool,
}

/// Tells whether the first administrator is still to be made.
#[utoipa::path(get, path = "/api/v1/setup", tag = "people", responses((status = 200, description = "Yes or no", body = SetUpNeeded)))]
pub async fn setup_needed(State(app): State<App>) -> Json<SetUpNeeded> {
    Json(SetUpNeeded { needed: app.registry.needs_set_up() })
}

/// Makes the first administrator and signs in.
#[utoipa::path(
    post, path = "/api/v1/setup", tag = "people", request_body = SetUp,
    responses(
        (status = 200, description = "Made and signed in", body = SignedIn),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn set_up(State(app): State<App>, asked: Asked<SetUp>) -> Result<Response, Refused> {
    let (name, password) = (asked.body.name.clone(), asked.body.password.clone());
    app.registry.set_up(asked.body).await?;
    let (account, token) = app.registry.sign_in(SignIn { name, password }).await?;
    Ok(signed_in_with(account, &token))
}

/// Signs in; the session is a cookie.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "people", request_body = SignIn,
    responses(
        (status = 200, description = "Signed in", body = SignedIn),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn sign_in(State(app): State<App>, asked: Asked<SignIn>) -> Result<Response, Refused> {
    let (account, token) = app.registry.sign_in(asked.body).await?;
    Ok(signed_in_with(account, &token))
}

/// Tells who is signed in.
#[utoipa::path(
    get, path = "/api/v1/session", tag = "people",
    responses((status = 200, description = "Who", body = SignedIn), (status = 401, description = "Nobody", body = RefusalBody))
)]
pub async fn signed_in(State(app): State<App>, person: Person) -> Json<SignedIn> {
    let counter = app.screens.counter_of(person.name.clone()).await;
    Json(SignedIn { name: person.name, shown: person.shown, role: person.role, counter })
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "people", responses((status = 204, description = "Signed out")))]
pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Refused> {
    same_origin(&axum::http::Method::DELETE, &headers)?;
    if let Some(token) = cookie(&headers, SESSION_COOKIE) {
        app.registry.sign_out(token).await?;
    }
    let gone = format!("{SESSION_COOKIE}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}

/// Makes an account, or replaces it.
#[utoipa::path(
    post, path = "/api/v1/accounts", tag = "people", request_body = MakeAccount,
    responses(
        (status = 200, description = "Made", body = SignedIn),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn make_account(State(app): State<App>, person: Person, asked: Asked<MakeAccount>) -> Result<Json<SignedIn>, Refused> {
    person.must_be(Role::Administrator)?;
    let account = app.registry.make_account(asked.body).await?;
    Ok(Json(shown(account)))
}

/// Tells the accounts.
#[utoipa::path(
    get, path = "/api/v1/accounts", tag = "people",
    responses(
        (status = 200, description = "By name", body = Vec<SignedIn>),
        (status = "4XX", description = "Refused, with a stable code", body = RefusalBody),
    )
)]
pub async fn accounts(State(app): State<App>, person: Person) -> Result<Json<Vec<SignedIn>>, Refused> {
    person.must_be(Role::Administrator)?;
    Ok(Json(app.registry.accounts().into_iter().map(shown).collect()))
}

fn shown(account: Account) -> SignedIn {
    SignedIn { name: account.name, shown: account.shown, role: account.role, counter: None }
}

fn signed_in_with(account: Account, token: &str) -> Response {
    let session = format!("{SESSION_COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/");
    let Ok(value) = HeaderValue::from_str(&session) else { return Refused::from(Refusal::Storage).into_response() };
    ([(header::SET_COOKIE, value)], Json(shown(account))).into_response()
}
