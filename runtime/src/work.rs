//! A unit of work: a transaction, and the events of what happens in it. Nothing else begins a transaction, and the events are
//! emitted once it is committed.

use std::ops::{Deref, DerefMut};

use crate::actor::Actor;
use crate::client::ClientAddress;
use crate::event::{self, Happened};
use crate::store::{Store, StoreError, Transaction};
use crate::user::AuthUser;

/// A unit of work. It dereferences to its transaction, and is rolled back when it is dropped.
pub(crate) struct Work<U: AuthUser, S: Store<U>> {
    transaction: S::Transaction,
    client: Option<ClientAddress>,
    happened: Vec<Happened<U::Id>>,
}

impl<U: AuthUser, S: Store<U>> Work<U, S> {
    /// Begins a transaction. `actor` is who acts; strategies, which emit no events, leave it out.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub(crate) async fn begin(store: &S, actor: Option<&Actor>) -> Result<Self, StoreError> {
        let client = actor.and_then(Actor::client_address);
        // Boxed, and so is the commit: else futures nest more deeply in apps than rustc's recursion limit allows.
        Ok(Self { transaction: Box::pin(store.begin()).await?, client, happened: Vec::new() })
    }

    /// Adds an event, which is emitted after the commit.
    pub(crate) fn happened(&mut self, event: Happened<U::Id>) {
        self.happened.push(event);
    }

    /// Commits, and then emits the events.
    ///
    /// # Errors
    ///
    /// When storage fails. Then no event is emitted.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        Box::pin(self.transaction.commit()).await?;
        for happened in &self.happened {
            event::tell(&happened.event(), self.client);
        }
        Ok(())
    }
}

impl<U: AuthUser, S: Store<U>> Deref for Work<U, S> {
    type Target = S::Transaction;

    fn deref(&self) -> &S::Transaction {
        &self.transaction
    }
}

impl<U: AuthUser, S: Store<U>> DerefMut for Work<U, S> {
    fn deref_mut(&mut self) -> &mut S::Transaction {
        &mut self.transaction
    }
}
