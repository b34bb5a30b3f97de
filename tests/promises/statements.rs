//! How many statements a request costs: a change that is one statement has no transaction, and no backend asks storage for the
//! token of another.

use axum_users::app::{BackendName, Builder};
use axum_users::compat::Compat;
use axum_users::prelude::*;
use axum_users::store::Store;
use axum_users::store::prelude::*;
use axum_users::strategy::{Authentication, Context, Grant, Issued, Revoke, Strategy, StrategyError, Work};
use axum_users_tests::{Backend, Camelot, Faults, Options, Place, Server, on_each_store};
use serde_json::json;

use crate::common::{ARTHUR, COMPAT_MODES, PASSWORD};

async fn counted(compat: Compat) -> (Server, Faults) {
    let faults = Faults::default();
    let place = Place { faults: Some(faults.clone()), ..Place::default() };
    let options = Options { compat, ..Options::default() };
    let server = Server::of(options, |_| {}, |setup| setup.database(place)).await.expect("the app starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    drop(faults.calls());
    (server, faults)
}

#[on_each_store]
async fn a_login_and_a_logout_write_one_statement() {
    for compat in COMPAT_MODES {
        let (server, faults) = counted(compat).await;
        for (backend, issues, authenticates, revokes) in [
            (Backend::Db, &["begin_single", "insert_session"][..], "session_by_token", "delete_session"),
            (Backend::Jwt, &["user_and_generation"][..], "user_unless_ended", "end_token_of"),
        ] {
            let client = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            let expected = [&["user_by_email"], issues].concat();
            assert_eq!(faults.calls(), expected, "{compat:?}, {backend:?}");
            assert_eq!(client.get("/users/me").await.status, 200);
            assert_eq!(faults.calls(), [authenticates], "{compat:?}, {backend:?}");
            assert_eq!(client.post(&format!("{}/logout", backend.path())).await.status, 200);
            let expected = [authenticates, "begin_single", revokes];
            assert_eq!(faults.calls(), expected, "{compat:?}, {backend:?}");
        }
    }
}

/// FastAPI Users' tokens have no marks: there, every random token is looked up.
#[on_each_store]
async fn a_token_is_looked_up_by_its_own_backend_alone() {
    for compat in COMPAT_MODES {
        let (server, faults) = counted(compat).await;
        let login = server.client().login(Backend::Db, ARTHUR, PASSWORD).await;
        let token = login.json["access_token"].as_str().expect("a token").to_owned();
        drop(faults.calls());
        let last = if token.ends_with('A') { 'B' } else { 'A' };
        let unknown = format!("{}{last}", &token[..token.len() - 1]);
        let unmarked = &token[token.len() - 43..];
        let another = format!("{}{unmarked}", if token.starts_with("abc_") { "abd_" } else { "abc_" });
        let is_marked = compat == Compat::None;
        assert_eq!(token.len(), if is_marked { 47 } else { 43 }, "{compat:?}");
        for (token, is_asked) in
            [(&*unknown, true), (unmarked, !is_marked), (&*another, false), (&token[1..], false), ("", false)]
        {
            let client = server.client().with("authorization", &format!("Bearer {token}"));
            let status = client.get("/users/me").await.status;
            assert_eq!(status, if token == unmarked && !is_marked { 200 } else { 401 }, "{compat:?}");
            assert_eq!(faults.calls().contains(&"session_by_token"), is_asked, "{compat:?}: {}", token.len());
        }
    }
}

/// Says that it writes one statement, and writes two.
struct Twice;

impl<S: Store> Strategy<S> for Twice {
    async fn authenticate(
        &self,
        _: &str,
        _: &Context<'_, S>,
    ) -> Result<Authentication<S::User>, StrategyError> {
        Ok(Authentication::NotMine)
    }

    async fn issue(
        &self,
        _: &Grant<'_, S::User>,
        context: &Context<'_, S>,
        work: &mut Work<'_, S>,
    ) -> Result<Issued, StrategyError> {
        let now = context.settings.now();
        work.only().await?.end_token("first", now, now).await?;
        work.end_token("second", now, now).await?;
        Ok(Issued::new("twice".to_owned()))
    }

    async fn revoke(
        &self,
        _: Revoke<'_, S::User>,
        _: &Context<'_, S>,
        _: &mut Work<'_, S>,
    ) -> Result<(), StrategyError> {
        Ok(())
    }
}

/// The first statement could not be rolled back with the second.
#[on_each_store]
async fn a_second_statement_beside_the_only_one_is_an_error() {
    let twice = |setup: Builder<Camelot>| setup.backend(BackendName::new("twice"), Bearer, Twice);
    let server = Server::of(Options::default(), |_| {}, twice).await.expect("the app starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    let body = json!({ "username": ARTHUR, "password": PASSWORD });
    let login = server.client().post_json("/auth/twice/login", body).await;
    login.refuses(500, json!("Internal Server Error"));
}
