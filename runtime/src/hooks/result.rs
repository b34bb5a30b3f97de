//! The result of a hook.

/// The result of a hook. An error of a hook that runs after the commit is logged and undoes nothing.
pub type HookResult = Result<(), HookError>;

/// The error of a hook.
pub type HookError = Box<dyn std::error::Error + Send + Sync>;
