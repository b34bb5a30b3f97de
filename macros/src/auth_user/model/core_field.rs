//! The six core fields, which every user has.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;

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
