//! `Policy::strict()`: what it asks for, and what it hides.

use axum_users::prelude::{HOUR, Policy};
use axum_users::store::Compat;
use axum_users_tests::{Answer, Backend, Client, Event, Mail, Options, Server, User, on_each_store};
use serde_json::json;

use crate::cast::{ARTHUR, GALAHAD, merlin_signed_in, rows, shown, with};

/// Everybody's password, here of eight characters and more.
const PASSWORD: &str = crate::cast::PASSWORD;
const NEW_EMAIL: &str = "king@camelot.bt";

async fn start() -> Server {
    in_layout(Compat::None).await
}

async fn in_layout(compat: Compat) -> Server {
    Server::with(Options { compat, policy: Policy::strict(), ..Options::default() }).await
}

async fn arthur(server: &Server) -> (User, Client) {
    let signed_in = crate::cast::arthur_signed_in(server).await;
    server.events().await;
    signed_in
}

#[on_each_store]
async fn a_registration_tells_nothing() {
    let server = start().await;
    let user = server.user(ARTHUR, PASSWORD, |_| {}).await;
    server.events().await;
    server.client().register("Arthur@CAMELOT.bt", PASSWORD).await.is(202, &json!(null));
    assert_eq!(server.events().await, [Event::RegistrationOfKnown(user.id)]);
    server.client().register(GALAHAD, PASSWORD).await.is(202, &json!(null));
    let [row, galahad] = &rows(&server)[..] else { panic!("two users") };
    assert_eq!((&*row.email, &*galahad.email), (ARTHUR, GALAHAD));
    assert_eq!(server.events().await, [Event::Registered(galahad.id.parse().expect("a UUID"))]);
}

#[on_each_store]
async fn a_password_has_eight_characters() {
    let server = start().await;
    let (_, client) = arthur(&server).await;
    let invalid = |code: &str| json!({ "code": code, "reason": "Password should be at least 8 characters" });
    // Known or unknown, the answer is one.
    for email in [ARTHUR, GALAHAD] {
        let answer = server.client().register(email, "seven 7").await;
        answer.refuses(400, invalid("REGISTER_INVALID_PASSWORD"));
    }
    let body = json!({ "password": "7 swörd", "current_password": PASSWORD });
    client.patch("/users/me", body).await.refuses(400, invalid("UPDATE_USER_INVALID_PASSWORD"));
    server.client().post_json("/auth/forgot-password", json!({ "email": ARTHUR })).await;
    let [mail] = &server.mails().await[..] else { panic!("one mail") };
    let body = json!({ "token": mail.token, "password": "seven 7" });
    let answer = server.client().post_json("/auth/reset-password", body).await;
    answer.refuses(400, invalid("RESET_PASSWORD_INVALID_PASSWORD"));
    server.client().register(GALAHAD, "8 swörds").await.is(202, &json!(null));
}

#[on_each_store]
async fn a_change_asks_for_the_current_password() {
    let server = start().await;
    let (_, client) = arthur(&server).await;
    let before = rows(&server);
    for change in [json!({ "email": NEW_EMAIL }), json!({ "password": "excalibur rises" })] {
        for current in
            [json!({}), json!({ "current_password": null }), json!({ "current_password": "morgana" })]
        {
            let answer = client.patch("/users/me", with(change.clone(), current)).await;
            answer.refuses(400, json!("UPDATE_USER_BAD_CURRENT_PASSWORD"));
        }
    }
    assert_eq!(rows(&server), before);
    assert_eq!(server.events().await, []);
    let body = json!({ "password": "excalibur rises", "current_password": PASSWORD });
    assert_eq!(client.patch("/users/me", body).await.status, 200);
    assert_eq!(server.client().login(Backend::Jwt, ARTHUR, "excalibur rises").await.status, 200);
}

#[on_each_store]
async fn the_current_password_is_taken_exactly_as_it_is() {
    let server = start().await;
    server.user(ARTHUR, "nul\0within", |_| {}).await;
    let client = server.client().signed_in(Backend::Jwt, ARTHUR, "nul\0within").await;
    let body = json!({ "password": "excalibur rises", "current_password": "nul\0within" });
    assert_eq!(client.patch("/users/me", body).await.status, 200);
}

#[on_each_store]
async fn other_changes_ask_for_nothing() {
    let server = start().await;
    let (user, client) = arthur(&server).await;
    for body in [json!({}), json!({ "email": ARTHUR }), json!({ "password": null })] {
        client.patch("/users/me", body).await.is(200, &shown(&user));
    }
    let body = json!({ "display_name": "The King" });
    client.patch("/users/me", body.clone()).await.is(200, &with(shown(&user), body));
}

