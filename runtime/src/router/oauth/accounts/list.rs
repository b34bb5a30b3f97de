//! `GET /me/oauth-accounts`.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;

use crate::error::Rejection;
use crate::manager::{AuthApp, Manager};
use crate::router::Entry;
use crate::router::route::{Documentation, JsonType, Method, Object, Route};
use crate::router::shown::AccountAnswer;
use crate::user::AuthUser;

pub(super) const ROUTE: Route = Route {
    method: Method::Get,
    path: "/me/oauth-accounts",
    tag: "users",
    id: "users:oauth_accounts",
    summary: "Lists the user's OAuth accounts",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    doc.requires_user();
    let accounts = JsonType::Array(&JsonType::Object(&Object::ACCOUNT));
    doc.responds(StatusCode::OK, "The accounts", accounts);
}

pub(super) async fn list<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Json<Vec<AccountAnswer<<A::User as AuthUser>::Id>>>, Rejection> {
    let (parts, _) = request.into_parts();
    let session = entry.session(&parts).await?;
    let accounts = Manager::for_code(entry.app).oauth_accounts(&session.user).await?;
    Ok(Json(accounts.into_iter().map(AccountAnswer::from).collect()))
}
