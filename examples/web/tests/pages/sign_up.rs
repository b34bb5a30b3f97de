//! Signing up, and showing that the address is one's own.

use axum_users_tests::Answer;
use web::UserUpdate;

use crate::common::{ARTHUR, PASSWORD, Scene, leads, mistake, refuses, send, titles, token, told, value};

fn form<'a>(name: &'a str, email: &'a str, password: &'a str) -> [(&'static str, &'a str); 3] {
    [("display_name", name), ("email", email), ("password", password)]
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_page_to_a_verified_address() {
    let scene = Scene::start().await;
    let client = scene.client();
    let home = client.get("/").await;
    assert_eq!(home.status, 200);
    assert!(home.text.contains("href=\"/sign-up\"") && home.text.contains("href=\"/sign-in\""));
    assert_eq!(titles(&client.get("/sign-up").await), ("Sign up", "Sign up"));

    let done = send(&client, "/sign-up", &form(" Arthur ", " Arthur@CAMELOT.bt ", PASSWORD)).await;
    leads(&done, "/sign-up/done");
    assert_eq!(done.cookies(), Vec::<&str>::new());
    assert_eq!(client.get("/sign-up/done").await.status, 200);
    let user = scene.stored(ARTHUR).await.expect("a user");
    assert_eq!((user.display_name.as_deref(), user.is_verified), (Some("Arthur"), false));

    // Whoever opens the link, a mail program say, uses nothing up.
    let link = scene.link("/verify").await;
    for _ in 0..2 {
        let shown = client.get(&link).await;
        assert_eq!((shown.status.as_u16(), titles(&shown).0), (200, "Is this your address?"));
    }
    assert!(!scene.stored(ARTHUR).await.expect("a user").is_verified);
    // Until then nobody signs in, and nothing shows that the password is right.
    let typed = [("email", ARTHUR), ("password", PASSWORD)];
    let (right, wrong) = (
        send(&client, "/sign-in", &typed).await,
        send(&client, "/sign-in", &[("email", ARTHUR), ("password", NEW)]).await,
    );
    refuses(&right, &[("password", "The e-mail address or the password is wrong")]);
    assert_eq!((right.text, right.status), (wrong.text, wrong.status));
    let sent = [("token", token(&link)), ("password", PASSWORD)];
    leads(&send(&client, "/verify", &sent).await, "/sign-in?notice=verified");
    let sign_in = client.get("/sign-in?notice=verified").await;
    assert_eq!(told(&sign_in, "status"), Some("Your address is verified."));
    assert!(scene.stored(ARTHUR).await.expect("a user").is_verified);
    // Once more it is true all the same.
    leads(&send(&client, "/verify", &[("token", token(&link))]).await, "/sign-in?notice=verified");
    leads(&send(&client, "/sign-in", &typed).await, "/account");
}

/// Someone else may have signed up with the address.
#[tokio::test(flavor = "multi_thread")]
async fn the_link_alone_verifies_nothing() {
    let scene = Scene::start().await;
    leads(&send(&scene.client(), "/sign-up", &form("", ARTHUR, PASSWORD)).await, "/sign-up/done");
    let link = scene.link("/verify").await;
    let owner = scene.client();
    let shown = owner.get(&link).await;
    assert_eq!((value(&shown, "password"), mistake(&shown, "password")), (None, None));
    let missing = "Enter the account's password";
    let wrong = "This is not the account's password";
    let other = scene.user("kay@camelot.bt").await;
    let kay = scene.signed_in(&other).await;
    for (client, sent, expected) in [
        (&owner, vec![("token", token(&link))], missing),
        (&owner, vec![("token", token(&link)), ("password", "")], missing),
        (&owner, vec![("token", token(&link)), ("password", "morgana")], wrong),
        (&kay, vec![("token", token(&link))], missing),
        (&kay, vec![("token", token(&link)), ("password", "morgana")], wrong),
    ] {
        refuses(&send(client, "/verify", &sent).await, &[("password", expected)]);
    }
    assert!(!scene.stored(ARTHUR).await.expect("a user").is_verified);

    // The mailbox's owner takes the account from whoever has it, and the link is good for that, too.
    assert!(shown.text.contains("href=\"/forgot\""));
    leads(&send(&owner, "/forgot", &[("email", ARTHUR)]).await, "/forgot/done");
    let reset = scene.link("/reset").await;
    let typed = [("token", token(&reset)), ("password", NEW)];
    leads(&send(&owner, "/reset", &typed).await, "/sign-in?notice=password-reset");
    refuses(
        &send(&owner, "/verify", &[("token", token(&link)), ("password", PASSWORD)]).await,
        &[("password", wrong)],
    );
    let typed = [("token", token(&link)), ("password", NEW)];
    leads(&send(&owner, "/verify", &typed).await, "/sign-in?notice=verified");
    assert!(scene.stored(ARTHUR).await.expect("a user").is_verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_stands_beside_its_field() {
    let scene = Scene::start().await;
    let client = scene.client();
    let long = "x".repeat(61);
    let email = "Enter an e-mail address, like arthur@camelot.bt";
    let short = "Password should be at least 8 characters";
    for (typed, mistakes) in [
        (("", "", ""), vec![("email", "Enter your e-mail address"), ("password", "Choose a password")]),
        (("", " ", PASSWORD), vec![("email", "Enter your e-mail address")]),
        (("", "arthur", PASSWORD), vec![("email", email)]),
        (("", "arthur@camelot", PASSWORD), vec![("email", email)]),
        (("", "a@camelot.bt, b@camelot.bt", PASSWORD), vec![("email", email)]),
        (("Arthur", ARTHUR, "short"), vec![("password", short)]),
        (
            ("Arthur", ARTHUR, "my Arthur@camelot.bt!"),
            vec![("password", "Password should not contain your e-mail address")],
        ),
        ((&*long, ARTHUR, PASSWORD), vec![("display_name", "A name has 60 characters at most")]),
        (("Arthur\u{7}!", ARTHUR, PASSWORD), vec![("display_name", "A name is a line of letters")]),
        (
            (&*long, "arthur", ""),
            vec![
                ("display_name", "A name has 60 characters at most"),
                ("email", email),
                ("password", "Choose a password"),
            ],
        ),
    ] {
        let answer = send(&client, "/sign-up", &form(typed.0, typed.1, typed.2)).await;
        refuses(&answer, &mistakes);
        assert_eq!((value(&answer, "display_name"), value(&answer, "email")), (Some(typed.0), Some(typed.1)));
        assert_eq!(value(&answer, "password"), None);
    }
    assert!(scene.stored(ARTHUR).await.is_none());
    assert_eq!(scene.mails().await, 0);
}

/// What is typed is text, whatever it looks like.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_no_markup() {
    let scene = Scene::start().await;
    let name = "\"><script>alert(1)</script>";
    let answer = send(&scene.client(), "/sign-up", &form(name, name, "")).await;
    assert!(!answer.text.contains("<script>"), "{}", answer.text);
    let escaped = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;";
    assert_eq!((value(&answer, "display_name"), value(&answer, "email")), (Some(escaped), Some(escaped)));
    leads(&send(&scene.client(), "/sign-up", &form(name, ARTHUR, PASSWORD)).await, "/sign-up/done");
    let user = scene.stored(ARTHUR).await.expect("a user");
    let account = scene.signed_in(&user).await.get("/account").await;
    assert!(!account.text.contains("<script>") && account.text.contains(escaped), "{}", account.text);
}

/// Who has an account is told to nobody but whoever reads its mails.
#[tokio::test(flavor = "multi_thread")]
async fn a_known_address_is_answered_like_any() {
    let scene = Scene::start().await;
    scene.user(ARTHUR).await;
    let seen = |answer: Answer| {
        let mut headers = answer.headers.clone();
        headers.remove("date");
        (answer.status, headers, answer.text)
    };
    let known = send(&scene.client(), "/sign-up", &form("", ARTHUR, NEW)).await;
    let unknown = send(&scene.client(), "/sign-up", &form("", "kay@camelot.bt", NEW)).await;
    assert_eq!(seen(known), seen(unknown));
    assert!(scene.mailbox().await.contains("You have an account already"));
    // Nor is the password that someone else chose.
    let typed = [("email", ARTHUR), ("password", NEW)];
    assert_eq!(send(&scene.client(), "/sign-in", &typed).await.status, 422);
}

const NEW: &str = crate::common::NEW_PASSWORD;

/// Someone who has lost the mail signs up once more.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_verified_gets_another_mail() {
    let scene = Scene::start().await;
    for _ in 0..2 {
        leads(&send(&scene.client(), "/sign-up", &form("", ARTHUR, PASSWORD)).await, "/sign-up/done");
        let link = scene.link("/verify").await;
        assert_eq!(scene.client().get(&link).await.status, 200);
    }
    assert_eq!(scene.mailbox().await.matches("Is this your address?").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_are_not_good() {
    let scene = Scene::start().await;
    leads(&send(&scene.client(), "/sign-up", &form("", ARTHUR, PASSWORD)).await, "/sign-up/done");
    let link = scene.link("/verify").await;
    let bad = "This link is no longer good";
    for page in ["/verify", "/reset", "/confirm-email"] {
        let answer = scene.client().get(page).await;
        assert_eq!((answer.status.as_u16(), titles(&answer).1), (400, bad), "{page}");
    }
    for token in ["", "x", "a.b.c"] {
        let answer = send(&scene.client(), "/verify", &[("token", token)]).await;
        assert_eq!((answer.status.as_u16(), titles(&answer).1), (400, bad), "{token}");
    }
    scene.clock.advance(axum_users::prelude::HOUR);
    let answer = send(&scene.client(), "/verify", &[("token", token(&link))]).await;
    assert_eq!((answer.status.as_u16(), titles(&answer).1), (400, bad));
    assert!(!scene.stored(ARTHUR).await.expect("a user").is_verified);
}

/// A signed-in user is led back to the account, for example after an operator has revoked the verification.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_opened_while_signed_in() {
    let scene = Scene::start().await;
    let (user, client) = scene.arthur().await;
    scene.change(&user, UserUpdate { is_verified: Some(false), ..UserUpdate::default() }).await;
    let account = client.get("/account").await;
    assert!(account.text.contains("Your address is not verified yet"), "{}", account.text);
    leads(&client.post("/account/verify-mail").await, "/account?notice=mail-sent");
    let link = scene.link("/verify").await;
    // One click is enough.
    assert!(!client.get(&link).await.text.contains("name=\"password\""));
    leads(&send(&client, "/verify", &[("token", token(&link))]).await, "/account?notice=verified");
    let account = client.get("/account?notice=verified").await;
    assert_eq!(told(&account, "status"), Some("Your address is verified."));
    assert!(!account.text.contains("not verified yet"), "{}", account.text);
}
