//! F67: an answer is the provider's that was asked, for this app and this sign-in, and all of it is of one user.

use axum_users::clock::Clock;
use axum_users_tests::on_each_store;
use axum_users_tests::provider::{CLIENT_ID, Fault};
use serde_json::{Value, json};

use crate::common::{PLACE, Scene, arthur, knight};

#[on_each_store]
async fn an_answer_of_another_provider() {
    let scene = Scene::new().await;
    for issuer in ["https://evil.example", &format!("{}/", scene.provider.url), "", "null"] {
        let trip = scene.start(&scene.server.client(), PLACE).await;
        let code = scene.provider.sign_in(&trip.url, &arthur());
        drop(scene.provider.requests());
        let answer = trip.back_with(&[("code", &code), ("state", &trip.state), ("iss", issuer)]).await;
        if issuer.is_empty() {
            assert_eq!(answer.status, 200, "what is empty is not there");
        } else {
            scene.refuses_unasked(&format!("F67: iss is {issuer:?}"), &answer, "OAUTH_REFUSED");
        }
    }
    let trip = scene.start(&scene.server.client(), PLACE).await;
    let code = scene.provider.sign_in(&trip.url, &arthur());
    let own = trip.back_with(&[("code", &code), ("state", &trip.state), ("iss", &scene.provider.url)]).await;
    assert_eq!(own.status, 200, "{}", own.text);
}

/// A provider that says it always tells who it is, does (RFC 9207, 2.4).
#[on_each_store]
async fn an_answer_of_nobody() {
    let scene = Scene::new().await;
    let mut metadata = scene.provider.metadata();
    metadata["authorization_response_iss_parameter_supported"] = true.into();
    let published = Fault::Answers(200, metadata.to_string());
    scene.provider.fault("/.well-known/openid-configuration", Some(published));
    for (pairs, is_taken) in [
        (vec![], false),
        (vec![("iss", &*scene.provider.url); 2], false),
        (vec![("iss", &*scene.provider.url)], true),
    ] {
        let trip = scene.start(&scene.server.client(), PLACE).await;
        let code = scene.provider.sign_in(&trip.url, &arthur());
        drop(scene.provider.requests());
        let answer = trip.back_with(&[vec![("code", &*code), ("state", &trip.state)], pairs].concat()).await;
        if is_taken {
            assert_eq!(answer.status, 200, "{}", answer.text);
        } else {
            scene.refuses_unasked("F67: no iss, or two", &answer, "OAUTH_REFUSED");
        }
    }
}