/// Asks for a new address, and gives the token that is sent there.
async fn move_to(server: &Server, client: &Client, email: &str) -> String {
    let body = json!({ "email": email, "current_password": PASSWORD });
    assert_eq!(client.patch("/users/me", body).await.status, 200);
    let [Mail { to, kind: "change", token }] = &server.mails().await[..] else { panic!("one mail") };
    assert_eq!(to, email);
    token.clone()
}

async fn confirm(server: &Server, token: &str) -> Answer {
    server.client().post_json("/auth/confirm-email", json!({ "token": token, "password": PASSWORD })).await
}

#[on_each_store]
async fn a_new_address_counts_once_confirmed() {
    for compat in [Compat::None, Compat::FastApiUsers] {
        let server = in_layout(compat).await;
        let (user, client) = arthur(&server).await;
        let before = rows(&server);
        let token = move_to(&server, &client, NEW_EMAIL).await;
        assert_eq!(rows(&server), before);
        let moved = with(shown(&user), json!({ "email": NEW_EMAIL, "is_verified": true }));
        confirm(&server, &token).await.is(200, &moved);
        assert_eq!(server.events().await, [Event::Verified(user.id)]);
        confirm(&server, &token).await.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
        assert_eq!(server.client().login(Backend::Jwt, NEW_EMAIL, PASSWORD).await.status, 200);
    }
}

#[on_each_store]
async fn a_token_for_an_address_dies_with_the_password_and_the_hour() {
    for compat in [Compat::None, Compat::FastApiUsers] {
        let server = in_layout(compat).await;
        let (user, client) = arthur(&server).await;
        let token = move_to(&server, &client, NEW_EMAIL).await;
        let (_, merlin) = merlin_signed_in(&server).await;
        let body = json!({ "password": "excalibur rises" });
        assert_eq!(merlin.patch(&format!("/users/{}", user.id), body).await.status, 200);
        confirm(&server, &token).await.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));

        let server = in_layout(compat).await;
        let (_, client) = arthur(&server).await;
        let token = move_to(&server, &client, NEW_EMAIL).await;
        server.clock.advance(HOUR);
        confirm(&server, &token).await.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
    }
}

#[on_each_store]
async fn an_address_that_is_taken_shows_in_nothing_but_the_token() {
    let server = start().await;
    let (_, client) = arthur(&server).await;
    server.user(GALAHAD, PASSWORD, |_| {}).await;
    server.events().await;
    let before = rows(&server);
    let token = move_to(&server, &client, GALAHAD).await;
    confirm(&server, &token).await.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
    assert_eq!(rows(&server), before);
}

#[on_each_store]
async fn a_token_for_an_address_is_for_nothing_else() {
    let server = start().await;
    let (_, client) = arthur(&server).await;
    let token = move_to(&server, &client, NEW_EMAIL).await;
    let body = json!({ "token": token, "password": "excalibur rises" });
    let answer = server.client().post_json("/auth/verify", body.clone()).await;
    answer.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
    let answer = server.client().post_json("/auth/reset-password", body).await;
    answer.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
    server.user(GALAHAD, PASSWORD, |user| user.is_verified = Some(false)).await;
    server.client().post_json("/auth/request-verify-token", json!({ "email": GALAHAD })).await;
    let [verification] = &server.mails().await[..] else { panic!("one mail") };
    confirm(&server, &verification.token).await.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
}

#[on_each_store]
async fn a_superuser_changes_others_at_once() {
    let server = start().await;
    let (user, _) = arthur(&server).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    let body = json!({ "email": NEW_EMAIL, "password": "excalibur rises", "is_verified": true });
    let moved = with(shown(&user), json!({ "email": NEW_EMAIL }));
    merlin.patch(&format!("/users/{}", user.id), body).await.is(200, &moved);
    assert_eq!(server.client().login(Backend::Jwt, NEW_EMAIL, "excalibur rises").await.status, 200);
}

/// A superuser is itself by its own id, too.
#[on_each_store]
async fn a_superuser_gives_the_current_password_for_itself_alone() {
    let server = start().await;
    let (merlin, client) = merlin_signed_in(&server).await;
    let own = format!("/users/{}", merlin.id);
    let answer = client.patch(&own, json!({ "password": "lancelot rides" })).await;
    answer.refuses(400, json!("UPDATE_USER_BAD_CURRENT_PASSWORD"));
    let (arthur, _) = arthur(&server).await;
    assert_eq!(
        client.patch(&format!("/users/{}", arthur.id), json!({ "password": "lancelot rides" })).await.status,
        200
    );
    let body = json!({ "password": "lancelot rides", "current_password": PASSWORD, "credits": 3 });
    let answer = client.patch(&own, body).await;
    assert_eq!((answer.status.as_u16(), &answer.json["credits"]), (200, &json!(3)), "{}", answer.text);
}
