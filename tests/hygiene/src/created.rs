//! Registrations from code, for a user whose fields are named like the methods of a registration.

use renamed::prelude::*;

/// A user whose fields are named like the methods of a registration.
#[derive(Clone, Debug, AuthUser)]
#[auth_user(crate = renamed)]
pub struct User {
    /// The primary key.
    pub id: i64,
    /// The email.
    pub email: String,
    /// The hash of the password.
    pub hashed_password: HashedPassword,
    /// Whether the user may log in.
    pub is_active: bool,
    /// Whether the user may manage other users.
    pub is_superuser: bool,
    /// Whether the email is verified.
    pub is_verified: bool,
    /// A name that is text.
    #[auth_user(read, create)]
    pub nickname: String,
    /// A method's name.
    #[auth_user(read, create)]
    pub r#superuser: Option<String>,
    /// The constructor's name.
    #[auth_user(read, create, default = 7)]
    pub new: i32,
    /// A field that a registration can't set.
    #[auth_user(read, create(superuser), default = 3)]
    pub credits: i32,
    /// One more required field, so that clippy counts many arguments.
    #[auth_user(private, default)]
    pub notes: String,
    /// A required number.
    #[auth_user(read, create)]
    pub shoe_size: i32,
    /// A required choice.
    #[auth_user(read, create)]
    pub left_handed: bool,
    /// A required number.
    #[auth_user(read, create)]
    pub helmet_size: i32,
    /// A required number.
    #[auth_user(read, create)]
    pub horses: i32,
    /// A required number.
    #[auth_user(read, create)]
    pub squires: i32,
}

#[cfg(test)]
mod tests {
    use renamed::user::{AuthUser as _, CreateSchema as _};

    use super::{HashedPassword, User};

    #[test]
    fn a_registration_has_its_arguments_and_the_defaults_of_the_rest() {
        let email = "arthur@camelot.bt".parse().expect("an email");
        let create = User::create(email, String::from("guinevere"), "Wart", 43, true, 60, 2, 1)
            .superuser("no flag".to_owned())
            .credits(12)
            .verified()
            .inactive();
        let flags = create.flags();
        assert_eq!((flags.is_active, flags.is_superuser, flags.is_verified), (Some(false), None, Some(true)));
        let user = User::from_create(create, HashedPassword::new("hash"));
        assert_eq!((user.nickname.as_str(), user.superuser.as_deref()), ("Wart", Some("no flag")));
        assert_eq!((user.new, user.credits, user.shoe_size, user.left_handed), (7, 12, 43, true));
    }
}
