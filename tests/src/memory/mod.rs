//! A store in memory, written against the public API alone: what an app of its own kind of storage would write.

mod transaction;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

pub use self::transaction::MemoryTransaction;
use self::transaction::all_tokens_of;
use axum_users::clock::Timestamp;
use axum_users::secret::HashedPassword;
use axum_users::store::{
    Accounts, Compat, Database, Issuance, Linked, Revocations, SessionId, Sessions, Storage, Store,
    StoreError, StoredAccount, StoredSession, Tables, Transaction, Users,
};
use axum_users::token::Generation;
use axum_users::user::{AuthUser, OAuthAccount, TypedEmail, UserChanges, UserId};

/// Users and tokens in memory. Clones share them; they are gone with the last one.
pub struct Memory<U: AuthUser> {
    /// What has been committed.
    state: Arc<Mutex<State<U>>>,
    /// The turn to write.
    writer: Arc<tokio::sync::Mutex<()>>,
}

/// All there is. It serves either layout: a session has all that both ask of it.
#[derive(Clone)]
struct State<U: AuthUser> {
    users: HashMap<U::Id, U>,
    /// Sessions, by their tokens as they are stored.
    sessions: HashMap<String, Held<U>>,
    /// Accounts at other services, by their service and their id there.
    accounts: BTreeMap<(String, String), StoredAccount<U::Id>>,
    /// When a token was ended, and until when that must be kept.
    ended: HashMap<String, (Timestamp, Timestamp)>,
    /// Whose tokens have all been revoked, and in which generation that user is.
    generations: HashMap<U::Id, Generation>,
    last_number: i64,
}

/// A session, and its user.
#[derive(Clone)]
struct Held<U: AuthUser> {
    user: U::Id,
    id: SessionId,
    session: StoredSession,
}

impl<U: AuthUser> Default for Memory<U> {
    fn default() -> Self {
        let state = State {
            users: HashMap::new(),
            sessions: HashMap::new(),
            accounts: BTreeMap::new(),
            ended: HashMap::new(),
            generations: HashMap::new(),
            last_number: 0,
        };
        Self { state: Arc::new(Mutex::new(state)), writer: Arc::default() }
    }
}

impl<U: AuthUser> Clone for Memory<U> {
    fn clone(&self) -> Self {
        Self { state: Arc::clone(&self.state), writer: Arc::clone(&self.writer) }
    }
}

impl<U: AuthUser> std::fmt::Debug for Memory<U> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

