//! The rate limits of an app.

use std::time::Duration;

use super::Rate;
use crate::setters::settings;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

settings! {
    /// The rate limits of an app. `None` sets no limit.
    ///
    /// A client is an IPv4 address or the /64 of an IPv6 address. What is over a limit is answered with a 429 and
    /// `Retry-After`, before anything is looked up or hashed, and for known and unknown addresses alike.
    ///
    /// ```
    /// # use axum_users::prelude::*;
    /// # use std::time::Duration;
    /// const HALF_AN_HOUR: Duration = Duration::from_secs(1800);
    /// let limits = Limits::default().register(Rate::new(5, HALF_AN_HOUR)).tokens(None);
    /// let none = Limits::OFF;
    /// ```
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Limits {
        /// Login attempts of one client, with a right or a wrong password.
        pub sign_in: Option<Rate> as impl Into<Option<Rate>> = Some(Rate::new(30, MINUTE)),
        /// Wrong passwords of one client at one account: at login, and where the current password is required. A right one
        /// resets the count.
        pub passwords: Option<Rate> as impl Into<Option<Rate>> = Some(Rate::new(10, HOUR)),
        /// Password attempts of all clients at one account. It applies only to clients that have not logged in to the account
        /// within 30 days, so that an attacker with many addresses can't lock the owner out. The default is the limit of
        /// NIST SP 800-63B, 5.2.2.
        pub passwords_per_account: Option<Rate> as impl Into<Option<Rate>> = Some(Rate::new(100, HOUR)),
        /// Registrations of one client.
        pub register: Option<Rate> as impl Into<Option<Rate>> = Some(Rate::new(30, HOUR)),
        /// Changes of one account, by its id: each `PATCH` with an email or a password, right or wrong.
        pub changes: Option<Rate> as impl Into<Option<Rate>> = Some(Rate::new(10, HOUR)),
        /// The same changes by one client.
        pub changes_per_ip: Option<Rate> as impl Into<Option<Rate>> = Some(Rate::new(30, HOUR)),
        /// Changes of other users by one superuser: each `PATCH` with an email or a password.
        pub changes_per_superuser: Option<Rate> as impl Into<Option<Rate>> = Some(Rate::new(100, HOUR)),
        /// Emails that one client causes. Each kind is counted separately: tokens that reset a password, that verify an email,
        /// that confirm a new email, and the notice that somebody registers an existing email.
        ///
        /// A route that returns 202 to everybody still does over this limit and the next one, and sends nothing. A change of
        /// the email returns 429. Notices of completed changes are always sent; `changes` limits them.
        pub mails: Option<Rate> as impl Into<Option<Rate>> = Some(Rate::new(30, HOUR)),
        /// Emails to one recipient. Each kind is counted separately.
        pub emails_per_recipient: Option<Rate> as impl Into<Option<Rate>> = Some(Rate::new(5, HOUR)),
        /// Tokens that one client sends to `/reset-password`, `/verify` and `/confirm-email`, counted together.
        pub tokens: Option<Rate> as impl Into<Option<Rate>> = Some(Rate::new(30, HOUR)),
        /// Social logins and associations of one client: redirects to a provider and callbacks, counted separately.
        pub oauth: Option<Rate> as impl Into<Option<Rate>> = Some(Rate::new(60, HOUR)),
        /// Where attempts are counted.
        pub storage: LimitStorage = LimitStorage::RedisOrMemory,
    }
}

/// Where attempts are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitStorage {
    /// In the app's Redis. An app without Redis counts in memory, so for one node.
    #[default]
    RedisOrMemory,
    /// In the app's database, in the table `limit_counter`, for nodes that share one. Each attempt costs a write.
    Database,
}

impl Limits {
    /// No limits, for an app that has its own and for benchmarks.
    pub const OFF: Self = Self {
        sign_in: None,
        passwords: None,
        passwords_per_account: None,
        register: None,
        changes: None,
        changes_per_ip: None,
        changes_per_superuser: None,
        mails: None,
        emails_per_recipient: None,
        tokens: None,
        oauth: None,
        storage: LimitStorage::RedisOrMemory,
    };
}
