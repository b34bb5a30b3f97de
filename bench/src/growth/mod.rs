//! Growth: the same requests among a thousand users and among ten million, the plans of their statements, a clean-up of
//! millions of tokens, and a second node.

mod crowd;
mod nodes;
mod plans;
mod postgres;
mod purge;
mod report;
mod sqlite;
mod stage;

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail, ensure};

use self::crowd::{Crowd, FIRST, PASSWORD};
use self::nodes::Nodes;
use self::plans::Statement;
use self::postgres::Postgres;
use self::purge::Purge;
use self::stage::Stage;
use crate::http::Connection;
use crate::place::Place;
use crate::subject::Subject;

/// How many users there are, from stage to stage.
const ON_SQLITE: [u64; 2] = [1_000, 1_000_000];
const ON_POSTGRES: [u64; 3] = [1_000, 1_000_000, 10_000_000];
/// The database that is made, and dropped in the end.
const DATABASE: &str = "growth";

/// All that was measured.
#[derive(Default)]
struct Growth {
    stages: Vec<Stage>,
    /// The statements with each number of users on PostgreSQL.
    statements: Vec<(Crowd, Vec<Statement>)>,
    /// Of the largest stage, and the space in MiB that it has on the disk.
    nodes: Vec<Nodes>,
    purge: Option<Purge>,
    space: f64,
}

/// Measures with up to `most` users, and writes the report into `folder`.
///
/// # Errors
///
/// When a plan reads a table from end to end, too: the report is written by then.
pub(crate) async fn run(folder: &Path, most: u64) -> anyhow::Result<()> {
    let mut growth = Growth::default();
    for users in ON_SQLITE.into_iter().filter(|users| *users <= most) {
        let (place, crowd) = (Place::sqlite()?, Crowd(users));
        eprintln!("==> {users} users on {}", place.title);
        register(&place).await?;
        let start = Instant::now();
        tokio::task::block_in_place(|| sqlite::fill(&place, crowd))?;
        let filled_in = start.elapsed().as_secs_f64();
        let figures = stage::measure(&place, None, crowd).await?;
        growth.stages.push(Stage { place: place.title, crowd, filled_in, figures });
    }
    let sizes = ON_POSTGRES.into_iter().filter(|users| *users <= most).collect::<Vec<_>>();
    for users in &sizes {
        let (postgres, crowd) = (Postgres::create(DATABASE).await?, Crowd(*users));
        let place = postgres.place();
        eprintln!("==> {users} users on {}", place.title);
        register(&place).await?;
        let start = Instant::now();
        postgres.fill(crowd).await.context("the bulk of the users")?;
        let filled_in = start.elapsed().as_secs_f64();
        let figures = stage::measure(&place, Some(&postgres), crowd).await?;
        growth.stages.push(Stage { place: place.title, crowd, filled_in, figures });
        growth.statements.push((crowd, plans::explain(&postgres, crowd).await?));
        if Some(users) == sizes.last() {
            growth.space = postgres.size().await?;
            eprintln!("    two nodes");
            growth.nodes = nodes::measure(&postgres, crowd).await?;
            eprintln!("    a clean-up");
            growth.purge = Some(purge::measure(&postgres, crowd).await?);
        }
        postgres.drop().await?;
    }
    let report = report::markdown(&growth);
    fs::create_dir_all(folder)?;
    fs::write(folder.join("growth.md"), &report)?;
    print!("{report}");
    for (crowd, statements) in &growth.statements {
        if let Some(statement) = statements.iter().find(|statement| !plans::are_by_index(&statement.accesses))
        {
            let (during, text) = (statement.during, &statement.text);
            bail!("{during}: among {} users, a table is read from end to end by {text}", crowd.0);
        }
    }
    if let Some(purge) = growth.purge.filter(Purge::is_large) {
        ensure!(plans::are_by_index(&purge.accesses), "the clean-up reads a table from end to end");
    }
    Ok(())
}

/// Has a camelot make the tables, and the first user register there.
async fn register(place: &Place) -> anyhow::Result<()> {
    let camelot = Subject::Camelot.start(place).await?;
    let request = Subject::Camelot.register(FIRST, PASSWORD);
    let registered = Connection::to(&camelot.address).await?.ask(&request).await?;
    ensure!(registered.status == 201, "{}", registered.body);
    Ok(())
}
