//! OAuth accounts in storage: the accounts that users have at providers.

use crate::store::provider_account::{StoredAccount, TokenExpiry};
use crate::store::storage::{IdOf, Linked};
use crate::user::OAuthAccount;

capability! { ($) __each_of_accounts
    /// Reads OAuth accounts. A store of an app without OAuth needs none of it.
    pub trait Accounts {
        /// Returns the user who has the account `account_id` at the provider `oauth_name`, both to the letter, and that
        /// account. One query.
        async fn user_by_oauth_account(&self, oauth_name: &str, account_id: &str) -> Option<Linked<Self::User>>
            = unsupported;

        /// Returns the user's accounts, in the order of their providers' names and their ids there.
        async fn oauth_accounts_of(&self, user: IdOf<Self>) -> Vec<OAuthAccount<IdOf<Self>>> = unsupported;

        /// Returns the account with this id, if it is this user's, and the turn of the node that renews its tokens. One
        /// query.
        async fn stored_oauth_account(&self, id: IdOf<Self>, user: IdOf<Self>) -> Option<StoredAccount<IdOf<Self>>>
            = unsupported;
    }
}

capability! { ($) __each_of_account_writes
    /// Writes OAuth accounts.
    pub trait AccountWrites {
        /// Writes a new account and returns it with its id.
        /// [`StoreError::AccountTaken`](crate::store::StoreError::AccountTaken) if a user has it already,
        /// [`StoreError::Refused`](crate::store::StoreError::Refused) if there is no such user.
        async fn insert_oauth_account(&mut self, account: OAuthAccount<IdOf<Self>>) -> OAuthAccount<IdOf<Self>>
            = unsupported;

        /// Writes `account`'s email and tokens into its row, if it is still the same user's and its access token, as it is
        /// stored, is still `expected`, if one is given. Returns whether it did.
        ///
        /// An account without a refresh token leaves the stored one as it is: a provider need not return one each time. It
        /// is one statement, so that a refresh token that is stored at the same time is not lost.
        async fn update_oauth_account(&mut self, account: &OAuthAccount<IdOf<Self>>, expected: Option<&str>) -> bool
            = unsupported;

        /// Sets the expiry in `account`'s row to `to`, if the row still has the account's access token, as it is stored,
        /// and `from`. Returns whether it did. It is one statement: of many at once that have read the same, one does.
        ///
        /// A node that renews tokens takes its turn by it.
        async fn swap_oauth_expiry(
            &mut self,
            account: &OAuthAccount<IdOf<Self>>,
            from: TokenExpiry,
            to: TokenExpiry,
        ) -> bool = unsupported;

        /// Sets the refresh token in `account`'s row to the account's, if the account is still the same user's and its
        /// refresh token, as it is stored, is still `expected`. Returns whether it did. It is one statement: of many at
        /// once that have read the same, one does.
        ///
        /// A node that has renewed tokens keeps the new refresh token by it if a login has stored another access token
        /// meanwhile.
        async fn swap_oauth_refresh_token(&mut self, account: &OAuthAccount<IdOf<Self>>, expected: &str) -> bool
            = unsupported;

        /// Deletes an account, if it is this user's. Returns whether it was.
        async fn delete_oauth_account(&mut self, id: IdOf<Self>, user: IdOf<Self>) -> bool = unsupported;

        /// Returns the user's accounts, as [`Accounts::oauth_accounts_of`] does, with what this transaction has written.
        ///
        /// If several writers run at once it locks their rows: otherwise, of two that each remove one and leave the other,
        /// neither might see that both go.
        async fn lock_oauth_accounts_of(&mut self, user: IdOf<Self>) -> Vec<OAuthAccount<IdOf<Self>>> = unsupported;
    }
}
