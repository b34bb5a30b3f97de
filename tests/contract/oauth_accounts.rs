//! What stores promise of accounts at other services, whatever the ids and the layout.

mod renewals;

use std::sync::Arc;

use axum_users::prelude::*;
use axum_users::store::diesel::{AnyDatabase, AnyStore};
use axum_users::store::prelude::*;
use axum_users::store::{Compat, Database as _, StoreError, StoredAccount, Tables};
use axum_users::user::{AuthUser, OAuthAccount, UserId};
use axum_users_tests::{
    Database as TestDatabase, Place, PlaceStore, Store, User, on_each_database, on_each_store,
};

use self::renewals::{are_claimed_once, swap_a_refresh_token_once};
use crate::cast::{ARTHUR, GALAHAD};

/// A store that two users lie in.
struct Court<U: AuthUser, S> {
    store: S,
    arthur: U,
    galahad: U,
    /// What goes with the test.
    _database: TestDatabase,
}

impl<U: AuthUser, S: axum_users::store::Store<User = U>> Court<U, S> {
    async fn of(database: TestDatabase, store: S, user: impl Fn(&str) -> U) -> Self {
        let mut transaction = store.begin().await.expect("a transaction");
        let arthur = transaction.insert_user(user(ARTHUR)).await.expect("a new user");
        let galahad = transaction.insert_user(user(GALAHAD)).await.expect("a new user");
        transaction.commit().await.expect("a commit");
        Self { store, arthur, galahad, _database: database }
    }

    /// Writes accounts of a user's.
    async fn link(&self, user: &U, accounts: &[(&str, &str)]) -> Vec<OAuthAccount<U::Id>> {
        let mut transaction = self.store.begin().await.expect("a transaction");
        let mut written = Vec::new();
        for (oauth_name, account_id) in accounts {
            let new = account(user.id(), oauth_name, account_id);
            written.push(transaction.insert_oauth_account(new).await.expect("a new account"));
        }
        transaction.commit().await.expect("a commit");
        written
    }

    async fn of_user(&self, user: &U) -> Vec<OAuthAccount<U::Id>> {
        self.store.oauth_accounts_of(user.id()).await.expect("accounts")
    }

    async fn stored(&self, account: &OAuthAccount<U::Id>) -> Option<StoredAccount<U::Id>> {
        self.store.stored_oauth_account(account.id, account.user_id).await.expect("an answer")
    }

    async fn found(&self, oauth_name: &str, account_id: &str) -> Option<(U, OAuthAccount<U::Id>)> {
        self.store.user_by_oauth_account(oauth_name, account_id).await.expect("an answer")
    }
}

/// An account that is yet to be written.
pub(crate) fn account<Id: UserId>(user: Id, oauth_name: &str, account_id: &str) -> OAuthAccount<Id> {
    OAuthAccount {
        id: Id::generate().unwrap_or_else(Id::placeholder),
        user_id: user,
        oauth_name: oauth_name.to_owned(),
        account_id: account_id.to_owned(),
        account_email: format!("{account_id}@{oauth_name}.example"),
        access_token: "excalibur".to_owned(),
        expires_at: None,
        refresh_token: None,
    }
}

async fn are_found<U: AuthUser, S: axum_users::store::Store<User = U>>(court: Court<U, S>) {
    let [mirror, lake, early] =
        &court.link(&court.arthur, &[("mirror", "7"), ("lake", "7"), ("lake", "42")]).await[..]
    else {
        panic!("not three")
    };
    let of_galahad = &court.link(&court.galahad, &[("mirror", "8")]).await[0];
    assert!(mirror.id.is_generated() && mirror.id != lake.id, "{mirror:?}, {lake:?}");
    for account in [mirror, lake, early, of_galahad] {
        let (user, found) =
            court.found(&account.oauth_name, &account.account_id).await.expect("the account is there");
        assert!(found == *account, "{found:?} for {account:?}");
        assert_eq!(user.id(), account.user_id);
    }
    for (oauth_name, account_id) in [("mirror", "42"), ("lake", "8"), ("Lake", "7"), ("lake", ""), ("", "7")]
    {
        assert!(court.found(oauth_name, account_id).await.is_none(), "{oauth_name} {account_id}");
    }
    // The services by their names, and the ids there as text.
    assert!(court.of_user(&court.arthur).await == [early.clone(), lake.clone(), mirror.clone()]);
    assert!(court.of_user(&court.galahad).await == [of_galahad.clone()]);
}

