//! A forgotten password.

use axum_users::prelude::HOUR;

use crate::common::{
    ARTHUR, NEW_PASSWORD, PASSWORD, Scene, leads, refuses, send, titles, token, told, value,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password() {
    let scene = Scene::start().await;
    let (_, elsewhere) = scene.arthur().await;
    let client = scene.client();
    assert_eq!(client.get("/forgot").await.status, 200);
    leads(&send(&client, "/forgot", &[("email", ARTHUR)]).await, "/forgot/done");
    assert_eq!(titles(&client.get("/forgot/done").await).1, "Look into your mailbox");

    let link = scene.link("/reset").await;
    for _ in 0..2 {
        let shown = client.get(&link).await;
        assert_eq!((shown.status.as_u16(), titles(&shown).1), (200, "Set a new password"));
    }
    let token = token(&link);
    let typed = |password| [("token", token), ("password", password)];
    // What is wrong does not cost the token, and the form has it still.
    for (password, mistake) in [
        ("", "Choose a password"),
        ("short", "Password should be at least 8 characters"),
        (ARTHUR, "Password should not contain your e-mail address"),
    ] {
        let answer = send(&client, "/reset", &typed(password)).await;
        refuses(&answer, &[("password", mistake)]);
        assert!(answer.text.contains(&format!("value=\"{token}\"")));
    }
    leads(&send(&client, "/reset", &typed(NEW_PASSWORD)).await, "/sign-in?notice=password-reset");
    let sign_in = client.get("/sign-in?notice=password-reset").await;
    assert_eq!(told(&sign_in, "status"), Some("Your new password is set. Sign in with it."));
    assert!(scene.mailbox().await.contains("Your password is a new one"));

    // It is good once; whoever was signed in is so no more, and the old password is none.
    let again = send(&client, "/reset", &typed("another one")).await;
    assert_eq!((again.status.as_u16(), titles(&again).1), (400, "This link is no longer good"));
    assert!(again.text.contains("href=\"/forgot\""));
    leads(&elsewhere.get("/account").await, "/sign-in?notice=sign-in-first");
    let with = |password| [("email", ARTHUR), ("password", password)];
    assert_eq!(send(&client, "/sign-in", &with(PASSWORD)).await.status, 422);
    leads(&send(&client, "/sign-in", &with(NEW_PASSWORD)).await, "/account");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_good_for_an_hour() {
    let scene = Scene::start().await;
    scene.user(ARTHUR).await;
    send(&scene.client(), "/forgot", &[("email", ARTHUR)]).await;
    let link = scene.link("/reset").await;
    scene.clock.advance(HOUR);
    let answer =
        send(&scene.client(), "/reset", &[("token", token(&link)), ("password", NEW_PASSWORD)]).await;
    assert_eq!((answer.status.as_u16(), titles(&answer).1), (400, "This link is no longer good"));
}

/// Who has an account shows in nothing.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_has() {
    let scene = Scene::start().await;
    scene.user(ARTHUR).await;
    for email in [ARTHUR, "nobody@camelot.bt"] {
        let answer = send(&scene.client(), "/forgot", &[("email", email)]).await;
        leads(&answer, "/forgot/done");
        assert_eq!(answer.text, "");
    }
    assert_eq!(scene.mails().await, 1);
    for (typed, mistake) in
        [("", "Enter your e-mail address"), ("arthur", "Enter an e-mail address, like arthur@camelot.bt")]
    {
        let answer = send(&scene.client(), "/forgot", &[("email", typed)]).await;
        refuses(&answer, &[("email", mistake)]);
        assert_eq!(value(&answer, "email"), Some(typed));
    }
}
