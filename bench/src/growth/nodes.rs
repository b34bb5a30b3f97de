//! One node and two, on one PostgreSQL.

use std::time::Duration;

use super::crowd::{Crowd, looks};
use super::postgres::Postgres;
use super::stage::{ASKS, CLIENTS};
use crate::load::{Sample, Stretch, measure as load};
use crate::subject::{Backend, Subject};

/// How long each is asked.
const STRETCH: Duration = Duration::from_secs(4);

/// The same load on one node and on two.
pub(super) struct Nodes {
    pub(super) ask: &'static str,
    pub(super) one: Together,
    pub(super) two: Together,
}

/// What nodes came to together.
pub(super) struct Together {
    /// Requests a second.
    pub(super) rate: f64,
    /// CPU time of the nodes a request, in microseconds.
    pub(super) cpu: f64,
    /// CPU time of PostgreSQL's processes a request, in microseconds.
    pub(super) database_cpu: f64,
}

/// Has one camelot asked by all clients, and two by half of them each. A token of the one is good at the other.
pub(super) async fn measure(postgres: &Postgres, crowd: Crowd) -> anyhow::Result<Vec<Nodes>> {
    let one = Subject::Camelot.start(&postgres.place()).await?;
    let other = Subject::Camelot.start(&postgres.place()).await?;
    let mut nodes = Vec::new();
    for (backend, ask) in [(Backend::Jwt, ASKS[0]), (Backend::Database, ASKS[1])] {
        let (_, signed_in) = load(&one, crowd.sign_ins(backend), Stretch::Once(2), &[200]).await?;
        let looks = looks(backend, &signed_in)?;
        let warm_up = Stretch::For(Duration::from_secs(1), CLIENTS);
        load(&other, looks.clone(), warm_up, &[200]).await?;
        let before = postgres.cpu().await?;
        let (alone, _) = load(&one, looks.clone(), Stretch::For(STRETCH, CLIENTS), &[200]).await?;
        let between = postgres.cpu().await?;
        let half = || Stretch::For(STRETCH, CLIENTS / 2);
        let ((first, _), (second, _)) = tokio::try_join!(
            load(&one, looks.clone(), half(), &[200]),
            load(&other, looks.clone(), half(), &[200])
        )?;
        let after = postgres.cpu().await?;
        nodes.push(Nodes {
            ask,
            one: together(&[alone], between.since(&before)),
            two: together(&[first, second], after.since(&between)),
        });
    }
    Ok(nodes)
}

fn together(samples: &[Sample], database: Duration) -> Together {
    let rate = samples.iter().map(|sample| sample.rate).sum::<f64>();
    Together {
        rate,
        cpu: samples.iter().map(|sample| sample.cpu * sample.rate).sum::<f64>() / rate,
        database_cpu: database.as_secs_f64() * 1e6 / (rate * STRETCH.as_secs_f64()),
    }
}
