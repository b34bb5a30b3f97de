//! The documentation of a route, while it is written.

use std::time::Duration;

use axum::http::StatusCode;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use crate::error::{Refusal, Rejection};
use crate::limit::Rate;
use crate::openapi::documented_route::DocumentedRoute;
use crate::openapi::facts::{Facts, Proof};
use crate::openapi::media_type::JSON;
use crate::router::Access;

/// A route of an app that is being documented.
pub(super) struct Sketch<'a> {
    pub(super) facts: &'a Facts,
    pub(super) access: Access,
    pub(super) route: DocumentedRoute,
}

impl Sketch<'_> {
    /// Sets its tag, its id, which is that of FastAPI Users, and a summary.
    pub(super) fn is(&mut self, tag: &str, id: impl Into<String>, summary: impl Into<String>) {
        let operation = &mut self.route.operation;
        operation.tags = Some(vec![tag.to_owned()]);
        operation.operation_id = Some(id.into());
        operation.summary = Some(summary.into());
    }

    /// Sets its description.
    pub(super) fn describe(&mut self, words: &str) {
        self.route.operation.description = Some(words.to_owned());
    }

    pub(super) fn answers(&mut self, status: StatusCode, words: &str, schema: impl Into<RefOr<Schema>>) {
        self.route.answer(status, words, Some(schema.into()));
    }

    /// Adds a response whose body is `null`.
    pub(super) fn answers_null(&mut self, status: StatusCode, words: &str) {
        self.answers(status, words, null());
    }

    /// Adds a response whose body is the user.
    pub(super) fn answers_user(&mut self, status: StatusCode, words: &str) {
        let (name, schema) = &self.facts.read;
        let schema = self.route.refer(name, schema.clone());
        self.answers(status, words, schema);
    }

    /// Sets the schema of its JSON body, and adds the errors of one.
    pub(super) fn takes(&mut self, name: &str, schema: impl Into<RefOr<Schema>>) {
        let schema = self.route.refer(name, schema);
        self.route.take(&[JSON], &schema);
        self.refuses([
            Rejection::RequestTimeout,
            Rejection::ContentTooLarge,
            Rejection::UnsupportedMediaType,
            Rejection::Invalid(Vec::new()),
        ]);
    }

    pub(super) fn refuses(&mut self, rejections: impl IntoIterator<Item = Rejection>) {
        for rejection in rejections {
            self.route.refuse(&rejection);
        }
    }

    /// Adds the response for too many requests, if one of `rates` is set.
    pub(super) fn is_limited_by(&mut self, rates: &[Option<Rate>]) {
        if rates.iter().any(Option::is_some) {
            self.refuses([Rejection::Refused(Refusal::TooMany(Duration::ZERO))]);
        }
    }

    /// Requires one of the users that the router admits.
    pub(super) fn is_for_users(&mut self) {
        let proof = match self.access {
            Access::Active => Proof::USER,
            Access::Verified => Proof::SOME_USERS,
        };
        self.route.proofs.push((self.facts.app, proof));
    }

    /// Requires a superuser.
    pub(super) fn is_for_superusers(&mut self) {
        self.route.proofs.push((self.facts.app, Proof::SOME_USERS));
    }
}

pub(super) fn null() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Null)
}
