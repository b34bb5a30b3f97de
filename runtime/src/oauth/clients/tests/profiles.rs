//! Profiles of the clients that ask their provider's own interface.

use std::borrow::Cow;

use super::service::{Answer, Asked, answer, ok};
use super::visit::{BASE, TOKEN, told};
use super::{ARTHUR, fixture};
use crate::oauth::clients::{
    Discord, Facebook, Kakao, LinkedIn, Microsoft, Naver, Reddit, Shopify, Spotify, X,
};
use crate::oauth::{OAuthError, OAuthProvider};
use crate::user::Profile;

/// The profile, where the client asks all that is answered, in order, with the user's token.
pub(super) async fn profile<C: OAuthProvider>(
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
pub(super) async fn addresses<C: OAuthProvider>(
    client: impl Fn(Cow<'static, str>) -> C + Copy,
    rows: &[(&[Answer], Option<&str>, bool)],
) {
    for (answers, email, verified) in rows {
        let profile = told(client, answers).await.0.expect("a profile");
        assert_eq!((profile.email.as_deref(), profile.email_verified), (*email, *verified), "{answers:?}");
    }
}

/// What a provider's own report of a bad token becomes.
async fn refusal<C: OAuthProvider>(client: impl Fn(Cow<'static, str>) -> C, answer: Answer) -> String {
    match told(client, &[answer]).await.0 {
        Err(OAuthError::Refused(code)) => code,
        other => panic!("{other:?}"),
    }
}

pub(super) fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn discord() {
    let client = |base| Discord::default().base(base);
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
    let client = |base: Cow<'static, str>| Facebook::default().web(base.clone()).api(base);
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
async fn kakao() {
    let client = |base: Cow<'static, str>| Kakao::default().web(base.clone()).api(base);
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
    let client = |base: Cow<'static, str>| LinkedIn::default().web(base.clone()).api(base);
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
    let client = |base: Cow<'static, str>| Microsoft::default().web(base.clone()).api(base);
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
    let client = |base: Cow<'static, str>| Naver::default().web(base.clone()).api(base);
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
    let client = |base: Cow<'static, str>| Reddit::default().web(base.clone()).api(base);
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
    let client = |shop| Shopify::new(shop);
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
    let client = |base: Cow<'static, str>| Spotify::default().web(base.clone()).api(base);
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
    let client = |base: Cow<'static, str>| X::default().web(base.clone()).api(base);
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
