//! `Set-Cookie`, attribute for attribute.

use std::collections::BTreeSet;

use axum_users::store::Compat;
use axum_users_tests::{Answer, Backend, Options, Server, on_each_store};

use crate::cast::{ARTHUR, PASSWORD, arthur};

/// The attributes of the cookie that an answer sets, in no order.
fn attributes(answer: &Answer) -> BTreeSet<&str> {
    answer.header("set-cookie").split("; ").skip(1).collect()
}

#[on_each_store]
async fn are_set_and_taken_back_alike() {
    for (compat, backend, name) in [
        (Compat::None, Backend::Cookie, "__Host-axum-users"),
        (Compat::None, Backend::DbCookie, "session"),
        (Compat::FastApiUsers, Backend::Cookie, "fastapiusersauth"),
        (Compat::FastApiUsers, Backend::DbCookie, "session"),
    ] {
        let server = Server::with(Options { compat, ..Options::default() }).await;
        arthur(&server).await;
        let login = server.client().login(backend, ARTHUR, PASSWORD).await;
        let (set, token) = login.cookie().expect("a cookie");
        assert_eq!(set, name);
        assert!(!token.is_empty());
        let common = ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"];
        assert_eq!(attributes(&login), common.into_iter().chain(["Max-Age=3600"]).collect());

        let client = server.client().holding(backend, &login);
        let logout = client.post(&format!("{}/logout", backend.path())).await;
        assert_eq!(logout.cookie(), Some((name, "")));
        assert_eq!(attributes(&logout), common.into_iter().chain(["Max-Age=0"]).collect());
    }
}

#[on_each_store]
async fn are_set_by_cookie_backends_alone() {
    let server = Server::start().await;
    arthur(&server).await;
    for backend in Backend::all() {
        let login = server.client().login(backend, ARTHUR, PASSWORD).await;
        let set = login.headers.get_all("set-cookie").iter().count();
        assert_eq!(set, usize::from(backend.is_cookie()), "{backend:?}");
        let logout =
            server.client().holding(backend, &login).post(&format!("{}/logout", backend.path())).await;
        let set = logout.headers.get_all("set-cookie").iter().count();
        assert_eq!(set, usize::from(backend.is_cookie()), "{backend:?}");
    }
}
