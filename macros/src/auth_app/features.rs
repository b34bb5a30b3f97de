//! The Cargo features of `axum-users` without which a key of `auth_app!` means nothing.

use proc_macro2::Ident;

/// Those that the runtime is built with. It enables them for this crate, too.
#[derive(Clone, Copy)]
pub(crate) struct Features {
    pub(crate) redis: bool,
    pub(crate) oauth: bool,
}

impl Features {
    pub(crate) const ENABLED: Self = Self { redis: cfg!(feature = "redis"), oauth: cfg!(feature = "oauth") };

    /// Returns what is wrong with the key `name` if its feature is off.
    pub(super) fn mistake(self, name: &Ident) -> Option<String> {
        let is_off = (name == "redis" && !self.redis) || (name == "oauth" && !self.oauth);
        is_off.then(|| {
            format!(
                "`{name}` needs the feature `{name}` of `axum-users`\n\
                 help: enable it in Cargo.toml: `axum-users = {{ version = \"…\", features = [\"{name}\"] }}`"
            )
        })
    }
}
