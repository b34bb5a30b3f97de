//! What these tests share: the pages on a socket, with a clock that is moved by hand, and what stands in a page.

use axum_users::manager::Manager;
use axum_users::oauth::OAuthConfig;
use axum_users::prelude::*;
use axum_users::testing::{self, ManualClock};
use axum_users_tests::provider::{CLIENT_ID, CLIENT_SECRET, Provider};
use axum_users_tests::{Answer, Client, Serving};
use reqwest::Method;
use web::{Service, Site, User, UserCreate, UserUpdate, Web};

pub(crate) const ARTHUR: &str = "arthur@camelot.bt";
pub(crate) const KAY: &str = "kay@camelot.bt";
/// Everybody's password.
pub(crate) const PASSWORD: &str = "guinevere sings";
/// The one that comes after it.
pub(crate) const NEW_PASSWORD: &str = "merlin is late";

/// The pages, served.
pub(crate) struct Scene {
    pub(crate) web: Web,
    pub(crate) clock: ManualClock,
    serving: Serving,
}

impl Scene {
    pub(crate) async fn start() -> Self {
        Self::with(None).await
    }

    /// The same, with another service that signs users in.
    pub(crate) async fn at(provider: &Provider) -> Self {
        let keys = OAuthCredentials::new(CLIENT_ID, CLIENT_SECRET);
        let config = OAuthConfig::new("https://camelot.bt", "siege-perilous-siege-perilous-siege-perilous");
        Self::with(Some(Service::new(&*provider.url, keys, config))).await
    }

    async fn with(service: Option<Service>) -> Self {
        let clock = ManualClock::default();
        let setup = Web::builder().clock(clock.clone()).hasher(testing::CHEAP);
        let site =
            Site::start(setup, testing::config(testing::in_memory()), service).await.expect("it starts");
        let web = site.web().clone();
        Self { web, clock, serving: Serving::start(site.routes()).await }
    }

    /// A browser that is signed in nowhere.
    pub(crate) fn client(&self) -> Client {
        self.serving.client()
    }

    pub(crate) fn manager(&self) -> Manager<Web> {
        Manager::for_code(self.web.clone())
    }

    /// A user who is verified.
    pub(crate) async fn user(&self, email: &str) -> User {
        let user = UserCreate {
            email: email.parse().expect("an address"),
            password: PASSWORD.into(),
            is_active: None,
            is_superuser: None,
            is_verified: Some(true),
            display_name: None,
        };
        self.manager().create(user).await.expect("a new user")
    }

    /// A browser that `user` is signed in with.
    pub(crate) async fn signed_in(&self, user: &User) -> Client {
        let mut client = self.client();
        client.headers = testing::sign_in(&self.web, Web::COOKIE, user).await.expect("signed in");
        client
    }

    /// A user who is verified, and a browser.
    pub(crate) async fn arthur(&self) -> (User, Client) {
        let user = self.user(ARTHUR).await;
        let client = self.signed_in(&user).await;
        (user, client)
    }

    /// The user with this address, as it is stored.
    pub(crate) async fn stored(&self, email: &str) -> Option<User> {
        self.manager().user_by_email(&email.parse().expect("an address")).await.expect("a store")
    }

    /// Changes a user from code.
    pub(crate) async fn change(&self, user: &User, update: UserUpdate) {
        self.manager().update_user(user.clone(), update, None).await.expect("a change");
    }

    /// The mailbox, once all mails are there.
    pub(crate) async fn mailbox(&self) -> String {
        self.web.drain().await;
        self.client().get("/mailbox").await.text
    }

    /// Where the newest mail that leads to `page` does.
    pub(crate) async fn link(&self, page: &str) -> String {
        let mailbox = self.mailbox().await;
        between(&mailbox, &format!("href=\"{page}?token="), "\"").map_or_else(
            || panic!("no mail leads to {page}: {mailbox}"),
            |token| format!("{page}?token={token}"),
        )
    }

    /// How many mails there are.
    pub(crate) async fn mails(&self) -> usize {
        self.mailbox().await.matches("<article").count()
    }
}

/// The token of a link.
pub(crate) fn token(link: &str) -> &str {
    link.split_once("token=").expect("a token").1
}

/// Sends a form.
pub(crate) async fn send(client: &Client, page: &str, fields: &[(&str, &str)]) -> Answer {
    Answer::of(client.request(Method::POST, page).form(fields)).await
}

/// What stands between two texts, the first time.
pub(crate) fn between<'a>(page: &'a str, start: &str, end: &str) -> Option<&'a str> {
    Some(page.split_once(start)?.1.split_once(end)?.0)
}

/// The page's title, and what its heading says.
pub(crate) fn titles(answer: &Answer) -> (&str, &str) {
    let title = between(&answer.text, "<title>", " · Camelot</title>").expect("a title");
    (title, between(&answer.text, "<h1>", "</h1>").expect("a heading"))
}

/// The element of a field, from its name to the end of its tag.
fn input<'a>(page: &'a str, field: &str) -> &'a str {
    between(page, &format!("<input id=\"{field}\""), ">")
        .unwrap_or_else(|| panic!("no field {field}: {page}"))
}

/// What a field holds.
pub(crate) fn value<'a>(answer: &'a Answer, field: &str) -> Option<&'a str> {
    between(input(&answer.text, field), "value=\"", "\"")
}

/// What is said beside a field, if anything is, for those who see it and for those who don't.
pub(crate) fn mistake<'a>(answer: &'a Answer, field: &str) -> Option<&'a str> {
    let said = between(&answer.text, &format!("id=\"{field}-mistake\" role=\"alert\">"), "<");
    let element = input(&answer.text, field);
    assert_eq!(element.contains("aria-invalid=\"true\""), said.is_some(), "{element}");
    assert_eq!(element.contains(&format!("{field}-mistake")), said.is_some(), "{element}");
    said
}

/// Fails unless the answer is the form once more, with these mistakes and no others, and the browser at the first of
/// them.
#[track_caller]
pub(crate) fn refuses(answer: &Answer, mistakes: &[(&str, &str)]) {
    assert_eq!(answer.status, 422, "{}", answer.text);
    let (title, heading) = titles(answer);
    assert_eq!(title, format!("Error: {heading}"));
    for (field, expected) in mistakes {
        assert_eq!(mistake(answer, field), Some(*expected), "{field}");
    }
    assert_eq!(answer.text.matches("role=\"alert\"").count(), mistakes.len(), "{}", answer.text);
    let (first, _) = mistakes.first().expect("a mistake");
    assert!(input(&answer.text, first).contains(" autofocus"), "{}", answer.text);
    assert_eq!(answer.text.matches(" autofocus").count(), 1);
    for password in [PASSWORD, NEW_PASSWORD, "morgana", "short"] {
        assert!(!answer.text.contains(password), "a password was sent back");
    }
}

/// Fails unless the answer leads there.
#[track_caller]
pub(crate) fn leads(answer: &Answer, to: &str) {
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, to), "{}", answer.text);
}

/// What is said above the rest: of what was done, or of what has failed.
pub(crate) fn told<'a>(answer: &'a Answer, role: &str) -> Option<&'a str> {
    between(&answer.text, &format!("role=\"{role}\">"), "<")
}

/// The browser with the cookies of an answer.
pub(crate) fn keeping(client: &Client, answer: &Answer) -> Client {
    let cookies = answer.cookies();
    let cookies = cookies.iter().map(|cookie| cookie.split(';').next().expect("a cookie"));
    client.with("cookie", &cookies.collect::<Vec<_>>().join("; "))
}
