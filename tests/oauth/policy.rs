//! What an app decides: who becomes a user, with which address, and who is let in.

use axum::Router;
use axum_users::prelude::*;
use axum_users_tests::provider::query;
use axum_users_tests::{Answer, Backend, Camelot, Event, Options, Serving, UserUpdate, on_each_store};
use serde_json::{Value, json};

use crate::common::{
    ARTHUR, ASSOCIATE, COMPAT_MODES, COOKIE_PLACE, OIDC, PASSWORD, PLACE, Scene, accounts_of, arthur, knight,
};

async fn scene(policy: Policy) -> Scene {
    Scene::with(Options { policy, ..Options::default() }).await
}

fn admits(registration: Registration) -> Policy {
    Policy::fastapi_users().registration(registration)
}

async fn register(scene: &Scene, email: &str) -> Answer {
    scene.server.client().register(email, PASSWORD).await
}

#[on_each_store]
async fn nobody_registers() {
    let scene = scene(admits(Registration::Closed)).await;
    register(&scene, "mordred@camelot.bt").await.refuses(403, json!("REGISTER_NOT_ALLOWED"));
    for place in [PLACE, COOKIE_PLACE, "/auth/avalon"] {
        let answer = scene.trip(&scene.server.client(), place, &knight("mordred")).await;
        answer.refuses(403, json!("REGISTER_NOT_ALLOWED"));
    }
    assert_eq!(scene.server.database.rows(), []);
    assert_eq!(scene.server.database.census()["oauth_account"], 0);

    // Who is a user signs in: by an address that is vouched for, and from then on by the account.
    scene.server.user(ARTHUR, PASSWORD, |user| user.is_verified = Some(true)).await;
    for _ in 0..2 {
        assert_eq!(accounts_of(&scene.signed_in(&arthur()).await).await.len(), 1);
    }
    let lancelot = scene.registered("lancelot@camelot.bt").await;
    assert_eq!(scene.trip(&lancelot, ASSOCIATE, &knight("mordred")).await.status, 200);
    let me = scene.signed_in(&knight("mordred")).await.get("/users/me").await;
    assert_eq!(me.json["email"], "lancelot@camelot.bt");
}

#[on_each_store]
async fn a_page_says_who_is_not_admitted() {
    let scene = scene(admits(Registration::Closed)).await;
    let trip = scene.led(&scene.server.client(), COOKIE_PLACE, "next=/account").await;
    let code = scene.provider.sign_in(&trip.url, &arthur());
    let answer = trip.back(&code).await;
    assert_eq!(answer.header("location"), "/account?error=REGISTER_NOT_ALLOWED");
}

#[on_each_store]
async fn domains_that_are_admitted() {
    let scene = scene(admits(Registration::Domains(&["camelot.bt", "b\u{fc}cher.example"]))).await;
    for (email, registers) in [
        ("a@camelot.bt", true),
        ("b@CAMELOT.bt", true),
        ("c@b\u{fc}cher.example", true),
        ("d@xn--bcher-kva.example", true),
        ("e@evil.example", false),
        ("f@sub.camelot.bt", false),
        ("g@camelot.bt.evil.example", false),
        ("h@evilcamelot.bt", false),
    ] {
        let answer = register(&scene, email).await;
        assert_eq!(answer.status, if registers { 201 } else { 403 }, "{email}: {}", answer.text);
        let new = format!("new-{email}");
        for (verified, signs_up) in [(json!(false), false), (json!(null), false), (json!(true), registers)] {
            let user = json!({ "sub": email, "email": new, "email_verified": verified });
            let answer = scene.sign_in(&user).await;
            if signs_up {
                assert_eq!(answer.status, 200, "{email}: {}", answer.text);
            } else {
                answer.refuses(403, json!("REGISTER_NOT_ALLOWED"));
            }
        }
    }
    // Two addresses in one are none.
    let user = json!({ "sub": "x", "email": "x@evil.example,y@camelot.bt", "email_verified": true });
    scene.sign_in(&user).await.refuses(400, json!("OAUTH_NOT_AVAILABLE_EMAIL"));
}

