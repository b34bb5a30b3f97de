//! Who is compared: each a program of its own, at its own places.

use std::path::{Path, PathBuf};

use anyhow::Context;
use tokio::process::Command;

use crate::http::{Answer, Request};
use crate::place::Place;
use crate::server::Server;

/// How a client shows who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Jwt,
    Cookie,
    Database,
    Redis,
}

impl Backend {
    pub(crate) const ALL: [Self; 4] = [Self::Jwt, Self::Database, Self::Cookie, Self::Redis];

    /// What the reports call it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Jwt => "JWT",
            Self::Cookie => "JWT in a cookie",
            Self::Database => "token in the database",
            Self::Redis => "token in Redis",
        }
    }

    /// Its name in the places.
    fn name(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::Cookie => "cookie",
            Self::Database => "db",
            Self::Redis => "redis",
        }
    }
}

/// A program under measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Axum, Diesel and jsonwebtoken by hand: the limit.
    ByHand,
    Camelot,
    AxumLogin,
    FastApiUsers,
}

impl Subject {
    pub(crate) const ALL: [Self; 4] = [Self::ByHand, Self::Camelot, Self::AxumLogin, Self::FastApiUsers];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::ByHand => "by hand",
            Self::Camelot => "Axum Users",
            Self::AxumLogin => "axum-login",
            Self::FastApiUsers => "FastAPI Users",
        }
    }

    /// The name of its folder or program.
    fn name(self) -> &'static str {
        match self {
            Self::ByHand => "by-hand",
            Self::Camelot => "camelot",
            Self::AxumLogin => "axum-login",
            Self::FastApiUsers => "fastapi-users",
        }
    }

    /// Those with these names, or all where there is none.
    pub(crate) fn named(names: &[&str]) -> anyhow::Result<Vec<Self>> {
        if names.is_empty() {
            return Ok(Self::ALL.into());
        }
        let named = |name: &&str| Self::ALL.into_iter().find(|subject| subject.name() == *name);
        names.iter().map(|name| named(name).with_context(|| format!("nobody is called {name}"))).collect()
    }

    fn program(self) -> anyhow::Result<Command> {
        let bench = Path::new(env!("CARGO_MANIFEST_DIR"));
        let built = |name: &str| -> anyhow::Result<PathBuf> {
            let program = std::env::current_exe()?.with_file_name(name);
            anyhow::ensure!(program.exists(), "{} is not built: bench/run builds it", program.display());
            Ok(program)
        };
        Ok(match self {
            Self::ByHand | Self::Camelot => Command::new(built(self.name())?),
            Self::AxumLogin => Command::new(built("axum-login-peer")?),
            Self::FastApiUsers => {
                let python = std::env::var("BENCH_PYTHON").context("BENCH_PYTHON: bench/run sets it")?;
                let mut command = Command::new(python);
                command.arg(bench.join(self.name()).join("app.py"));
                command
            }
        })
    }

    /// The program, its arguments and its environment.
    pub(crate) fn command(self, place: &Place) -> anyhow::Result<Command> {
        let mut command = self.program()?;
        command
            .env("BIND", "127.0.0.1:0")
            .env("SECRET", "a secret of more than thirty-two bytes that everybody can read here")
            .env("DATABASE_URL", &place.database)
            .env("LIMITS", "off");
        if let Some(redis) = &place.redis {
            command.env("REDIS_URL", redis);
        }
        Ok(command)
    }

    pub(crate) async fn start(self, place: &Place) -> anyhow::Result<Server> {
        Server::start(self.command(place)?).await
    }

    /// Whether it knows the backend. A session of axum-login is a cookie, and a row in the database.
    pub(crate) fn has(self, backend: Backend, place: &Place) -> bool {
        match (self, backend) {
            (Self::AxumLogin, backend) => backend == Backend::Database,
            (_, Backend::Redis) => place.redis.is_some(),
            _ => true,
        }
    }

    fn at(self, backend: Backend, what: &str) -> String {
        match self {
            Self::ByHand => format!("/{}/{what}", backend.name()),
            Self::AxumLogin => format!("/{what}"),
            Self::Camelot | Self::FastApiUsers => format!("/auth/{}/{what}", backend.name()),
        }
    }

    pub(crate) fn sign_in(self, backend: Backend, email: &str, password: &str) -> Request {
        Request::sign_in(&self.at(backend, "login"), email, password)
    }

    pub(crate) fn sign_out(self, backend: Backend, signed_in: &Answer) -> anyhow::Result<Request> {
        let headers = self.headers(backend, signed_in)?;
        Ok(Request::new(&format!("POST {}", self.at(backend, "logout")), &headers, ""))
    }

    pub(crate) fn me(self, backend: Backend, signed_in: &Answer) -> anyhow::Result<Request> {
        let path = if self == Self::ByHand { self.at(backend, "users/me") } else { "/users/me".to_owned() };
        Ok(Request::get(&path, &self.headers(backend, signed_in)?))
    }

    pub(crate) fn register(self, email: &str, password: &str) -> Request {
        let path = match self {
            Self::ByHand | Self::AxumLogin => "/register",
            Self::Camelot | Self::FastApiUsers => "/auth/register",
        };
        Request::json(path, &format!(r#"{{"email": "{email}", "password": "{password}"}}"#))
    }

    /// What a client sends that was answered so when it signed in.
    fn headers(self, backend: Backend, signed_in: &Answer) -> anyhow::Result<String> {
        if backend == Backend::Cookie || self == Self::AxumLogin {
            let cookie = signed_in.header("set-cookie").context("a cookie")?;
            let cookie = cookie.split(';').next().unwrap_or_default();
            return Ok(format!("cookie: {cookie}\r\n"));
        }
        Ok(format!("authorization: Bearer {}\r\n", signed_in.text("access_token")?))
    }
}
