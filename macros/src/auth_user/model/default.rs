//! The value of an own field for which the request has none.

use syn::{Expr, Path};

/// The value of an own field for which the request has none.
pub(in super::super) enum Default {
    /// The type's own default.
    OfType,
    /// An expression of the app.
    Expr(Expr),
    /// A function of the app, as serde names it.
    Function(Path),
}
