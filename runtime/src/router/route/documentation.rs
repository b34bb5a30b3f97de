//! The documentation of a route in one app: plain data, which the function in the route's file writes.

use std::time::Duration;

use axum::http::StatusCode;

use super::json::{Field, JsonType, Object};
use super::place::Place;
use super::settings::AppSettings;
use crate::error::{InvalidPassword, Reauthentication, Refusal, Rejection};
use crate::limit::Rate;
use crate::manager::VerifyEmail;
use crate::router::access::Access;
use crate::transport::SecurityScheme;

/// The media types that a JSON body is sent as.
const JSON: &[&str] = &["application/json"];

/// The media types that a form is sent as.
const FORM: &[&str] = &["application/x-www-form-urlencoded", "multipart/form-data", "application/json"];

/// The documentation of a route in one app.
pub(crate) struct Documentation<'a> {
    pub(crate) app: &'a AppSettings,
    pub(crate) place: Place,
    pub(crate) description: Option<&'static str>,
    pub(crate) admits: Admits,
    /// The parameters in the path. Those that are not named here are strings.
    pub(crate) path: Vec<Field>,
    pub(crate) query: Vec<Field>,
    pub(crate) body: Option<Body>,
    pub(crate) responses: Vec<Response>,
    /// Errors, each as an example.
    pub(crate) refusals: Vec<Rejection>,
    /// Whether clients get the tokens of the backend here, by OAuth2's password flow.
    pub(crate) is_token_url: bool,
}

/// The users that a route admits, of those that its router admits.
#[derive(Clone, Copy)]
pub(crate) enum Admits {
    Everybody,
    Users,
    Superusers,
}

/// The body that a request must have.
pub(crate) struct Body {
    pub(crate) media_types: &'static [&'static str],
    pub(crate) json: JsonType,
}

/// A response to a request that succeeded.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) description: &'static str,
    pub(crate) json: Option<JsonType>,
    /// The purpose of the cookie that it sets.
    pub(crate) cookie: Option<String>,
}

impl<'a> Documentation<'a> {
    pub(super) fn new(app: &'a AppSettings, place: Place) -> Self {
        Self {
            app,
            place,
            description: None,
            admits: Admits::Everybody,
            path: Vec::new(),
            query: Vec::new(),
            body: None,
            responses: Vec::new(),
            refusals: Vec::new(),
            is_token_url: false,
        }
    }

    /// Returns how clients send the token of this router's backend.
    pub(crate) fn scheme(&self) -> Option<SecurityScheme> {
        self.place.backend.and_then(|backend| self.app.scheme(backend))
    }

    /// Returns whether this router's backend sends its token as a cookie.
    pub(crate) fn is_cookie(&self) -> bool {
        matches!(self.scheme(), Some(SecurityScheme::Cookie(_)))
    }

    pub(crate) fn describes(&mut self, description: &'static str) {
        self.description = Some(description);
    }

    /// Requires one of the users that the router admits.
    pub(crate) fn requires_user(&mut self) {
        self.admits = Admits::Users;
    }

    pub(crate) fn requires_superuser(&mut self) {
        self.admits = Admits::Superusers;
    }

    /// Adds the parameter `id` of the path.
    pub(crate) fn takes_id(&mut self) {
        self.path.push(Field::required("id", JsonType::Id));
    }

    pub(crate) fn takes_query(&mut self, fields: &[Field]) {
        self.query.extend_from_slice(fields);
    }

    /// Sets the JSON body, and adds the errors of one.
    pub(crate) fn takes_json(&mut self, json: JsonType) {
        self.takes(JSON, json);
        self.refuses([Rejection::UnsupportedMediaType, Rejection::ValidationFailed(Vec::new())]);
    }

    /// Sets the body that is a form or the same as JSON, and adds the errors of one.
    pub(crate) fn takes_form(&mut self, form: &'static Object) {
        self.takes(FORM, JsonType::Object(form));
        self.refuses([Rejection::UnsupportedMediaType, Rejection::ValidationFailed(Vec::new())]);
    }

    /// Sets the body, and adds the errors of reading one.
    pub(crate) fn takes(&mut self, media_types: &'static [&'static str], json: JsonType) {
        self.body = Some(Body { media_types, json });
        self.refuses([Rejection::RequestTimeout, Rejection::ContentTooLarge]);
    }

    /// Adds a response with a JSON body.
    pub(crate) fn responds(&mut self, status: StatusCode, description: &'static str, json: JsonType) {
        self.responses.push(Response { status, description, json: Some(json), cookie: None });
    }

    /// Adds a response without a body, or with one that is not described.
    pub(crate) fn responds_with_status(&mut self, status: StatusCode, description: &'static str) {
        self.responses.push(Response { status, description, json: None, cookie: None });
    }

    /// Has the last response set a cookie.
    pub(crate) fn sets_cookie(&mut self, description: impl Into<String>) {
        if let Some(response) = self.responses.last_mut() {
            response.cookie = Some(description.into());
        }
    }

    /// Adds errors.
    pub(crate) fn refuses(&mut self, refusals: impl IntoIterator<Item: Into<Rejection>>) {
        self.refusals.extend(refusals.into_iter().map(Into::into));
    }

    /// Adds the error for a new password that breaks a rule.
    pub(crate) fn refuses_passwords(&mut self, refusal: fn(InvalidPassword) -> Refusal) {
        self.refuses([refusal(InvalidPassword::new("Password should be at least 3 characters"))]);
    }

    /// Adds the error for users who are not verified, where logins at this router say so.
    pub(crate) fn refuses_unverified_logins(&mut self) {
        if self.place.access == Access::Verified && self.app.policy.verify_email == VerifyEmail::Never {
            self.refuses([Refusal::LoginUserNotVerified]);
        }
    }

    /// Adds the error for sessions that are not fresh enough for a change of login methods, where the policy asks for the
    /// current password.
    pub(crate) fn requires_recent_login(&mut self) {
        if self.app.policy.require_current_password {
            self.refuses([Refusal::ReauthenticationRequired(Reauthentication {
                max_age: Duration::from_secs(600),
                methods: vec!["password".to_owned()],
                challenge: "Bearer",
            })]);
        }
    }

    /// Adds the error for too many requests, if one of `rates` is set.
    pub(crate) fn is_limited_by(&mut self, rates: &[Option<Rate>]) {
        if rates.iter().any(Option::is_some) {
            self.refuses([Refusal::TooMany(Duration::ZERO)]);
        }
    }
}
