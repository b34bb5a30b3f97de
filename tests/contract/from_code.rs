//! Users made from code: the first superuser, and what a handler does with the manager.

use axum::extract::Path;
use axum::http::Request;
use axum::routing::{get, post};
use axum::{Json, Router};
use axum_users::app::BackendName;
use axum_users::error::{Refusal, Rejection};
use axum_users::limit::{Limits, Rate};
use axum_users::manager::{Credentials, Failure, ManagerError, Proof};
use axum_users::prelude::*;
use axum_users_tests::{
    Backend, Camelot, Options, Server, Serving, UserCreate, UserRead, UserUpdate, at_once, on_each_store,
    reset_token,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::cast::{ARTHUR, GALAHAD, MERLIN, PASSWORD, arthur, create, merlin_signed_in, rows, shown, with};

#[on_each_store]
async fn the_first_superuser() {
    let server = Server::start().await;
    let manager = Manager::for_code(server.camelot.clone());
    let first = UserCreate { is_superuser: Some(true), is_verified: Some(true), ..create(MERLIN, PASSWORD) };
    let merlin = manager.create(first).await.expect("a superuser");
    assert!(merlin.is_superuser && merlin.is_verified && merlin.is_active);
    let client = server.client().signed_in(Backend::Jwt, MERLIN, PASSWORD).await;
    assert_eq!(client.get("/superuser").await.status, 200);
}

#[on_each_store]
async fn follow_the_same_rules() {
    let server = Server::start().await;
    arthur(&server).await;
    let manager = Manager::for_code(server.camelot.clone());
    for (email, password, reason) in [
        ("lancelot@camelot.bt", "ab", "Password should be at least 3 characters"),
        (ARTHUR, ARTHUR, "Password should not contain e-mail"),
    ] {
        let error = manager.create(create(email, password)).await.expect_err("a rule is broken");
        let invalid = error.invalid_password().unwrap_or_else(|| panic!("{error}"));
        assert_eq!(invalid.reason, reason);
    }
    let error = manager.create(create("ARTHUR@camelot.bt", PASSWORD)).await.expect_err("it is taken");
    assert!(error.is_email_taken(), "{error}");
    assert_eq!(rows(&server).len(), 1);
}

/// An invitation: an account that needs no proof of its address.
async fn invite(
    _: Superuser<Camelot>,
    manager: Manager<Camelot>,
    Path(email): Path<String>,
) -> Json<UserRead> {
    let invited = UserCreate { is_verified: Some(true), ..create(&email, PASSWORD) };
    Json(manager.create(invited).await.expect("a new user").read())
}

/// A form of the app's own, which needs nobody who is signed in.
async fn guestbook(manager: Manager<Camelot>) -> Result<(), Rejection> {
    manager.refuse_cross_site(Camelot::COOKIE)?;
    Ok(())
}

#[on_each_store]
async fn a_form_of_the_apps_own_refuses_other_sites() {
    let server = Server::start().await;
    let app = Router::new().route("/", get(guestbook).post(guestbook)).with_state(server.camelot.clone());
    let serving = Serving::start(app).await;
    let client = serving.client();
    for (name, value, status) in [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "same-origin", 200),
        ("origin", "https://evil.example", 403),
        ("origin", &*serving.url, 200),
        ("x-none", "", 200),
    ] {
        let client = client.with(name, value);
        assert_eq!(client.post("/").await.status, status, "{name}: {value}");
        assert_eq!(client.get("/").await.status, 200, "{name}: {value}");
    }
    client.with("sec-fetch-site", "cross-site").post("/").await.refuses(403, json!("CROSS_SITE_REQUEST"));
    // A form of another site reaches a bearer backend's login as well.
    let (mut request, ()) = Request::new(()).into_parts();
    request.method = Method::POST;
    request.headers.insert("sec-fetch-site", "cross-site".parse().expect("a header"));
    let manager = Manager::of_request(server.camelot.clone(), request);
    let refused = manager.refuse_cross_site(Camelot::JWT);
    assert!(matches!(refused, Err(ManagerError::Refused(Refusal::CrossSiteRequest))));
    let by_code = Manager::for_code(server.camelot.clone()).refuse_cross_site(Camelot::JWT);
    assert!(matches!(by_code, Err(ManagerError::Failed(Failure::NoRequest))), "code has no request to check");
    let refused = manager.refuse_cross_site(BackendName::new("nowhere"));
    assert!(matches!(refused, Err(ManagerError::Failed(Failure::NoSuchBackend))));
}

/// A login form of the app's own.
async fn gate(manager: Manager<Camelot>, Json(body): Json<Value>) -> Result<String, Rejection> {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let credentials = Credentials::new(text("email"), text("password"));
    let user = manager.authenticate(&credentials).await?;
    Ok(user.map_or_else(|| "nobody".to_owned(), |user| user.email))
}

#[on_each_store]
async fn a_login_form_of_the_apps_own_counts_guesses() {
    let one_guess = Limits::OFF.passwords(Rate::new(1, HOUR));
    let server = Server::with(Options { limits: Some(one_guess), ..Options::default() }).await;
    arthur(&server).await;
    let app = Router::new().route("/gate", post(gate)).with_state(server.camelot.clone());
    let client = Serving::start(app).await;
    let client = client.client();
    let right = json!({ "email": ARTHUR, "password": PASSWORD });
    for _ in 0..2 {
        assert_eq!(
            client.post_json("/gate", right.clone()).await.text,
            ARTHUR,
            "a right password is not counted"
        );
    }
    let wrong = json!({ "email": ARTHUR, "password": "excalibur" });
    assert_eq!(client.post_json("/gate", wrong.clone()).await.text, "nobody");
    assert_eq!(client.post_json("/gate", wrong.clone()).await.status, 429);
}

