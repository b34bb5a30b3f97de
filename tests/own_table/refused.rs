//! What the app's own tables refuse: it is a mistake in what was sent, and no address that is taken.

use axum_users_tests::{Answer, Backend, Store, on_each_database};
use serde_json::{Value, json};

use crate::court::{ARTHUR, Court, PASSWORD, knight};

/// The database says no, and not to which of the fields.
fn is_refused(answer: &Answer) {
    answer.is_invalid(&[(json!(["body"]), "value_error")]);
}

#[on_each_database]
async fn values_that_break_a_rule() {
    let court = Court::open().await;
    let (_, arthur) = court.arthur(Backend::Jwt).await;
    let long = "x".repeat(21);
    for (what, own) in [
        ("too long", json!({ "handle": long })),
        ("another's", json!({ "handle": "king" })),
        ("a CHECK", json!({ "handle": "nobody" })),
        ("no such row", json!({ "handle": "kay", "banner": 999 })),
        ("not in the database's enum", json!({ "handle": "kay", "rank": "king" })),
    ] {
        let answer = court.client().post_json("/auth/register", knight("kay@camelot.bt", own)).await;
        assert_eq!(answer.status, 422, "{what}: {}", answer.text);
        is_refused(&answer);
    }
    assert_eq!((court.count("knights"), court.count("horses")), (1, 1), "nothing is left of them");

    let kay = knight("kay@camelot.bt", json!({ "handle": "kay" }));
    assert_eq!(court.client().post_json("/auth/register", kay).await.status, 201);
    let before = arthur.get("/users/me").await.json;
    for change in [
        json!({ "handle": long }),
        json!({ "handle": "kay" }),
        json!({ "handle": "nobody" }),
        json!({ "banner": 999 }),
        json!({ "rank": "king" }),
    ] {
        is_refused(&arthur.patch("/users/me", change).await);
    }
    arthur.get("/users/me").await.is(200, &before);
}

/// Characters count, and not bytes; what fits is there to the last of them, and nothing is ever cut.
#[on_each_database]
async fn no_value_that_fits() {
    let court = Court::open().await;
    let fits = ["👑".repeat(20), "ä\u{1}\u{7f}\t\u{200d}\u{ffff}".to_owned()];
    for (n, handle) in fits.iter().enumerate() {
        let body = knight(&format!("knight-{n}@camelot.bt"), json!({ "handle": handle }));
        let answer = court.client().post_json("/auth/register", body).await;
        assert_eq!((answer.status.as_u16(), &answer.json["handle"]), (201, &json!(handle)));
    }
    for long in ["👑".repeat(21), "x".repeat(10_000)] {
        let body = knight("kay@camelot.bt", json!({ "handle": long }));
        is_refused(&court.client().post_json("/auth/register", body).await);
    }
    let handles = court.database.texts("SELECT handle AS value FROM knights ORDER BY mail");
    assert_eq!(handles, fits);
}

/// Text with a NUL can't be stored everywhere, and so is stored nowhere.
#[on_each_database]
async fn a_nul() {
    let court = Court::open().await;
    for nul in ["a\0b", "\0"] {
        let body = knight("kay@camelot.bt", json!({ "handle": nul }));
        let answer = court.client().post_json("/auth/register", body).await;
        answer.is_invalid(&[(json!(["body", "handle"]), "value_error")]);
    }
}

#[on_each_database]
async fn values_of_no_such_type() {
    let court = Court::open().await;
    let (_, arthur) = court.arthur(Backend::Jwt).await;
    let place = |name: &str| json!(["body", name]);
    let own = json!({ "handle": 3, "rank": "wizard", "arms": { "charges": [] }, "banner": "dragon" });
    let mistakes = [
        (place("handle"), "string_type"),
        (place("rank"), "value_error"),
        (place("arms"), "value_error"),
        (place("banner"), "int_parsing"),
    ];
    court
        .client()
        .post_json("/auth/register", knight("kay@camelot.bt", own.clone()))
        .await
        .is_invalid(&mistakes);
    arthur.patch("/users/me", own).await.is_invalid(&mistakes);
}

/// By the app's own `UNIQUE`, whatever its name, and by the index of this crate.
#[on_each_database]
async fn an_address_that_is_taken() {
    let court = Court::open().await;
    court.arthur(Backend::Jwt).await;
    let register = |email: &str, handle: &str| {
        let body = knight(email, json!({ "handle": handle }));
        let client = court.client();
        async move { client.post_json("/auth/register", body).await }
    };
    assert_eq!(register("kay@camelot.bt", "kay").await.status, 201);
    let kay = court.client().signed_in(Backend::Jwt, "kay@camelot.bt", PASSWORD).await;
    for taken in [ARTHUR, "ARTHUR@camelot.bt"] {
        register(taken, "other").await.refuses(400, json!("REGISTER_USER_ALREADY_EXISTS"));
        let answer = kay.patch("/users/me", json!({ "email": taken })).await;
        answer.refuses(400, json!("UPDATE_USER_EMAIL_ALREADY_EXISTS"));
    }
}

/// SQLite looks at the newest index first.
#[on_each_database]
async fn an_address_that_is_taken_by_a_newer_index() {
    let court = Court::open().await;
    court.database.execute(match court.database.store() {
        Store::Mysql => "CREATE UNIQUE INDEX newer ON knights (mail)",
        _ => "CREATE UNIQUE INDEX newer ON knights (lower(mail))",
    });
    let court = court.restarted().await;
    court.arthur(Backend::Jwt).await;
    let other = knight(ARTHUR, json!({ "handle": "other" }));
    let answer = court.client().post_json("/auth/register", other).await;
    answer.refuses(400, json!("REGISTER_USER_ALREADY_EXISTS"));
}

/// Unlike the horse, which goes with its rider.
#[on_each_database]
async fn a_deletion_of_whom_the_app_needs() {
    let court = Court::open().await;
    let merlin = court.merlin().await;
    let (id, arthur) = court.arthur(Backend::Db).await;
    let place = format!("/users/{id}");
    let in_use: Value = json!("DELETE_USER_IN_USE");
    for column in ["winner", "loser"] {
        court.database.execute(&format!("INSERT INTO duels ({column}) VALUES ('{id}')"));
        merlin.delete(&place).await.refuses(400, in_use.clone());
        assert_eq!((court.count("knights"), court.count("horses")), (2, 2), "{column}");
        assert_eq!(arthur.get("/users/me").await.status, 200, "{column}");
        court.database.execute("DELETE FROM duels");
    }
    assert_eq!(merlin.delete(&place).await.status, 204);
}