async fn are_told_apart_to_the_letter<U: AuthUser, S: axum_users::store::Store<User = U>>(
    court: Court<U, S>,
) {
    let ids = ["Lancelot", "lancelot", "láncelot", "İ", "i", "薔薇", "%", "?"];
    for id in ids {
        court.link(&court.arthur, &[("lake", id)]).await;
    }
    for id in ids {
        let (_, found) = court.found("lake", id).await.expect("the account is there");
        assert_eq!(found.account_id, id);
    }
    assert!(court.found("lake", "LANCELOT").await.is_none());
    assert!(court.found("lake", "lancelot ").await.is_none());
}

async fn are_seen_when_they_are_committed<U: AuthUser, S: axum_users::store::Store<User = U>>(
    court: Court<U, S>,
) {
    let mut transaction = court.store.begin().await.expect("a transaction");
    let new = account(court.arthur.id(), "lake", "7");
    let new = transaction.insert_oauth_account(new).await.expect("a new account");
    let seen = transaction.lock_oauth_accounts_of(court.arthur.id()).await.expect("accounts");
    assert!(seen == [new.clone()], "{seen:?}");
    assert!(court.found("lake", "7").await.is_none() && court.of_user(&court.arthur).await.is_empty());
    drop(transaction);
    assert!(court.of_user(&court.arthur).await.is_empty(), "it was undone");

    let new = court.link(&court.arthur, &[("lake", "7")]).await;
    assert!(court.of_user(&court.arthur).await == new);
}

async fn change_as_expected<U: AuthUser, S: axum_users::store::Store<User = U>>(court: Court<U, S>) {
    let [first, other] = &court.link(&court.arthur, &[("lake", "7"), ("mirror", "7")]).await[..] else {
        panic!("not two")
    };
    let update = async |account: &OAuthAccount<U::Id>, expected: Option<&str>| {
        let mut transaction = court.store.begin().await.expect("a transaction");
        let is_updated = transaction.update_oauth_account(account, expected).await.expect("an answer");
        transaction.commit().await.expect("a commit");
        is_updated
    };
    let renewed = OAuthAccount {
        account_email: "lancelot@lake.example".to_owned(),
        access_token: "Clarent".to_owned(),
        expires_at: Some(i64::from(i32::MAX)),
        refresh_token: Some("scabbard".to_owned()),
        ..first.clone()
    };
    assert!(update(&renewed, None).await);
    assert!(court.of_user(&court.arthur).await == [renewed.clone(), other.clone()], "or the other one, too");

    // What another one has renewed in between stays.
    let late = OAuthAccount { access_token: "Caliburn".to_owned(), ..renewed.clone() };
    for stale in ["excalibur", "clarent", ""] {
        assert!(!update(&late, Some(stale)).await, "{stale}");
    }
    assert!(update(&late, Some("Clarent")).await);
    let without = OAuthAccount { expires_at: None, refresh_token: None, ..late.clone() };
    assert!(update(&without, Some("Caliburn")).await);
    // Nothing changes, and it is there all the same.
    assert!(update(&without, Some("Caliburn")).await);
    let plain = OAuthAccount { expires_at: None, ..late.clone() };
    let kept = court.of_user(&court.arthur).await;
    assert!(kept.contains(&plain), "without a refresh token, the stored one stays");

    let of_galahad =
        OAuthAccount { user_id: court.galahad.id(), access_token: "grail".to_owned(), ..plain.clone() };
    assert!(!update(&of_galahad, None).await);
    // Which account it is stays, whatever is said.
    let moved = OAuthAccount { oauth_name: "moon".to_owned(), account_id: "1".to_owned(), ..plain.clone() };
    assert!(update(&moved, None).await);
    assert!(court.of_user(&court.arthur).await.contains(&plain));

    let mut transaction = court.store.begin().await.expect("a transaction");
    assert!(transaction.delete_oauth_account(plain.id, court.arthur.id()).await.expect("an answer"));
    assert!(!transaction.update_oauth_account(&plain, None).await.expect("an answer"), "it is gone");
}

