//! What is measured, and not tested. `bench/run` builds all and calls this; each command prints its figures.

mod app;
mod compare;
mod enumeration;
mod figures;
mod flood;
mod growth;
mod http;
mod instructions;
mod load;
mod machine;
mod place;
mod server;
mod subject;

use std::path::Path;
use std::time::Duration;

use anyhow::bail;
use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};

use crate::compare::Effort;
use crate::subject::Subject;

const USAGE: &str = "compare FOLDER [SUBJECT…]: the same requests by hand, to Axum Users, axum-login and FastAPI Users; \
                     instructions FOLDER: how many a request takes; \
                     flood: sign-ins in a flood, and idle connections; \
                     enumeration: known and unknown addresses; \
                     growth FOLDER [MOST]: a thousand users, and up to ten million";

/// Long enough for figures that come out the same again.
const FULL: Effort = Effort { rounds: 5, stretch: Duration::from_secs(2), hashes: 80 };

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    // Servers end with what is dropped here, and not with a process that is killed.
    tokio::select! {
        measured = measure() => measured,
        _ = terminated.recv() => bail!("it was told to end"),
        _ = ctrl_c() => bail!("it was told to end"),
    }
}

async fn measure() -> anyhow::Result<()> {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["compare", folder, subjects @ ..] => {
            compare::run(&Subject::named(subjects)?, FULL, Path::new(folder)).await
        }
        ["instructions", folder] => instructions::run(Path::new(folder)).await,
        ["flood"] => flood::measure().await,
        ["growth", folder] => growth::run(Path::new(folder), u64::MAX).await,
        ["growth", folder, most] => growth::run(Path::new(folder), most.parse()?).await,
        ["enumeration"] => enumeration::measure().await,
        // What the others start.
        [app::SERVE, database] => app::serve(database).await,
        _ => bail!(USAGE),
    }
}
