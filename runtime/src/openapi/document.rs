//! The document as a whole: what its parts could not know of each other.

use std::any::TypeId;
use std::collections::BTreeSet;
use std::sync::Arc;

use utoipa::openapi::path::PathItem;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Flow, Http, HttpAuthScheme, OAuth2, Password, Scopes, SecurityScheme as Scheme,
};
use utoipa::openapi::{Components, HttpMethod, Info, OpenApi, Paths, SecurityRequirement};

use super::documented_route::DocumentedRoute;
use super::facts::{Facts, Proof};
use super::types::text;
use crate::backend::BackendName;
use crate::error::{Refusal, Rejection};
use crate::transport::SecurityScheme;

pub(super) fn assemble(
    info: Info,
    routes: Vec<DocumentedRoute>,
    apps: &[Arc<Facts>],
    mut components: Components,
) -> OpenApi {
    let schemes = schemes(&routes, apps);
    let mut document = OpenApi::new(info, Paths::new());
    let mut ids = BTreeSet::new();
    for mut route in routes {
        prove(&mut route, apps, &schemes);
        complete(&mut route, &mut ids);
        let path = template(&route.path);
        for (name, schema) in route.schemas {
            components.schemas.entry(name).or_insert(schema);
        }
        let item = PathItem::new(route.method, route.operation);
        document.paths.paths.entry(path).or_default().merge_operations(item);
    }
    for Named { name, scheme, .. } in schemes {
        components.security_schemes.insert(name, scheme.into());
    }
    document.components = Some(components);
    document
}

/// A backend's security scheme under its name.
struct Named {
    app: TypeId,
    has_claims: bool,
    name: String,
    scheme: Scheme,
}

/// The security scheme of each backend of each app.
fn schemes(routes: &[DocumentedRoute], apps: &[Arc<Facts>]) -> Vec<Named> {
    let mut names = BTreeSet::new();
    let backends =
        apps.iter().flat_map(|app| app.settings.backends.iter().map(move |backend| (app.app, backend)));
    backends
        .map(|(app, backend)| {
            let (kind, scheme) = scheme(backend.scheme, login(routes, app, backend.name));
            let name = unique(format!("{kind}.{}", backend.name), &mut names);
            Named { app, has_claims: backend.has_claims, name, scheme }
        })
        .collect()
}

/// Where a backend's tokens are got, if anywhere.
fn login(routes: &[DocumentedRoute], app: TypeId, backend: BackendName) -> Option<&str> {
    let gives = routes.iter().find(|route| route.gives_tokens_of == Some((app, backend)));
    gives.map(|route| &*route.path)
}

/// A scheme, and what FastAPI calls it.
fn scheme(way: SecurityScheme, login: Option<&str>) -> (&'static str, Scheme) {
    let key = |name| ApiKeyValue::new(name);
    match (way, login) {
        (SecurityScheme::PasswordBearer, Some(login)) => {
            let flow = Flow::Password(Password::new(login, Scopes::new()));
            ("OAuth2PasswordBearer", Scheme::OAuth2(OAuth2::new([flow])))
        }
        (SecurityScheme::PasswordBearer, None) => {
            ("HTTPBearer", Scheme::Http(Http::new(HttpAuthScheme::Bearer)))
        }
        (SecurityScheme::Header(name), _) => ("APIKeyHeader", Scheme::ApiKey(ApiKey::Header(key(name)))),
        (SecurityScheme::Cookie(name), _) => ("APIKeyCookie", Scheme::ApiKey(ApiKey::Cookie(key(name)))),
    }
}

/// Writes what a handler's extractors prove: how to sign in, and what is answered to whoever has not.
fn prove(route: &mut DocumentedRoute, apps: &[Arc<Facts>], schemes: &[Named]) {
    for app in apps {
        let own = route.proofs.iter().filter(|(of, _)| *of == app.app).map(|(_, proof)| *proof);
        let known =
            |id: &TypeId| app.extractors.iter().find(|(known, _)| known == id).map(|(_, proof)| *proof);
        let proofs = own.chain(route.extractors.iter().filter_map(known)).collect::<Vec<_>>();
        if proofs.is_empty() {
            continue;
        }
        let is_required = proofs.iter().any(|proof| proof.is_required);
        let reads_claims = proofs.iter().any(|proof| proof.reads_claims);
        let security = route.operation.security.get_or_insert_default();
        security.extend(
            schemes
                .iter()
                .filter(|scheme| scheme.app == app.app && (scheme.has_claims || !reads_claims))
                .map(|scheme| SecurityRequirement::new(&scheme.name, [""; 0])),
        );
        if !is_required {
            security.push(SecurityRequirement::default());
        }
        for rejection in rejections(app, &proofs, &route.method) {
            route.refuse(&rejection);
        }
    }
}

fn rejections(app: &Facts, proofs: &[Proof], method: &HttpMethod) -> Vec<Rejection> {
    let is = |fact: fn(&Proof) -> bool| proofs.iter().any(fact);
    let is_write =
        !matches!(method, HttpMethod::Get | HttpMethod::Head | HttpMethod::Options | HttpMethod::Trace);
    [
        is(|proof| proof.is_required).then_some(Rejection::Unauthorized("Bearer")),
        is(|proof| proof.may_forbid).then_some(Rejection::Forbidden),
        (is_write && app.settings.has_cookies() && is(|proof| proof.refuses_others))
            .then_some(Rejection::Refused(Refusal::CrossSiteRequest)),
        is(|proof| proof.asks_store).then_some(Rejection::Unavailable),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Fills in what must stand there and was not said.
fn complete(route: &mut DocumentedRoute, ids: &mut BTreeSet<String>) {
    if let Some(id) = route.operation.operation_id.take() {
        route.operation.operation_id = Some(unique(id, ids));
    }
    for name in segments(&route.path).map(str::to_owned).collect::<Vec<_>>() {
        if !route.has_segment(&name) {
            route.segment(&name, text());
        }
    }
}

/// `name`, or with a number where others have it already.
fn unique(name: String, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}.{number}"));
    let free = std::iter::once(name.clone()).chain(numbered).find(|name| !taken.contains(name));
    let free = free.unwrap_or(name);
    taken.insert(free.clone());
    free
}

/// The names between braces in a path.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| name.trim_start_matches('*'))
}

/// A path as OpenAPI writes it: what takes all the rest of an address is a part like any other there.
fn template(path: &str) -> String {
    path.replace("{*", "{")
}
