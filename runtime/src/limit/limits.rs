//! The figures: what may be tried, and how often.

use std::time::Duration;

use super::Rate;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What may be tried, and how often. `None` sets no limit.
///
/// A client is an IPv4 address or the /64 of an IPv6 address. What is over a limit is answered with a 429 and
/// `Retry-After`, before anything is looked up or hashed, and for known and unknown addresses alike.
///
/// ```
/// # use axum_users::prelude::*;
/// # use std::time::Duration;
/// const HALF_AN_HOUR: Duration = Duration::from_secs(1800);
/// let limits = Limits { register: Some(Rate::new(5, HALF_AN_HOUR)), ..Limits::default() };
/// let none = Limits::OFF;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sign-ins of one client, right or wrong.
    pub sign_in: Option<Rate>,
    /// Wrong passwords of one client at one account: at sign-in, and where the current password is asked for. A right one
    /// gives all of them back.
    pub passwords: Option<Rate>,
    /// Passwords of all clients at one account. It holds for those only who have not signed in to that account lately
    /// (30 days): whoever guesses from many addresses keeps the owner out of none that the owner is known at.
    pub passwords_from_anywhere: Option<Rate>,
    /// Registrations of one client.
    pub register: Option<Rate>,
    /// Changes of one account, keyed by its id: each `PATCH` with an email or a password, right or wrong.
    pub changes: Option<Rate>,
    /// The same changes of one client.
    pub changes_by_client: Option<Rate>,
    /// Changes that one superuser makes of others: each `PATCH` with an email or a password.
    pub changes_of_others: Option<Rate>,
    /// Mails that one client causes. Each kind of mail is counted by itself: a token that resets the password, one that
    /// verifies the email, one that confirms a new email, and the notice that somebody registers with an email again.
    ///
    /// A route that answers 202 to everybody also does so over this limit and the next one, and sends nothing. A change of
    /// the email gets a 429. Notices of a change that has happened are always sent: `changes` bounds them.
    pub mails: Option<Rate>,
    /// Mails to one recipient. Each kind of mail is counted by itself, so that none uses up another's.
    pub mails_to_one: Option<Rate>,
    /// Tokens that one client tries: `/reset-password`, `/verify` and `/confirm-email` together.
    pub tokens: Option<Rate>,
    /// Ways of one client to another service and back, each by itself.
    pub oauth: Option<Rate>,
    /// Where it is counted.
    pub counted: Counted,
}

/// Where it is counted how often something was tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Counted {
    /// In the app's Redis, and in the process's own memory where it has none: for one node.
    #[default]
    Nearest,
    /// In the app's database, in a table `limit_counter`: for nodes that share one. It costs a write each time.
    InDatabase,
}

impl Limits {
    /// None: for an app that has its own, or benchmarks.
    pub const OFF: Self = Self {
        sign_in: None,
        passwords: None,
        passwords_from_anywhere: None,
        register: None,
        changes: None,
        changes_by_client: None,
        changes_of_others: None,
        mails: None,
        mails_to_one: None,
        tokens: None,
        oauth: None,
        counted: Counted::Nearest,
    };

    /// The default. NIST's bound of 100 wrong passwords in a row at one account (SP 800-63B, 5.2.2) is
    /// `passwords_from_anywhere`.
    pub const DEFAULT: Self = Self {
        sign_in: Some(Rate::new(30, MINUTE)),
        passwords: Some(Rate::new(10, HOUR)),
        passwords_from_anywhere: Some(Rate::new(100, HOUR)),
        register: Some(Rate::new(30, HOUR)),
        changes: Some(Rate::new(10, HOUR)),
        changes_by_client: Some(Rate::new(30, HOUR)),
        changes_of_others: Some(Rate::new(100, HOUR)),
        mails: Some(Rate::new(30, HOUR)),
        mails_to_one: Some(Rate::new(5, HOUR)),
        tokens: Some(Rate::new(30, HOUR)),
        oauth: Some(Rate::new(60, HOUR)),
        counted: Counted::Nearest,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
