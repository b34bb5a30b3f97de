//! What the clients' structs have in common: fields with defaults, and the client as a value.

/// Declares a client: its scopes, whether it `vouches` for addresses, its fields with their defaults, which are texts,
/// and after them the `parameters` of the address where users sign in that an app may set, which are unset by default.
macro_rules! client {
    (
        $(#[$doc:meta])*
        $client:ident, scopes: $scopes:expr, vouches {
            $($(#[$field_doc:meta])* $field:ident: $default:expr,)*
        } $(parameters {
            $($(#[$parameter_doc:meta])* $parameter:ident,)*
        })?
    ) => {
        client! {
            @ $(#[$doc])* $client, $scopes,
            {
                /// What happens where a user of the app has the account's address already.
                associate: crate::oauth::Associate = crate::oauth::Associate::Never,
                $($(#[$field_doc])* $field: ::std::borrow::Cow<'static, str> =
                    ::std::borrow::Cow::Borrowed($default),)*
                $($($(#[$parameter_doc])*
                    $parameter: ::std::option::Option<::std::borrow::Cow<'static, str>> =
                    ::std::option::Option::None,)*)?
            }
        }

        impl $client {
            fn options(&self) -> crate::oauth::Options {
                let Self { scopes, optional_scopes, associate, .. } = *self;
                crate::oauth::Options { scopes, optional_scopes, associate }
            }
        }

        $(impl $client {
            /// The parameters that are set.
            fn parameters(&self) -> ::std::vec::Vec<(&'static str, ::std::string::String)> {
                let all = [$((stringify!($parameter), &self.$parameter),)*];
                all.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?.to_string()))).collect()
            }
        })?
    };
    (
        $(#[$doc:meta])*
        $client:ident, scopes: $scopes:expr, {
            $($(#[$field_doc:meta])* $field:ident: $default:expr,)*
        }
    ) => {
        client! {
            @ $(#[$doc])* $client, $scopes,
            {
                $($(#[$field_doc])* $field: ::std::borrow::Cow<'static, str> =
                    ::std::borrow::Cow::Borrowed($default),)*
            }
        }

        impl $client {
            fn options(&self) -> crate::oauth::Options {
                let Self { scopes, optional_scopes, .. } = *self;
                let associate = crate::oauth::Associate::Never;
                crate::oauth::Options { scopes, optional_scopes, associate }
            }
        }
    };
    (
        @ $(#[$doc:meta])* $client:ident, $scopes:expr,
        { $($(#[$field_doc:meta])* $field:ident: $ty:ty = $default:expr,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $client {
            /// The scopes that are asked for where a request names none.
            pub scopes: &'static [&'static str],
            /// Further scopes that a request may ask for.
            pub optional_scopes: &'static [&'static str],
            $($(#[$field_doc])* pub $field: $ty,)*
        }

        impl $client {
            const DEFAULT: Self = Self {
                scopes: &$scopes,
                optional_scopes: &[],
                $($field: $default,)*
            };
        }

        impl Default for $client {
            fn default() -> Self {
                Self::DEFAULT
            }
        }

        #[doc = concat!("`", stringify!($client), "` with its defaults, as a value.")]
        #[allow(non_upper_case_globals, reason = "it reads like the struct that it is")]
        #[doc(hidden)]
        pub const $client: $client = $client::DEFAULT;
    };
}

pub(super) use client;
