//! The rights that setting an own field needs.

/// The right that setting a field needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum SetBy {
    /// The user, and everyone with more rights.
    User,
    /// A superuser, or the app's own code.
    Superuser,
}
