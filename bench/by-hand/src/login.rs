//! An address and a password, and whose they are.

use serde::Deserialize;

use crate::error::Error;
use crate::password;
use crate::user::{Database, User};

#[derive(Deserialize)]
pub(crate) struct Credentials {
    username: String,
    password: String,
}

pub(crate) async fn authenticate<D: Database>(
    database: &D,
    Credentials { username, password }: Credentials,
) -> Result<User, Error> {
    let Some(user) = database.user_by_email(&username).await? else {
        // It takes as long as for an address that is known.
        password::hash(password).await?;
        return Err(Error::BadCredentials);
    };
    let is_right = password::verify(password, user.hashed_password.clone()).await?;
    if is_right && user.is_active { Ok(user) } else { Err(Error::BadCredentials) }
}
