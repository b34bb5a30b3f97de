//! The capabilities of storage, as one list. What hands every call on goes through it.

/// Calls a macro with each trait that reads, and its methods.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_reading {
    ($callback:ident $given:tt) => {
        __each_of_users! { $callback $given }
        __each_of_sessions! { $callback $given }
        __each_of_revocations! { $callback $given }
        __each_of_accounts! { $callback $given }
    };
}

/// Calls a macro with each trait that writes, and its methods.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_writing {
    ($callback:ident $given:tt) => {
        __each_of_user_writes! { $callback $given }
        __each_of_session_writes! { $callback $given }
        __each_of_revocation_writes! { $callback $given }
        __each_of_account_writes! { $callback $given }
    };
}
