//! What a handler's extractors are. Of foreign ones nothing is asked: an app looks its own up by their types.

use std::any::TypeId;

/// The extractors of a handler, as axum's `Handler` lists them: a marker, and each type.
pub trait Extractors {
    /// Their types.
    #[doc(hidden)]
    fn types() -> Vec<TypeId>;
}

macro_rules! extractors {
    ($($extractor:ident)*) => {
        impl<Marker, $($extractor: 'static),*> Extractors for (Marker, $($extractor,)*) {
            fn types() -> Vec<TypeId> {
                vec![$(TypeId::of::<$extractor>()),*]
            }
        }
    };
}

extractors!();
extractors!(T1);
extractors!(T1 T2);
extractors!(T1 T2 T3);
extractors!(T1 T2 T3 T4);
extractors!(T1 T2 T3 T4 T5);
extractors!(T1 T2 T3 T4 T5 T6);
extractors!(T1 T2 T3 T4 T5 T6 T7);
extractors!(T1 T2 T3 T4 T5 T6 T7 T8);
extractors!(T1 T2 T3 T4 T5 T6 T7 T8 T9);
extractors!(T1 T2 T3 T4 T5 T6 T7 T8 T9 T10);
extractors!(T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11);
extractors!(T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12);
extractors!(T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13);
extractors!(T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14);
extractors!(T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14 T15);
extractors!(T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14 T15 T16);