/// By default, an account without an address makes no user.
#[on_each_store]
async fn nobody_without_an_address() {
    let scene = scene(Policy::fastapi_users()).await;
    for user in [
        json!({ "sub": "x" }),
        json!({ "sub": "x", "email": null, "email_verified": true }),
        json!({ "sub": "x", "email": "not an address", "email_verified": true }),
    ] {
        scene.sign_in(&user).await.refuses(400, json!("OAUTH_NOT_AVAILABLE_EMAIL"));
    }
    assert_eq!(scene.server.database.rows(), []);
    // To associate one, none is needed.
    let lancelot = scene.registered("lancelot@camelot.bt").await;
    assert_eq!(scene.trip(&lancelot, ASSOCIATE, &json!({ "sub": "x" })).await.status, 200);
    let me = scene.signed_in(&json!({ "sub": "x" })).await.get("/users/me").await;
    assert_eq!(me.json["email"], "lancelot@camelot.bt");
}

#[on_each_store]
async fn a_place_holder_for_an_address() {
    for compat in COMPAT_MODES {
        let on_missing_email = MissingEmail::PlaceholderAt("users.camelot.bt");
        let policy = Policy::fastapi_users().on_missing_email(on_missing_email);
        let scene = Scene::with(Options { compat, policy, ..Options::default() }).await;
        let mut emails = Vec::new();
        for (place, sub) in [(PLACE, "x"), (PLACE, "X"), (PLACE, "arthur@camelot.bt"), ("/auth/avalon", "x")]
        {
            let user = json!({ "sub": sub });
            for _ in 0..2 {
                let answer = scene.trip(&scene.server.client(), place, &user).await;
                let me = scene.server.client().holding(Backend::Jwt, &answer).get("/users/me").await;
                let email = me.json["email"].as_str().expect("an address");
                let guessed = format!("{sub}@users.camelot.bt");
                assert!(email.ends_with("@users.camelot.bt") && email != guessed, "{email}");
                assert_eq!(me.json["is_verified"], false);
                emails.push(email.to_owned());
            }
        }
        emails.dedup();
        assert_eq!((emails.len(), scene.server.database.rows().len()), (4, 4), "one for each account");
    }
}

/// A backend, or a router, that lets verified users in alone.
#[on_each_store]
async fn users_who_are_not_verified() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let camelot = &scene.server.camelot;
        let routes = Router::new()
            .nest("/strict", camelot.oauth_routes(OIDC, Camelot::JWT, Access::Verified))
            .nest("/associate", camelot.oauth_associate_routes(OIDC, Access::Verified))
            .nest("/users", camelot.oauth_accounts_routes(Access::Verified));
        let serving = Serving::start(routes).await;
        let unverified = json!({ "sub": "x", "email": "x@camelot.bt" });
        let trip = |user: Value| {
            let (scene, client) = (&scene, serving.client());
            async move { scene.trip(&client, "/strict", &user).await }
        };
        for _ in 0..2 {
            trip(unverified.clone()).await.refuses(400, json!("LOGIN_USER_NOT_VERIFIED"));
        }
        assert_eq!(trip(arthur()).await.status, 200);
        // The address that the provider sends back to is that of the router.
        let start = scene.start(&serving.client(), "/strict").await;
        let asked = query(&start.url);
        assert_eq!(asked["redirect_uri"], "https://camelot.bt/strict/callback");
        let session = scene.signed_in(&unverified).await.at(&serving.url);
        for path in ["/associate/authorize", "/associate/callback", "/users/me/oauth-accounts"] {
            session.get(path).await.refuses(403, json!("Forbidden"));
        }
        session.delete("/users/me/oauth-accounts/x").await.refuses(403, json!("Forbidden"));
    }
}

