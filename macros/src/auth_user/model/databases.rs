//! `#[diesel(check_for_backend(…))]`: the databases that a user lies in, where it is not every one that is enabled.

use syn::TypePath;

use super::super::parse::Databases;
use crate::errors::Errors;

/// The databases that `raw` names, each of them once. `None`: every one that is enabled.
pub(super) fn check(raw: Option<&Databases>, errors: &mut Errors) -> Option<Vec<TypePath>> {
    let Databases { key, paths } = raw?;
    let paths = paths.as_ref()?;
    if paths.is_empty() {
        errors.at(key, format!("no database is named: write `{key}(diesel::pg::Pg)`, or take `{key}` away"));
    }
    for (index, path) in paths.iter().enumerate() {
        if paths[..index].contains(path) {
            errors.at(path, "this database is named twice: take one of them away");
        }
    }
    Some(paths.clone())
}
