//! The document beside the one that FastAPI Users makes of the same app: what differs is listed here, with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use axum_users_tests::Process;
use serde_json::Value;

use crate::common::{Camelot, SECRET, tests, variable};

/// Which of the two documents says something that the other does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Only {
    Original,
    Ours,
}

use Only::{Original, Ours};

/// What one of the documents says alone.
struct Difference {
    /// By method and path, where a `*` stands for anything.
    operations: &'static [&'static str],
    /// The statuses, none of them where the operation as a whole is meant.
    statuses: &'static [&'static str],
    only: Only,
    #[expect(dead_code, reason = "it is for readers")]
    reason: &'static str,
}

const DIFFERENCES: [Difference; 15] = [
    Difference {
        operations: &[
            "post /auth/*/login",
            "post /auth/*-*",
            "post /auth/register",
            "post /auth/verify",
            "patch *",
        ],
        statuses: &["408", "413", "415"],
        only: Ours,
        reason: "a body has a limit and a time to come in, and one of another type is no mistake in a field",
    },
    Difference {
        operations: &["*"],
        statuses: &["503"],
        only: Ours,
        reason: "what is needed may be away or busy, and that is no 500",
    },
    Difference {
        operations: &["post /auth/cookie/*"],
        statuses: &["204"],
        only: Original,
        reason: "every answer has a body of one kind: 200 with `null`",
    },
    Difference {
        operations: &["post /auth/*/login", "post /auth/*/logout", "patch /users/me"],
        statuses: &["403"],
        only: Ours,
        reason: "no other site logs a browser in, or writes with its cookie",
    },
    Difference {
        operations: &["get /users/{id}", "delete /users/{id}"],
        statuses: &["422"],
        only: Original,
        reason: "what is no id is nobody's: 404, which is what the original answers, too",
    },
    Difference {
        operations: &["delete /users/{id}"],
        statuses: &["400"],
        only: Ours,
        reason: "a row of the app's own may refer to the user",
    },
    Difference {
        operations: &["delete /users/me"],
        statuses: &[],
        only: Ours,
        reason: "the original takes `me` for an id, too, and so has it under `/users/{id}`",
    },
    Difference {
        operations: &["* /users/me/oauth-accounts*"],
        statuses: &[],
        only: Ours,
        reason: "users see their accounts at other services, and part with them",
    },
    Difference {
        operations: &["post /auth/*/callback"],
        statuses: &[],
        only: Ours,
        reason: "Apple has the browser post its answer",
    },
    Difference {
        operations: &["get /auth/*oidc/*"],
        statuses: &["502"],
        only: Ours,
        reason: "where the other service fails, the original has a 500",
    },
    Difference {
        operations: &["get /auth/*oidc/callback"],
        statuses: &["422"],
        only: Original,
        reason: "a callback takes what it gets: a state that can't be read is a 400, as it is in the original",
    },
    Difference {
        operations: &["get /auth/associate/*"],
        statuses: &["303", "401"],
        only: Ours,
        reason: "a browser may be led by redirects; who is not signed in is a 401 in the original, too",
    },
    Difference {
        operations: &["get /auth/*oidc/authorize"],
        statuses: &["403"],
        only: Ours,
        reason: "no other site has a browser begin this",
    },
    Difference {
        operations: &["get /authenticated", "get /verified", "get /superuser"],
        statuses: &["401"],
        only: Ours,
        reason: "extractors document themselves",
    },
    Difference {
        operations: &["get /verified", "get /superuser"],
        statuses: &["403"],
        only: Ours,
        reason: "extractors document themselves",
    },
];

/// An operation, as far as both documents can be compared.
#[derive(Debug)]
struct Operation {
    id: String,
    statuses: BTreeSet<String>,
    /// The kinds of security schemes that let requests in.
    security: BTreeSet<String>,
    body: BTreeSet<String>,
    tags: Value,
}

/// Every operation by its method and path. What the original has for tests alone is not among them.
fn operations(document: &Value) -> BTreeMap<String, Operation> {
    let keys = |value: &Value| value.as_object().map(|object| object.keys().cloned().collect());
    let kind = |name: &String| {
        let scheme = &document["components"]["securitySchemes"][name];
        scheme["type"].as_str().expect("a type").to_owned()
    };
    let items = document["paths"].as_object().expect("paths").iter();
    items
        .filter(|(path, _)| !path.starts_with("/test/"))
        .flat_map(|(path, item)| {
            item.as_object().expect("operations").iter().map(move |(method, o)| (path, method, o))
        })
        .map(|(path, method, operation)| {
            let security = operation["security"].as_array().into_iter().flatten();
            let names = security.flat_map(|one| one.as_object().expect("a requirement").keys());
            let found = Operation {
                id: operation["operationId"].as_str().expect("an id").to_owned(),
                statuses: keys(&operation["responses"]).unwrap_or_default(),
                security: names.map(kind).collect(),
                body: keys(&operation["requestBody"]["content"]).unwrap_or_default(),
                tags: operation["tags"].clone(),
            };
            (format!("{method} {path}"), found)
        })
        .collect()
}

