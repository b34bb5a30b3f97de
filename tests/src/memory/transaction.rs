//! A transaction of the store in memory.

use std::sync::PoisonError;

use axum_users::clock::Timestamp;
use axum_users::secret::HashedPassword;
use axum_users::store::{
    AccountWrites, Issuance, NewSession, RevocationWrites, SessionKey, SessionWrites, Storage, StoreError,
    StoredAccount, StoredSession, TokenExpiry, Transaction, UserWrites,
};
use axum_users::token::Generation;
use axum_users::user::{AuthUser, OAuthAccount, UserChanges, UserId};
use tokio::sync::OwnedMutexGuard;

use super::{Held, Memory, State};

/// Writes on a copy, which takes the place of what was there when they are done.
pub struct MemoryTransaction<U: AuthUser> {
    pub(super) state: State<U>,
    pub(super) memory: Memory<U>,
    /// What hooks write with.
    pub(super) nothing: (),
    pub(super) _turn: OwnedMutexGuard<()>,
}

impl<U: AuthUser> std::fmt::Debug for MemoryTransaction<U> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryTransaction").finish_non_exhaustive()
    }
}

/// What stands for all tokens of a user.
pub(super) fn all_tokens_of<U: AuthUser>(id: U::Id) -> String {
    format!("user:{id}")
}

impl<U: AuthUser> Storage for MemoryTransaction<U> {
    type User = U;
}

impl<U: AuthUser> Transaction for MemoryTransaction<U> {
    type Connection = ();

    fn connection(&mut self) -> Result<&mut (), StoreError> {
        Ok(&mut self.nothing)
    }

    async fn commit(self) -> Result<(), StoreError> {
        *self.memory.state.lock().unwrap_or_else(PoisonError::into_inner) = self.state;
        Ok(())
    }
}

impl<U: AuthUser> UserWrites for MemoryTransaction<U> {
    /// There is one writer at a time.
    async fn lock_users(&mut self, ids: &[U::Id]) -> Result<Vec<U>, StoreError> {
        let mut users = ids.iter().filter_map(|id| self.state.users.get(id).cloned()).collect::<Vec<_>>();
        users.dedup_by_key(|user| user.id());
        Ok(users)
    }

    async fn insert_user(&mut self, mut user: U) -> Result<U, StoreError> {
        if !user.id().is_generated() {
            user.set_id(self.state.next_id()?);
        }
        if self.state.is_taken(user.email(), user.id()) {
            return Err(StoreError::EmailTaken);
        }
        self.state.users.insert(user.id(), user.clone());
        Ok(user)
    }

    async fn update_user(
        &mut self,
        id: U::Id,
        changes: &UserChanges<'_, U>,
    ) -> Result<Option<U>, StoreError> {
        let expected = &changes.expected;
        let holds = |user: &&mut U| {
            expected.hashed_password.is_none_or(|hash| hash.expose() == user.hashed_password().expose())
                && expected.email.is_none_or(|email| email == user.email())
                && expected.is_verified.is_none_or(|is_verified| is_verified == user.is_verified())
        };
        if changes.email.is_some_and(|email| self.state.is_taken(email.as_str(), id)) {
            return Err(StoreError::EmailTaken);
        }
        let Some(user) = self.state.users.get_mut(&id).filter(holds) else { return Ok(None) };
        user.apply(changes);
        Ok(Some(user.clone()))
    }

    async fn delete_user(&mut self, id: U::Id) -> Result<bool, StoreError> {
        self.state.sessions.retain(|_, held| held.user != id);
        self.state.accounts.retain(|_, stored| stored.account.user_id != id);
        Ok(self.state.users.remove(&id).is_some())
    }
}

impl<U: AuthUser> SessionWrites for MemoryTransaction<U> {
    async fn insert_session(
        &mut self,
        session: &NewSession<U::Id>,
        expected: &HashedPassword,
    ) -> Result<bool, StoreError> {
        let user = session.user_id;
        let owner = self.state.users.get(&user);
        let may = owner
            .is_some_and(|owner| owner.is_active() && owner.hashed_password().expose() == expected.expose());
        if may {
            let held = Held { user, id: session.id, session: StoredSession::from(session) };
            self.state.sessions.insert(session.token.clone(), held);
        }
        Ok(may)
    }

    async fn lock_session(&mut self, user: U::Id, session: &SessionKey) -> Result<bool, StoreError> {
        Ok(self.state.sessions.iter().any(|(token, held)| held.user == user && is(session, token, held)))
    }

    async fn delete_session(&mut self, user: U::Id, session: &SessionKey) -> Result<bool, StoreError> {
        let before = self.state.sessions.len();
        self.state.sessions.retain(|token, held| held.user != user || !is(session, token, held));
        Ok(self.state.sessions.len() < before)
    }

    async fn delete_sessions_of(
        &mut self,
        user: U::Id,
        except: Option<&SessionKey>,
    ) -> Result<(), StoreError> {
        self.state
            .sessions
            .retain(|token, held| held.user != user || except.is_some_and(|except| is(except, token, held)));
        Ok(())
    }

