//! What holds for every page: headers, forms that other sites send, and what is none of a form.

use axum_users_tests::Answer;
use reqwest::Method;

use crate::common::{ARTHUR, NEW_PASSWORD, PASSWORD, Scene, between, send, titles};

const PAGES: [&str; 11] = [
    "/",
    "/sign-up",
    "/sign-up/done",
    "/verify?token=x",
    "/sign-in",
    "/forgot",
    "/forgot/done",
    "/reset?token=x",
    "/confirm-email?token=x",
    "/account",
    "/mailbox",
];

/// Every form, as its page sends it.
const FORMS: [(&str, &[(&str, &str)]); 13] = [
    ("/sign-up", &[("display_name", ""), ("email", "kay@camelot.bt"), ("password", PASSWORD)]),
    ("/verify", &[("token", "x")]),
    ("/sign-in", &[("email", ARTHUR), ("password", PASSWORD)]),
    ("/forgot", &[("email", ARTHUR)]),
    ("/reset", &[("token", "x"), ("password", NEW_PASSWORD)]),
    ("/confirm-email", &[("token", "x")]),
    ("/account/name", &[("display_name", "Mordred")]),
    ("/account/email", &[("email", "mordred@camelot.bt"), ("email_password", PASSWORD)]),
    ("/account/password", &[("current_password", PASSWORD), ("new_password", NEW_PASSWORD)]),
    ("/account/unlink/00000000-0000-0000-0000-000000000000", &[]),
    ("/account/verify-mail", &[]),
    ("/account/password-mail", &[]),
    ("/sign-out", &[]),
];

/// Addresses hold tokens: no page is kept, none is named to anybody, and none runs or loads what is not ours.
#[tokio::test(flavor = "multi_thread")]
async fn headers() {
    let scene = Scene::start().await;
    let (_, client) = scene.arthur().await;
    for page in PAGES.into_iter().chain(["/nowhere"]) {
        for client in [&scene.client(), &client] {
            let answer = client.get(page).await;
            assert_eq!(answer.header("cache-control"), "no-store", "{page}");
            assert_eq!(answer.header("referrer-policy"), "same-origin", "{page}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{page}");
            let policy = answer.header("content-security-policy");
            for rule in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"] {
                assert!(policy.contains(rule), "{page}: {policy}");
            }
            assert!(!policy.contains("script"), "{page}: {policy}");
        }
    }
}

/// What a page needs to be read by whoever can't see it.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_what_it_is() {
    let scene = Scene::start().await;
    let (_, client) = scene.arthur().await;
    let mut seen = Vec::new();
    for page in PAGES.into_iter().chain(["/nowhere"]) {
        // Who is signed in is led on from the first page.
        let answer = if page == "/account" { client.get(page).await } else { scene.client().get(page).await };
        let text = &answer.text;
        assert!(text.contains("<html lang=\"en\">"), "{page}");
        assert!(text.contains("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"));
        assert_eq!((text.matches("<h1>").count(), text.matches("<main").count()), (1, 1), "{page}");
        let skip =
            between(text, "<body><a class=\"skip\" href=\"#", "\"").expect("the skip link comes first");
        assert!(text.contains(&format!("<main id=\"{skip}\"")), "{page}");
        for script in ["<script", "javascript:", "onclick", "style=\""] {
            assert!(!text.contains(script), "{page}: {script}");
        }
        let ids = text.split(" id=\"").skip(1).map(|rest| rest.split('"').next().expect("an id"));
        let mut ids = ids.collect::<Vec<_>>();
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{page}: two of {ids:?}");
        for label in text.split("<label for=\"").skip(1) {
            let field = label.split('"').next().expect("a field");
            assert!(text.contains(&format!("<input id=\"{field}\"")), "{page}: {field}");
        }
        let fields = text.split("<input ").skip(1).filter(|input| {
            let tag = input.split('>').next().expect("a tag");
            !tag.contains("type=\"hidden\"") && !tag.ends_with("hidden")
        });
        assert_eq!(fields.count(), text.matches("<label").count(), "{page}");
        seen.push(titles(&answer).0.to_owned());
    }
    // Each is called by its own name, but for the two that say the same.
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), PAGES.len(), "{seen:?}");
}

