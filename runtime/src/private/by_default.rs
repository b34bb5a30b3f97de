//! What `auth_app!` makes of a type's name.

/// A type whose name is short for its default.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default",
    label = "short for `{Self}::default()`, which is missing",
    note = "derive `Default` for `{Self}`, or call a function that makes the value, as in `{Self}::new(…)`"
)]
pub trait ByDefault: Sized {
    /// Returns the default.
    fn by_default() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> ByDefault for T {
    fn by_default() -> Self {
        Self::default()
    }
}
