//! A process that ends between any two calls of its store, without a word: what it was doing is done as a whole or not at
//! all, and another process on the same database goes on from there.

use std::process::Command;

use axum_users::compat::Compat;
use axum_users_tests::scene::PLACE;
use axum_users_tests::{Backend, Fault, Process, on_each_database};

use super::accounts::{ChangeAddress, ConfirmEmail, Register, Verify};
use super::passwords::{Change, Reset};
use super::people::{Deactivate, Delete};
use super::providers::{self, Associate, Unlink, Who};
use super::sessions::{SignIn, SignOut};
use super::{Deed, Told, World, calls, is_whole};

/// A process of the same app, which ends at this call.
fn mortal(world: &World, is_strict: bool, n: usize, fault: Fault) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mortal"));
    command.arg(world.server().database.address()).arg(&world.scene.provider.url);
    command.arg(if is_strict { "strict" } else { "compatible" });
    command.arg(n.to_string()).arg((fault == Fault::Kills).to_string());
    Process::start(&mut command)
}

async fn dies_at_every_call<D: Deed>(deeds: impl IntoIterator<Item = D>) {
    let deeds = deeds.into_iter().collect::<Vec<_>>();
    let mut world = World::new(Compat::None, deeds[0].policy()).await;
    for deed in &deeds {
        let calls = calls(&world, &world.faults, deed).await;
        for n in 0..calls.len() {
            for fault in Fault::DEADLY {
                // Read where a test fails.
                eprintln!("{fault:?} at number {n} of {calls:?}");
                let process = mortal(&world, deed.policy().confirm_email_change, n, fault);
                world.other = Some(process.client.url().to_owned());
                let ready = deed.ready(&world).await;
                world.settled().await;
                let told = deed.ask(&world, &ready).await;
                assert!(matches!(told, Told::Nothing), "it lives on: {told:?}");
                world.other = None;
                is_whole(&world, deed, &ready, None, false).await;
            }
        }
    }
}

#[on_each_database]
async fn in_a_registration() {
    dies_at_every_call([Register { is_hidden: false, is_known: false }]).await;
}

#[on_each_database]
async fn in_a_sign_in() {
    dies_at_every_call([true, false].map(|is_outdated| SignIn { backend: Backend::Db, is_outdated })).await;
}

#[on_each_database]
async fn in_a_sign_out() {
    dies_at_every_call([Backend::Jwt, Backend::Db].map(SignOut)).await;
}

#[on_each_database]
async fn in_a_reset() {
    dies_at_every_call([Reset { is_verified: false }]).await;
}

#[on_each_database]
async fn in_a_change_of_the_password() {
    dies_at_every_call([Change(Backend::Db)]).await;
}

#[on_each_database]
async fn in_a_proof_of_an_address() {
    dies_at_every_call([Verify]).await;
}

#[on_each_database]
async fn in_a_change_of_the_address() {
    dies_at_every_call([ChangeAddress]).await;
    dies_at_every_call([ConfirmEmail]).await;
}

#[on_each_database]
async fn in_a_deactivation() {
    dies_at_every_call([Deactivate]).await;
}

#[on_each_database]
async fn in_a_deletion() {
    dies_at_every_call([Delete]).await;
}

#[on_each_database]
async fn in_a_sign_in_by_way_of_the_provider() {
    let all = [Who::New, Who::Linked, Who::Verified, Who::Unverified];
    dies_at_every_call(all.map(|who| providers::SignIn(who, PLACE))).await;
}

#[on_each_database]
async fn in_an_association() {
    dies_at_every_call([Associate]).await;
    dies_at_every_call([Unlink]).await;
}
