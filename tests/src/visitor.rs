//! Somebody at a browser without a screen: it keeps cookies, goes where it is led, and sends the forms of
//! [`OidcProvider`](crate::oidc_provider::OidcProvider).

use reqwest::Method;

use crate::client::{Answer, Client};

/// How many of the provider's pages come one after the other at most: to sign in, and to agree.
const PAGES: usize = 2;

/// Somebody who has an account at the provider.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The name of the account.
    pub name: String,
    /// The browser, at the app that is visited.
    pub client: Client,
}

impl Visitor {
    /// Somebody with a new browser, at the app at `url`.
    #[must_use]
    pub fn new(name: &str, url: &str) -> Self {
        Self { name: name.to_owned(), client: Client::keeping_cookies(url) }
    }

    /// Opens an address. Where it leads to the provider, signs in there and agrees.
    ///
    /// # Panics
    ///
    /// When the provider goes on asking.
    pub async fn open(&self, address: &str) -> Answer {
        let mut answer = self.look(address).await;
        for _ in 0..PAGES {
            let Some(form) = Form::on(&answer.text) else { break };
            let fields = [("prompt", form.prompt), ("login", &*self.name), ("password", "any")];
            answer = Answer::of(self.client.at(form.action).request(Method::POST, "").form(&fields)).await;
        }
        assert!(Form::on(&answer.text).is_none(), "the provider asks again: {}", answer.text);
        answer
    }

    /// Asks the app's client at `place` where to go, and goes there.
    ///
    /// # Panics
    ///
    /// When it does not say.
    pub async fn sign_in_at(&self, place: &str) -> Answer {
        let answer = self.client.get(&format!("{place}/authorize")).await;
        let url = answer.json["authorization_url"].as_str();
        self.open(url.unwrap_or_else(|| panic!("no address: {}", answer.text))).await
    }

    /// Opens an address that leads to the provider, and cancels what it asks.
    ///
    /// # Panics
    ///
    /// When it does not lead there.
    pub async fn cancel(&self, address: &str) -> Answer {
        let answer = self.look(address).await;
        let form = Form::on(&answer.text).unwrap_or_else(|| panic!("not the provider's: {}", answer.text));
        self.look(&format!("{}/abort", form.action)).await
    }

    async fn look(&self, address: &str) -> Answer {
        self.client.at(address).get("").await
    }
}

/// A form of the provider's: where it goes, and what it asks.
struct Form<'a> {
    action: &'a str,
    prompt: &'a str,
}

impl<'a> Form<'a> {
    fn on(page: &'a str) -> Option<Self> {
        let after = |text: &'a str, start: &str| text.split_once(start).map(|(_, rest)| rest);
        let form = after(page, "<form ")?;
        let action = after(form, "action=\"")?;
        let prompt = after(form, "name=\"prompt\" value=\"")?;
        let value = |text: &'a str| text.split_once('"').map(|(value, _)| value);
        Some(Self { action: value(action)?, prompt: value(prompt)? })
    }
}
