//! The same for a user with a type parameter.

use axum_users::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

#[derive(Clone, AuthUser)]
pub struct User<T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static> {
    pub id: i64,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    #[auth_user(read, create, update)]
    pub profile: T,
    pub notes: String,
}

auth_app! {
    pub struct Camelot {
        user: User<String>,
        database: Sqlite,
        backends: { jwt: Bearer + Jwt { lifetime: HOUR } },
    }
}

pub fn use_them(user: &User<String>) -> (UserRead<String>, Option<UserUpdate<String>>, Option<UserCreate<String>>) {
    (user.read(), None, None)
}

fn main() {}
