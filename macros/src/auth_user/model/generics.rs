//! Type parameters: which of them a schema needs, and what holds of them.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericParam, Generics, Type, WherePredicate, parse_quote};

use crate::errors::Errors;

/// The struct's parameters.
pub(in super::super) struct Params {
    generics: Generics,
    /// Those without bounds, which has been reported.
    unbounded: Vec<Ident>,
}

impl Params {
    pub(super) fn check(generics: &Generics, errors: &mut Errors) -> Self {
        for param in &generics.params {
            match param {
                GenericParam::Type(_) => {}
                GenericParam::Lifetime(lifetime) => {
                    errors.at(
                        lifetime,
                        format!(
                            "a user owns its data: take `{}` away and store a `String`, say",
                            lifetime.lifetime
                        ),
                    );
                }
                GenericParam::Const(constant) => {
                    errors.at(
                        constant,
                        format!("a user's struct takes types only: take `{}` away", constant.ident),
                    );
                }
            }
        }
        let mut generics = generics.clone();
        let unbounded = unbounded(&generics);
        for ident in &unbounded {
            errors.at(
                ident,
                format!(
                    "`{ident}` has no bounds, but a user is sent, stored and shared\n\
                     help: write what its fields need, as in `{ident}: Clone + Default + Serialize + DeserializeOwned + Send + \
                     Sync + 'static`"
                ),
            );
            // What any user needs, so that its impls do not fail as well.
            let clause = generics.make_where_clause();
            clause.predicates.push(parse_quote!(
                #ident: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync + 'static
            ));
        }
        Self { generics, unbounded }
    }

    /// Whether all of them are types.
    pub(in super::super) fn are_types(&self) -> bool {
        self.generics.params.iter().all(|param| matches!(param, GenericParam::Type(_)))
    }

    /// The parameters as an impl for the struct needs them.
    pub(in super::super) fn all(&self) -> &Generics {
        &self.generics
    }

    /// Whether a parameter without bounds occurs in `ty`.
    pub(super) fn lack_bounds_in(&self, ty: &Type) -> bool {
        let idents = idents(ty.to_token_stream());
        self.unbounded.iter().any(|param| idents.contains(param))
    }

    /// Whether one of the parameters occurs in `ty`.
    pub(in super::super) fn occur_in(&self, ty: &Type) -> bool {
        let idents = idents(ty.to_token_stream());
        self.generics.type_params().any(|param| idents.contains(&param.ident))
    }

    /// The parameters that occur in `types`, with what holds of them.
    pub(in super::super) fn of<'a>(&self, types: impl Iterator<Item = &'a Type>) -> Generics {
        let used = types.flat_map(|ty| idents(ty.to_token_stream())).collect::<HashSet<_>>();
        let dropped = self
            .generics
            .type_params()
            .map(|param| &param.ident)
            .filter(|ident| !used.contains(*ident))
            .collect::<Vec<_>>();
        let is_kept = |tokens: TokenStream| {
            let idents = idents(tokens);
            !dropped.iter().any(|ident| idents.contains(*ident))
        };
        let mut generics = self.generics.clone();
        generics.params = generics
            .params
            .into_iter()
            .filter_map(|param| match param {
                GenericParam::Type(mut param) if used.contains(&param.ident) => {
                    param.bounds =
                        param.bounds.into_iter().filter(|bound| is_kept(bound.to_token_stream())).collect();
                    Some(GenericParam::Type(param))
                }
                GenericParam::Type(_) | GenericParam::Lifetime(_) | GenericParam::Const(_) => None,
            })
            .collect();
        if let Some(clause) = &mut generics.where_clause {
            let predicates = std::mem::take(&mut clause.predicates);
            clause.predicates = predicates
                .into_iter()
                .filter(|predicate| self.speaks_of(predicate, &used) && is_kept(predicate.to_token_stream()))
                .collect();
        }
        generics
    }

    /// A predicate on none of the schema's parameters says nothing of the schema.
    fn speaks_of(&self, predicate: &WherePredicate, used: &HashSet<Ident>) -> bool {
        let idents = idents(predicate.to_token_stream());
        self.generics.type_params().any(|param| used.contains(&param.ident) && idents.contains(&param.ident))
    }
}

/// The type parameters of which nothing is said.
fn unbounded(generics: &Generics) -> Vec<Ident> {
    let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let named = predicates.flat_map(|predicate| idents(predicate.to_token_stream())).collect::<HashSet<_>>();
    let params = generics.type_params().filter(|param| param.bounds.is_empty());
    params.map(|param| param.ident.clone()).filter(|ident| !named.contains(ident)).collect()
}

/// Every identifier in `tokens`, however deep.
fn idents(tokens: TokenStream) -> HashSet<Ident> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(ident) => HashSet::from([ident]),
            TokenTree::Group(group) => idents(group.stream()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => HashSet::new(),
        })
        .collect()
}
