//! A unit of work: a transaction, who acts, and the events of what happens in it. Nothing else begins a transaction, and the
//! events are emitted once it is committed.

mod context;

pub use self::context::Context;
pub(crate) use self::context::generation_for;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::event::{self, Happened};
use crate::secret::HashedPassword;
use crate::store::{
    AccountWrites, IdOf, Issuance, NewSession, RevocationWrites, SessionKey, SessionWrites, Storage, Store,
    StoreError, TokenExpiry, Transaction, UserWrites,
};
use crate::token::Generation;
use crate::user::{AuthUser, OAuthAccount, UserChanges};

/// A step that follows the commit.
type Step = BoxFuture<'static, Result<(), StoreError>>;

/// A unit of work. Its transaction begins with its first statement, and is rolled back when the work is dropped.
#[expect(missing_debug_implementations, reason = "a transaction of the app's own need have none")]
pub struct Work<'w, S: Store> {
    store: &'w S,
    actor: &'w Actor,
    /// `true` if one statement may be all of it.
    is_single: bool,
    begun: Begun<S::Transaction>,
    happened: Vec<Happened<IdOf<S>>>,
    steps: Vec<Step>,
}

/// How far a unit of work has come.
enum Begun<T> {
    Nothing,
    /// Its one statement, which is a transaction by itself.
    Single(T),
    Transaction(T),
}

impl<'w, S: Store> Work<'w, S> {
    /// Returns work of several statements.
    pub(crate) fn new(store: &'w S, actor: &'w Actor) -> Self {
        let (happened, steps) = (Vec::new(), Vec::new());
        Self { store, actor, is_single: false, begun: Begun::Nothing, happened, steps }
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
    /// When storage fails, or [`only`](Self::only) has been called: what it wrote could not be rolled back.
    pub async fn transaction(&mut self) -> Result<&mut S::Transaction, StoreError> {
        if let Begun::Nothing = self.begun {
            // Boxed, and so is the commit: otherwise futures nest more deeply in apps than rustc's recursion limit allows.
            self.begun = Begun::Transaction(Box::pin(self.store.begin()).await?);
        }
        match &mut self.begun {
            Begun::Transaction(transaction) => Ok(transaction),
            Begun::Nothing | Begun::Single(_) => Err(second_statement()),
        }
    }

    /// Returns where the only statement of this work is executed: the transaction, or, if nothing else is written with it, a
    /// transaction by itself, which saves two round trips.
    ///
    /// # Errors
    ///
    /// When storage fails, or it is called a second time.
    pub async fn only(&mut self) -> Result<&mut S::Transaction, StoreError> {
        match self.begun {
            Begun::Nothing if self.is_single => {
                self.begun = Begun::Single(Box::pin(self.store.begin_single()).await?);
            }
            Begun::Single(_) => return Err(second_statement()),
            Begun::Nothing | Begun::Transaction(_) => return self.transaction().await,
        }
        match &mut self.begun {
            Begun::Single(single) => Ok(single),
            Begun::Nothing | Begun::Transaction(_) => Err(second_statement()),
        }
    }

    /// Returns the generation in which a token for `user` is issued; `None` if the user has another password than was
    /// checked, is not active or is gone.
    ///
    /// One query reads it together with the user's row. So a token that carries it is revoked by everything that happens
    /// after that query.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub async fn generation_for(
        &mut self,
        user: &S::User,
        context: &Context<'_, S>,
    ) -> Result<Option<Generation>, StoreError> {
        let current = match &mut self.begun {
            Begun::Transaction(transaction) => transaction.generation_of(user.id()).await?,
            // Another connection would wait for this one.
            Begun::Single(_) => return Err(second_statement()),
            Begun::Nothing => context.store.user_and_generation(user.id()).await?,
        };
        Ok(context::unchanged(current, user, context.settings))
    }

    /// Adds an event, which is emitted after the commit.
    pub(crate) fn happened(&mut self, event: Happened<IdOf<S>>) {
        self.happened.push(event);
    }

    /// Adds a step that follows the commit: it deletes what is kept outside of the app's store, for instance. Its error is that of
    /// the work, although the commit stays.
    pub fn after_commit(&mut self, step: impl Future<Output = Result<(), StoreError>> + Send + 'static) {
        self.steps.push(step.boxed());
    }

    /// Commits, emits the events, and takes the steps that follow.
    ///
    /// # Errors
    ///
    /// When storage fails. Then no event is emitted, unless it was a step that failed.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self.begun {
            Begun::Nothing => {}
            Begun::Single(transaction) | Begun::Transaction(transaction) => {
                Box::pin(transaction.commit()).await?
            }
        }
        for happened in &self.happened {
            event::tell(&happened.event(), self.actor.client_address());
        }
        for step in self.steps {
            step.await?;
        }
        Ok(())
    }
}

/// The mistake of a strategy that writes twice.
fn second_statement() -> StoreError {
    StoreError::Failed("`Work::only` was called, and it is not the only statement of this work".into())
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
