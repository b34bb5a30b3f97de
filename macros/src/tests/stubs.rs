//! The stubs beside mistakes have what the code without mistakes has: each trait with its items, and each schema with its
//! fields.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens as _;
use syn::{File, ImplItem, Item};

use super::render::derive;
use super::{KNIGHT, user};

/// The contents of an expansion: the items of each trait impl, and the fields of each struct.
#[derive(Debug, Default, PartialEq)]
struct Parts {
    impls: BTreeMap<String, BTreeSet<String>>,
    structs: BTreeMap<String, BTreeSet<String>>,
}

impl Parts {
    fn of(source: &str) -> Self {
        let mut parts = Self::default();
        parts.take(syn::parse2::<File>(derive(source)).expect("items").items);
        parts
    }

    fn take(&mut self, items: Vec<Item>) {
        for item in items {
            match item {
                // Gates of features, such as `::axum_users::__sqlite! { … }`.
                Item::Macro(gate) => {
                    if let Ok(inner) = syn::parse2::<File>(gate.mac.tokens) {
                        self.take(inner.items);
                    }
                }
                Item::Impl(item) => {
                    let Some((path, _)) = &item.trait_ else { continue };
                    let names = item.items.iter().filter_map(|item| match item {
                        ImplItem::Fn(item) => Some(item.sig.ident.to_string()),
                        ImplItem::Type(item) => Some(item.ident.to_string()),
                        ImplItem::Const(item) => Some(item.ident.to_string()),
                        _ => None,
                    });
                    let of = item.self_ty.to_token_stream();
                    self.impls.insert(format!("{} for {of}", path.to_token_stream()), names.collect());
                }
                Item::Struct(item) => {
                    let fields = item.fields.iter().map(|field| {
                        let (name, ty) = (&field.ident, &field.ty);
                        format!("{}: {}", name.to_token_stream(), ty.to_token_stream())
                    });
                    self.structs.insert(item.ident.to_string(), fields.collect());
                }
                _ => {}
            }
        }
    }
}

/// A user with a mistake, which is a field that says nothing, has the stubs of the same user without that field.
#[track_caller]
fn stubs_are_complete(source: &str) {
    let end = source.rfind('}').expect("a struct");
    let mistaken = format!("{}\n pub mistake: bool,\n}}", &source[..end]);
    let (mut real, stub) = (Parts::of(source), Parts::of(&mistaken));
    assert!(real.impls.len() > 8 && real.structs.len() == 3, "{real:?}");
    // This has a default, which is good enough for a stub.
    for items in real.impls.values_mut() {
        items.remove("schemas");
    }
    assert_eq!(real.structs, stub.structs);
    for (name, items) in &real.impls {
        let stubbed =
            stub.impls.get(name).unwrap_or_else(|| panic!("no stub of `{name}`: {:?}", stub.impls.keys()));
        assert_eq!(items, stubbed, "{name}");
    }
}

#[test]
fn stubs_of_the_readmes_user_are_complete() {
    stubs_are_complete(KNIGHT);
}

#[test]
fn stubs_of_users_with_own_fields_of_each_kind_are_complete() {
    stubs_are_complete(&user(
        "#[auth_user(read)]
    pub seen: Vec<u8>,
    #[auth_user(create)]
    pub sent: String,
    #[auth_user(update)]
    pub changed: Option<i64>,
    #[auth_user(create(superuser), update(superuser), default = 3)]
    pub granted: crate::Rank,
    #[auth_user(private)]
    pub hidden: String,",
    ));
}

#[test]
fn stubs_of_users_with_type_parameters_are_complete() {
    let source = "
pub struct User<T: Profile, N: Number> {
    pub id: i64,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    #[auth_user(read, create)]
    pub profile: T,
    #[auth_user(update)]
    pub number: Option<N>,
}";
    stubs_are_complete(source);
}
