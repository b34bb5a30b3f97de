//! The structs of OAuth providers: fields with defaults, and methods that set them.

/// Declares a provider: the fields that `new` takes, the scopes that it requests, and its other fields with their defaults,
/// which are texts. A provider that reports `email_verified` has the field `account_linking`. `parameters` of the authorization
/// URL are unset by default.
macro_rules! client {
    (
        $(#[$doc:meta])*
        $client:ident $({ $($(#[$required_doc:meta])* $required:ident,)+ })?, scopes: $scopes:expr,
        $($account_linking:ident)? { $($(#[$field_doc:meta])* $field:ident: $default:expr,)* }
        $(parameters { $($(#[$parameter_doc:meta])* $parameter:ident,)* })?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct $client {
            /// The scopes that are requested unless a request names others.
            pub scopes: &'static [&'static str],
            /// Other scopes that a request may name.
            pub optional_scopes: &'static [&'static str],
            $(
                /// What happens if the account's email belongs to a user of the app.
                pub $account_linking: crate::oauth::AccountLinking,
            )?
            $($($(#[$required_doc])* pub $required: ::std::borrow::Cow<'static, str>,)+)?
            $($(#[$field_doc])* pub $field: ::std::borrow::Cow<'static, str>,)*
            $($($(#[$parameter_doc])* pub $parameter: ::std::option::Option<::std::borrow::Cow<'static, str>>,)*)?
        }

        client! {
            @constructor $client [$($($required)+)?]
            scopes: &$scopes,
            optional_scopes: &[],
            $($account_linking: crate::oauth::AccountLinking::Never,)?
            $($field: ::std::borrow::Cow::Borrowed($default),)*
            $($($parameter: ::std::option::Option::None,)*)?
        }

        crate::setters::setters! {
            $client {
                /// The scopes that are requested unless a request names others.
                scopes: &'static [&'static str],
                /// Other scopes that a request may name.
                optional_scopes: &'static [&'static str],
                $(
                    /// What happens if the account's email belongs to a user of the app.
                    $account_linking: crate::oauth::AccountLinking,
                )?
                $($(#[$field_doc])* $field: ::std::borrow::Cow<'static, str>
                    as impl ::std::convert::Into<::std::borrow::Cow<'static, str>>,)*
            }
        }

        impl $client {
            /// `provider`, as the app sets it.
            fn set_up(&self, provider: crate::oauth::ProviderConfig) -> crate::oauth::ProviderConfig {
                let provider = provider.scopes(self.scopes).optional_scopes(self.optional_scopes);
                $(let provider = provider.account_linking(self.$account_linking);)?
                provider
            }
        }

        $(impl $client {
            $(
                $(#[$parameter_doc])*
                #[must_use]
                pub fn $parameter(
                    mut self,
                    $parameter: impl ::std::convert::Into<::std::borrow::Cow<'static, str>>,
                ) -> Self {
                    self.$parameter = ::std::option::Option::Some($parameter.into());
                    self
                }
            )*

            /// The parameters that are set.
            fn parameters(&self) -> ::std::vec::Vec<(&'static str, ::std::string::String)> {
                let all = [$((stringify!($parameter), &self.$parameter),)*];
                all.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?.to_string()))).collect()
            }
        })?
    };
    (@constructor $client:ident [] $($fields:tt)*) => {
        impl ::core::default::Default for $client {
            fn default() -> Self {
                Self { $($fields)* }
            }
        }
    };
    (@constructor $client:ident [$($required:ident)+] $($fields:tt)*) => {
        impl $client {
            /// The provider with its defaults.
            pub fn new($($required: impl ::std::convert::Into<::std::borrow::Cow<'static, str>>),+) -> Self {
                Self { $($required: $required.into(),)+ $($fields)* }
            }
        }
    };
}

pub(super) use client;
