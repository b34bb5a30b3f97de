//! `POST /callback` of a client, for providers that have the browser post their response.

use axum::extract::{Request, State};
use axum::response::Response;

use super::documentation::redirects;
use super::{OAuthEntry, query, redirect};
use crate::error::Rejection;
use crate::manager::{AuthApp, Manager};
use crate::router::body;
use crate::router::route::{Documentation, Field, JsonType, Method, Object, Route};

/// The route of a login.
pub(super) const SIGN_IN: Route = Route {
    method: Method::Post,
    path: "/callback",
    tag: "auth",
    id: "oauth:{client}.{backend}.callback.post",
    summary: "Takes a posted answer of {client}",
    documentation,
};

/// The route of a user who links an account.
pub(super) const ASSOCIATE: Route = Route { id: "oauth-associate:{client}.callback.post", ..SIGN_IN };

const FORM: Object = Object {
    example: &[("code", "…"), ("state", "…")],
    ..Object::new(
        "PostedCallback",
        &[
            Field::optional("code", JsonType::String),
            Field::optional("state", JsonType::String),
            Field::optional("error", JsonType::String),
            Field::optional("iss", JsonType::String),
            Field::optional("user", JsonType::String),
        ],
    )
};

fn documentation(doc: &mut Documentation<'_>) {
    doc.takes(&["application/x-www-form-urlencoded"], JsonType::Object(&FORM));
    redirects(doc, "To the same address, with what was posted in its query");
}

/// A provider that has the browser post its answer, from another site and so without this app's cookies. A redirect to
/// the same address, as browsers know it, brings them.
pub(super) async fn posted<A: AuthApp>(
    State(OAuthEntry { entry, .. }): State<OAuthEntry<A>>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, body) = request.into_parts();
    let form = body::read(&parts, body).await?;
    let callback = Manager::for_code(entry.app).oauth()?.path(&super::callback_path(&parts));
    redirect(&format!("{callback}?{}", query::posted(&form)))
}
