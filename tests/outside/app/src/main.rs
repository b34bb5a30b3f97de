//! An app with a field, a transport and a strategy of its own.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use axum_users::prelude::*;
use axum_users::store::Store;
use axum_users::strategy::{Context, Session, Strategy, StrategyError};
use axum_users::transport::Transport;
use axum_users::user::UserId;

#[derive(Clone, Debug, AuthUser)]
#[auth_user(table = "members")]
pub struct Member {
    pub id: i64,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    #[auth_user(read, create, update)]
    pub team: String,
    #[auth_user(read, create, default = 1)]
    pub seats: i32,
    #[auth_user(private)]
    pub notes: Option<String>,
}

/// The token stands in a header of the app's own.
#[derive(Default)]
struct Header {
    name: &'static str,
}

impl Transport for Header {
    fn token<'r>(&self, request: &'r Parts) -> Option<Cow<'r, str>> {
        request.headers.get(self.name).and_then(|value| value.to_str().ok()).map(Cow::from)
    }

    fn login_response(&self, token: &str) -> Response {
        (StatusCode::OK, [(self.name, token.to_owned())], Json(())).into_response()
    }

    fn logout_response(&self) -> Response {
        Json(()).into_response()
    }

    fn challenge(&self) -> &'static str {
        "Header"
    }
}

/// Numbered tickets, kept in memory.
#[derive(Clone, Default)]
struct Tickets {
    sold: Arc<Mutex<HashMap<String, String>>>,
}

impl<U: AuthUser, S: Store<U>> Strategy<U, S> for Tickets {
    async fn read(
        &self,
        token: &str,
        context: &Context<'_, S>,
    ) -> Result<Option<Session<U>>, StrategyError> {
        let id = self.sold.lock().expect("no panic while locked").get(token).and_then(|id| U::Id::parse(id));
        match id {
            Some(id) => Ok(context.store.user_by_id(id).await?.map(Session::from)),
            None => Ok(None),
        }
    }

    async fn write(&self, user: &U, _: &Context<'_, S>) -> Result<String, StrategyError> {
        let mut sold = self.sold.lock().expect("no panic while locked");
        let ticket = format!("ticket-{}", sold.len());
        sold.insert(ticket.clone(), user.id().to_string());
        Ok(ticket)
    }

    async fn destroy(&self, token: &str, _: &U, _: &Context<'_, S>) -> Result<(), StrategyError> {
        self.sold.lock().expect("no panic while locked").remove(token);
        Ok(())
    }
}

auth_app! {
    pub struct Club {
        user: Member,
        database: Sqlite,
        backends: {
            door: Header { name: "x-ticket" } + Tickets {},
            jwt: Bearer + Jwt { lifetime: HOUR },
        },
    }
}

async fn team(member: CurrentUser<Club>) -> String {
    member.into_user().team
}

#[tokio::main]
async fn main() {
    let database = std::env::args().nth(1).expect("the database's path");
    let club = Club::start(ClubConfig {
        database: database.into(),
        secret: "excalibur-excalibur-excalibur-excalibur".into(),
        reset_password_token_secret: "holy-grail-holy-grail-holy-grail-holy-grail".into(),
        verification_token_secret: "round-table-round-table-round-table".into(),
    })
    .await
    .expect("the club opens");
    let app = Router::new().route("/team", get(team)).merge(club.routes()).with_state(club);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("http://{}", listener.local_addr().expect("an address"));
    axum::serve(listener, app).await.expect("it serves");
}
