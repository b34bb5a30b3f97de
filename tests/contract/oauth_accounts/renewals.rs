//! What stores promise of tokens that are renewed: of many nodes that have read the same row, one writes it.

use axum_users::store::prelude::*;
use axum_users::store::{Store, TokenExpiry};
use axum_users::user::{AuthUser, OAuthAccount};

use super::Court;

/// A node takes its turn to renew an account's tokens by it: of many that have read the same row, one gets it.
pub(super) async fn are_claimed_once<U: AuthUser, S: Store<User = U>>(court: Court<U, S>) {
    let [first, other] = &court.link(&court.arthur, &[("lake", "7"), ("mirror", "7")]).await[..] else {
        panic!("not two")
    };
    let swap = async |account: &OAuthAccount<U::Id>, from: TokenExpiry, to: TokenExpiry| {
        let mut transaction = court.store.begin().await.expect("a transaction");
        let is_swapped = transaction.swap_oauth_expiry(account, from, to).await.expect("an answer");
        transaction.commit().await.expect("a commit");
        is_swapped
    };
    let mut transaction = court.store.begin().await.expect("a transaction");
    let first = OAuthAccount { expires_at: Some(1_000), ..first.clone() };
    assert!(transaction.update_oauth_account(&first, None).await.expect("an answer"));
    transaction.commit().await.expect("a commit");

    let stale = OAuthAccount { access_token: "clarent".to_owned(), ..first.clone() };
    let of_galahad = OAuthAccount { user_id: court.galahad.id(), ..first.clone() };
    let (at, turn) = (TokenExpiry::At, TokenExpiry::RenewedUntil);
    for (account, from) in [
        (&stale, at(1_000)),
        (&of_galahad, at(1_000)),
        (&first, at(999)),
        (&first, turn(1_000)),
        (other, at(1_000)),
    ] {
        assert!(!swap(account, from, turn(2_000)).await);
    }
    let claims = (1..=10).map(|n| swap(&first, at(1_000), turn(2_000 + n)));
    let claims = futures_util::future::join_all(claims).await;
    assert_eq!(claims.iter().filter(|is_claimed| **is_claimed).count(), 1);
    let stored = court.stored(&first).await.expect("the account is there");
    let Some(TokenExpiry::RenewedUntil(until)) = stored.expiry else { panic!("{stored:?}") };
    assert!((2_001..=2_010).contains(&until));
    // No other reader sees the turn.
    let claimed = OAuthAccount { expires_at: None, ..first.clone() };
    assert!(stored.account == claimed && court.of_user(&court.arthur).await.contains(&claimed));
    assert!(court.found("lake", "7").await.expect("the account is there").1 == claimed);
    let mut transaction = court.store.begin().await.expect("a transaction");
    let seen = transaction.lock_oauth_accounts_of(court.arthur.id()).await.expect("accounts");
    assert!(seen.contains(&claimed));
    drop(transaction);

    assert!(swap(&first, turn(until), at(1_000)).await);
    assert_eq!(court.stored(&first).await.and_then(|stored| stored.expiry), Some(at(1_000)));
    assert_eq!(court.stored(other).await.expect("the account is there").expiry, None);
    assert!(court.stored(&of_galahad).await.is_none(), "it is another user's");
    assert!(court.of_user(&court.arthur).await == [first, other.clone()]);
}

/// A renewal whose access token has been replaced by a login keeps the refresh token by it.
pub(super) async fn swap_a_refresh_token_once<U: AuthUser, S: Store<User = U>>(court: Court<U, S>) {
    let [first, other] = &court.link(&court.arthur, &[("lake", "7"), ("mirror", "7")]).await[..] else {
        panic!("not two")
    };
    let with = |token: &str| OAuthAccount { refresh_token: Some(token.to_owned()), ..first.clone() };
    let swap = async |account: OAuthAccount<U::Id>, expected: &'static str| {
        let mut transaction = court.store.begin().await.expect("a transaction");
        let is_swapped = transaction.swap_oauth_refresh_token(&account, expected).await.expect("an answer");
        transaction.commit().await.expect("a commit");
        is_swapped
    };
    assert!(!swap(with("sheath"), "").await, "there is none");
    let mut transaction = court.store.begin().await.expect("a transaction");
    assert!(transaction.update_oauth_account(&with("scabbard"), None).await.expect("an answer"));
    transaction.commit().await.expect("a commit");
    let of_galahad = OAuthAccount { user_id: court.galahad.id(), ..with("sheath") };
    for (account, expected) in [
        (with("sheath"), "Scabbard"),
        (with("sheath"), "scabbar"),
        (of_galahad, "scabbard"),
        (OAuthAccount { refresh_token: Some("sheath".to_owned()), ..other.clone() }, "scabbard"),
    ] {
        assert!(!swap(account, expected).await, "{expected}");
    }
    let swaps = (0..10).map(|n| swap(with(&format!("sheath {n}")), "scabbard"));
    let swaps = futures_util::future::join_all(swaps).await;
    let winner = swaps.iter().position(|is_swapped| *is_swapped).expect("one wins");
    assert_eq!(swaps.iter().filter(|is_swapped| **is_swapped).count(), 1);
    let expected = with(&format!("sheath {winner}"));
    assert!(court.of_user(&court.arthur).await == [expected, other.clone()], "nothing else changes");
}