/// The ID token is for this app, this sign-in and this moment.
#[on_each_store]
async fn an_id_token_of_another_sign_in() {
    let scene = Scene::new().await;
    let now = scene.server.clock.now().seconds();
    for (what, header, claims) in [
        ("another issuer", json!({}), json!({ "iss": "https://evil.example" })),
        ("almost the same issuer", json!({}), json!({ "iss": format!("{}/", scene.provider.url) })),
        ("no issuer", json!({}), json!({ "iss": null })),
        ("another audience", json!({}), json!({ "aud": "avalon" })),
        ("no audience", json!({}), json!({ "aud": null })),
        ("an audience of nobody", json!({}), json!({ "aud": [] })),
        ("two audiences of others", json!({}), json!({ "aud": ["tintagel", "avalon"] })),
        ("another party", json!({}), json!({ "azp": "avalon" })),
        ("two audiences, another party", json!({}), json!({ "aud": [CLIENT_ID, "avalon"], "azp": "avalon" })),
        ("another nonce", json!({}), json!({ "nonce": "x".repeat(43) })),
        ("no nonce", json!({}), json!({ "nonce": null })),
        ("an empty nonce", json!({}), json!({ "nonce": "" })),
        ("it has expired", json!({}), json!({ "exp": now - 120 })),
        ("it never expires", json!({}), json!({ "exp": null })),
        ("it expires in text", json!({}), json!({ "exp": (now + 300).to_string() })),
        ("it is from the future", json!({}), json!({ "iat": now + 600 })),
        ("it is good from tomorrow", json!({}), json!({ "nbf": now + 86_400 })),
        ("of nobody", json!({}), json!({ "sub": null })),
        ("of an empty name", json!({}), json!({ "sub": "" })),
        ("of a number", json!({}), json!({ "sub": 7 })),
        ("of a name without end", json!({}), json!({ "sub": "a".repeat(256) })),
        ("for another access token", json!({}), json!({ "at_hash": "x".repeat(43) })),
        ("by no algorithm", json!({ "alg": "none" }), json!({})),
        ("by no algorithm, in other letters", json!({ "alg": "nOnE" }), json!({})),
        ("by the app's own secret", json!({ "alg": "HS256" }), json!({})),
        ("by the algorithm of another key", json!({ "alg": "RS256" }), json!({})),
        ("by an unknown key", json!({ "kid": "excalibur" }), json!({})),
        ("with something critical", json!({ "crit": ["x"], "x": true }), json!({})),
        ("of another kind", json!({ "typ": "at+jwt" }), json!({})),
    ] {
        scene.provider.header(header);
        scene.provider.claims(claims);
        let before = scene.server.database.rows();
        let answer = scene.sign_in(&arthur()).await;
        let found = (answer.status.as_u16(), answer.detail());
        assert_eq!(found, (400, &json!("OAUTH_INVALID_ID_TOKEN")), "F67: {what}: {}", answer.text);
        assert_eq!(scene.server.database.rows(), before, "F67: {what}");
        assert_eq!(answer.cookies().len(), 1, "the sign-in is over: {what}");
    }
    scene.provider.header(json!({}));
    for claims in [
        json!({ "aud": [CLIENT_ID] }),
        json!({ "aud": [CLIENT_ID, "avalon"], "azp": CLIENT_ID }),
        // Many providers name no authorized party.
        json!({ "aud": [CLIENT_ID, "avalon"] }),
        json!({ "at_hash": "" }),
        json!({ "exp": now as f64 + 300.5, "iat": now as f64 - 0.5 }),
        json!({ "groups": vec!["the knights of the round table"; 2_000] }),
    ] {
        scene.provider.claims(claims.clone());
        assert_eq!(scene.sign_in(&arthur()).await.status, 200, "{claims}");
    }
}

/// What the token endpoint and the others answer must fit together.
#[on_each_store]
async fn answers_that_do_not_fit_together() {
    let scene = Scene::new().await;
    let tokens = |id_token: Value| {
        let tokens = json!({ "access_token": "access-token", "token_type": "Bearer", "id_token": id_token });
        Some(Fault::Answers(200, tokens.to_string()))
    };
    for (what, id_token) in [
        ("no ID token", json!(null)),
        ("an ID token that is none", json!("excalibur")),
        ("an ID token that is an object", json!({ "sub": "arthur" })),
        ("an ID token of hundreds of kilobytes", json!(format!("{}.e30.e30", "a".repeat(300_000)))),
    ] {
        scene.provider.fault("/token", tokens(id_token));
        let answer = scene.sign_in(&arthur()).await;
        let found = (answer.status.as_u16(), answer.detail());
        assert_eq!(found, (400, &json!("OAUTH_INVALID_ID_TOKEN")), "F67: {what}: {}", answer.text);
    }
    scene.provider.fault("/token", None);

    // The address stands in userinfo alone, which speaks of somebody else.
    scene.provider.claims(json!({ "email": null }));
    assert_eq!(scene.sign_in(&arthur()).await.status, 200);
    for (what, info) in [
        ("another user", knight("mordred")),
        ("nobody", json!({ "email": "mordred@camelot.bt", "email_verified": true })),
        ("the same in other letters", json!({ "sub": "Arthur", "email": "mordred@camelot.bt" })),
        ("a list", json!({ "sub": ["arthur"], "email": "mordred@camelot.bt" })),
    ] {
        scene.provider.fault("/userinfo", Some(Fault::Answers(200, info.to_string())));
        let answer = scene.sign_in(&arthur()).await;
        let found = (answer.status.as_u16(), answer.detail());
        assert_eq!(found, (400, &json!("OAUTH_INVALID_ID_TOKEN")), "F67: userinfo of {what}");
    }
    assert_eq!(scene.server.database.rows().len(), 1);
}

#[on_each_store]
async fn a_provider_without_keys() {
    let scene = Scene::new().await;
    scene.provider.fault("/jwks", Some(Fault::Answers(200, json!({ "keys": [] }).to_string())));
    scene.sign_in(&arthur()).await.refuses(400, json!("OAUTH_INVALID_ID_TOKEN"));
}
