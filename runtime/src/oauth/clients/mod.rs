//! The clients that this crate brings, one a file: data on a provider, and its mapping to a profile.
//!
//! Each has its base addresses as fields, for installations elsewhere and for tests. Account ids are those of
//! httpx-oauth, so that links in a database of FastAPI Users go on working.
//!
//! A client that vouches for addresses may be told to associate by them; one that never does can't be:
//!
//! ```
//! use axum_users::oauth::AccountLinking;
//! use axum_users::oauth::clients::GitHub;
//!
//! let github = GitHub::default().account_linking(AccountLinking::VerifiedEmail);
//! ```
//!
//! ```compile_fail,E0599
//! use axum_users::oauth::AccountLinking;
//! use axum_users::oauth::clients::Microsoft;
//!
//! let microsoft = Microsoft::default().account_linking(AccountLinking::VerifiedEmail);
//! ```

mod apple;
mod discord;
mod facebook;
mod franceconnect;
mod github;
mod gitlab;
mod google;
mod kakao;
mod linkedin;
mod macros;
mod microsoft;
mod naver;
mod oidc;
mod okta;
mod reddit;
mod shopify;
mod slack;
mod spotify;
#[cfg(test)]
mod tests;
mod twitch;
mod x;

pub use self::apple::Apple;
pub use self::discord::Discord;
pub use self::facebook::Facebook;
pub use self::franceconnect::FranceConnect;
pub use self::github::GitHub;
pub use self::gitlab::GitLab;
pub use self::google::Google;
pub use self::kakao::Kakao;
pub use self::linkedin::LinkedIn;
pub use self::microsoft::Microsoft;
pub use self::naver::Naver;
pub use self::oidc::Oidc;
pub use self::okta::Okta;
pub use self::reddit::Reddit;
pub use self::shopify::Shopify;
pub use self::slack::Slack;
pub use self::spotify::Spotify;
pub use self::twitch::Twitch;
pub use self::x::X;