    async fn restamp_sessions_of(&mut self, user: U::Id, from: &str, to: &str) -> Result<(), StoreError> {
        for held in self.state.sessions.values_mut().filter(|held| held.user == user) {
            if let Some(own) = &mut held.session.own
                && own.fingerprint == from
            {
                to.clone_into(&mut own.fingerprint);
            }
        }
        Ok(())
    }
}

/// Whether a key means this session.
fn is<U: AuthUser>(key: &SessionKey, token: &str, held: &Held<U>) -> bool {
    match key {
        SessionKey::Id(id) => held.id == *id,
        SessionKey::Token(key) => key == token,
    }
}

impl<U: AuthUser> RevocationWrites for MemoryTransaction<U> {
    async fn is_ended(&mut self, user: U::Id, digest: &str, issued: Issuance) -> Result<bool, StoreError> {
        Ok(self.state.is_ended(user, digest, issued))
    }

    async fn end_token(
        &mut self,
        digest: &str,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let is_first = !self.state.ended.contains_key(digest);
        self.state.ended.entry(digest.to_owned()).or_insert((ended_at, expires_at));
        Ok(is_first)
    }

    async fn generation_of(&mut self, id: U::Id) -> Result<Option<(U, Generation)>, StoreError> {
        let user = self.state.users.get(&id).cloned();
        Ok(user.map(|user| (user, self.state.generation_of(id))))
    }

    async fn end_token_of(
        &mut self,
        _: U::Id,
        digest: &str,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.end_token(digest, ended_at, expires_at).await.map(drop)
    }

    async fn end_tokens_of(
        &mut self,
        user: U::Id,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.state.ended.insert(all_tokens_of::<U>(user), (ended_at, expires_at));
        let next = self.state.generation_of(user).next();
        self.state.generations.insert(user, next);
        Ok(())
    }
}

impl<U: AuthUser> AccountWrites for MemoryTransaction<U> {
    async fn insert_oauth_account(
        &mut self,
        mut account: OAuthAccount<U::Id>,
    ) -> Result<OAuthAccount<U::Id>, StoreError> {
        let key = (account.oauth_name.clone(), account.account_id.clone());
        if self.state.accounts.contains_key(&key) {
            return Err(StoreError::AccountTaken);
        }
        if !self.state.users.contains_key(&account.user_id) {
            return Err(StoreError::Refused("there is no such user".into()));
        }
        if !account.id.is_generated() {
            account.id = self.state.next_id()?;
        }
        let expiry = account.expires_at.map(TokenExpiry::At);
        self.state.accounts.insert(key, StoredAccount::new(account.clone(), expiry));
        Ok(account)
    }

    async fn update_oauth_account(
        &mut self,
        account: &OAuthAccount<U::Id>,
        expected: Option<&str>,
    ) -> Result<bool, StoreError> {
        let stored = self.state.account_mut(account);
        let Some(stored) =
            stored.filter(|stored| expected.is_none_or(|expected| expected == stored.account.access_token))
        else {
            return Ok(false);
        };
        let OAuthAccount { account_email, access_token, expires_at, refresh_token, .. } = account.clone();
        let kept = stored.account.clone();
        let refresh_token = refresh_token.or_else(|| kept.refresh_token.clone());
        let account = OAuthAccount { account_email, access_token, refresh_token, ..kept };
        *stored = StoredAccount::new(account, expires_at.map(TokenExpiry::At));
        Ok(true)
    }

    async fn swap_oauth_expiry(
        &mut self,
        account: &OAuthAccount<U::Id>,
        from: TokenExpiry,
        to: TokenExpiry,
    ) -> Result<bool, StoreError> {
        let stored = self.state.account_mut(account).filter(|stored| {
            stored.account.access_token == account.access_token && stored.expiry == Some(from)
        });
        let Some(stored) = stored else { return Ok(false) };
        *stored = StoredAccount::new(stored.account.clone(), Some(to));
        Ok(true)
    }

    async fn swap_oauth_refresh_token(
        &mut self,
        account: &OAuthAccount<U::Id>,
        expected: &str,
    ) -> Result<bool, StoreError> {
        let stored = self.state.account_mut(account);
        let stored = stored.filter(|stored| stored.account.refresh_token.as_deref() == Some(expected));
        Ok(stored.map(|stored| stored.account.refresh_token.clone_from(&account.refresh_token)).is_some())
    }

    async fn delete_oauth_account(&mut self, id: U::Id, user: U::Id) -> Result<bool, StoreError> {
        let before = self.state.accounts.len();
        self.state.accounts.retain(|_, stored| stored.account.id != id || stored.account.user_id != user);
        Ok(self.state.accounts.len() < before)
    }

    async fn lock_oauth_accounts_of(&mut self, user: U::Id) -> Result<Vec<OAuthAccount<U::Id>>, StoreError> {
        Ok(self.state.accounts_of(user))
    }
}
