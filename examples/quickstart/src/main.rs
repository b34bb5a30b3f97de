//! The smallest app with users. `cargo run -p quickstart` starts it and prints what to try.

use std::net::SocketAddr;

use anyhow::Context;
use axum::{Router, routing::get};
use axum_users::prelude::*;

/// A user: the six fields that every user has, then the app's own.
#[derive(Clone, Debug, AuthUser)]
struct User {
    id: Uuid,
    email: String,
    hashed_password: HashedPassword,
    is_active: bool,
    is_superuser: bool,
    is_verified: bool,
    #[auth_user(read, create, update)] // the user sees it and may set it
    display_name: Option<String>,
}

struct Console;

impl Hooks<User> for Console {
    async fn on_after_forgot_password(&self, user: &User, token: &str, _: &RequestInfo) -> HookResult {
        println!(
            "To {}: set a new password with\n\
             curl $APP/auth/reset-password -H \"$JSON\" -d '{{\"token\": \"{token}\", \"password\": \"lancelot-du-lac\"}}'",
            user.email
        );
        Ok(())
    }
}

auth_app! {
    /// Who may enter, and how.
    struct Quickstart {
        user: User,
        hooks: Console,
        database: Sqlite,
        backends: {
            jwt: Bearer + Jwt { lifetime: HOUR },
            cookie: Cookie + DatabaseSession { lifetime: 14 * DAY },
        },
    }
}

async fn authenticated(user: CurrentUser<Quickstart>) -> String {
    let user = user.into_user();
    format!("Hello {}!\n", user.display_name.unwrap_or(user.email))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let quickstart = Quickstart::start(QuickstartConfig {
        database: "sqlite://quickstart.db".into(),
        // Each from your environment, in an app that anyone but you can reach.
        secret: "a secret that everybody can read here".into(),
        reset_password_token_secret: "another one that everybody can read".into(),
        verification_token_secret: "a third one that everybody can read".into(),
    })
    .await?;
    let manager = Manager::for_code(quickstart.clone());
    // An app that others can reach takes the password from its environment, too.
    manager.ensure_superuser("admin@camelot.bt".parse()?, "sword-in-the-stone").await?;
    let routes = Router::new().route("/authenticated", get(authenticated)).merge(quickstart.routes());
    let address = std::env::var("BIND").unwrap_or_else(|_| "127.0.0.1:8000".into());
    let listener = tokio::net::TcpListener::bind(&address).await;
    let listener = listener.with_context(|| format!("{address} can't be had: try BIND=127.0.0.1:8001"))?;
    println!(
        "Listening on http://{address} - try, in another terminal:\n\nAPP=http://{address}{WHAT_TO_TRY}"
    );
    // Rate limits are per client IP.
    let service = routes.with_state(quickstart.clone()).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await?;
    // Hooks that send mail may still be running.
    quickstart.drain().await;
    Ok(())
}

/// Returns a future that completes at the signal to stop: at Ctrl-C, or at SIGTERM, which service managers and
/// containers send. A signal counts from this call on.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Returns a future that completes at Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}

const WHAT_TO_TRY: &str = r#"
JSON='Content-Type: application/json'
curl $APP/auth/register -H "$JSON" -d '{"email": "arthur@camelot.bt", "password": "guinevere", "display_name": "Arthur"}'
TOKEN=$(curl -s $APP/auth/jwt/login -d username=arthur@camelot.bt -d password=guinevere | cut -d '"' -f 4)
curl $APP/authenticated -H "Authorization: Bearer $TOKEN"

The README goes on from here. The superuser is admin@camelot.bt, with the password sword-in-the-stone."#;