#[on_each_store]
async fn users_who_are_not_active() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let client = scene.signed_in(&arthur()).await;
        let id = client.get("/users/me").await.json["id"].as_str().expect("an id").to_owned();
        let merlin =
            scene.server.user("merlin@camelot.bt", PASSWORD, |user| user.is_superuser = Some(true)).await;
        let merlin = scene.server.client().signed_in(Backend::Db, &merlin.email, PASSWORD).await;
        let under_way = scene.start(&client, ASSOCIATE).await;
        let code = scene.provider.sign_in(&under_way.url, &knight("mordred"));
        let off = merlin.patch(&format!("/users/{id}"), json!({ "is_active": false })).await;
        assert_eq!(off.status, 200, "{}", off.text);
        for place in [PLACE, COOKIE_PLACE] {
            let answer = scene.trip(&scene.server.client(), place, &arthur()).await;
            answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
            assert_eq!(answer.cookies().len(), 1, "no session");
        }
        under_way.back(&code).await.refuses(401, json!("Unauthorized"));
        client.get("/users/me/oauth-accounts").await.refuses(401, json!("Unauthorized"));
        // One who was never verified does not come in by the address either.
        scene.server.user("kay@camelot.bt", PASSWORD, |user| user.is_active = Some(false)).await;
        scene.sign_in(&knight("kay")).await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        let kay = scene.server.database.rows().into_iter().find(|row| row.email == "kay@camelot.bt");
        let kay = kay.expect("a row");
        assert!(!kay.is_active && !kay.is_verified, "nothing has become of the account");
    }
}

/// A superuser who comes by way of a provider is one; nobody becomes one by what the provider says.
#[on_each_store]
async fn what_a_provider_says_of_rights() {
    let scene = Scene::new().await;
    let user = json!({
        "sub": "mordred", "email": "mordred@camelot.bt", "email_verified": true, "is_superuser": true, "is_verified": true,
        "is_active": true, "credits": 1000, "notes": "a king", "roles": ["admin"], "id": "00000000-0000-0000-0000-000000000000",
    });
    let client = scene.signed_in(&user).await;
    let [row] = &scene.server.database.rows()[..] else { panic!("not one user") };
    assert_eq!((row.is_superuser, row.credits, &*row.notes), (false, 0, ""));
    assert_eq!(client.get("/superuser").await.status, 403);
}

/// An email that the provider has not verified reveals nothing about accounts here.
#[on_each_store]
async fn an_unverified_email_tells_nothing() {
    for compat in COMPAT_MODES {
        let scene = Scene::with(Options { compat, policy: Policy::strict(), ..Options::default() }).await;
        let known = scene.server.user(ARTHUR, PASSWORD, |_| {}).await;
        let asleep =
            scene.server.user("asleep@camelot.bt", PASSWORD, |user| user.is_active = Some(false)).await;
        let before = scene.server.database.rows();
        drop(scene.server.events().await);
        let unvouched = |sub: &str, email: &str| json!({ "sub": sub, "email": email, "email_verified": false, "name": sub });
        let mut seen = Vec::new();
        for (sub, email) in
            [("mordred", ARTHUR), ("agravain", "ASLEEP@camelot.bt"), ("gareth", "gareth@camelot.bt")]
        {
            for place in [PLACE, COOKIE_PLACE] {
                // The second time is like the first.
                for _ in 0..2 {
                    let answer = scene.trip(&scene.server.client(), place, &unvouched(sub, email)).await;
                    answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
                    let mut headers = answer.headers.clone();
                    headers.remove("date");
                    // Each sign-in has a cookie with a random name, which is cleared.
                    headers.remove("set-cookie");
                    let (_, cleared) = answer.cookies()[0].split_once('=').expect("a cookie");
                    seen.push((answer.status, headers, cleared.to_owned(), answer.text.clone()));
                }
            }
            let trip = scene.led(&scene.server.client(), COOKIE_PLACE, "next=/account").await;
            let back = trip.back(&scene.provider.sign_in(&trip.url, &unvouched(sub, email))).await;
            assert_eq!(back.header("location"), "/account?error=LOGIN_BAD_CREDENTIALS");
        }
        assert!(seen.iter().all(|answer| *answer == seen[0]), "{seen:?}");
        let rows = scene.server.database.rows();
        assert!(before.iter().all(|row| rows.contains(row)), "nobody else has changed");
        assert_eq!(rows.len(), 3);
        let gareth = rows.iter().find(|row| row.email == "gareth@camelot.bt").expect("a new user");
        assert!(!gareth.is_verified);
        let id = gareth.id.parse().expect("a UUID");
        let events = scene.server.events().await;
        let of_known = |id| events.iter().filter(|event| **event == Event::RegistrationOfKnown(id)).count();
        assert_eq!((of_known(known.id), of_known(asleep.id), of_known(id)), (5, 5, 4), "{events:?}");
        assert!(events.contains(&Event::RegisteredBy(id, "oidc".to_owned())), "{events:?}");
        assert_eq!(events.len(), 15, "nobody has logged in: {events:?}");
        assert_eq!(scene.server.database.census()["oauth_account"], 0);

        // A login with `email_verified` succeeds and links the account to the user with that email.
        for user in [arthur(), knight("lancelot"), knight("gareth")] {
            assert_eq!(scene.sign_in(&user).await.status, 200);
        }
        assert_eq!(scene.server.database.rows().len(), 4);
    }
}