/// Registers, resets and updates, each with what the body says, and answers with the manager's error as it is.
async fn operate(
    manager: Manager<Camelot>,
    Path(operation): Path<String>,
    Json(body): Json<Value>,
) -> Result<(), Rejection> {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let password = Password::new(text("password"));
    match &*operation {
        "create" => drop(manager.create(create(text("email"), text("password"))).await?),
        "register" => drop(manager.register(create(text("email"), text("password"))).await?),
        "reset" => drop(manager.reset_password(text("token"), &password).await?),
        "verify" => drop(manager.verify(text("token"), Proof::Token).await?),
        "confirm" => drop(manager.confirm_email(text("token"), Proof::Token).await?),
        _ => {
            let user = manager.user_by_email(&ARTHUR.parse().expect("an email")).await?.expect("a user");
            let email = body["email"].as_str().map(|email| email.parse().expect("an email"));
            let password = body["password"].as_str().map(Password::new);
            let update = UserUpdate { email, password, ..UserUpdate::default() };
            drop(manager.update_user(user, update, None).await?);
        }
    }
    Ok(())
}

/// The operation decides the error code, whichever handler called it.
#[on_each_store]
async fn a_handler_of_the_apps_own_has_the_codes_of_the_operation() {
    let server = Server::start().await;
    arthur(&server).await;
    server.user(GALAHAD, PASSWORD, |_| {}).await;
    let token = reset_token(&server, ARTHUR).await;
    let app = Router::new().route("/{operation}", post(operate)).with_state(server.camelot.clone());
    let client = Serving::start(app).await;
    let short = "Password should be at least 3 characters";
    let invalid = |code: &str| json!({ "code": code, "reason": short });
    for (operation, body, detail) in [
        ("create", json!({ "email": ARTHUR, "password": PASSWORD }), json!("REGISTER_USER_ALREADY_EXISTS")),
        ("register", json!({ "email": ARTHUR, "password": PASSWORD }), json!("REGISTER_USER_ALREADY_EXISTS")),
        (
            "create",
            json!({ "email": "kay@camelot.bt", "password": "ab" }),
            invalid("REGISTER_INVALID_PASSWORD"),
        ),
        (
            "register",
            json!({ "email": "kay@camelot.bt", "password": "ab" }),
            invalid("REGISTER_INVALID_PASSWORD"),
        ),
        ("update", json!({ "email": GALAHAD }), json!("UPDATE_USER_EMAIL_ALREADY_EXISTS")),
        ("update", json!({ "password": "ab" }), invalid("UPDATE_USER_INVALID_PASSWORD")),
        ("reset", json!({ "token": "x", "password": PASSWORD }), json!("RESET_PASSWORD_BAD_TOKEN")),
        ("reset", json!({ "token": token, "password": "ab" }), invalid("RESET_PASSWORD_INVALID_PASSWORD")),
        ("verify", json!({ "token": "x" }), json!("VERIFY_USER_BAD_TOKEN")),
        ("confirm", json!({ "token": "x" }), json!("VERIFY_USER_BAD_TOKEN")),
    ] {
        let answer = client.client().post_json(&format!("/{operation}"), body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.detail()), (400, &detail), "{operation} {body}");
    }
}

#[on_each_store]
async fn a_handler_has_the_manager() {
    let server = Server::start().await;
    let user = arthur(&server).await;
    let (_, merlin) = merlin_signed_in(&server).await;
    let app = Router::new().route("/invite/{email}", post(invite)).with_state(server.camelot.clone());
    let serving = Serving::start(app).await;
    serving.client().post("/invite/kay@camelot.bt").await.refuses(401, json!("Unauthorized"));
    let answer = merlin.at(&serving.url).post("/invite/kay@camelot.bt").await;
    let invited = json!({ "id": answer.json["id"], "email": "kay@camelot.bt", "is_verified": true });
    answer.is(200, &with(shown(&user), invited));
    assert_eq!(server.client().login(Backend::Jwt, "kay@camelot.bt", PASSWORD).await.status, 200);
}

#[on_each_store]
async fn ensure_superuser_creates_one_user_when_nodes_start_at_once() {
    let server = Server::start().await;
    let results = at_once(8, |_| {
        let manager = Manager::for_code(server.camelot.clone());
        async move { manager.ensure_superuser(ARTHUR.parse().expect("an email"), PASSWORD).await }
    });
    for user in results.await {
        let user = user.expect("a superuser");
        assert!(user.is_superuser && user.is_verified && user.is_active);
    }
    let arthur = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
    assert_eq!(arthur.get("/users/me").await.json["is_superuser"], true);
}

#[on_each_store]
async fn ensure_superuser_changes_no_existing_user() {
    let server = Server::start().await;
    let manager = Manager::for_code(server.camelot.clone());
    let ensure =
        async |email: &str| manager.ensure_superuser(email.parse().expect("an email"), "excalibur").await;

    manager.create(create(ARTHUR, PASSWORD).superuser()).await.expect("a user");
    let arthur = ensure(&ARTHUR.to_uppercase()).await.expect("the same user");
    assert_eq!((arthur.email.as_str(), arthur.is_verified), (ARTHUR, false));
    assert_eq!(server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
    assert_eq!(server.client().login(Backend::Jwt, ARTHUR, "excalibur").await.status, 400);

    manager.create(create(GALAHAD, PASSWORD)).await.expect("a user");
    let error = ensure(GALAHAD).await.expect_err("somebody else may have registered it");
    assert!(matches!(error, ManagerError::Refused(Refusal::RegisterUserAlreadyExists)), "{error:?}");
    let galahad = server.client().signed_in(Backend::Jwt, GALAHAD, PASSWORD).await;
    assert_eq!(galahad.get("/users/me").await.json["is_superuser"], false);
}
