//! The notes API whose owners register and log in.

mod notes;

use std::net::SocketAddr;

use anyhow::Context;
use axum::extract::FromRef;
use axum_users::openapi::{ApiRouter, Info, get};
use axum_users::prelude::*;
use tokio::net::TcpListener;

/// A user: the six fields that every user has, and one of this app's own.
#[derive(Clone, Debug, AuthUser)]
struct User {
    id: Uuid,
    email: String,
    hashed_password: HashedPassword,
    is_active: bool,
    is_superuser: bool,
    is_verified: bool,
    #[auth_user(read, create, update)]
    display_name: Option<String>,
}

auth_app! {
    struct Auth {
        user: User,
        database: Postgres,
        policy: Policy::strict(),
        backends: {
            web: Cookie + DatabaseSession { lifetime: 14 * DAY },
            api: Bearer + Jwt { lifetime: HOUR },
        },
    }
}

/// The owner of the notes.
type Owner = CurrentUser<Auth>;

/// The state of the handlers.
#[derive(Clone)]
struct Notes {
    auth: Auth,
    database: notes::Database,
}

impl FromRef<Notes> for Auth {
    fn from_ref(notes: &Notes) -> Self {
        notes.auth.clone()
    }
}

impl FromRef<Notes> for notes::Database {
    fn from_ref(notes: &Notes) -> Self {
        notes.database.clone()
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let url = std::env::var("DATABASE_URL").context("DATABASE_URL")?;
    let auth = Auth::start(AuthConfig {
        database: url.as_str().into(),
        secret: "a secret that everybody can read here".into(),
        reset_password_token_secret: "another one that everybody can read".into(),
        verification_token_secret: "a third one that everybody can read".into(),
    })
    .await?;
    let all = get(notes::list).with_utoipa_path::<notes::__path_list>();
    let one = get(notes::read).with_utoipa_path::<notes::__path_read>();
    let app = ApiRouter::new()
        .route("/notes", all.post(notes::create).with_utoipa_path::<notes::__path_create>())
        .route(
            "/notes/{id}",
            one.put(notes::update)
                .with_utoipa_path::<notes::__path_update>()
                .delete(notes::delete)
                .with_utoipa_path::<notes::__path_delete>(),
        )
        .merge(auth.api_routes())
        .with_docs(Info::new("Notes", env!("CARGO_PKG_VERSION")))
        .with_state(Notes { auth, database: notes::open(&url).await? });
    let listener = TcpListener::bind(std::env::var("BIND").context("BIND")?).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}
