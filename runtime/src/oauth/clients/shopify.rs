//! Shopify.

use serde::Deserialize;

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{OAuthError, OAuthProvider, ProviderConfig, ProviderSession, lenient};
use crate::user::Profile;

client! {
    /// Shopify: `Shopify::new("https://camelot.myshopify.com")`. The account is the shop and its address the
    /// shop's, for which Shopify does not vouch.
    ///
    /// Shopify has commas between scopes: several are written as one, `"read_orders,read_products"`.
    Shopify {
        /// The shop's address. A request's word for it is to be checked first: this is where the secret is sent.
        shop,
    }, scopes: ["read_orders"], {
        /// `per-user` for a token of whoever of the shop's staff signs in; else it is the shop's.
        access_mode: "",
        /// The version of its interface, each of which is kept for a year.
        version: "2025-10",
    }
}

#[derive(Deserialize)]
struct Answer {
    shop: Shop,
}

#[derive(Deserialize)]
struct Shop {
    id: AccountId,
    #[serde(default, deserialize_with = "lenient::text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
}

impl OAuthProvider for Shopify {
    fn provider(&self) -> ProviderConfig {
        let oauth = format!("{}/admin/oauth", self.shop);
        let provider = ProviderConfig::new(format!("{oauth}/authorize"), format!("{oauth}/access_token"));
        let mode = Some(self.access_mode.to_string()).filter(|mode| !mode.is_empty());
        let parameters = mode.map(|mode| ("grant_options[]", mode)).into_iter().collect();
        self.set_up(provider).parameters(parameters)
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let url = format!("{}/admin/api/{}/shop.json", self.shop, self.version);
        let token = [("x-shopify-access-token", session.access_token())];
        let Answer { shop } = session.get_with(&url, &token).await?;
        Ok(Profile {
            issuer: self.shop.to_string(),
            account_id: shop.id.into(),
            email: shop.email,
            email_verified: false,
            name: shop.name,
            picture: None,
        })
    }
}