/// Another site can't have a browser send any of the forms, whoever is signed in.
#[tokio::test(flavor = "multi_thread")]
async fn forms_of_other_sites() {
    let scene = Scene::start().await;
    let (user, client) = scene.arthur().await;
    for client in [&scene.client(), &client] {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            for (page, fields) in FORMS {
                let answer = send(&client.with(name, value), page, fields).await;
                let found = (answer.status.as_u16(), titles(&answer).1, answer.cookies().len());
                assert_eq!(found, (403, "Not from there", 0), "{page} {name}: {value}");
            }
        }
    }
    assert_eq!(scene.mails().await, 0);
    assert!(scene.stored("kay@camelot.bt").await.is_none());
    let stored = scene.stored(ARTHUR).await.expect("a user");
    assert_eq!(stored.display_name, user.display_name);
    assert_eq!(client.get("/account").await.status, 200);
    // What a browser sends of our own pages is taken, by old browsers, too.
    let page = format!("{}/account", client.url());
    for (name, value) in [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
        ("origin", client.url()),
        ("referer", &*page),
    ] {
        let own = client.with(name, value);
        assert_eq!(send(&own, "/account/name", &[("display_name", "Arthur")]).await.status, 303, "{name}");
    }
}

/// What is none of the page's form is a page, too, and no field of it is lost without a word.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_form() {
    let scene = Scene::start().await;
    let client = scene.client();
    let form = "application/x-www-form-urlencoded";
    let long = format!("email={}&password=x", "x".repeat(70_000));
    for (content_type, body, status) in [
        (form, "", 422),
        (form, "email=a", 422),
        (form, "email=a&email=b&password=c", 422),
        (form, &*long, 413),
        ("application/json", "{}", 415),
        ("text/plain", "email=a&password=b", 415),
    ] {
        let answer = client.post_raw("/sign-in", content_type, body.to_owned()).await;
        assert_eq!(answer.status, status, "{content_type} {}", &body[..body.len().min(40)]);
        assert!(answer.header("content-type").starts_with("text/html"), "{}", answer.text);
    }
}

/// A password may be long, but not longer than anyone hashes.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_too_long() {
    let scene = Scene::start().await;
    let long = "x".repeat(1025);
    let typed = [("display_name", ""), ("email", ARTHUR), ("password", &*long)];
    let answer = send(&scene.client(), "/sign-up", &typed).await;
    crate::common::refuses(&answer, &[("password", "Password should be at most 1024 bytes")]);
    let answer = send(&scene.client(), "/sign-in", &[("email", ARTHUR), ("password", &*long)]).await;
    assert_eq!(answer.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_are_not_there() {
    let scene = Scene::start().await;
    let client = scene.client();
    // The library's own routes among them: this app has pages in their place.
    for page in ["/nowhere", "/users/me", "/auth/cookie/login", "/auth/oidc/authorize", "/account/x"] {
        let answer = client.get(page).await;
        assert_eq!((answer.status.as_u16(), titles(&answer).1), (404, "There is no such page"), "{page}");
    }
    for (method, page) in [
        (Method::DELETE, "/account"),
        (Method::PUT, "/"),
        (Method::GET, "/sign-out"),
        (Method::POST, "/mailbox"),
    ] {
        let answer = Answer::of(client.request(method, page)).await;
        assert_eq!((answer.status.as_u16(), titles(&answer).1), (405, "There is no such page"), "{page}");
        assert!(!answer.header("allow").is_empty(), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_style_and_the_icon() {
    let scene = Scene::start().await;
    for (file, content_type) in [("/style.css", "text/css; charset=utf-8"), ("/icon.svg", "image/svg+xml")] {
        let answer = scene.client().get(file).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, content_type));
        assert_eq!(answer.header("cache-control"), "max-age=300");
        // Nothing comes from elsewhere.
        assert!(!answer.text.contains("url(") && !answer.text.contains("@import"), "{file}");
    }
}
