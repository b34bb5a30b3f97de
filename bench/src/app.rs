//! The app that is measured, in a process of its own.

use axum::Router;
use axum_users::prelude::*;
use tempfile::TempDir;
use tokio::process::Command;

use crate::server::Server;

/// The argument that has this program be the app.
pub(crate) const SERVE: &str = "serve";

/// Who is known, and the password.
pub(crate) const KNOWN: &str = "arthur@camelot.bt";
/// Arthur's password.
pub(crate) const PASSWORD: &str = "guinevere-of-camelot";

/// A user as camelot's, with what every user has.
#[derive(Clone, Debug, AuthUser)]
pub(crate) struct User {
    id: Uuid,
    email: String,
    hashed_password: HashedPassword,
    is_active: bool,
    is_superuser: bool,
    is_verified: bool,
}

auth_app! {
    /// With the defaults, but for registrations, which tell nothing, and limits: a crowd comes from one address here.
    struct Bench {
        user: User,
        database: Sqlite,
        backends: { jwt: Bearer + Jwt { lifetime: HOUR } },
    }
}

/// Serves the app on a free port, with a database at this address, and says where.
pub(crate) async fn serve(database: &str) -> anyhow::Result<()> {
    let secret = |name: &str| format!("{name} that everybody can read here, and nobody needs").into();
    let config = BenchConfig {
        database: database.into(),
        secret: secret("one"),
        reset_password_token_secret: secret("another"),
        verification_token_secret: secret("a third"),
    };
    let policy = Policy::fastapi_users().prevent_enumeration(true);
    let app = Bench::builder().policy(policy).limits(Limits::OFF).start(config).await?;
    let create = UserCreate {
        email: KNOWN.parse()?,
        password: PASSWORD.into(),
        is_active: None,
        is_superuser: None,
        is_verified: None,
    };
    Manager::for_code(app.clone()).create(create).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, Router::new().merge(app.routes()).with_state(app)).await?)
}

/// The running app. It ends with this.
pub(crate) struct App {
    pub(crate) server: Server,
    _folder: TempDir,
}

impl App {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(SERVE).arg(format!("sqlite://{}", folder.path().join("bench.db").display()));
        Ok(Self { server: Server::start(command).await?, _folder: folder })
    }
}