impl<U: AuthUser> Memory<U> {
    fn read<T>(&self, read: impl FnOnce(&State<U>) -> T) -> T {
        read(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Everyone, in no order.
    #[must_use]
    pub fn users(&self) -> Vec<U> {
        self.read(|state| state.users.values().cloned().collect())
    }

    /// How many there are of everything.
    #[must_use]
    pub fn census(&self) -> BTreeMap<String, i64> {
        let counts = self.read(|state| {
            [
                ("user", state.users.len()),
                ("session", state.sessions.len()),
                ("oauth_account", state.accounts.len()),
                ("ended_token", state.ended.len()),
            ]
        });
        counts.map(|(name, count)| (name.to_owned(), count as i64)).into()
    }

    /// Changes every user by hand.
    pub fn change(&self, change: impl FnMut(&mut U)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.users.values_mut().for_each(change);
    }

    /// Gives those users for whom `is_meant` is true another hash.
    pub fn set_hash(&self, is_meant: impl Fn(&U) -> bool, hash: &str) {
        let hash = HashedPassword::new(hash);
        let changes = UserChanges { hashed_password: Some(&hash), ..UserChanges::default() };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.users.values_mut().filter(|user| is_meant(user)).for_each(|user| user.apply(&changes));
    }
}

impl<U: AuthUser> State<U> {
    fn by_email(&self, email: &str) -> Option<&U> {
        let email = email.to_lowercase();
        self.users.values().find(|user| user.email().to_lowercase() == email)
    }

    /// Whether `email` is the address of another user than `id`.
    fn is_taken(&self, email: &str, id: U::Id) -> bool {
        self.by_email(email).is_some_and(|user| user.id() != id)
    }

    /// The next number for an id.
    fn next_id(&mut self) -> Result<U::Id, StoreError> {
        self.last_number += 1;
        let id = U::Id::parse(&self.last_number.to_string());
        id.ok_or_else(|| StoreError::Failed("there are no more numbers".into()))
    }

    fn generation_of(&self, user: U::Id) -> Generation {
        self.generations.get(&user).copied().unwrap_or_default()
    }

    /// Whether a token of `user` has been revoked, by itself or with all others.
    fn is_ended(&self, user: U::Id, digest: &str, issued: Issuance) -> bool {
        self.ended.contains_key(digest)
            || match issued {
                Issuance::In(generation) => generation != self.generation_of(user),
                Issuance::At(issued_at) => {
                    self.ended.get(&all_tokens_of::<U>(user)).is_some_and(|(at, _)| *at >= issued_at)
                }
            }
    }

    fn account(&self, id: U::Id, user: U::Id) -> Option<&StoredAccount<U::Id>> {
        self.accounts.values().find(|stored| stored.account.id == id && stored.account.user_id == user)
    }

    fn account_mut(&mut self, account: &OAuthAccount<U::Id>) -> Option<&mut StoredAccount<U::Id>> {
        let mut accounts = self.accounts.values_mut();
        accounts.find(|stored| stored.account.id == account.id && stored.account.user_id == account.user_id)
    }

    fn accounts_of(&self, user: U::Id) -> Vec<OAuthAccount<U::Id>> {
        let accounts = self.accounts.values().map(|stored| &stored.account);
        accounts.filter(|account| account.user_id == user).cloned().collect()
    }
}

/// How a [`Memory`] is opened: it is there already.
#[derive(Clone, Copy, Debug, Default)]
pub struct InMemory;

impl<U: AuthUser> Database<U> for InMemory {
    type Config = Memory<U>;
    type Store = Memory<U>;

    async fn open(self, config: Memory<U>, _: Compat, _: Tables) -> Result<Memory<U>, StoreError> {
        Ok(config)
    }
}

impl<U: AuthUser> Storage for Memory<U> {
    type User = U;
}

impl<U: AuthUser> Users for Memory<U> {
    async fn user_by_id(&self, id: U::Id) -> Result<Option<U>, StoreError> {
        Ok(self.read(|state| state.users.get(&id).cloned()))
    }

    async fn user_by_email(&self, email: &TypedEmail) -> Result<Option<U>, StoreError> {
        Ok(self.read(|state| email.find(state.users.values().cloned())))
    }

    async fn active_superusers(&self) -> Result<Vec<U::Id>, StoreError> {
        Ok(self.read(|state| {
            let users = state.users.values().filter(|user| user.is_active() && user.is_superuser());
            users.map(AuthUser::id).collect()
        }))
    }

    async fn password_hashes(&self, _: u32) -> Result<Vec<HashedPassword>, StoreError> {
        Ok(self.read(|state| state.users.values().map(|user| user.hashed_password().clone()).collect()))
    }
}

impl<U: AuthUser> Sessions for Memory<U> {
    async fn session_by_token(&self, token: &str) -> Result<Option<(U, StoredSession)>, StoreError> {
        Ok(self.read(|state| {
            let held = state.sessions.get(token)?;
            Some((state.users.get(&held.user)?.clone(), held.session.clone()))
        }))
    }
}

impl<U: AuthUser> Revocations for Memory<U> {
    async fn user_unless_ended(
        &self,
        id: U::Id,
        digest: &str,
        issued: Issuance,
    ) -> Result<Option<U>, StoreError> {
        Ok(self.read(|state| {
            let is_ended = state.is_ended(id, digest, issued);
            state.users.get(&id).filter(|_| !is_ended).cloned()
        }))
    }

    async fn user_and_generation(&self, id: U::Id) -> Result<Option<(U, Generation)>, StoreError> {
        Ok(self.read(|state| Some((state.users.get(&id)?.clone(), state.generation_of(id)))))
    }
}

impl<U: AuthUser> Accounts for Memory<U> {
    async fn user_by_oauth_account(
        &self,
        oauth_name: &str,
        account_id: &str,
    ) -> Result<Option<Linked<U>>, StoreError> {
        Ok(self.read(|state| {
            let StoredAccount { account, .. } =
                state.accounts.get(&(oauth_name.to_owned(), account_id.to_owned()))?;
            Some((state.users.get(&account.user_id)?.clone(), account.clone()))
        }))
    }

    async fn oauth_accounts_of(&self, user: U::Id) -> Result<Vec<OAuthAccount<U::Id>>, StoreError> {
        Ok(self.read(|state| state.accounts_of(user)))
    }

    async fn stored_oauth_account(
        &self,
        id: U::Id,
        user: U::Id,
    ) -> Result<Option<StoredAccount<U::Id>>, StoreError> {
        Ok(self.read(|state| state.account(id, user).cloned()))
    }
}

impl<U: AuthUser> Store for Memory<U> {
    type Transaction = MemoryTransaction<U>;

    async fn begin(&self) -> Result<MemoryTransaction<U>, StoreError> {
        let turn = Arc::clone(&self.writer).lock_owned().await;
        Ok(MemoryTransaction {
            state: self.read(Clone::clone),
            memory: self.clone(),
            nothing: (),
            _turn: turn,
        })
    }

    fn keeps(&self) -> Tables {
        Tables::OAUTH_ACCOUNTS
    }

    async fn purge(&self, expired: Timestamp, sessions_since: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        transaction.state.ended.retain(|_, (_, expires_at)| *expires_at >= expired);
        transaction.state.sessions.retain(|_, held| match &held.session.own {
            Some(own) => own.expires_at >= expired,
            None => held.session.created_at >= sessions_since,
        });
        transaction.commit().await
    }
}
