//! The app type: what `auth_app!` says of an app, as types.

use std::sync::Arc;

use super::Core;
use crate::store::{Database, Store, Transaction};
use crate::user::AuthUser;
use crate::work::Work;

/// An app with users. `auth_app!` implements it; it is the one type parameter of everything above.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an app with users",
    label = "not made by `auth_app!`",
    note = "name the struct of your `auth_app! {{ pub struct Camelot {{ … }} }}`"
)]
pub trait AuthApp: Clone + Send + Sync + 'static {
    /// The app's user.
    type User: AuthUser;
    /// The app's name: that of its type.
    #[doc(hidden)]
    const NAME: &'static str;
    /// Where users and tokens are.
    type Database: Database<Self::User>;

    /// The running app.
    #[doc(hidden)]
    fn core(&self) -> &Core<Self>;

    /// The type that stands for the running app.
    #[doc(hidden)]
    fn from_core(core: Arc<Core<Self>>) -> Self;

    /// Waits until every hook that runs off its request has run, for a shutdown that loses no mail.
    fn finished(&self) -> impl Future<Output = ()> + Send {
        async {
            let tasks = &self.core().tasks;
            tasks.close();
            tasks.wait().await;
            tasks.reopen();
        }
    }
}

/// The store of an app.
pub type StoreOf<A> = <<A as AuthApp>::Database as Database<<A as AuthApp>::User>>::Store;

/// A unit of work in an app's store.
pub(super) type WorkOf<A> = Work<<A as AuthApp>::User, StoreOf<A>>;

/// What identifies an app's users.
pub(super) type IdOf<A> = <<A as AuthApp>::User as AuthUser>::Id;

/// What an app's transaction hooks write with.
pub type ConnectionOf<A> = <<StoreOf<A> as Store<<A as AuthApp>::User>>::Transaction as Transaction<
    <A as AuthApp>::User,
>>::Connection;
