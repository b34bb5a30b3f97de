//! How a client shows its token, for documents. It knows none of them.

/// How a client shows its token: what OpenAPI calls a security scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecurityScheme {
    /// As `Authorization: Bearer`, with a token that the backend's login gives, as OAuth2's password flow has it.
    PasswordBearer,
    /// In the header of this name.
    Header(&'static str),
    /// In the cookie of this name. Browsers send it by themselves, so a write of another site's is refused.
    Cookie(&'static str),
}
