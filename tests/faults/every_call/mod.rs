//! Each call of the store goes wrong once, in each way, within each thing that somebody does. The answer is a success
//! that is one, or a 503; what was asked for is done as a whole or not at all, whatever was answered; and to ask again
//! helps.

mod accounts;
mod commands;

mod deaths;
mod deed;
mod passwords;
mod people;
mod providers;
mod reads;
mod sessions;
mod troubles;
mod world;

pub(crate) use self::deed::{Asked, Deed, Told, request};
pub(crate) use self::world::{Someone, World};

use axum_users_tests::scene::COMPAT_MODES;
use axum_users_tests::{Answer, Fault, Faults};

/// Does each once to see which calls it makes, and then once more for each call and each way of going wrong. All go by
/// the policy of the first.
pub(crate) async fn every_call_goes_wrong<D: Deed>(deeds: impl IntoIterator<Item = D>) {
    let deeds = deeds.into_iter().collect::<Vec<_>>();
    for compat in COMPAT_MODES {
        let world = World::new(compat, deeds[0].policy()).await;
        for deed in &deeds {
            let calls = calls(&world, &world.faults, deed).await;
            for n in 0..calls.len() {
                for fault in deed.faults() {
                    // Read where a test fails.
                    eprintln!("{compat:?}: {fault:?} at number {n} of {calls:?}");
                    goes_wrong(&world, &world.faults, deed, n, *fault).await;
                }
            }
        }
    }
}

/// The calls that `faults` sees of it where nothing goes wrong.
pub(crate) async fn calls<D: Deed>(world: &World, faults: &Faults, deed: &D) -> Vec<&'static str> {
    let ready = deed.ready(world).await;
    world.settled().await;
    drop(faults.calls());
    let told = deed.ask(world, &ready).await;
    world.settled().await;
    let calls = faults.calls();
    let Told::Done(answer) = told else { panic!("{told:?} although nothing goes wrong") };
    assert!(deed.is_done(world, &ready, answer.as_deref()).await, "it is answered and not done");
    assert!(!calls.is_empty(), "nothing can go wrong");
    calls
}

/// Does it while the call with this number goes wrong.
async fn goes_wrong<D: Deed>(world: &World, faults: &Faults, deed: &D, n: usize, fault: Fault) {
    let ready = deed.ready(world).await;
    world.settled().await;
    faults.strike(n, fault);
    let asked = deed.ask(world, &ready);
    let told = match fault {
        Fault::Hangs => {
            let client = tokio::spawn(asked);
            faults.hangs().await;
            // It hangs up.
            client.abort();
            drop(client.await);
            faults.give_up().await;
            Told::Nothing
        }
        _ => asked.await,
    };
    world.settled().await;
    assert!(faults.calls().len() > n, "the fault did not come to pass");
    let (answer, must_be) = match told {
        Told::Done(answer) => (answer, true),
        Told::Unavailable => (None, false),
        Told::Nothing if fault == Fault::Hangs => (None, false),
        told => panic!("{told:?}"),
    };
    is_whole(world, deed, &ready, answer.as_deref(), must_be).await;
}

/// It is done as a whole or not at all; done where it was said to be; and asked for again, it is done.
pub(crate) async fn is_whole<D: Deed>(
    world: &World,
    deed: &D,
    ready: &D::Ready,
    answer: Option<&Answer>,
    must_be: bool,
) {
    let is_done = deed.is_done(world, ready, answer).await;
    assert!(is_done || !must_be, "it is answered and not done");
    world.is_sound();
    let answer = match deed.again(world, ready).await {
        Told::Done(answer) => answer,
        Told::Already if is_done => None,
        told => panic!("asked for again, {told:?}, and it is{} done", if is_done { "" } else { " not" }),
    };
    if answer.is_some() || !is_done {
        assert!(deed.is_done(world, ready, answer.as_deref()).await, "asked for again, it is not done");
    }
    world.is_sound();
    world.settled().await;
}
