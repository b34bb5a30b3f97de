//! A12, F70: an account is told by its id at the service, and an address links it to a user only where the service
//! vouches for the address.

use axum_users_tests::{Backend, Client, is_in, on_each_store, sessions};
use serde_json::{Value, json};

use crate::common::{ARTHUR, COMPAT_MODES, PASSWORD, Scene, accounts_of, arthur, knight};

/// What an attacker's provider says of an account with Arthur's address, and how it is refused.
fn unvouched() -> Vec<(&'static str, &'static str, Value, &'static str)> {
    const EXISTS: &str = "OAUTH_USER_ALREADY_EXISTS";
    const NO_EMAIL: &str = "OAUTH_NOT_AVAILABLE_EMAIL";
    let said = |verified: Value| json!({ "sub": "mordred", "email": ARTHUR, "email_verified": verified });
    let at = |email: &str| json!({ "sub": "mordred", "email": email, "email_verified": true });
    let (oidc, avalon) = ("/auth/oidc", "/auth/avalon");
    vec![
        ("A12: false", oidc, said(json!(false)), EXISTS),
        ("A12: \"false\"", oidc, said(json!("false")), EXISTS),
        ("A12: missing", oidc, json!({ "sub": "mordred", "email": ARTHUR }), EXISTS),
        ("A12: null", oidc, said(json!(null)), EXISTS),
        ("A12: 0", oidc, said(json!(0)), EXISTS),
        ("A12: 1", oidc, said(json!(1)), EXISTS),
        ("A12: \"yes\"", oidc, said(json!("yes")), EXISTS),
        ("A12: \"\"", oidc, said(json!("")), EXISTS),
        ("A12: a list", oidc, said(json!([true])), EXISTS),
        ("A12: an object", oidc, said(json!({ "email_verified": true })), EXISTS),
        ("A12: another claim", oidc, json!({ "sub": "mordred", "email": ARTHUR, "verified": true }), EXISTS),
        ("A12: a client that never associates", avalon, at(ARTHUR), EXISTS),
        ("A12: another case", oidc, json!({ "sub": "mordred", "email": "ARTHUR@CAMELOT.BT" }), EXISTS),
        ("A12: no address", oidc, json!({ "sub": "mordred", "email_verified": true }), NO_EMAIL),
        ("A12: an empty address", oidc, at(""), NO_EMAIL),
        ("A12: two addresses", oidc, at("arthur@camelot.bt, mordred@camelot.bt"), NO_EMAIL),
        (
            "A12: two in a list",
            oidc,
            json!({ "sub": "mordred", "email": [ARTHUR], "email_verified": true }),
            NO_EMAIL,
        ),
        ("A12: an address with a name", oidc, at("Arthur <arthur@camelot.bt>"), NO_EMAIL),
        ("A12: two signs", oidc, at("arthur@camelot.bt@evil.example"), NO_EMAIL),
        ("A12: another sign", oidc, at("arthur\u{ff20}camelot.bt"), NO_EMAIL),
        ("A12: a line end", oidc, at("arthur@camelot.bt\r\nBcc: mordred@camelot.bt"), NO_EMAIL),
        ("A12: an end of text", oidc, at("arthur@camelot.bt\0.evil.example"), NO_EMAIL),
    ]
}

#[on_each_store]
async fn an_account_is_nobodys_by_an_address_alone() {
    for compat in COMPAT_MODES {
        for is_verified in [true, false] {
            let scene = Scene::in_layout(compat).await;
            scene.server.user(ARTHUR, PASSWORD, |user| user.is_verified = Some(is_verified)).await;
            let sessions = sessions(&scene.server, ARTHUR, PASSWORD).await;
            let before = scene.server.database.rows();
            for (what, place, user, code) in unvouched() {
                let answer = scene.trip(&scene.server.client(), place, &user).await;
                assert_eq!((answer.status.as_u16(), answer.detail()), (400, &json!(code)), "{what}");
            }
            assert_eq!(scene.server.database.rows(), before, "no row has changed, and there is no new one");
            assert_eq!(accounts_of(&sessions[0].1).await, []);
            for (backend, session) in &sessions {
                assert!(is_in(session).await, "{backend:?}");
            }
        }
    }
}

#[on_each_store]
async fn what_is_vouched_for() {
    for (what, user) in [
        ("true", arthur()),
        ("\"true\"", json!({ "sub": "arthur", "email": ARTHUR, "email_verified": "true" })),
        ("in another case", json!({ "sub": "arthur", "email": "ARTHUR@Camelot.BT", "email_verified": true })),
    ] {
        let scene = Scene::new().await;
        let own = scene.registered(ARTHUR).await;
        let client = scene.signed_in(&user).await;
        let (own, client) = (own.get("/users/me").await, client.get("/users/me").await);
        assert_eq!(own.json, client.json, "{what}");
    }
}

/// Who is new and not vouched for is a user like one that has just registered.
#[on_each_store]
async fn a_new_user_is_as_verified_as_the_address() {
    let scene = Scene::new().await;
    for (place, sub, verified, is_verified) in [
        ("/auth/oidc", "a", json!(true), true),
        ("/auth/oidc", "b", json!(false), false),
        ("/auth/oidc", "c", json!(null), false),
        ("/auth/avalon", "d", json!(true), true),
    ] {
        let user = json!({ "sub": sub, "email": format!("{sub}@camelot.bt"), "email_verified": verified });
        let answer = scene.trip(&scene.server.client(), place, &user).await;
        let client = scene.server.client().holding(Backend::Jwt, &answer);
        let me = client.get("/users/me").await;
        assert_eq!(me.json["is_verified"], is_verified, "{sub}");
        assert_eq!(client.get("/verified").await.status, if is_verified { 200 } else { 403 }, "{sub}");
    }
}

/// The id tells the account, and the address does not.
#[on_each_store]
async fn an_address_moves_on() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let id = |client: Client| async move {
            client.get("/users/me").await.json["id"].as_str().expect("an id").to_owned()
        };
        let arthurs = id(scene.signed_in(&arthur()).await).await;
        // F70: the same account with another address, even one that is another user's.
        let mordreds = id(scene.signed_in(&knight("mordred")).await).await;
        for email in ["king@camelot.bt", "mordred@camelot.bt", "not an address", ""] {
            for verified in [true, false] {
                let moved = json!({ "sub": "arthur", "email": email, "email_verified": verified });
                let client = scene.signed_in(&moved).await;
                assert_eq!(client.get("/users/me").await.json["email"], ARTHUR, "F70: {email}");
                assert_eq!(id(client).await, arthurs, "F70: {email}");
            }
        }
        // F70: another account with the same address, for which nobody vouches.
        for verified in [json!(false), json!(null)] {
            let other = json!({ "sub": "agravain", "email": ARTHUR, "email_verified": verified });
            scene.sign_in(&other).await.refuses(400, json!("OAUTH_USER_ALREADY_EXISTS"));
        }
        // F70: ids that differ in nothing that an address could differ in.
        for sub in ["Mordred", "MORDRED", "mordred ", "m\u{f6}rdred", "mo\u{308}rdred"] {
            let other = json!({ "sub": sub, "email": "x", "email_verified": true });
            scene.sign_in(&other).await.refuses(400, json!("OAUTH_NOT_AVAILABLE_EMAIL"));
        }
        assert_eq!(id(scene.signed_in(&knight("mordred")).await).await, mordreds);
    }
}
