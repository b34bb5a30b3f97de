//! A route with what stands of it in the document. Nothing here knows an app.

use std::any::TypeId;

use axum::http::StatusCode;
use utoipa::ToSchema;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{ArrayBuilder, Content, HttpMethod, RefOr, Required, Response};

use super::facts::Proof;
use super::media_type::JSON;
use super::refusals::refuse;
use super::schema::{AnySchema, NamedSchemas, nest, of_type};
use crate::backend::BackendName;
use crate::error::Rejection;

/// A route with what stands of it in the document.
#[derive(Clone)]
pub(super) struct DocumentedRoute {
    pub(super) path: String,
    pub(super) method: HttpMethod,
    pub(super) operation: Operation,
    /// The schemas that it refers to.
    pub(super) schemas: NamedSchemas,
    /// What its handler's extractors are, for the apps to look theirs up among.
    pub(super) extractors: Vec<TypeId>,
    /// What it asks of a request, and of which app.
    pub(super) proofs: Vec<(TypeId, Proof)>,
    /// The app and the backend whose tokens it gives.
    pub(super) gives_tokens_of: Option<(TypeId, BackendName)>,
}

impl DocumentedRoute {
    pub(super) fn new(method: HttpMethod) -> Self {
        Self {
            path: String::new(),
            method,
            operation: Operation::new(),
            schemas: Vec::new(),
            extractors: Vec::new(),
            proofs: Vec::new(),
            gives_tokens_of: None,
        }
    }

    /// An answer, with JSON in it where there is a schema of it.
    pub(super) fn answer(&mut self, status: StatusCode, words: &str, schema: Option<AnySchema>) {
        let mut response = Response::new(words);
        if let Some(schema) = schema {
            response.content.insert(JSON.to_owned(), Content::new(Some(schema)).into());
        }
        self.operation.responses.responses.insert(status.as_str().to_owned(), response.into());
    }

    /// A body that must be sent, as each of `media_types`.
    pub(super) fn take(&mut self, media_types: &[&str], schema: &AnySchema) {
        let content = |body: RequestBodyBuilder, media_type: &&str| {
            body.content(*media_type, Content::new(Some(schema.clone())))
        };
        let body = media_types.iter().fold(RequestBodyBuilder::new(), content);
        self.operation.request_body = Some(body.required(Some(Required::True)).build().into());
    }

    /// A part of the path.
    pub(super) fn segment(&mut self, name: &str, schema: impl Into<AnySchema>) {
        let parameter = ParameterBuilder::new().parameter_in(ParameterIn::Path).required(Required::True);
        self.parameter(parameter.name(name).schema(Some(schema)));
    }

    /// Something in the address.
    pub(super) fn parameter(&mut self, parameter: ParameterBuilder) {
        self.operation.parameters.get_or_insert_default().push(RefOr::T(parameter.build()));
    }

    /// An answer to a request that is not done.
    pub(super) fn refuse(&mut self, rejection: &Rejection) {
        if refuse(&mut self.operation, rejection) {
            self.schemas.extend(super::refusals::schemas());
        }
    }

    /// The schema of a type.
    pub(super) fn schema<T: ToSchema>(&mut self) -> AnySchema {
        nest::<T>(&mut self.schemas);
        of_type::<T>()
    }

    /// The schema of a list of a type.
    pub(super) fn list<T: ToSchema>(&mut self) -> AnySchema {
        ArrayBuilder::new().items(self.schema::<T>()).into()
    }

    /// Whether a part of the path is described.
    pub(super) fn has_segment(&self, name: &str) -> bool {
        let is_it = |parameter: &RefOr<Parameter>| {
            matches!(parameter, RefOr::T(parameter)
                if parameter.name == name && parameter.parameter_in == ParameterIn::Path)
        };
        self.operation.parameters.iter().flatten().any(is_it)
    }
}
