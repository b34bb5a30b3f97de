//! Signing in and out.

use axum_users_tests::Answer;
use web::UserUpdate;

use crate::common::{ARTHUR, KAY, PASSWORD, Scene, keeping, leads, refuses, send, titles, told, value};

fn form<'a>(email: &'a str, password: &'a str) -> [(&'static str, &'a str); 2] {
    [("email", email), ("password", password)]
}

#[tokio::test(flavor = "multi_thread")]
async fn in_and_out() {
    let scene = Scene::start().await;
    scene.user(ARTHUR).await;
    let client = scene.client();
    assert_eq!(titles(&client.get("/sign-in").await), ("Sign in", "Sign in"));
    let signed_in = send(&client, "/sign-in", &form(" ARTHUR@camelot.bt ", PASSWORD)).await;
    leads(&signed_in, "/account");
    let [session, known] = signed_in.cookies()[..] else { panic!("two cookies: {:?}", signed_in.cookies()) };
    for (cookie, start) in [(session, "axum-users="), (known, "axum-users-known=")] {
        assert!(cookie.starts_with(start), "{cookie}");
        for flag in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(flag), "{cookie}");
        }
        // Without TLS, which a developer's own machine does not need, some browsers keep no such cookie.
        assert!(!cookie.contains("Secure"), "{cookie}");
    }
    assert!(session.contains("Max-Age=1209600") && known.contains("Max-Age=2592000"), "{session}, {known}");

    let client = keeping(&client, &signed_in);
    let account = client.get("/account").await;
    assert_eq!((account.status.as_u16(), titles(&account).1), (200, "Your account"));
    assert!(account.text.contains(ARTHUR));
    leads(&client.get("/").await, "/account");

    let signed_out = client.post("/sign-out").await;
    leads(&signed_out, "/sign-in?notice=signed-out");
    assert!(signed_out.cookies()[0].starts_with("axum-users=;"), "{:?}", signed_out.cookies());
    assert_eq!(told(&client.get("/sign-in?notice=signed-out").await, "status"), Some("You are signed out."));
    leads(&client.get("/account").await, "/sign-in?notice=sign-in-first");
    leads(&client.post("/sign-out").await, "/sign-in?notice=sign-in-first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_by_its_time() {
    let scene = Scene::start().await;
    let (_, client) = scene.arthur().await;
    scene.clock.advance(14 * axum_users::prelude::DAY - axum_users::prelude::MINUTE);
    assert_eq!(client.get("/account").await.status, 200);
    scene.clock.advance(axum_users::prelude::MINUTE);
    leads(&client.get("/account").await, "/sign-in?notice=sign-in-first");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing() {
    let scene = Scene::start().await;
    let no_email = ("email", "Enter your e-mail address");
    let no_password = ("password", "Enter your password");
    for (typed, mistakes) in [
        (form("", ""), vec![no_email, no_password]),
        (form(ARTHUR, ""), vec![no_password]),
        (form("", PASSWORD), vec![no_email]),
        (form("arthur", PASSWORD), vec![("email", "Enter an e-mail address, like arthur@camelot.bt")]),
    ] {
        let answer = send(&scene.client(), "/sign-in", &typed).await;
        refuses(&answer, &mistakes);
        assert_eq!((value(&answer, "email"), value(&answer, "password")), (Some(typed[0].1), None));
    }
}

/// A wrong password, an address that nobody has, and a user who may not: all of it looks the same.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_come_in() {
    let scene = Scene::start().await;
    scene.user(ARTHUR).await;
    let kay = scene.user(KAY).await;
    scene.change(&kay, UserUpdate { is_active: Some(false), ..UserUpdate::default() }).await;
    let mut answers = Vec::<Answer>::new();
    for (email, password) in [(ARTHUR, "morgana"), ("nobody@camelot.bt", PASSWORD), (KAY, PASSWORD)] {
        let answer = send(&scene.client(), "/sign-in", &form(email, password)).await;
        refuses(&answer, &[("password", "The e-mail address or the password is wrong")]);
        assert_eq!((value(&answer, "email"), answer.cookies().len()), (Some(email), 0));
        answers.push(answer);
    }
    let bodies = answers.iter().zip([ARTHUR, "nobody@camelot.bt", KAY]);
    let mut bodies = bodies.map(|(answer, email)| answer.text.replace(email, ""));
    let first = bodies.next().expect("a page");
    assert!(bodies.all(|body| body == first));
}

/// What stands in an address and is none of ours is not said.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_says_nothing_of_its_own() {
    let scene = Scene::start().await;
    for query in ["notice=%3Cscript%3E", "notice=you-won", "notice=&notice=", "notice=%ff", "x=1"] {
        let answer = scene.client().get(&format!("/sign-in?{query}")).await;
        assert_eq!((answer.status.as_u16(), told(&answer, "status")), (200, None), "{query}");
        assert!(!answer.text.contains("script"), "{query}");
    }
    let answer = scene.client().get("/sign-in?error=%3Cscript%3E").await;
    assert_eq!(told(&answer, "alert"), Some("That did not work. Try it once more."));
    assert!(!answer.text.contains("script"));
}

/// A page says so, and when to come again.
#[tokio::test(flavor = "multi_thread")]
async fn too_often() {
    let scene = Scene::start().await;
    scene.user(ARTHUR).await;
    for _ in 0..10 {
        let answer = send(&scene.client(), "/sign-in", &form(ARTHUR, "guess")).await;
        assert_ne!(answer.status, 429);
    }
    let answer = send(&scene.client(), "/sign-in", &form(ARTHUR, PASSWORD)).await;
    assert_eq!((answer.status.as_u16(), titles(&answer).1), (429, "That was too often"));
    assert_eq!(answer.header("retry-after"), "360");
}
