//! The stubs beside mistakes have what the code without mistakes has: each trait with its items, each schema with its
//! fields, and the module for Diesel's query builder with its columns.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;
use quote::ToTokens as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, File, ImplItem, Item, Token, Type};

use super::render::derive;
use super::{KNIGHT, user};

/// The contents of an expansion: the items of each trait impl, the fields of each struct, and the columns of each module
/// of `diesel::table!`.
#[derive(Debug, Default, PartialEq)]
struct Parts {
    impls: BTreeMap<String, BTreeSet<String>>,
    structs: BTreeMap<String, BTreeSet<String>>,
    modules: BTreeMap<String, BTreeSet<String>>,
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
                Item::Macro(table)
                    if table.mac.path.segments.last().is_some_and(|last| last.ident == "table") =>
                {
                    let (name, columns) = module.parse2(table.mac.tokens).expect("a table");
                    self.modules.insert(name, columns);
                }
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

/// The input of `diesel::table!`: the module and its key, and the columns with their types.
fn module(input: ParseStream<'_>) -> syn::Result<(String, BTreeSet<String>)> {
    input.call(Attribute::parse_outer)?;
    let name = input.parse::<Ident>()?;
    let (key, content);
    syn::parenthesized!(key in input);
    let key = key.parse::<Ident>()?;
    syn::braced!(content in input);
    let mut columns = BTreeSet::new();
    while !content.is_empty() {
        content.call(Attribute::parse_outer)?;
        let column = content.parse::<Ident>()?;
        content.parse::<Token![->]>()?;
        columns.insert(format!("{column} -> {}", content.parse::<Type>()?.to_token_stream()));
        content.parse::<Token![,]>()?;
    }
    Ok((format!("{name} ({key})"), columns))
}

/// The modules that are stubs beside the mistakes of `source`.
fn modules(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    Parts::of(source).modules
}

/// A user with a mistake, which is a field that says nothing, has the stubs of the same user without that field.
#[track_caller]
fn stubs_are_complete(source: &str) {
    let end = source.rfind('}').expect("a struct");
    let mistaken = format!("{}\n pub mistake: bool,\n}}", &source[..end]);
    let (real, mut stub) = (Parts::of(source), Parts::of(&mistaken));
    assert!(real.impls.len() > 8 && real.structs.len() == 3, "{real:?}");
    assert_eq!(real.structs, stub.structs);
    // The field that is the mistake has a column, too.
    for columns in stub.modules.values_mut() {
        assert!(
            columns.remove("mistake -> :: axum_users :: __private :: diesel :: sql_types :: Bool"),
            "{columns:?}"
        );
    }
    assert_eq!(real.modules, stub.modules);
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

#[test]
fn stubs_of_users_with_a_module_for_the_query_builder_are_complete() {
    stubs_are_complete(&format!(
        "#[auth_user(table = \"knight\", schema = knights)] {}",
        user(
            "#[auth_user(read)]
    #[diesel(column_name = motto_text)]
    pub motto: Option<String>,
    #[auth_user(private, sql_type = diesel::sql_types::Text, column = \"TEXT NOT NULL\")]
    pub rank: crate::Rank,
    #[auth_user(read)]
    pub r#type: Vec<u8>,",
        )
    ));
}

/// Whatever the mistake is, the module has a key, the six columns and one for each field.
#[test]
fn each_mistake_leaves_the_module_for_the_query_builder() {
    let six = ["id", "email", "hashed_password", "is_active", "is_superuser", "is_verified"];
    let schema = |source: &str| format!("#[auth_user(schema = users)] {source}");
    for (mistake, source, own) in [
        ("a name in quotes", format!("#[auth_user(schema = \"users\")] {}", user("")), None),
        ("an unknown key", format!("#[auth_user(tabel = \"a\", schema = users)] {}", user("")), None),
        ("no id", schema(&user("").replace("pub id: Uuid,", "")), None),
        ("an id of an unknown type", schema(&user("").replace("id: Uuid", "id: Name")), None),
        ("a flag that is text", schema(&user("").replace("is_active: bool", "is_active: String")), None),
        ("two ids", schema(&user("#[auth_user(id)] pub key: i64,")), None),
        (
            "a column twice",
            schema(&user("#[auth_user(read)] #[diesel(column_name = email)] pub mail: String")),
            None,
        ),
        ("a field that says nothing", schema(&user("pub notes: String,")), Some("notes")),
        ("an unknown type", schema(&user("#[auth_user(private)] pub rank: Rank,")), Some("rank")),
        ("an unknown key of a field", schema(&user("#[auth_user(reed)] pub notes: String,")), Some("notes")),
        ("a lifetime", schema(&user("").replace("User {", "User<'a> {")), None),
        ("no fields", schema("pub struct User;"), None),
    ] {
        let modules = modules(&source);
        let columns = modules.get("users (id)").unwrap_or_else(|| panic!("{mistake}: {modules:?}"));
        let names = columns.iter().filter_map(|column| column.split(' ').next()).collect::<BTreeSet<_>>();
        assert_eq!(names, six.into_iter().chain(own).collect(), "{mistake}");
    }
}
