//! A knight's whole life: every column of the app's own table is written, read and changed over HTTP.

use axum_users_tests::{Backend, Store, on_each_database};
use serde_json::json;

use crate::court::{ARTHUR, Court, PASSWORD, knight};

#[on_each_database]
async fn a_whole_life() {
    let court = Court::open().await;
    let merlin = court.merlin().await;
    let arms = json!({ "field": "azure", "charges": ["crown", "crown", "crown"] });
    let body = knight(ARTHUR, json!({ "handle": "wart", "rank": "squire", "arms": arms, "banner": 1 }));
    let answer = court.client().post_json("/auth/register", body).await;
    let mut arthur = json!({
        "id": answer.json["id"],
        "email": ARTHUR,
        "is_active": true,
        "is_superuser": false,
        "is_verified": false,
        "handle": "wart",
        "rank": "squire",
        "arms": arms,
        "knighted_at": null,
        "sworn_at": null,
        "banner": 1,
    });
    answer.is(201, &arthur);
    let place = format!("/users/{}", arthur["id"].as_str().expect("an id"));

    let mut sessions = Vec::new();
    for backend in [Backend::Jwt, Backend::Db] {
        let session = court.client().signed_in(backend, ARTHUR, PASSWORD).await;
        session.get("/users/me").await.is(200, &arthur);
        // A knight can't knight himself.
        let change =
            json!({ "rank": "knight", "arms": { "field": "gules" }, "banner": null, "sworn_at": null });
        (arthur["rank"], arthur["arms"]) = (json!("knight"), json!({ "field": "gules", "charges": [] }));
        arthur["banner"] = json!(null);
        session.patch("/users/me", change).await.is(200, &arthur);
        sessions.push(session);
    }

    let moment = "2024-05-01T12:34:56.789012Z";
    (arthur["knighted_at"], arthur["sworn_at"]) = (json!(moment), json!(moment));
    let change = json!({ "knighted_at": "2024-05-01T14:34:56.789012+02:00", "sworn_at": moment });
    merlin.patch(&place, change).await.is(200, &arthur);
    merlin.get(&place).await.is(200, &arthur);
    assert_eq!(stored_moments(&court), [moment, moment]);

    assert_eq!(court.count("horses"), 2);
    assert_eq!(merlin.delete(&place).await.status, 204);
    for session in sessions {
        session.get("/users/me").await.refuses(401, json!("Unauthorized"));
    }
    assert_eq!(court.count("horses"), 1, "a horse goes with its rider");
    assert_eq!((court.count("session"), court.count("knights")), (0, 1));
}

/// The moments as the database itself sees them, in UTC.
fn stored_moments(court: &Court) -> [String; 2] {
    ["knighted_at", "sworn_at"].map(|column| {
        let value = match (court.database.store(), column) {
            (Store::Postgres, "knighted_at") => {
                "to_char(knighted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
            }
            (Store::Postgres, _) => "to_char(sworn_at, 'YYYY-MM-DD HH24:MI:SS.US')",
            // A `TIMESTAMP` is told in the time zone of whoever asks.
            (Store::Mysql, "sworn_at") => "convert_tz(sworn_at, @@session.time_zone, '+00:00')",
            _ => column,
        };
        let sql = format!("SELECT {value} AS value FROM knights WHERE mail = '{ARTHUR}'");
        let sql = match court.database.store() {
            Store::Mysql => sql.replacen(value, &format!("concat({value})"), 1),
            _ => sql,
        };
        let [stored] = &court.database.texts(&sql)[..] else { panic!("not one row") };
        format!("{}Z", stored.replace(' ', "T"))
    })
}

#[on_each_database]
async fn rows_of_the_apps_are_users() {
    let court = Court::open().await;
    let (_, arthur) = court.arthur(Backend::Db).await;
    // What the app writes by itself is there at once.
    let quote = if court.database.store() == Store::Mysql { '`' } else { '"' };
    let arms = r#"{"field": "or"}"#;
    court.database.execute(&format!(
        "UPDATE knights SET {quote}rank{quote} = 'knight', arms = '{arms}', sworn_at = '2024-05-01 12:00:00'"
    ));
    let me = arthur.get("/users/me").await.json;
    assert_eq!((&me["rank"], &me["arms"]), (&json!("knight"), &json!({ "field": "or", "charges": [] })));
    assert_eq!(me["sworn_at"], "2024-05-01T12:00:00.000000Z");
    // A knight who stands in the app's table can sign in, in whichever case he writes his address.
    court.database.execute("UPDATE knights SET mail = 'Arthur@Camelot.bt'");
    court.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
}
