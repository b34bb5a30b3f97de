//! A clean-up of millions of expired tokens, among those who sign in, look at themselves and sign out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum_users::prelude::*;
use tokio::task::JoinSet;

use super::crowd::{Crowd, looks};
use super::plans::Log;
use super::postgres;
use crate::app::User;
use crate::figures::{median, quantile};
use crate::http::{Connection, Request};
use crate::load::{Stretch, measure as load};
use crate::server::Server;
use crate::subject::{Backend, Subject};

/// Who sign in and out, again and again.
const VISITORS: usize = 2;
/// Who look at themselves meanwhile.
const LOOKERS: usize = 4;
/// How long they are watched before.
const BEFORE: Duration = Duration::from_secs(10);
/// How long the clean-up may take; what it has done by then is what counts.
const MOST: Duration = Duration::from_secs(240);
/// Between two looks at who waits for a lock.
const PAUSE: Duration = Duration::from_millis(2);

auth_app! {
    /// An app on camelot's tables that does nothing but clean up.
    struct Sweeper {
        user: User,
        database: Postgres,
        backends: { db: Bearer + DatabaseSession { lifetime: HOUR } },
    }
}

/// How long the clients waited, in milliseconds: the median and all but a hundredth.
pub(super) struct Waits {
    pub(super) looks: [f64; 2],
    pub(super) sign_ins: [f64; 2],
    pub(super) sign_outs: [f64; 2],
}

/// What a clean-up came to.
pub(super) struct Purge {
    /// Tokens that were there, and those among them that had expired.
    pub(super) tokens: [i64; 2],
    pub(super) removed: i64,
    pub(super) took: Duration,
    pub(super) before: Waits,
    pub(super) during: Waits,
    /// The longest that anyone was seen to wait for a lock.
    pub(super) longest_wait: Duration,
    /// Milliseconds of a statement that deletes: the median of the first tenth and of the last, and the longest.
    pub(super) batches: [f64; 3],
    /// How the statements that delete tokens came by their rows.
    pub(super) accesses: Vec<String>,
}

impl Purge {
    /// Whether a batch is little of the table: of a small one PostgreSQL rightly reads the whole.
    pub(super) fn is_large(&self) -> bool {
        self.tokens[0] >= 1_000_000
    }
}

/// Cleans up, and watches those whom a camelot serves meanwhile.
pub(super) async fn measure(postgres: &postgres::Postgres, crowd: Crowd) -> anyhow::Result<Purge> {
    let camelot = Subject::Camelot.start(&postgres.place()).await?;
    let scene = Scene::new(&camelot, crowd).await?;
    let is_over = Arc::<AtomicBool>::default();
    let quiet = scene.clone().watch(Arc::clone(&is_over));
    let (before, ()) = tokio::join!(quiet, async {
        tokio::time::sleep(BEFORE).await;
        is_over.store(true, Ordering::Relaxed);
    });
    let before = before?;

    let sweeper = sweeper(postgres).await?;
    let tokens = [count(postgres, "true").await?, count(postgres, EXPIRED).await?];
    let log = Log::at_end(&postgres.log().await?)?;
    is_over.store(false, Ordering::Relaxed);
    let start = Instant::now();
    let purge = async {
        let done = tokio::time::timeout(MOST, Manager::for_code(sweeper).purge(HOUR)).await;
        let took = start.elapsed();
        is_over.store(true, Ordering::Relaxed);
        done.unwrap_or(Ok(())).map(|()| took)
    };
    let locks = async {
        let mut longest = Duration::ZERO;
        while !is_over.load(Ordering::Relaxed) {
            longest = longest.max(postgres.longest_wait().await?);
            tokio::time::sleep(PAUSE).await;
        }
        anyhow::Ok(longest)
    };
    let (took, during, longest_wait) = tokio::join!(purge, scene.watch(Arc::clone(&is_over)), locks);
    let removed = tokens[1] - count(postgres, EXPIRED).await?;
    let (batches, accesses) = batches(&log)?;
    Ok(Purge {
        tokens,
        removed,
        took: took?,
        before,
        during: during?,
        longest_wait: longest_wait?,
        batches,
        accesses,
    })
}

async fn sweeper(postgres: &postgres::Postgres) -> anyhow::Result<Sweeper> {
    let secret = |name: &str| format!("{name} that everybody can read here, and nobody needs").into();
    Ok(Sweeper::start(SweeperConfig {
        database: postgres.telling_place().database.into(),
        secret: secret("one"),
        reset_password_token_secret: secret("another"),
        verification_token_secret: secret("a third"),
    })
    .await?)
}