/// FastAPI makes an operation's id of its route's name, which is ours, its path and its method.
fn fastapi_id(name: &str, operation: &str) -> String {
    let (method, path) = operation.split_once(' ').expect("a method and a path");
    let id = format!("{name}{path}").replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "_");
    format!("{id}_{method}")
}

/// Both documents, or `None`, said aloud.
async fn both() -> Option<(Value, Value)> {
    let python = variable("TEST_FASTAPI_PYTHON")?;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = format!("sqlite+aiosqlite:///{}", folder.path().join("original.db").display());
    let environment = [
        ("OAUTH_ISSUER", "http://127.0.0.1:9"),
        ("OAUTH_CLIENT_ID", "camelot"),
        ("OAUTH_CLIENT_SECRET", "of stone"),
    ];
    let mut command = Command::new(python);
    command.envs(environment);
    command.arg(tests("drop_in/fastapi_app.py"));
    command
        .env("BIND", "127.0.0.1:0")
        .env("SECRET", SECRET)
        .env("DATABASE_URL", database)
        .env_remove("REDIS_URL");
    let original = Process::start(&mut command);
    let original = original.client.get("/openapi.json").await.json;
    Some((original, Camelot::with(&environment).document().await))
}

#[tokio::test(flavor = "multi_thread")]
async fn says_the_same() {
    let Some((original, ours)) = both().await else { return };
    let (original, ours) = (operations(&original), operations(&ours));
    assert_eq!(original.len(), 24, "{original:?}");
    let mut found = BTreeSet::new();
    for (operation, theirs) in &original {
        let Some(our) = ours.get(operation) else {
            found.insert((operation.clone(), String::new(), Original));
            continue;
        };
        let more = theirs.statuses.difference(&our.statuses).map(|status| (status, Original));
        let more = more.chain(our.statuses.difference(&theirs.statuses).map(|status| (status, Ours)));
        found.extend(more.map(|(status, only)| (operation.clone(), status.clone(), only)));
        assert_eq!(fastapi_id(&our.id, operation), theirs.id, "{operation}");
        assert_eq!(our.security, theirs.security, "{operation}");
        assert_eq!(our.tags, theirs.tags, "{operation}");
        assert!(our.body.is_superset(&theirs.body), "{operation}: {:?}", our.body);
    }
    let new = ours.keys().filter(|operation| !original.contains_key(*operation));
    found.extend(new.map(|operation| (operation.clone(), String::new(), Ours)));

    let mut listed = BTreeSet::new();
    for Difference { operations, statuses, only, .. } in &DIFFERENCES {
        for pattern in *operations {
            let meant = ours.keys().chain(original.keys()).filter(|operation| matches(operation, pattern));
            let meant = meant.cloned().collect::<BTreeSet<_>>();
            assert!(!meant.is_empty(), "there is no {pattern}");
            for operation in meant {
                let whole = statuses.is_empty().then_some("");
                let statuses = statuses.iter().copied().chain(whole);
                listed.extend(statuses.map(|status| (operation.clone(), status.to_owned(), *only)));
            }
        }
    }
    // What stands in one document alone has no statuses to compare.
    listed.retain(|(operation, status, _)| status.is_empty() || original.contains_key(operation));
    let unexplained = found.difference(&listed).collect::<Vec<_>>();
    let untrue = listed.difference(&found).collect::<Vec<_>>();
    assert!(
        unexplained.is_empty() && untrue.is_empty(),
        "no reason for {unexplained:?}, no such as {untrue:?}"
    );
}

/// Whether `text` is what `pattern` says, where a `*` stands for anything.
fn matches(text: &str, pattern: &str) -> bool {
    let Some((start, end)) = pattern.split_once('*') else { return text == pattern };
    let Some(rest) = text.strip_prefix(start) else { return false };
    (0..=rest.len()).filter_map(|at| rest.get(at..)).any(|rest| matches(rest, end))
}

/// The fields of the users' schemas, and those of them that must be there.
fn fields(document: &Value, schema: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let schema = &document["components"]["schemas"][schema];
    let required = schema["required"].as_array().into_iter().flatten();
    (
        schema["properties"].as_object().expect("fields").keys().cloned().collect(),
        required.map(|name| name.as_str().expect("a name").to_owned()).collect(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn has_the_same_users() {
    let Some((original, ours)) = both().await else { return };
    for schema in ["UserCreate", "UserUpdate"] {
        assert_eq!(fields(&ours, schema), fields(&original, schema), "{schema}");
    }
    let (all, required) = fields(&ours, "UserRead");
    // The original takes the flags for optional in answers, since they have defaults; they are in each.
    assert_eq!((&all, &all), (&required, &fields(&original, "UserRead").0));
    for (document, name) in [(&original, "OAuth2PasswordBearer"), (&ours, "OAuth2PasswordBearer.jwt")] {
        let flow = &document["components"]["securitySchemes"][name]["flows"]["password"];
        let address = flow["tokenUrl"].as_str().expect("an address").trim_start_matches('/');
        // Of several backends of one kind, the original keeps the last one.
        assert!(["auth/jwt/login", "auth/db/login"].contains(&address), "{address}");
    }
}
