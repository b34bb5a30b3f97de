//! Users in storage.

use crate::secret::HashedPassword;
use crate::store::storage::IdOf;
use crate::user::{TypedEmail, UserChanges};

capability! { ($) __each_of_users
    /// Reads users.
    ///
    /// Emails are compared without regard to case everywhere, as the database's own `lower` sees it: SQLite's knows
    /// ASCII alone, so that `Ä@camelot.bt` and `ä@camelot.bt` are two emails there.
    pub trait Users {
        /// Returns the user with this id.
        async fn user_by_id(&self, id: IdOf<Self>) -> Option<Self::User>;

        /// Returns the user whom `email` means: [`TypedEmail::find`] chooses among those whose stored email is one of its
        /// [`candidates`](TypedEmail::candidates), without regard to case. One query.
        async fn user_by_email(&self, email: &TypedEmail) -> Option<Self::User>;

        /// Returns the ids of all active superusers, in no order. It may read the whole table.
        async fn active_superusers(&self) -> Vec<IdOf<Self>>;

        /// Returns some of the stored password hashes: the first `most` and the last `most` in the order of the users'
        /// ids, so that the scan is bounded and all nodes see the same ones.
        ///
        /// The password of an unknown email is checked against hashes of the same kinds and costs, so that it takes as long
        /// as that of a known one. With a store that returns none, it is checked at the cost of new hashes.
        async fn password_hashes(&self, most: u32) -> Vec<HashedPassword> = empty;
    }
}

capability! { ($) __each_of_user_writes
    /// Writes users.
    pub trait UserWrites {
        /// Locks the rows of these users until the transaction ends, in the order of their ids whatever the order here,
        /// and returns those that are there as they are then. An id that stands twice counts once.
        ///
        /// It is the first statement of a transaction that needs it: every writer takes these locks before all others.
        async fn lock_users(&mut self, ids: &[IdOf<Self>]) -> Vec<Self::User>;

        /// Writes a new user and returns it with its id.
        /// [`StoreError::EmailTaken`](crate::store::StoreError::EmailTaken) if its email is another's.
        async fn insert_user(&mut self, user: Self::User) -> Self::User;

        /// Writes `changes` in one statement and returns the user, or `None` if there is none, or what `changes` expects no
        /// longer holds. [`StoreError::EmailTaken`](crate::store::StoreError::EmailTaken) if the email is another's.
        async fn update_user(&mut self, id: IdOf<Self>, changes: &UserChanges<'_, Self::User>) -> Option<Self::User>;

        /// Deletes the user with all that belongs to it. Returns whether there was one.
        async fn delete_user(&mut self, id: IdOf<Self>) -> bool;
    }
}
