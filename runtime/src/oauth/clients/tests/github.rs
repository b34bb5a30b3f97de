//! The profile at GitHub, whose emails are on pages of their own.

use std::borrow::Cow;

use serde_json::json;

use super::profiles::{addresses, profile, some};
use super::service::{answer, ok};
use super::visit::{BASE, told};
use super::{ARTHUR, fixture};
use crate::oauth::OAuthError;
use crate::oauth::clients::GitHub;
use crate::user::Profile;

#[tokio::test]
async fn github() {
    let client = |base: Cow<'static, str>| GitHub::default().web(base.clone()).api(base);
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