async fn are_deleted_by_their_owner<U: AuthUser, S: axum_users::store::Store<User = U>>(court: Court<U, S>) {
    let [first, other] = &court.link(&court.arthur, &[("lake", "7"), ("mirror", "7")]).await[..] else {
        panic!("not two")
    };
    let delete = async |id: U::Id, user: &U| {
        let mut transaction = court.store.begin().await.expect("a transaction");
        let is_deleted = transaction.delete_oauth_account(id, user.id()).await.expect("an answer");
        transaction.commit().await.expect("a commit");
        is_deleted
    };
    assert!(!delete(first.id, &court.galahad).await);
    assert!(delete(first.id, &court.arthur).await);
    assert!(!delete(first.id, &court.arthur).await, "it is gone");
    assert!(court.of_user(&court.arthur).await == [other.clone()]);
    // It is free again.
    court.link(&court.galahad, &[("lake", "7")]).await;
    let (user, _) = court.found("lake", "7").await.expect("the account is there");
    assert_eq!(user.id(), court.galahad.id());
}

async fn go_with_their_user<U: AuthUser, S: axum_users::store::Store<User = U>>(court: Court<U, S>) {
    court.link(&court.arthur, &[("lake", "7"), ("mirror", "7")]).await;
    let of_galahad = court.link(&court.galahad, &[("lake", "8")]).await;
    let mut transaction = court.store.begin().await.expect("a transaction");
    assert!(transaction.delete_user(court.arthur.id()).await.expect("an answer"));
    transaction.commit().await.expect("a commit");
    assert!(court.of_user(&court.arthur).await.is_empty());
    assert!(court.found("lake", "7").await.is_none());
    assert!(court.of_user(&court.galahad).await == of_galahad);

    let mut transaction = court.store.begin().await.expect("a transaction");
    let of_nobody = account(court.arthur.id(), "lake", "7");
    let refused = transaction.insert_oauth_account(of_nobody).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
}

async fn are_one_users_alone<U: AuthUser, S: axum_users::store::Store<User = U>>(court: Court<U, S>) {
    let first = court.link(&court.arthur, &[("lake", "7")]).await;
    for user in [&court.galahad, &court.arthur] {
        let mut transaction = court.store.begin().await.expect("a transaction");
        let taken = transaction.insert_oauth_account(account(user.id(), "lake", "7")).await;
        assert!(matches!(taken, Err(StoreError::AccountTaken)), "{taken:?}");
    }
    assert!(court.of_user(&court.arthur).await == first && court.of_user(&court.galahad).await.is_empty());

    let (court, mut links) = (Arc::new(court), tokio::task::JoinSet::new());
    for n in 0..20 {
        let court = Arc::clone(&court);
        links.spawn(async move {
            let user = if n % 2 == 0 { &court.arthur } else { &court.galahad };
            let mut transaction = court.store.begin().await?;
            transaction.insert_oauth_account(account(user.id(), "mirror", "7")).await?;
            transaction.commit().await
        });
    }
    let (won, lost): (Vec<_>, Vec<_>) = links.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for lost in lost {
        assert!(matches!(lost, Err(StoreError::AccountTaken)), "{lost:?}");
    }
}

/// A transaction that has asked which there are is alone with them: of two that each leave one, the second sees what
/// the first has left.
async fn are_counted_by_one_at_a_time<U: AuthUser, S: axum_users::store::Store<User = U>>(
    court: Court<U, S>,
) {
    let court = Arc::new(court);
    for round in 0..10 {
        let (lake, mirror) = (format!("l{round}"), format!("m{round}"));
        let accounts = court.link(&court.arthur, &[("lake", &lake), ("mirror", &mirror)]).await;
        let mut unlinks = tokio::task::JoinSet::new();
        for account in accounts {
            let court = Arc::clone(&court);
            unlinks.spawn(async move {
                let mut transaction = court.store.begin().await?;
                let there = transaction.lock_oauth_accounts_of(court.arthur.id()).await?;
                let may = there.len() > 1;
                if may {
                    transaction.delete_oauth_account(account.id, court.arthur.id()).await?;
                }
                transaction.commit().await.map(|()| may)
            });
        }
        let unlinked = unlinks.join_all().await.into_iter().map(|unlinked| unlinked.expect("an answer"));
        assert_eq!(unlinked.filter(|may| *may).count(), 1, "round {round}");
        let [left] = &court.of_user(&court.arthur).await[..] else { panic!("round {round}: not one") };
        let mut transaction = court.store.begin().await.expect("a transaction");
        transaction.delete_oauth_account(left.id, court.arthur.id()).await.expect("an answer");
        transaction.commit().await.expect("a commit");
    }
}

