//! Both macros within a function, on types that only it knows.

/// Says whether it compiles.
#[must_use]
pub fn app() -> usize {
    use renamed::prelude::*;

    #[derive(Clone, Debug, AuthUser)]
    #[auth_user(crate = renamed)]
    struct User {
        id: i32,
        email: String,
        hashed_password: HashedPassword,
        is_active: bool,
        is_superuser: bool,
        is_verified: bool,
    }

    struct Quiet;
    impl Hooks<User> for Quiet {}

    auth_app! {
        struct Hut {
            user: User,
            hooks: Quiet,
            database: Sqlite,
            backends: { jwt: Bearer + Jwt { lifetime: HOUR } },
        }
    }

    drop(Hut::builder());
    Hut::JWT.as_str().len()
}

#[cfg(test)]
mod tests {
    #[test]
    fn its_backend_has_a_name() {
        assert_eq!(super::app(), 3);
    }
}
