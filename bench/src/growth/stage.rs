//! One database with so many users: what its requests cost, over HTTP.

use std::time::Duration;

use super::crowd::{Crowd, looks};
use super::postgres::Postgres;
use crate::figures::median;
use crate::http::Request;
use crate::load::{Sample, Stretch, measure as load};
use crate::place::Place;
use crate::server::{CpuTime, Server};
use crate::subject::{Backend, Subject};

/// Who look at themselves at once.
pub(super) const CLIENTS: usize = 8;
/// Who sign in at once.
const HASHING_CLIENTS: usize = 2;
/// How often each kind of look is measured. Of these, the medians; one before them warms up.
const ROUNDS: usize = 3;
/// How long one of them is.
const STRETCH: Duration = Duration::from_secs(2);

/// What is asked for, by each kind of token.
pub(super) const ASKS: [&str; 4] = [
    "`GET /users/me`, JWT",
    "`GET /users/me`, token in the database",
    "sign-in, JWT",
    "sign-in, token in the database",
];

/// What one of them came to.
pub(super) struct Figures {
    pub(super) sample: Sample,
    /// The CPU time of PostgreSQL's processes a request, in microseconds, where there are any.
    pub(super) database_cpu: Option<f64>,
}

/// A database with so many users, measured.
pub(super) struct Stage {
    pub(super) place: &'static str,
    pub(super) crowd: Crowd,
    /// Seconds that it took to fill.
    pub(super) filled_in: f64,
    /// In the order of [`ASKS`].
    pub(super) figures: Vec<Figures>,
}

/// Asks a camelot there for each of [`ASKS`]. Those who look at themselves are all whose password is known, by turns.
pub(super) async fn measure(
    place: &Place,
    postgres: Option<&Postgres>,
    crowd: Crowd,
) -> anyhow::Result<Vec<Figures>> {
    let camelot = Subject::Camelot.start(place).await?;
    let meter = Meter { server: &camelot, postgres };
    let (mut all_looks, mut sign_ins) = (Vec::new(), Vec::new());
    for backend in [Backend::Jwt, Backend::Database] {
        let requests = crowd.sign_ins(backend);
        let before = meter.database_cpu().await?;
        let (sample, answers) = load(&camelot, requests, Stretch::Once(HASHING_CLIENTS), &[200]).await?;
        sign_ins.push(meter.figures(sample, answers.len() as f64, before).await?);
        all_looks.push(looks(backend, &answers)?);
    }
    let mut figures = Vec::new();
    for requests in all_looks {
        figures.push(meter.looks(&requests).await?);
    }
    figures.extend(sign_ins);
    Ok(figures)
}

/// A camelot, and the database that it asks.
struct Meter<'a> {
    server: &'a Server,
    postgres: Option<&'a Postgres>,
}

impl Meter<'_> {
    async fn looks(&self, requests: &[Request]) -> anyhow::Result<Figures> {
        let mut rounds = Vec::new();
        for round in 0..=ROUNDS {
            let before = self.database_cpu().await?;
            let stretch = Stretch::For(STRETCH, CLIENTS);
            let (sample, _) = load(self.server, requests.to_vec(), stretch, &[200]).await?;
            let count = sample.rate * STRETCH.as_secs_f64();
            if round > 0 {
                rounds.push(self.figures(sample, count, before).await?);
            }
        }
        let of = |figure: fn(&Sample) -> f64| median(rounds.iter().map(|round| figure(&round.sample)));
        let database_cpu = rounds.iter().filter_map(|round| round.database_cpu).collect::<Vec<_>>();
        Ok(Figures {
            sample: Sample {
                rate: of(|sample| sample.rate),
                cpu: of(|sample| sample.cpu),
                median: of(|sample| sample.median),
                p99: of(|sample| sample.p99),
            },
            database_cpu: (!database_cpu.is_empty()).then(|| median(database_cpu.into_iter())),
        })
    }

    async fn database_cpu(&self) -> anyhow::Result<Option<CpuTime>> {
        match self.postgres {
            Some(postgres) => Ok(Some(postgres.cpu().await?)),
            None => Ok(None),
        }
    }

    async fn figures(&self, sample: Sample, count: f64, before: Option<CpuTime>) -> anyhow::Result<Figures> {
        let after = self.database_cpu().await?;
        let spent = before.zip(after).map(|(before, after)| after.since(&before));
        Ok(Figures { sample, database_cpu: spent.map(|spent| spent.as_secs_f64() * 1e6 / count) })
    }
}
