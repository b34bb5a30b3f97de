//! An app with a field, a transport and a strategy of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::{Router, routing::get};
use axum_users::prelude::*;
use axum_users::store::Store;
use axum_users::strategy::{
    Authentication, Context, Grant, Issued, Revoke, Session, Strategy, StrategyError, Work,
};
use axum_users::transport::{Header, IntoTransport, Transport};
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

/// The token is in a header of the app's own.
struct Door {
    name: &'static str,
}

impl Door {
    fn named(name: &'static str) -> Self {
        Self { name }
    }
}

impl IntoTransport for Door {
    fn into_transport(self) -> Transport {
        Header::new(self.name).into_transport()
    }
}

/// Numbered tickets, kept in memory.
#[derive(Clone, Default)]
struct Tickets {
    sold: Arc<Mutex<HashMap<String, String>>>,
}

impl<S: Store> Strategy<S> for Tickets {
    async fn authenticate(
        &self,
        token: &str,
        context: &Context<'_, S>,
    ) -> Result<Authentication<S::User>, StrategyError> {
        let holder = self.sold.lock().expect("no panic while locked").get(token).cloned();
        let Some(id) = holder.and_then(|id| UserId::parse(&id)) else { return Ok(Authentication::NotMine) };
        Ok(match context.store.user_by_id(id).await? {
            Some(user) => Authentication::Authenticated(Session::from(user)),
            None => Authentication::NotMine,
        })
    }

    async fn issue(
        &self,
        grant: &Grant<'_, S::User>,
        _: &Context<'_, S>,
        _: &mut Work<'_, S>,
    ) -> Result<Issued, StrategyError> {
        let mut sold = self.sold.lock().expect("no panic while locked");
        let ticket = format!("ticket-{}", sold.len());
        sold.insert(ticket.clone(), grant.user.id().to_string());
        Ok(Issued::new(ticket))
    }

    async fn revoke(
        &self,
        which: Revoke<'_, S::User>,
        _: &Context<'_, S>,
        _: &mut Work<'_, S>,
    ) -> Result<(), StrategyError> {
        let mut sold = self.sold.lock().expect("no panic while locked");
        match which {
            Revoke::Token { token, .. } => drop(sold.remove(token)),
            Revoke::AllOf { user, except } => {
                let kept = except.map(|kept| kept.token);
                sold.retain(|ticket, id| *id != user.id().to_string() || kept == Some(ticket));
            }
            _ => {}
        }
        Ok(())
    }
}

auth_app! {
    pub struct Club {
        user: Member,
        database: Sqlite,
        backends: {
            door: Door::named("x-ticket") + Tickets,
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