const EXPIRED: &str = "expires_at < now()";

async fn count(postgres: &postgres::Postgres, condition: &str) -> anyhow::Result<i64> {
    postgres.number(&format!("SELECT count(*) FROM session WHERE {condition}")).await
}

/// How long the statements took that delete tokens, and how they came by their rows.
fn batches(log: &Log) -> anyhow::Result<([f64; 3], Vec<String>)> {
    let plans = log.plans()?;
    let plans = plans.iter().filter(|plan| plan.accesses.contains(&"Delete session".to_owned()));
    let (mut times, mut accesses) = (Vec::new(), Vec::new());
    for plan in plans {
        times.push(plan.duration);
        accesses.extend(plan.accesses.iter().cloned());
    }
    accesses.sort_unstable();
    accesses.dedup();
    anyhow::ensure!(!times.is_empty(), "the log tells of no batch");
    let tenth = times.len().div_ceil(10);
    let of = |times: &[f64]| median(times.iter().copied());
    let longest = times.iter().copied().fold(0.0, f64::max);
    Ok(([of(&times[..tenth]), of(&times[times.len() - tenth..]), longest], accesses))
}

/// Who come meanwhile.
#[derive(Clone)]
struct Scene {
    address: String,
    looks: Vec<Request>,
    sign_ins: Vec<Request>,
}

/// The times of one client: looks, sign-ins, sign-outs.
type Times = [Vec<Duration>; 3];

impl Scene {
    async fn new(camelot: &Server, crowd: Crowd) -> anyhow::Result<Self> {
        let (first, others) = halves(crowd.sign_ins(Backend::Database));
        let (_, signed_in) = load(camelot, first, Stretch::Once(VISITORS), &[200]).await?;
        let looks = looks(Backend::Database, &signed_in)?;
        Ok(Self { address: camelot.address.clone(), looks, sign_ins: others })
    }

    /// Has them come until it is over.
    async fn watch(self, is_over: Arc<AtomicBool>) -> anyhow::Result<Waits> {
        let mut clients = JoinSet::new();
        for client in 0..VISITORS {
            clients.spawn(self.clone().visit(client, Arc::clone(&is_over)));
        }
        for client in 0..LOOKERS {
            clients.spawn(self.clone().look(client, Arc::clone(&is_over)));
        }
        let mut all = Times::default();
        while let Some(times) = clients.join_next().await {
            all.iter_mut().zip(times??).for_each(|(all, times)| all.extend(times));
        }
        let [looks, sign_ins, sign_outs] = all.map(|times| [0.5, 0.99].map(|share| quantile(&times, share)));
        Ok(Waits { looks, sign_ins, sign_outs })
    }

    async fn visit(self, client: usize, is_over: Arc<AtomicBool>) -> anyhow::Result<Times> {
        let mut connection = Connection::to(&self.address).await?;
        let [mut sign_ins, mut sign_outs] = [Vec::new(), Vec::new()];
        for sign_in in self.sign_ins.iter().cycle().skip(client * self.sign_ins.len() / VISITORS) {
            if is_over.load(Ordering::Relaxed) {
                break;
            }
            let asked = Instant::now();
            let signed_in = connection.ask(sign_in).await?.expect(&[200])?;
            sign_ins.push(asked.elapsed());
            let sign_out = Subject::Camelot.sign_out(Backend::Database, &signed_in)?;
            let asked = Instant::now();
            connection.ask(&sign_out).await?.expect(&[200])?;
            sign_outs.push(asked.elapsed());
        }
        Ok([Vec::new(), sign_ins, sign_outs])
    }

    async fn look(self, client: usize, is_over: Arc<AtomicBool>) -> anyhow::Result<Times> {
        let mut connection = Connection::to(&self.address).await?;
        let mut times = Vec::new();
        for look in self.looks.iter().cycle().skip(client * self.looks.len() / LOOKERS) {
            if is_over.load(Ordering::Relaxed) {
                break;
            }
            let asked = Instant::now();
            connection.ask(look).await?.expect(&[200])?;
            times.push(asked.elapsed());
        }
        Ok([times, Vec::new(), Vec::new()])
    }
}

fn halves(mut requests: Vec<Request>) -> (Vec<Request>, Vec<Request>) {
    let others = requests.split_off(requests.len() / 2);
    (requests, others)
}
