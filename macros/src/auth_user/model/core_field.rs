//! The six fields that every user has, by their names or by `#[auth_user(email)]` on another.

use proc_macro2::Ident;
use syn::Type;
use syn::ext::IdentExt as _;

use super::super::parse::Field as Raw;
use super::core_type;
use super::own_keys;
use super::values;
use crate::errors::Errors;
use crate::suggestion::unknown_key;

/// One of the six.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum CoreField {
    Id,
    Email,
    HashedPassword,
    IsActive,
    IsSuperuser,
    IsVerified,
}

impl CoreField {
    pub(in super::super) const ALL: [Self; 6] =
        [Self::Id, Self::Email, Self::HashedPassword, Self::IsActive, Self::IsSuperuser, Self::IsVerified];

    /// Its name: in the struct, on the wire and in the table, unless the app says otherwise.
    pub(in super::super) fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Email => "email",
            Self::HashedPassword => "hashed_password",
            Self::IsActive => "is_active",
            Self::IsSuperuser => "is_superuser",
            Self::IsVerified => "is_verified",
        }
    }

    /// How a struct declares it.
    pub(super) fn declaration(self) -> &'static str {
        match self {
            Self::Id => "pub id: Uuid",
            Self::Email => "pub email: String",
            Self::HashedPassword => "pub hashed_password: HashedPassword",
            Self::IsActive => "pub is_active: bool",
            Self::IsSuperuser => "pub is_superuser: bool",
            Self::IsVerified => "pub is_verified: bool",
        }
    }

    /// The field of this name.
    pub(in super::super) fn of_name(name: &Ident) -> Option<Self> {
        let name = name.unraw();
        Self::ALL.into_iter().find(|core| name == core.name())
    }
}

/// The names of the six in the struct, and the type of the id.
pub(in super::super) struct Core {
    pub(in super::super) id: Ident,
    pub(in super::super) id_ty: Type,
    pub(in super::super) email: Ident,
    pub(in super::super) hashed_password: Ident,
    pub(in super::super) is_active: Ident,
    pub(in super::super) is_superuser: Ident,
    pub(in super::super) is_verified: Ident,
}

impl Core {
    /// Finds the six among `fields`, each of them once.
    pub(super) fn find(user: &Ident, fields: &[Raw], errors: &mut Errors) -> Option<Self> {
        let [id, email, hashed_password, is_active, is_superuser, is_verified] =
            CoreField::ALL.map(|core| find(core, user, fields, errors));
        Some(Self {
            id_ty: id?.ty.clone(),
            id: id?.ident.clone(),
            email: email?.ident.clone(),
            hashed_password: hashed_password?.ident.clone(),
            is_active: is_active?.ident.clone(),
            is_superuser: is_superuser?.ident.clone(),
            is_verified: is_verified?.ident.clone(),
        })
    }
}

fn find<'a>(core: CoreField, user: &Ident, fields: &'a [Raw], errors: &mut Errors) -> Option<&'a Raw> {
    let name = core.name();
    let mut found = fields.iter().filter(|field| claim(field) == Some(core));
    let Some(first) = found.next() else {
        errors.at(
            user,
            format!("a user has a field `{name}`: add `{}`, or put `#[auth_user({name})]` on the field that is it", core.declaration()),
        );
        return None;
    };
    for second in found {
        errors.at(
            &second.ident,
            format!(
                "`{name}` is doubly named: the field `{}` is it already; rename this field or take its `{name}` away",
                first.ident
            ),
        );
    }
    Some(first)
}

/// What a field says it is, by its name or else by the first key that says so.
pub(in super::super) fn claim(field: &Raw) -> Option<CoreField> {
    CoreField::of_name(&field.ident)
        .or_else(|| field.keys.iter().find_map(|key| CoreField::of_name(&key.name)))
}

/// Which of the six `field` is, `None` for one of the app's own, and nothing at all for a field that says two things.
pub(super) fn role(field: &Raw, errors: &mut Errors) -> Option<Option<CoreField>> {
    let by_name = CoreField::of_name(&field.ident);
    let mut by_key = None;
    for key in &field.keys {
        let Some(core) = CoreField::of_name(&key.name) else { continue };
        values::nothing(key, errors);
        if let Some(name) = by_name {
            let name = name.name();
            errors.at(
                key,
                format!("this field is doubly named: it is `{name}` by its name already; take `{}` away or rename the field", key.name),
            );
            return None;
        }
        if by_key.replace(core).is_some() {
            errors.at(
                key,
                format!(
                    "this field is doubly named: a field is one of the six only; take `{}` away",
                    key.name
                ),
            );
            return None;
        }
    }
    let role = by_name.or(by_key);
    if let Some(core) = role {
        refuse_own_keys(core, field, errors);
        if let Some(mistake) = core_type::mistake(core, &field.ty) {
            errors.at(&field.ty, mistake);
        }
    }
    Some(role)
}

/// The rules of the six are the same for every app.
fn refuse_own_keys(core: CoreField, field: &Raw, errors: &mut Errors) {
    let name = core.name();
    for key in field.keys.iter().filter(|key| CoreField::of_name(&key.name).is_none()) {
        if own_keys::ALL.iter().any(|known| key.is(known)) {
            errors.at(
                key,
                format!("who sees and sets `{name}` is the same for every user: take `{}` away, or put it on a field of your own", key.name),
            );
        } else {
            errors.at(key, unknown_key(&key.name.to_string(), &CoreField::ALL.map(CoreField::name)));
        }
    }
    for attribute in field.serde.iter().chain(&field.garde) {
        errors.at(
            attribute,
            format!("`{name}` has one form on the wire for every user: take this away, or put it on a field of your own"),
        );
    }
}
