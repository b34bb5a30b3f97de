//! A header of the app's own.

use axum::http::{HeaderMap, HeaderName};

use crate::settings::StartError;

/// The token is in a header of the app's own, such as `x-ticket`; a login returns it as JSON, like [`Bearer`](super::Bearer).
///
/// ```
/// # use axum_users::prelude::*;
/// # #[derive(Clone, Debug, AuthUser)]
/// # pub struct User {
/// #     pub id: Uuid,
/// #     pub email: String,
/// #     pub hashed_password: HashedPassword,
/// #     pub is_active: bool,
/// #     pub is_superuser: bool,
/// #     pub is_verified: bool,
/// # }
/// use axum_users::transport::Header;
///
/// auth_app! {
///     pub struct Auth {
///         user: User,
///         database: Sqlite,
///         backends: { door: Header::new("x-ticket") + DatabaseSession },
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Header {
    name: &'static str,
}

impl Header {
    /// Returns the transport for the header of this name, in lower case. With a name that no header has, the app does not
    /// start.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name }
    }

    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn prepare(&self) -> Result<(), StartError> {
        match HeaderName::from_lowercase(self.name.as_bytes()) {
            Ok(_) => Ok(()),
            Err(_) => Err(StartError::Setting(format!(
                "`{}` can't be the name of a header: write lower-case letters, digits and `-`",
                self.name
            ))),
        }
    }

    pub(super) fn token<'r>(&self, headers: &'r HeaderMap) -> Option<&'r str> {
        let mut headers = headers.get_all(self.name).iter();
        let (Some(header), None) = (headers.next(), headers.next()) else { return None };
        header.to_str().ok().map(str::trim).filter(|token| !token.is_empty())
    }
}
