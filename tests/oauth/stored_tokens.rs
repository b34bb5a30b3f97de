//! F74: a provider's tokens lie sealed, each for its own account, and come out for the app's own code alone.

use axum_users::error::Refusal;
use axum_users::manager::{Failure, ManagerError};
use axum_users::prelude::*;
use axum_users::user::OAuthAccount;
use axum_users_tests::{
    CHEAP, Camelot, CamelotConfig, Database as TestDatabase, Options, RESET_SECRET, SECRET, Store,
    VERIFY_SECRET, on_each_database, on_each_store,
};

use crate::common::{
    ASSOCIATE, BASE_URL, COMPAT_MODES, OAUTH_SECRET, OIDC, PASSWORD, PLACE, Scene, again, arthur, backends,
    config, keys, knight, oidc,
};

/// Writes a token past the app.
fn write(database: &TestDatabase, account: &OAuthAccount<Uuid>, column: &str, token: &str) {
    let id = &account.account_id;
    database.execute(&format!("UPDATE oauth_account SET {column} = '{token}' WHERE account_id = '{id}'"));
}

#[on_each_database]
async fn they_lie_sealed() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let arthurs = scene.account_of(&scene.signed_in(&arthur()).await).await;
        let tokens = scene.tokens_of(&arthurs).await.expect("they are opened");
        let refresh = tokens.refresh_token.clone().expect("a token");
        assert_eq!(scene.provider.refresh_tokens(), [&*refresh]);
        let dump = scene.server.database.dump();
        assert!(dump.contains("arthur"));
        for token in [&tokens.access_token, &refresh] {
            // FastAPI Users reads them as they are.
            assert_eq!(dump.contains(token), compat == FastApiUsers, "F74: {compat:?}");
        }
    }
}

#[on_each_database]
async fn a_token_of_another_row_is_none() {
    let scene = Scene::new().await;
    let database = &scene.server.database;
    let arthurs = scene.account_of(&scene.signed_in(&arthur()).await).await;
    let mordreds = scene.account_of(&scene.signed_in(&knight("mordred")).await).await;
    let refresh = |account: &OAuthAccount<Uuid>| account.refresh_token.clone().expect("a token");
    let sealed = &mordreds.access_token;
    for (what, column, written) in [
        ("another's access token", "access_token", arthurs.access_token.clone()),
        ("another's refresh token", "refresh_token", refresh(&arthurs)),
        ("the refresh token for the access token", "access_token", refresh(&mordreds)),
        ("the access token for the refresh token", "refresh_token", sealed.clone()),
        ("a token in clear", "access_token", "access-1".to_owned()),
        ("half a token", "access_token", sealed[..sealed.len() / 2].to_owned()),
        ("a token of another make", "access_token", sealed.replace("v1.", "v2.")),
        ("nothing", "access_token", String::new()),
    ] {
        write(database, &mordreds, column, &written);
        let opened = scene.tokens_of(&mordreds).await;
        assert!(matches!(opened, Err(ManagerError::Failed(Failure::Seal(_)))), "F74: {what}");
        for (column, token) in [("access_token", sealed), ("refresh_token", &refresh(&mordreds))] {
            write(database, &mordreds, column, token);
        }
        scene.tokens_of(&mordreds).await.expect("it is what it was");
    }
    // Both at once, each in the other's place.
    write(database, &mordreds, "access_token", &arthurs.access_token);
    write(database, &arthurs, "access_token", sealed);
    for account in [&arthurs, &mordreds] {
        assert!(
            matches!(scene.tokens_of(account).await, Err(ManagerError::Failed(Failure::Seal(_)))),
            "F74: swapped"
        );
    }
    // A sign-in brings new ones, and takes the account away as ever.
    scene.signed_in(&arthur()).await;
    scene.tokens_of(&again(&scene, &arthurs).await).await.expect("new tokens");
    let mordred = scene.registered("mordred@avalon.bt").await;
    assert_eq!(scene.trip(&mordred, ASSOCIATE, &knight("agravain")).await.status, 200);
    let linked = scene.account_of(&mordred).await;
    write(database, &linked, "access_token", "broken");
    assert_eq!(mordred.delete(&format!("/users/me/oauth-accounts/{}", linked.id)).await.status, 204);
}

/// They belong to an account and no user: it keeps them when it comes to another user.
#[on_each_store]
async fn an_account_that_comes_to_another_user_keeps_them() {
    let scene = Scene::new().await;
    let lancelot = scene.registered("lancelot@camelot.bt").await;
    scene.trip(&lancelot, ASSOCIATE, &arthur()).await;
    let account = scene.account_of(&lancelot).await;
    assert_eq!(lancelot.delete(&format!("/users/me/oauth-accounts/{}", account.id)).await.status, 204);
    assert!(
        matches!(scene.tokens_of(&account).await, Err(ManagerError::Refused(Refusal::NoSuchAccount))),
        "it is gone"
    );
    let galahad = scene.registered("galahad@camelot.bt").await;
    scene.trip(&galahad, ASSOCIATE, &arthur()).await;
    scene.tokens_of(&scene.account_of(&galahad).await).await.expect("they are opened");
    assert!(matches!(scene.tokens_of(&account).await, Err(ManagerError::Refused(Refusal::NoSuchAccount))));
}

