//! Types that no column can store, by their names; rustc reports the others.

use syn::{GenericArgument, PathArguments, Type};

/// Collections. No column holds one by itself.
const COLLECTIONS: [&str; 8] =
    ["BTreeMap", "BTreeSet", "BinaryHeap", "HashMap", "HashSet", "IndexMap", "LinkedList", "VecDeque"];

/// Types that are surely no byte: a column can store a `Vec<u8>`, and perhaps a `Vec` of an alias.
const ITEMS: [&str; 16] = [
    "HashedPassword",
    "Option",
    "String",
    "Uuid",
    "Vec",
    "bool",
    "char",
    "f32",
    "f64",
    "i16",
    "i32",
    "i64",
    "i8",
    "u16",
    "u32",
    "u64",
];

/// Whether no column is of the type `ty`, unless the app says which.
pub(super) fn is_missing(ty: &Type) -> bool {
    let path = match ty {
        Type::Path(ty) => &ty.path,
        Type::Group(group) => return is_missing(&group.elem),
        Type::Paren(paren) => return is_missing(&paren.elem),
        Type::Tuple(_) | Type::Array(_) | Type::Slice(_) => return true,
        _ => return false,
    };
    let Some(last) = path.segments.last() else { return false };
    if COLLECTIONS.iter().any(|name| last.ident == name) {
        return true;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
    let Some(GenericArgument::Type(argument)) = arguments.args.first() else { return false };
    if last.ident == "Option" {
        return is_missing(argument);
    }
    last.ident == "Vec" && (is_missing(argument) || is_item(argument))
}

fn is_item(ty: &Type) -> bool {
    match ty {
        Type::Path(ty) => {
            ty.path.segments.last().is_some_and(|last| ITEMS.iter().any(|name| last.ident == name))
        }
        _ => false,
    }
}
