//! Structs of settings: each field has a default and a method of its name that sets it.

/// Declares a struct of settings. A field is `name: type = default`, or `name: type as impl Into<type> = default` where the
/// method that sets it takes more than the type itself. Fields without a default are in brackets before the others, and the
/// struct has a private constructor `with_defaults` that takes them.
///
/// The struct is `#[non_exhaustive]`: a later version can add a field to it, and apps write
/// `Jwt::default().lifetime(HOUR)`.
macro_rules! settings {
    (
        $(#[$attribute:meta])*
        pub struct $settings:ident $([
            $($(#[$required_attribute:meta])* pub $required:ident: $required_ty:ty,)+
        ])? {
            $($(#[$field_attribute:meta])* pub $field:ident: $ty:ty $(as $argument:ty)? = $default:expr,)*
        }
    ) => {
        $(#[$attribute])*
        #[non_exhaustive]
        pub struct $settings {
            $($($(#[$required_attribute])* pub $required: $required_ty,)+)?
            $($(#[$field_attribute])* pub $field: $ty,)*
        }

        $crate::setters::settings! {
            @constructor $settings [$($($required: $required_ty,)+)?] { $($field: $default,)* }
        }

        $crate::setters::setters! {
            $settings { $($(#[$field_attribute])* $field: $ty $(as $argument)?,)* }
        }
    };
    (@constructor $settings:ident [] { $($fields:tt)* }) => {
        impl ::core::default::Default for $settings {
            fn default() -> Self {
                Self { $($fields)* }
            }
        }
    };
    (@constructor $settings:ident [$($required:ident: $required_ty:ty,)+] { $($fields:tt)* }) => {
        impl $settings {
            fn with_defaults($($required: $required_ty),+) -> Self {
                Self { $($required,)+ $($fields)* }
            }
        }
    };
}

/// Declares a method for each field, which sets it.
macro_rules! setters {
    ($settings:ident {
        $($(#[$attribute:meta])* $field:ident: $ty:ty $(as $argument:ty)?,)*
    }) => {
        impl $settings {
            $($crate::setters::setters! { @ $(#[$attribute])* $field: $ty $(as $argument)? })*
        }
    };
    (@ $(#[$attribute:meta])* $field:ident: $ty:ty) => {
        $(#[$attribute])*
        #[must_use]
        pub const fn $field(mut self, $field: $ty) -> Self {
            self.$field = $field;
            self
        }
    };
    (@ $(#[$attribute:meta])* $field:ident: $ty:ty as $argument:ty) => {
        $(#[$attribute])*
        #[must_use]
        pub fn $field(mut self, $field: $argument) -> Self {
            self.$field = $field.into();
            self
        }
    };
}

pub(crate) use {setters, settings};
