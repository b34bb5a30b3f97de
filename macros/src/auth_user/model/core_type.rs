//! The types of the six fields, as far as their names tell: what they do not tell is left to rustc.

use syn::Type;

use super::core_field::CoreField;

/// Types whose names everyone knows: one of them in the wrong place is a mistake, and no alias.
const KNOWN: [&str; 24] = [
    "Arc",
    "Box",
    "Cow",
    "Email",
    "HashedPassword",
    "Option",
    "Password",
    "Result",
    "String",
    "Uuid",
    "Vec",
    "bool",
    "char",
    "f32",
    "f64",
    "i128",
    "i16",
    "i32",
    "i64",
    "i8",
    "str",
    "u32",
    "u64",
    "usize",
];

/// What `core` may be made of, and how that reads in a sentence.
fn expected(core: CoreField) -> (&'static [&'static str], &'static str) {
    match core {
        CoreField::Id => (&["Uuid", "i32", "i64"], "a `Uuid`, an `i32` or an `i64`"),
        CoreField::Email => (&["String"], "a `String`"),
        CoreField::HashedPassword => (&["HashedPassword"], "a `HashedPassword`"),
        CoreField::IsActive | CoreField::IsSuperuser | CoreField::IsVerified => (&["bool"], "a `bool`"),
    }
}

/// What is wrong with `ty` for `core`, where its name tells.
pub(in super::super) fn mistake(core: CoreField, ty: &Type) -> Option<String> {
    let is_wrong = match ty {
        Type::Path(path) => {
            let name = path.path.segments.last()?.ident.to_string();
            let (right, _) = expected(core);
            KNOWN.contains(&name.as_str()) && !right.contains(&name.as_str())
        }
        Type::Reference(_) | Type::Tuple(_) | Type::Array(_) | Type::Slice(_) => true,
        _ => false,
    };
    let (_, sentence) = expected(core);
    is_wrong.then(|| format!("`{}` is {sentence}: write `{}`", core.name(), core.declaration()))
}