/// After a login with an unverified email, the provider account behaves the same for known and unknown emails.
#[on_each_store]
async fn an_unverified_email_leaves_nothing_that_tells() {
    for compat in COMPAT_MODES {
        let scene = Scene::with(Options { compat, policy: Policy::strict(), ..Options::default() }).await;
        scene.server.user(ARTHUR, PASSWORD, |_| {}).await;
        for (sub, email) in [("mordred", ARTHUR), ("agravain", "nobody@camelot.bt")] {
            let unvouched = json!({ "sub": sub, "email": email, "email_verified": false });
            scene.sign_in(&unvouched).await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
            let own = format!("{sub}@camelot.bt");
            let vouched = json!({ "sub": sub, "email": own, "email_verified": true });
            let answer = scene.sign_in(&vouched).await;
            assert_eq!(answer.status, 200, "{email}: {}", answer.text);
            let session = scene.server.client().holding(Backend::Jwt, &answer);
            assert_eq!(session.get("/users/me").await.json["email"], own);
        }
    }
}

/// A linked but unverified user becomes verified by a login with `email_verified`.
#[on_each_store]
async fn a_provider_proves_the_email_of_its_own_user() {
    let scene = scene(Policy::strict()).await;
    let lancelot = knight("lancelot");
    assert_eq!(scene.sign_in(&lancelot).await.status, 200);
    let manager = Manager::for_code(scene.server.camelot.clone());
    let email = "lancelot@camelot.bt".parse().expect("an email");
    let user = manager.user_by_email(&email).await.expect("a store").expect("a user");
    let update = UserUpdate { is_verified: Some(false), ..UserUpdate::default() };
    manager.update_user(user, update, None).await.expect("an update");

    let mut unvouched = lancelot.clone();
    unvouched["email_verified"] = json!(false);
    scene.sign_in(&unvouched).await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    assert_eq!(scene.sign_in(&lancelot).await.status, 200);
    assert!(scene.server.database.rows().iter().all(|row| row.is_verified));
    assert_eq!(scene.server.database.census()["oauth_account"], 1);
}

/// The same where registration is closed, or open for some domains.
#[on_each_store]
async fn an_unverified_email_that_is_not_admitted_tells_nothing() {
    for registration in [Registration::Closed, Registration::Domains(&["camelot.bt"])] {
        let scene = scene(Policy::strict().registration(registration)).await;
        scene.server.user(ARTHUR, PASSWORD, |_| {}).await;
        drop(scene.server.events().await);
        for email in [ARTHUR, "gareth@camelot.bt"] {
            let user = json!({ "sub": "mordred", "email": email, "email_verified": false });
            scene.sign_in(&user).await.refuses(403, json!("REGISTER_NOT_ALLOWED"));
        }
        assert_eq!(scene.server.events().await, []);
        assert_eq!(scene.sign_in(&arthur()).await.status, 200);
    }
}
