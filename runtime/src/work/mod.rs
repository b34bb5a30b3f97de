//! A unit of work: a transaction, who acts, and the events of what happens in it. Nothing else begins a transaction, and the
//! events are emitted once it is committed.

mod context;

pub use self::context::Context;
pub(crate) use self::context::generation_for;

use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::event::{self, Happened};
use crate::secret::HashedPassword;
use crate::store::{
    AccountWrites, IdOf, Issuance, NewSession, RevocationWrites, SessionKey, SessionWrites, Storage, Store,
    StoreError, TokenExpiry, Transaction, UserWrites,
};
use crate::user::{OAuthAccount, UserChanges};

/// A unit of work. Its transaction begins with its first statement, and is rolled back when the work is dropped.
#[expect(missing_debug_implementations, reason = "a transaction of the app's own need have none")]
pub struct Work<'w, S: Store> {
    store: &'w S,
    actor: &'w Actor,
    /// `true` if one statement may be all of it.
    is_single: bool,
    transaction: Option<S::Transaction>,
    happened: Vec<Happened<IdOf<S>>>,
}

impl<'w, S: Store> Work<'w, S> {
    /// Returns work of several statements.
    pub(crate) fn new(store: &'w S, actor: &'w Actor) -> Self {
        Self { store, actor, is_single: false, transaction: None, happened: Vec::new() }
    }

    /// Returns work that may be one statement: then [`only`](Self::only) needs no transaction.
    pub(crate) fn single(store: &'w S, actor: &'w Actor) -> Self {
        Self { is_single: true, ..Self::new(store, actor) }
    }

    /// Returns who acts.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        self.actor
    }

    /// Returns the transaction, which begins with the first call.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub async fn transaction(&mut self) -> Result<&mut S::Transaction, StoreError> {
        let begun = match self.transaction.take() {
            Some(transaction) => transaction,
            // Boxed, and so is the commit: otherwise futures nest more deeply in apps than rustc's recursion limit allows.
            None => Box::pin(self.store.begin()).await?,
        };
        Ok(self.transaction.insert(begun))
    }

    /// Returns where the only statement of a strategy is executed: the transaction, unless nothing else is written with it.
    /// Then it is a transaction by itself, which saves two round trips.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub async fn only(&mut self) -> Result<&mut S::Transaction, StoreError> {
        if self.is_single && self.transaction.is_none() {
            let single = Box::pin(self.store.begin_single()).await?;
            return Ok(self.transaction.insert(single));
        }
        self.transaction().await
    }

    /// Adds an event, which is emitted after the commit.
    pub(crate) fn happened(&mut self, event: Happened<IdOf<S>>) {
        self.happened.push(event);
    }

    /// Commits, and then emits the events.
    ///
    /// # Errors
    ///
    /// When storage fails. Then no event is emitted.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        if let Some(transaction) = self.transaction {
            Box::pin(transaction.commit()).await?;
        }
        for happened in &self.happened {
            event::tell(&happened.event(), self.actor.client_address());
        }
        Ok(())
    }
}

impl<S: Store> Storage for Work<'_, S> {
    type User = S::User;
}

/// What writes has the transaction do it.
macro_rules! writes {
    (() $capability:ident $($method:ident($($argument:ident: $type:ty),*) -> $returned:ty;)*) => {
        impl<S: Store> $capability for Work<'_, S> {
            $(async fn $method(&mut self, $($argument: $type),*) -> Result<$returned, StoreError> {
                self.transaction().await?.$method($($argument),*).await
            })*
        }
    };
}

__each_writing! { writes () }