/// A secret that is replaced still opens what it sealed; one that is gone does not.
#[on_each_store]
async fn a_former_secret() {
    const NEW: &str = "new-secret-new-secret-new-secret-new-secret";
    let scene = Scene::new().await;
    let account = scene.account_of(&scene.signed_in(&arthur()).await).await;
    for (secrets, opens) in [(Secrets::new(NEW).or(OAUTH_SECRET), true), (Secrets::new(NEW), false)] {
        let setup = Camelot::builder()
            .hasher(CHEAP)
            .oauth(OAuthConfig::new(BASE_URL, secrets))
            .oauth_provider(OIDC, oidc(&scene.provider).with_credentials(keys()), backends());
        let config = CamelotConfig {
            database: scene.server.database.config(),
            secret: SECRET.into(),
            reset_password_token_secret: RESET_SECRET.into(),
            verification_token_secret: VERIFY_SECRET.into(),
        };
        let manager = Manager::for_code(setup.start(config).await.expect("the app starts"));
        assert_eq!(manager.provider_tokens(&account).await.is_ok(), opens);
    }
}

/// Facebook's, Microsoft's and other providers' tokens may have thousands of characters.
#[on_each_database]
async fn long_tokens_are_kept_in_tables_that_the_app_makes() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        scene.provider.pad_tokens(6_000);
        let client = scene.signed_in(&arthur()).await;
        let account = scene.account_of(&client).await;
        let tokens = scene.tokens_of(&account).await.expect("they are opened");
        assert!(
            tokens.access_token.len() > 6_000
                && tokens.refresh_token.as_ref().is_some_and(|t| t.len() > 6_000)
        );
        // A later sign-in and a renewal keep theirs too.
        scene.signed_in(&arthur()).await;
        scene.server.clock.advance(2 * HOUR);
        let renewed = scene.tokens_of(&account).await.expect("they are renewed");
        let kept = scene.tokens_of(&again(&scene, &account).await).await.expect("they are opened");
        assert_eq!(kept.access_token, renewed.access_token, "{compat:?}");
    }
}

/// FastAPI Users makes columns of 1,024 characters. That a token does not fit is the operator's to mend, and no user's
/// mistake.
#[on_each_database]
async fn a_token_that_does_not_fit_is_the_operators_mistake() {
    let scene = Scene::of(Options { compat: FastApiUsers, ..Options::default() }, |provider, setup| {
        setup.oauth(config()).oauth_provider(OIDC, oidc(provider).with_credentials(keys()), backends())
    })
    .await;
    let widths = match scene.server.database.store() {
        // It keeps texts of any length in any column.
        Store::Sqlite | Store::Memory => return,
        Store::Postgres => ["access_token", "refresh_token"]
            .map(|column| format!("ALTER TABLE oauth_account ALTER COLUMN {column} TYPE varchar(1024)")),
        Store::Mysql => ["access_token varchar(1024) NOT NULL", "refresh_token varchar(1024)"]
            .map(|column| format!("ALTER TABLE oauth_account MODIFY {column}")),
    };
    for sql in widths {
        scene.server.database.execute(&sql);
    }
    let gawain = scene.registered("gawain@camelot.bt").await;
    scene.signed_in(&knight("galahad")).await;
    let account = scene.account_of(&scene.signed_in(&knight("galahad")).await).await;
    scene.server.user("percival@camelot.bt", PASSWORD, |user| user.is_verified = Some(true)).await;
    scene.server.user("bors@camelot.bt", PASSWORD, |_| {}).await;
    let database = &scene.server.database;
    let written = || (database.rows(), database.texts("SELECT access_token AS value FROM oauth_account"));
    let before = written();
    scene.provider.pad_tokens(1_025);
    let browser = scene.server.client();
    for (what, client, place, sub) in [
        ("a new user", &browser, PLACE, "arthur"),
        ("a known account", &browser, PLACE, "galahad"),
        ("a known address", &browser, PLACE, "percival"),
        ("a known address that nobody proved to own", &browser, PLACE, "bors"),
        ("an association", &gawain, ASSOCIATE, "lancelot"),
    ] {
        let answer = scene.trip(client, place, &knight(sub)).await;
        assert_eq!(answer.status, 500, "{what}: {}", answer.text);
    }
    assert_eq!(written(), before, "no user and no account is written");
    scene.server.clock.advance(2 * HOUR);
    let error = scene.tokens_of(&account).await.err();
    let Some(ManagerError::Failed(error @ Failure::TokenTooLong { characters, .. })) = error else {
        panic!("{error:?}")
    };
    assert!(characters > 1_024);
    let told = error.to_string();
    for part in ["`oauth_account`", "`access_token`", "`refresh_token`", "TEXT"] {
        assert!(told.contains(part), "{told}");
    }
    assert!(std::error::Error::source(&error).is_some(), "what the database said is kept");
}