/// All of it for the stores that `court` opens.
macro_rules! promises {
    ($each:ident, $court:path) => {
        promises! { $each, $court:
            are_found are_told_apart_to_the_letter are_seen_when_they_are_committed change_as_expected are_claimed_once
            swap_a_refresh_token_once
            are_deleted_by_their_owner go_with_their_user are_one_users_alone are_counted_by_one_at_a_time
        }
    };
    ($each:ident, $court:path: $($promise:ident)*) => {$(
        #[$each]
        async fn $promise() {
            for compat in [Compat::None, FastApiUsers] {
                crate::oauth_accounts::$promise($court(compat).await).await;
            }
        }
    )*};
}

/// A user of the tests' app.
pub(crate) fn user(email: &str) -> User {
    User {
        id: Uuid::new_v4(),
        email: email.to_owned(),
        hashed_password: HashedPassword::new("!"),
        is_active: true,
        is_superuser: false,
        is_verified: false,
        display_name: None,
        credits: 0,
        notes: String::new(),
    }
}

mod by_uuid {
    use super::*;

    async fn court(compat: Compat) -> Court<User, PlaceStore> {
        let database = TestDatabase::create(Store::current()).await;
        let store =
            Place::default().open(database.config(), compat, Tables::OAUTH_ACCOUNTS).await.expect("it opens");
        Court::of(database, store, user).await
    }

    promises!(on_each_store, court);
}

macro_rules! by_number {
    ($module:ident, $id:ty) => {
        mod $module {
            use super::*;

            #[derive(Clone, Debug, AuthUser)]
            struct Knight {
                id: $id,
                email: String,
                hashed_password: HashedPassword,
                is_active: bool,
                is_superuser: bool,
                is_verified: bool,
            }

            fn knight(email: &str) -> Knight {
                Knight {
                    id: 0,
                    email: email.to_owned(),
                    hashed_password: HashedPassword::new("!"),
                    is_active: true,
                    is_superuser: false,
                    is_verified: false,
                }
            }

            async fn court(compat: Compat) -> Court<Knight, AnyStore<Knight>> {
                let database = TestDatabase::create(Store::current()).await;
                let store = axum_users::store::Database::<Knight>::open(
                    AnyDatabase::default(),
                    database.address().into(),
                    compat,
                    Tables::OAUTH_ACCOUNTS,
                );
                let store = store.await.expect("it opens");
                Court::of(database, store, knight).await
            }

            promises!(on_each_database, court);
        }
    };
}

by_number!(by_32_bits, i32);
by_number!(by_64_bits, i64);

/// Past the year 2038, and longer than a column of FastAPI Users' is.
#[on_each_store]
async fn our_own_table_takes_all_that_services_give() {
    let database = TestDatabase::create(Store::current()).await;
    let store = Place::default()
        .open(database.config(), Compat::None, Tables::OAUTH_ACCOUNTS)
        .await
        .expect("it opens");
    let court = Court::of(database, store, user).await;
    let token = "x".repeat(10_000);
    let new = OAuthAccount {
        access_token: token.clone(),
        refresh_token: Some(token),
        expires_at: Some(i64::MAX),
        account_email: "e".repeat(320),
        ..account(court.arthur.id(), &"n".repeat(100), &"i".repeat(320))
    };
    let mut transaction = court.store.begin().await.expect("a transaction");
    let new = transaction.insert_oauth_account(new).await.expect("a new account");
    transaction.commit().await.expect("a commit");
    let (_, found) = court.found(&new.oauth_name, &new.account_id).await.expect("the account is there");
    assert!(found == new);
}
