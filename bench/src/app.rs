//! The app that is measured, in a process of its own.

use std::process::Stdio;

use anyhow::Context;
use axum::Router;
use axum_users::prelude::*;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The argument that has this program be the app.
pub(crate) const SERVE: &str = "serve";

/// Who is known, and the password.
pub(crate) const KNOWN: &str = "arthur@camelot.bt";
/// Arthur's password.
pub(crate) const PASSWORD: &str = "guinevere-of-camelot";

#[derive(Clone, Debug, AuthUser)]
struct User {
    id: Uuid,
    email: String,
    hashed_password: HashedPassword,
    is_active: bool,
    is_superuser: bool,
    is_verified: bool,
}

auth_app! {
    /// With the defaults, but for registrations, which tell nothing.
    struct Bench {
        user: User,
        database: Sqlite,
        backends: { jwt: Bearer + Jwt { lifetime: HOUR } },
    }
}

/// Serves the app on a free port, with a database at the address that the second argument is, and prints the port.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let secret = |name: &str| format!("{name} that everybody can read here, and nobody needs").into();
    let config = BenchConfig {
        database: std::env::args().nth(2).context("an address")?,
        secret: secret("one"),
        reset_password_token_secret: secret("another"),
        verification_token_secret: secret("a third"),
    };
    let policy = Policy { hides_registrations: true, ..Policy::compatible() };
    let app = Bench::setup().policy(policy).start(config).await?;
    let create = UserCreate {
        email: KNOWN.parse()?,
        password: PASSWORD.into(),
        is_active: None,
        is_superuser: None,
        is_verified: None,
    };
    Manager::new(app.clone()).create(create).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    Ok(axum::serve(listener, Router::new().merge(app.routes()).with_state(app)).await?)
}

/// The running app. It ends with this.
pub(crate) struct App {
    /// Where it listens.
    pub(crate) address: String,
    process: Child,
    _folder: TempDir,
}

impl App {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut process = Command::new(std::env::current_exe()?)
            .arg(SERVE)
            .arg(format!("sqlite://{}", folder.path().join("bench.db").display()))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut output = BufReader::new(process.stdout.take().context("its output")?).lines();
        let address = output.next_line().await?.context("the app does not start")?;
        Ok(Self { address, process, _folder: folder })
    }

    /// A figure of its memory in MiB, as Linux tells it: `VmRSS`, or `VmHWM` for the most so far.
    pub(crate) fn memory(&self, figure: &str) -> anyhow::Result<f64> {
        let process = self.process.id().context("it runs")?;
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix(figure)).context("Linux")?;
        let kilobytes = line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<f64>()?;
        Ok(kilobytes / 1024.0)
    }
}
