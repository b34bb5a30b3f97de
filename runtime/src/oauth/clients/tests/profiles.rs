//! Profiles of the clients that ask their provider's own interface.

use std::borrow::Cow;

use serde_json::json;

use super::service::{Answer, Asked, answer, ok};
use super::visit::{BASE, TOKEN, told};
use super::{ARTHUR, fixture};
use crate::oauth::clients::{
    Discord, Facebook, GitHub, Kakao, LinkedIn, Microsoft, Naver, Reddit, Shopify, Spotify, X,
};
use crate::oauth::{OAuthClient, OAuthError};
use crate::user::Profile;

/// The profile, where the client asks all that is answered, in order, with the user's token.
async fn profile<C: OAuthClient>(
    client: impl Fn(Cow<'static, str>) -> C,
    answers: &[Answer],
    lines: &[&str],
) -> Profile {
    let (profile, asked) = told(client, answers).await;
    assert_eq!(asked.iter().map(|asked| asked.line.as_str()).collect::<Vec<_>>(), lines);
    for asked in &asked {
        assert_eq!(asked.header("accept"), Some("application/json"));
        assert_eq!(asked.body, "");
        assert!(is_authorized(asked), "{asked:?}");
    }
    profile.expect("a profile")
}

/// The user's token stands where the provider looks for it, and nowhere else.
fn is_authorized(asked: &Asked) -> bool {
    let bearer = format!("Bearer {TOKEN}");
    match asked.header("x-shopify-access-token") {
        Some(token) => token == TOKEN && asked.header("authorization").is_none(),
        None => asked.header("authorization") == Some(&bearer) && !asked.line.contains(TOKEN),
    }
}

/// Which address each answer gives, and whether the provider vouches for it.
async fn addresses<C: OAuthClient>(
    client: impl Fn(Cow<'static, str>) -> C + Copy,
    rows: &[(&[Answer], Option<&str>, bool)],
) {
    for (answers, email, verified) in rows {
        let profile = told(client, answers).await.0.expect("a profile");
        assert_eq!((profile.email.as_deref(), profile.email_verified), (*email, *verified), "{answers:?}");
    }
}

/// What a provider's own report of a bad token becomes.
async fn refusal<C: OAuthClient>(client: impl Fn(Cow<'static, str>) -> C, answer: Answer) -> String {
    match told(client, &[answer]).await.0 {
        Err(OAuthError::Refused(code)) => code,
        other => panic!("{other:?}"),
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn discord() {
    let client = |base| Discord { base, ..Discord };
    const ME: &str = "GET /api/users/@me";
    let verified = [ok(ME, fixture!("discord/verified"))];
    assert_eq!(
        profile(client, &verified, &[ME]).await,
        Profile {
            issuer: BASE.to_owned(),
            account_id: "80351110224678912".to_owned(),
            email: some(ARTHUR),
            email_verified: true,
            name: some("King Arthur"),
            picture: some(
                "https://cdn.discordapp.com/avatars/80351110224678912/8342729096ea3675442027381ff50dfe.png"
            ),
        },
    );
    let rows: [(&[_], _, _); 2] = [
        (&[ok(ME, fixture!("discord/unverified"))], Some(ARTHUR), false),
        (&[ok(ME, fixture!("discord/identify_alone"))], None, false),
    ];
    addresses(client, &rows).await;
}

#[tokio::test]
async fn facebook() {
    let client = |base: Cow<'static, str>| Facebook { web: base.clone(), api: base, ..Facebook };
    const ME: &str = "GET /v25.0/me?fields=id,name,email,picture";
    assert_eq!(
        profile(client, &[ok(ME, fixture!("facebook/user"))], &[ME]).await,
        Profile {
            issuer: BASE.to_owned(),
            account_id: "10158222222222222".to_owned(),
            email: some(ARTHUR),
            email_verified: false,
            name: some("King Arthur"),
            picture: some("https://platform-lookaside.fbsbx.com/platform/profilepic/?asid=10158222222222222"),
        },
    );
    addresses(client, &[(&[ok(ME, fixture!("facebook/no_email"))], None, false)]).await;
    assert_eq!(refusal(client, answer(ME, 400, fixture!("facebook/expired"))).await, "190");
}

#[tokio::test]
async fn github() {
    let client = |base: Cow<'static, str>| GitHub { web: base.clone(), api: base, ..GitHub };
    const USER: &str = "GET /user";
    const EMAILS: &str = "GET /user/emails?per_page=100&page=1";
    let user = || ok(USER, fixture!("github/user"));
    let several = [user(), ok(EMAILS, fixture!("github/emails_several"))];
    assert_eq!(
        profile(client, &several, &[USER, EMAILS]).await,
        Profile {
            issuer: BASE.to_owned(),
            account_id: "583231".to_owned(),
            email: some(ARTHUR),
            email_verified: true,
            name: some("King Arthur"),
            picture: some("https://avatars.githubusercontent.com/u/583231?v=4"),
        },
    );
    let rows: [(&[_], _, _); 6] = [
        (&[user(), ok(EMAILS, fixture!("github/emails_first_not_primary"))], Some(ARTHUR), true),
        (&[user(), ok(EMAILS, fixture!("github/emails_primary_unverified"))], Some(ARTHUR), true),
        (&[user(), ok(EMAILS, fixture!("github/emails_none_verified"))], Some(ARTHUR), false),
        (&[user(), ok(EMAILS, "[]")], None, false),
        // The address that the profile shows is nobody's word.
        (&[user(), answer(EMAILS, 403, fixture!("github/forbidden"))], None, false),
        (&[user(), answer(EMAILS, 404, r#"{"message":"Not Found","status":"404"}"#)], None, false),
    ];
    addresses(client, &rows).await;

    let emails = |rows: &[(&str, bool, bool)]| {
        let rows = rows.iter().map(|(email, primary, verified)| {
            json!({ "email": email, "primary": primary, "verified": verified, "visibility": null })
        });
        rows.collect::<Vec<_>>()
    };
    // Mail to an address that GitHub made up reaches nobody.
    let no_reply = "583231+arthur@users.noreply.github.com";
    for (rows, email, verified) in [
        (emails(&[(ARTHUR, true, false), (no_reply, false, true)]), Some(ARTHUR), false),
        (emails(&[(no_reply, false, true)]), None, false),
        // Of several that are verified, the first.
        (
            emails(&[
                ("old@camelot.example", true, false),
                (ARTHUR, false, true),
                ("b@camelot.example", false, true),
            ]),
            Some(ARTHUR),
            true,
        ),
        (
            vec![
                json!({ "email": ARTHUR, "primary": null, "verified": "true" }),
                json!({ "email": null }),
                json!(7),
            ],
            Some(ARTHUR),
            true,
        ),
    ] {
        let answers = [user(), ok(EMAILS, json!(rows).to_string())];
        let profile = told(client, &answers).await.0.expect("a profile");
        assert_eq!((profile.email.as_deref(), profile.email_verified), (email, verified), "{rows:?}");
    }

    // The email may be on a later page.
    const SECOND: &str = "GET /user/emails?per_page=100&page=2";
    let many = (0..100)
        .map(|n| json!({ "email": format!("{n}@camelot.example"), "primary": false, "verified": false }));
    let many = many.collect::<Vec<_>>();
    let pages = [user(), ok(EMAILS, json!(many).to_string()), ok(SECOND, fixture!("github/emails_several"))];
    let paged = profile(client, &pages, &[USER, EMAILS, SECOND]).await;
    assert_eq!((paged.email.as_deref(), paged.email_verified), (Some(ARTHUR), true));
    // Neither a limit nor a failure means that there are no addresses.
    for (second, is_limit) in [
        (answer(SECOND, 403, r#"{"message":"API rate limit exceeded"}"#), true),
        (answer(SECOND, 500, ""), true),
        (answer(SECOND, 404, ""), false),
    ] {
        let (profile, _) = told(client, &[user(), ok(EMAILS, json!(many).to_string()), second]).await;
        assert_eq!(matches!(profile, Err(OAuthError::Failed(_))), is_limit, "{profile:?}");
    }
    // Pages that never end are read up to a bound.
    let endless = (1..=20).map(|page| {
        let line: &'static str = format!("GET /user/emails?per_page=100&page={page}").leak();
        ok(line, json!(many).to_string())
    });
    let (_, asked) = told(client, &[vec![user()], endless.collect()].concat()).await;
    assert_eq!(asked.len(), 11);

    let unnamed = [ok(USER, fixture!("github/unnamed")), ok(EMAILS, "[]")];
    let unnamed = profile(client, &unnamed, &[USER, EMAILS]).await;
    assert_eq!((unnamed.name, unnamed.picture), (some("arthur"), None));

    // Out of order is not without addresses.
    for emails in [answer(EMAILS, 500, ""), ok(EMAILS, "<html>"), ok(EMAILS, "{}")] {
        let (profile, _) = told(client, &[user(), emails.clone()]).await;
        assert!(matches!(profile, Err(OAuthError::Failed(_))), "{emails:?}: {profile:?}");
    }
}

#[tokio::test]
async fn kakao() {
    let client = |base: Cow<'static, str>| Kakao { web: base.clone(), api: base, ..Kakao };
    const ME: &str =
        "GET /v2/user/me?property_keys=%5B%22kakao_account.email%22%2C%22kakao_account.profile%22%5D";
    assert_eq!(
        profile(client, &[ok(ME, fixture!("kakao/verified"))], &[ME]).await,
        Profile {
            issuer: BASE.to_owned(),
            account_id: "1376016924429759".to_owned(),
            email: some(ARTHUR),
            email_verified: true,
            name: some("아서"),
            picture: some("http://k.kakaocdn.net/dn/arthur/img_640x640.jpg"),
        },
    );
    let rows: [(&[_], _, _); 4] = [
        (&[ok(ME, fixture!("kakao/unverified"))], Some(ARTHUR), false),
        (&[ok(ME, fixture!("kakao/taken_by_another"))], Some(ARTHUR), false),
        (&[ok(ME, fixture!("kakao/no_consent"))], None, false),
        (&[ok(ME, r#"{"id":1376016924429759}"#)], None, false),
    ];
    addresses(client, &rows).await;
    assert_eq!(refusal(client, answer(ME, 401, fixture!("kakao/invalid_token"))).await, "401");
}

#[tokio::test]
async fn linkedin() {
    let client = |base: Cow<'static, str>| LinkedIn { web: base.clone(), api: base, ..LinkedIn };
    const ME: &str = "GET /v2/userinfo";
    assert_eq!(
        profile(client, &[ok(ME, fixture!("linkedin/userinfo"))], &[ME]).await,
        Profile {
            issuer: format!("{BASE}/oauth"),
            account_id: "782bbtaQ".to_owned(),
            email: some(ARTHUR),
            email_verified: true,
            name: some("King Arthur"),
            picture: some(
                "https://media.licdn-ei.com/dms/image/C5F03AQHqK8v7tB1HCQ/profile-displayphoto-shrink_100_100/0/"
            ),
        },
    );
    let rows: [(&[_], _, _); 2] = [
        (&[ok(ME, fixture!("linkedin/unverified"))], Some(ARTHUR), false),
        (&[ok(ME, fixture!("linkedin/no_email"))], None, false),
    ];
    addresses(client, &rows).await;
    assert_eq!(refusal(client, answer(ME, 401, fixture!("linkedin/revoked"))).await, "401");
}

#[tokio::test]
async fn microsoft() {
    let client = |base: Cow<'static, str>| Microsoft { web: base.clone(), api: base, ..Microsoft };
    const ME: &str = "GET /v1.0/me";
    assert_eq!(
        profile(client, &[ok(ME, fixture!("microsoft/user"))], &[ME]).await,
        Profile {
            issuer: BASE.to_owned(),
            account_id: "87d349ed-44d7-43e1-9a83-5f2406dee5bd".to_owned(),
            email: some(ARTHUR),
            email_verified: false,
            name: some("King Arthur"),
            picture: None,
        },
    );
    let rows: [(&[_], _, _); 5] = [
        (&[ok(ME, fixture!("microsoft/upn_alone"))], Some("victim@camelot.example"), false),
        (&[ok(ME, r#"{"id":"87d349ed","mail":null}"#)], None, false),
        (
            &[ok(ME, r#"{"id":"87d349ed","mail":"","userPrincipalName":"arthur@camelot.example"}"#)],
            Some(ARTHUR),
            false,
        ),
        // A guest's sign-in name is no mailbox.
        (
            &[ok(
                ME,
                r##"{"id":"87d349ed","mail":null,"userPrincipalName":"arthur_camelot.example#EXT#@round.onmicrosoft.com"}"##,
            )],
            None,
            false,
        ),
        (
            &[ok(
                ME,
                r##"{"id":"87d349ed","mail":"","userPrincipalName":"arthur_camelot.example#ext#@round.onmicrosoft.com"}"##,
            )],
            None,
            false,
        ),
    ];
    addresses(client, &rows).await;
    let code = refusal(client, answer(ME, 401, fixture!("microsoft/expired"))).await;
    assert_eq!(code, "InvalidAuthenticationToken");
}

#[tokio::test]
async fn naver() {
    let client = |base: Cow<'static, str>| Naver { web: base.clone(), api: base, ..Naver };
    const ME: &str = "GET /v1/nid/me";
    assert_eq!(
        profile(client, &[ok(ME, fixture!("naver/user"))], &[ME]).await,
        Profile {
            issuer: BASE.to_owned(),
            account_id: "32742776".to_owned(),
            email: some(ARTHUR),
            email_verified: false,
            name: some("아서"),
            picture: some("https://ssl.pstatic.net/static/pwe/address/nodata_33x33.gif"),
        },
    );
    addresses(client, &[(&[ok(ME, fixture!("naver/no_email"))], None, false)]).await;
    let nickname = profile(client, &[ok(ME, fixture!("naver/no_email"))], &[ME]).await.name;
    assert_eq!(nickname, some("arthur"));
    assert_eq!(refusal(client, answer(ME, 401, fixture!("naver/invalid_token"))).await, "401");
}

#[tokio::test]
async fn reddit() {
    let client = |base: Cow<'static, str>| Reddit { web: base.clone(), api: base, ..Reddit };
    const ME: &str = "GET /api/v1/me?raw_json=1";
    assert_eq!(
        profile(client, &[ok(ME, fixture!("reddit/user"))], &[ME]).await,
        Profile {
            issuer: BASE.to_owned(),
            account_id: "arthur".to_owned(),
            email: None,
            email_verified: false,
            name: some("arthur"),
            picture: some("https://styles.redditmedia.com/t5_arthur/styles/profileIcon.png?width=256&s=0123"),
        },
    );
    // It turns away who does not say what program it is.
    let (_, asked) = told(client, &[]).await;
    assert!(asked[0].header("user-agent").expect("one").starts_with("axum-users/"));
    assert_eq!(refusal(client, answer(ME, 401, fixture!("reddit/unauthorized"))).await, "401");
}

#[tokio::test]
async fn shopify() {
    let client = |shop| Shopify { shop, ..Shopify };
    const SHOP: &str = "GET /admin/api/2025-10/shop.json";
    assert_eq!(
        profile(client, &[ok(SHOP, fixture!("shopify/shop"))], &[SHOP]).await,
        Profile {
            issuer: BASE.to_owned(),
            account_id: "548380009".to_owned(),
            email: some("shop@camelot.example"),
            email_verified: false,
            name: some("Camelot's Swords"),
            picture: None,
        },
    );
    assert_eq!(refusal(client, answer(SHOP, 401, fixture!("shopify/unauthorized"))).await, "401");
}

#[tokio::test]
async fn spotify() {
    let client = |base: Cow<'static, str>| Spotify { web: base.clone(), api: base, ..Spotify };
    const ME: &str = "GET /v1/me";
    assert_eq!(
        profile(client, &[ok(ME, fixture!("spotify/user"))], &[ME]).await,
        Profile {
            issuer: BASE.to_owned(),
            account_id: "arthur".to_owned(),
            email: some(ARTHUR),
            email_verified: false,
            name: some("King Arthur"),
            picture: some("https://i.scdn.co/image/wide"),
        },
    );
    addresses(client, &[(&[ok(ME, fixture!("spotify/no_email"))], None, false)]).await;
    assert_eq!(refusal(client, answer(ME, 401, fixture!("spotify/expired"))).await, "no_code");
}

#[tokio::test]
async fn x() {
    let client = |base: Cow<'static, str>| X { web: base.clone(), api: base, ..X };
    const ME: &str = "GET /2/users/me?user.fields=confirmed_email,profile_image_url";
    assert_eq!(
        profile(client, &[ok(ME, fixture!("x/user"))], &[ME]).await,
        Profile {
            issuer: BASE.to_owned(),
            account_id: "2244994945".to_owned(),
            email: some(ARTHUR),
            email_verified: true,
            name: some("King Arthur"),
            picture: some("https://pbs.twimg.com/profile_images/1/arthur_normal.jpg"),
        },
    );
    addresses(client, &[(&[ok(ME, fixture!("x/no_email"))], None, false)]).await;
    assert_eq!(refusal(client, answer(ME, 401, fixture!("x/unauthorized"))).await, "401");
    // An error with a 200.
    let (suspended, _) = told(client, &[ok(ME, fixture!("x/suspended"))]).await;
    assert!(matches!(suspended, Err(OAuthError::Failed(_))), "{suspended:?}");
}
