//! The routes of this crate in the document: their documentation, translated into utoipa's types.

use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{Header, HttpMethod, Object, RefOr};

use super::documented_route::DocumentedRoute;
use super::facts::{Facts, Proof};
use crate::router::Access;
use crate::router::route::documentation::{Admits, Body, Documentation, Response};
use crate::router::route::{Method, MountedRoute};

/// Returns what the document says of a route that is mounted.
pub(super) fn document(facts: &Facts, route: MountedRoute) -> DocumentedRoute {
    let Documentation {
        app: _,
        place,
        description,
        admits,
        path,
        query,
        body,
        responses,
        refusals,
        is_token_url,
    } = route.documentation(&facts.settings);
    let mut documented = DocumentedRoute::new(method(route.method()));
    let operation = &mut documented.operation;
    operation.tags = Some(vec![route.tag().to_owned()]);
    operation.operation_id = Some(route.id());
    operation.summary = Some(route.summary());
    operation.description = description.map(str::to_owned);
    for field in path {
        let schema = facts.schemas.schema(field.json, &mut documented.schemas);
        documented.segment(field.name, schema);
    }
    for field in query {
        let schema = facts.schemas.schema(field.json, &mut documented.schemas);
        let parameter = ParameterBuilder::new().parameter_in(ParameterIn::Query).name(field.name);
        documented.parameter(parameter.description(field.description).schema(Some(schema)));
    }
    if let Some(Body { media_types, json }) = body {
        let schema = facts.schemas.schema(json, &mut documented.schemas);
        documented.take(media_types, &schema);
    }
    for response in responses {
        respond(facts, &mut documented, response);
    }
    for refusal in &refusals {
        documented.refuse(refusal);
    }
    documented.proofs.extend(proof(admits, place.access).map(|proof| (facts.app, proof)));
    documented.gives_tokens_of = place.backend.filter(|_| is_token_url).map(|backend| (facts.app, backend));
    DocumentedRoute { path: route.path, ..documented }
}

fn method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Patch => HttpMethod::Patch,
        Method::Delete => HttpMethod::Delete,
    }
}

fn respond(facts: &Facts, documented: &mut DocumentedRoute, response: Response) {
    let Response { status, description, json, cookie } = response;
    let schema = json.map(|json| facts.schemas.schema(json, &mut documented.schemas));
    documented.answer(status, description, schema);
    let responses = &mut documented.operation.responses.responses;
    if let (Some(words), Some(RefOr::T(response))) = (cookie, responses.get_mut(status.as_str())) {
        let mut header = Header::new(Object::with_type(SchemaType::new(Type::String)));
        header.description = Some(words);
        response.headers.insert("Set-Cookie".to_owned(), header.into());
    }
}

/// Returns what a route with these users asks of a request, in a router that admits `access`.
fn proof(admits: Admits, access: Access) -> Option<Proof> {
    match (admits, access) {
        (Admits::Everybody, _) => None,
        (Admits::Users, Access::Active) => Some(Proof::USER),
        (Admits::Users, Access::Verified) | (Admits::Superusers, _) => Some(Proof::SOME_USERS),
    }
}
