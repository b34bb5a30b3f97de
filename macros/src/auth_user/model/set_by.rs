//! Who may set an own field.

/// Who may set a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum SetBy {
    /// The user, and whoever may write users.
    User,
    /// A superuser, or the app's own code.
    Superuser,
}
