//! How a capability of storage is declared: a trait, and a table of its methods by which others delegate it.

/// Declares a capability: a trait whose methods are asynchronous and fail with [`StoreError`](crate::store::StoreError), and
/// a macro of the name that stands first, which calls another macro with the trait's methods. So a store that passes its calls
/// on, such as [`AnyDatabase`](crate::store::diesel::AnyDatabase)'s, names no method.
///
/// A method that ends in `= unsupported` need not be implemented and fails with `StoreError::Unsupported`; one that ends in
/// `= empty` returns nothing by default.
macro_rules! capability {
    // `$d` is a dollar sign, for the macro that is written here.
    (($d:tt) $table:ident $(#[$meta:meta])* pub trait $name:ident {
        $($(#[$doc:meta])* async fn $method:ident(&self $(, $argument:ident: $type:ty)* $(,)?) -> $returned:ty
            $(= $default:ident)?;)*
    }) => {
        capability!(@trait $(#[$meta])* $name [&self]
            $($(#[$doc])* $method($($argument: $type),*) -> $returned, [$($default)?];)*);
        capability!(@table ($d) $table $name $($method($($argument: $type),*) -> $returned;)*);
    };
    (($d:tt) $table:ident $(#[$meta:meta])* pub trait $name:ident {
        $($(#[$doc:meta])* async fn $method:ident(&mut self $(, $argument:ident: $type:ty)* $(,)?) -> $returned:ty
            $(= $default:ident)?;)*
    }) => {
        capability!(@trait $(#[$meta])* $name [&mut self]
            $($(#[$doc])* $method($($argument: $type),*) -> $returned, [$($default)?];)*);
        capability!(@table ($d) $table $name $($method($($argument: $type),*) -> $returned;)*);
    };

    (@trait $(#[$meta:meta])* $name:ident $receiver:tt $($methods:tt)*) => {
        $(#[$meta])*
        pub trait $name: crate::store::storage::Storage {
            capability!(@methods $receiver $($methods)*);
        }
    };
    (@methods $receiver:tt $($(#[$doc:meta])* $method:ident($($argument:ident: $type:ty),*) -> $returned:ty,
        $default:tt;)*) => {
        $(capability!(@method $receiver [$($doc),*] $method($($argument: $type),*) -> $returned, $default);)*
    };
    (@method [$($receiver:tt)*] [$($doc:meta),*] $method:ident($($argument:ident: $type:ty),*) -> $returned:ty, []) => {
        $(#[$doc])*
        fn $method($($receiver)*, $($argument: $type),*)
            -> impl Future<Output = Result<$returned, crate::store::error::StoreError>> + Send;
    };
    (@method [$($receiver:tt)*] [$($doc:meta),*] $method:ident($($argument:ident: $type:ty),*) -> $returned:ty,
        [$default:ident]) => {
        $(#[$doc])*
        fn $method($($receiver)*, $($argument: $type),*)
            -> impl Future<Output = Result<$returned, crate::store::error::StoreError>> + Send {
            $(let _ = $argument;)*
            std::future::ready(capability!(@$default $method))
        }
    };
    (@unsupported $method:ident) => { Err(crate::store::error::StoreError::Unsupported(stringify!($method))) };
    (@empty $method:ident) => { Ok(Default::default()) };

    (@table ($d:tt) $table:ident $name:ident $($method:ident($($argument:ident: $type:ty),*) -> $returned:ty;)*) => {
        /// Calls a macro with what it is given, the name of a trait and its methods.
        #[doc(hidden)]
        #[macro_export]
        macro_rules! $table {
            ($d callback:ident $d given:tt) => {
                $d callback! { $d given $name $($method($($argument: $type),*) -> $returned;)* }
            };
        }
    };
}
