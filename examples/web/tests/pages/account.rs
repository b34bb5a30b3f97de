//! What users change of their accounts.

use axum_users::prelude::HOUR;
use web::UserUpdate;

use crate::common::{
    ARTHUR, KAY, NEW_PASSWORD, PASSWORD, Scene, leads, refuses, send, titles, token, told, value,
};

const NEW_EMAIL: &str = "king@camelot.bt";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_sees_it() {
    let scene = Scene::start().await;
    let (user, client) = scene.arthur().await;
    let forms = ["/account/name", "/account/email", "/account/password", "/account/unlink/x"];
    for page in forms {
        leads(&send(&scene.client(), page, &[]).await, "/sign-in?notice=sign-in-first");
        // Whoever asks for the address of a form is led to its page.
        leads(&client.get(page).await, "/account");
    }
    leads(&scene.client().get("/account").await, "/sign-in?notice=sign-in-first");
    let told = scene.client().get("/sign-in?notice=sign-in-first").await;
    assert_eq!(crate::common::told(&told, "status"), Some("Sign in to see this page."));
    scene.change(&user, UserUpdate { is_active: Some(false), ..UserUpdate::default() }).await;
    leads(&client.get("/account").await, "/sign-in?notice=sign-in-first");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name() {
    let scene = Scene::start().await;
    let (_, client) = scene.arthur().await;
    for (typed, stored) in [(" The King ", Some("The King")), ("Åsa 王", Some("Åsa 王")), (" ", None)] {
        leads(
            &send(&client, "/account/name", &[("display_name", typed)]).await,
            "/account?notice=name-saved",
        );
        assert_eq!(scene.stored(ARTHUR).await.expect("a user").display_name.as_deref(), stored);
        let account = client.get("/account?notice=name-saved").await;
        assert_eq!(told(&account, "status"), Some("Your name is saved."));
        assert_eq!(value(&account, "display_name"), Some(stored.unwrap_or_default()));
    }
    let long = "x".repeat(61);
    let answer = send(&client, "/account/name", &[("display_name", &long)]).await;
    refuses(&answer, &[("display_name", "A name has 60 characters at most")]);
    assert_eq!(value(&answer, "display_name"), Some(&*long));
    assert_eq!(scene.stored(ARTHUR).await.expect("a user").display_name, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address() {
    let scene = Scene::start().await;
    let (_, client) = scene.arthur().await;
    let typed = |email, password| [("email", email), ("email_password", password)];
    let wrong = "This is not your current password";
    let missing = ("email_password", "Enter your current password");
    for (email, password, mistakes) in [
        ("", "", vec![("email", "Enter your e-mail address"), missing]),
        ("king", PASSWORD, vec![("email", "Enter an e-mail address, like arthur@camelot.bt")]),
        (ARTHUR, PASSWORD, vec![("email", "This is your address already")]),
        (NEW_EMAIL, "", vec![missing]),
        (NEW_EMAIL, "morgana", vec![("email_password", wrong)]),
    ] {
        let answer = send(&client, "/account/email", &typed(email, password)).await;
        refuses(&answer, &mistakes);
        assert_eq!((value(&answer, "email"), value(&answer, "email_password")), (Some(email), None));
    }
    assert_eq!(scene.mails().await, 0);
    leads(&send(&client, "/account/email", &typed(NEW_EMAIL, PASSWORD)).await, "/account?notice=email-asked");

    // It counts once the link was opened, and its button pressed.
    let link = scene.link("/confirm-email").await;
    assert!(scene.mailbox().await.contains("To king@camelot.bt"));
    let shown = client.get(&link).await;
    assert_eq!((shown.status.as_u16(), titles(&shown).1), (200, "Is this your new address?"));
    assert!(scene.stored(NEW_EMAIL).await.is_none());
    let confirmed = send(&client, "/confirm-email", &[("token", token(&link))]).await;
    leads(&confirmed, "/account?notice=email-moved");
    assert!(scene.stored(NEW_EMAIL).await.is_some_and(|user| user.is_verified));
    // Its owner hears of it at the address of before.
    let mailbox = scene.mailbox().await;
    let (newest, _) = mailbox.split_once("</article>").expect("a mail");
    assert!(newest.contains("Your account has another address") && newest.contains("To arthur@camelot.bt"));
    let again = send(&scene.client(), "/confirm-email", &[("token", token(&link))]).await;
    assert_eq!((again.status.as_u16(), titles(&again).1), (400, "This link is no longer good"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_or_comes_late() {
    let scene = Scene::start().await;
    let (_, client) = scene.arthur().await;
    scene.user(KAY).await;
    // Whose it is shows in nothing but the mail.
    let typed = [("email", KAY), ("email_password", PASSWORD)];
    leads(&send(&client, "/account/email", &typed).await, "/account?notice=email-asked");
    let link = scene.link("/confirm-email").await;
    let answer = send(&client, "/confirm-email", &[("token", token(&link))]).await;
    assert_eq!((answer.status.as_u16(), titles(&answer).1), (400, "This link is no longer good"));

    let typed = [("email", NEW_EMAIL), ("email_password", PASSWORD)];
    leads(&send(&client, "/account/email", &typed).await, "/account?notice=email-asked");
    let link = scene.link("/confirm-email").await;
    scene.clock.advance(HOUR);
    assert_eq!(send(&scene.client(), "/confirm-email", &[("token", token(&link))]).await.status, 400);
    assert!(scene.stored(ARTHUR).await.is_some());
}

/// Who opens the link where nobody is signed in is led to where that can be done.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_confirmed_elsewhere() {
    let scene = Scene::start().await;
    let (_, client) = scene.arthur().await;
    send(&client, "/account/email", &[("email", NEW_EMAIL), ("email_password", PASSWORD)]).await;
    let link = scene.link("/confirm-email").await;
    let elsewhere = scene.client();
    assert_eq!(value(&elsewhere.get(&link).await, "password"), None);
    let refused = send(&elsewhere, "/confirm-email", &[("token", token(&link))]).await;
    refuses(&refused, &[("password", "Enter the account's password")]);
    let typed = |password| [("token", token(&link)), ("password", password)];
    let refused = send(&elsewhere, "/confirm-email", &typed("morgana")).await;
    refuses(&refused, &[("password", "This is not the account's password")]);
    assert!(scene.stored(NEW_EMAIL).await.is_none());
    let confirmed = send(&elsewhere, "/confirm-email", &typed(PASSWORD)).await;
    leads(&confirmed, "/sign-in?notice=email-moved");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password() {
    let scene = Scene::start().await;
    let (user, client) = scene.arthur().await;
    let elsewhere = scene.signed_in(&user).await;
    let typed = |current, new| [("current_password", current), ("new_password", new)];
    let wrong = ("current_password", "This is not your current password");
    let missing = ("current_password", "Enter your current password");
    for (current, new, mistakes) in [
        ("", "", vec![missing, ("new_password", "Choose a password")]),
        ("morgana", NEW_PASSWORD, vec![wrong]),
        (PASSWORD, "", vec![("new_password", "Choose a password")]),
        (PASSWORD, "short", vec![("new_password", "Password should be at least 8 characters")]),
        (PASSWORD, ARTHUR, vec![("new_password", "Password should not contain your e-mail address")]),
    ] {
        refuses(&send(&client, "/account/password", &typed(current, new)).await, &mistakes);
    }
    leads(
        &send(&client, "/account/password", &typed(PASSWORD, NEW_PASSWORD)).await,
        "/account?notice=password-changed",
    );
    let mailbox = scene.mailbox().await;
    assert!(mailbox.contains("Your password is a new one") && mailbox.contains("To arthur@camelot.bt"));
    // The browser that did it stays signed in, and no other.
    assert_eq!(client.get("/account").await.status, 200);
    leads(&elsewhere.get("/account").await, "/sign-in?notice=sign-in-first");
    let with = |password| [("email", ARTHUR), ("password", password)];
    assert_eq!(send(&scene.client(), "/sign-in", &with(PASSWORD)).await.status, 422);
    leads(&send(&scene.client(), "/sign-in", &with(NEW_PASSWORD)).await, "/account");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_another_service_none_is_shown() {
    let scene = Scene::start().await;
    let (_, client) = scene.arthur().await;
    assert!(!client.get("/account").await.text.contains("Linked accounts"));
    assert!(!client.get("/sign-in").await.text.contains("Sign in with"));
}
