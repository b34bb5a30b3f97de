//! The comparison: the same requests to each subject, in turn, in rounds; of the rounds, the medians.

mod goals;
mod plot;
mod report;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::figures::median;
use crate::http::{Answer, Connection, Request};
use crate::load::{Sample, Stretch, measure as load};
use crate::place::Place;
use crate::server::Server;
use crate::subject::{Backend, Subject};

const EMAIL: &str = "arthur@camelot.bt";
const PASSWORD: &str = "guinevere-of-camelot";
/// Who ask at once.
const CLIENTS: usize = 8;

/// How much is asked.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    /// Rounds that count; one before them warms up.
    pub(crate) rounds: usize,
    /// How long one subject is asked for itself in a round.
    pub(crate) stretch: Duration,
    /// Sign-ins, registrations and sign-outs of one subject in a round.
    pub(crate) hashes: usize,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ask {
    MeByJwt,
    MeByDatabase,
    MeByCookie,
    MeByRedis,
    SignIn,
    Register,
    SignOut,
}

const ME: &str = "`GET /users/me`";

impl Ask {
    fn title(self) -> String {
        let of = |what: &str, backend: Backend| format!("{what}, {}", backend.title());
        match self {
            Self::MeByJwt => of(ME, Backend::Jwt),
            Self::MeByDatabase => of(ME, Backend::Database),
            Self::MeByCookie => of(ME, Backend::Cookie),
            Self::MeByRedis => of(ME, Backend::Redis),
            Self::SignIn => of("sign-in", Backend::Database),
            Self::Register => "registration".to_owned(),
            Self::SignOut => of("sign-out", Backend::Database),
        }
    }

    fn me(backend: Backend) -> Self {
        match backend {
            Backend::Jwt => Self::MeByJwt,
            Backend::Database => Self::MeByDatabase,
            Backend::Cookie => Self::MeByCookie,
            Backend::Redis => Self::MeByRedis,
        }
    }
}

/// A subject that runs, and what each of its clients sends to see itself.
struct Running {
    subject: Subject,
    server: Server,
    looks: Vec<(Ask, Request)>,
    samples: BTreeMap<Ask, Vec<Sample>>,
}

/// What one subject's rounds came to.
struct Outcome {
    subject: Subject,
    medians: BTreeMap<Ask, Sample>,
    /// The most memory that it had, in MiB.
    memory: f64,
}

/// All that was measured at one place.
struct Comparison {
    place: &'static str,
    outcomes: Vec<Outcome>,
}

impl Comparison {
    fn sample(&self, subject: Subject, ask: Ask) -> Option<&Sample> {
        self.outcomes.iter().find(|outcome| outcome.subject == subject)?.medians.get(&ask)
    }
}

/// Compares on PostgreSQL and on SQLite, and writes the report into `folder`.
pub(crate) async fn run(subjects: &[Subject], effort: Effort, folder: &Path) -> anyhow::Result<()> {
    let mut comparisons = Vec::new();
    for place in [Place::postgres()?, Place::sqlite()?] {
        eprintln!("==> on {}", place.title);
        comparisons.push(compare(subjects, &place, effort).await.with_context(|| place.title)?);
    }
    fs::create_dir_all(folder)?;
    fs::write(folder.join("speed.md"), report::markdown(&comparisons, effort))?;
    fs::write(folder.join("speed.svg"), plot::svg(&comparisons)?)?;
    print!("{}", report::markdown(&comparisons, effort));
    Ok(())
}

async fn compare(subjects: &[Subject], place: &Place, effort: Effort) -> anyhow::Result<Comparison> {
    // It makes the tables that all of them share.
    let camelot = Subject::Camelot.start(place).await?;
    let registered =
        Connection::to(&camelot.address).await?.ask(&Subject::Camelot.register(EMAIL, PASSWORD)).await?;
    let user: serde_json::Value = serde_json::from_str(&registered.expect(&[201])?.body)?;
    drop(camelot);
    let mut running = Vec::new();
    for &subject in subjects {
        let one = Running::start(subject, place, &user).await;
        running.push(one.with_context(|| subject.title())?);
    }
    for round in 0..=effort.rounds {
        eprintln!("    round {round} of {}", effort.rounds);
        // None is always the first after another.
        let count = running.len();
        running.rotate_left(round % count);
        for one in &mut running {
            one.look(effort.stretch).await.with_context(|| one.subject.title())?;
        }
        for one in &mut running {
            one.hash(round, effort.hashes).await.with_context(|| one.subject.title())?;
        }
        if round == 0 {
            running.iter_mut().for_each(|one| one.samples.clear());
        }
    }
    running.sort_by_key(|one| Subject::ALL.iter().position(|subject| *subject == one.subject));
    let outcomes = running.into_iter().map(Running::outcome).collect::<anyhow::Result<_>>()?;
    Ok(Comparison { place: place.title, outcomes })
}

impl Running {
    /// Starts it, has Arthur sign in with each of its backends, and checks that it says of him what all say.
    async fn start(subject: Subject, place: &Place, user: &serde_json::Value) -> anyhow::Result<Self> {
        let server = subject.start(place).await?;
        let mut client = Connection::to(&server.address).await?;
        let mut looks = Vec::new();
        for backend in Backend::ALL.into_iter().filter(|backend| subject.has(*backend, place)) {
            let signed_in = client.ask(&subject.sign_in(backend, EMAIL, PASSWORD)).await?;
            let me = subject.me(backend, &signed_in.expect(SIGNED_IN)?)?;
            let answer = client.ask(&me).await?.expect(&[200])?;
            let shown: serde_json::Value = serde_json::from_str(&answer.body)?;
            ensure!(shown == *user, "{backend:?}: {shown} is not {user}");
            looks.push((Ask::me(backend), me));
        }
        Ok(Self { subject, server, looks, samples: BTreeMap::new() })
    }

    async fn look(&mut self, stretch: Duration) -> anyhow::Result<()> {
        for (ask, request) in self.looks.clone() {
            let length = Stretch::For(stretch, CLIENTS);
            let (sample, _) = load(&self.server, vec![request], length, &[200]).await?;
            self.samples.entry(ask).or_default().push(sample);
        }
        Ok(())
    }

    /// Registrations, sign-ins, and sign-outs of those who signed in.
    async fn hash(&mut self, round: usize, count: usize) -> anyhow::Result<()> {
        let name = self.subject.title().replace(' ', "-");
        let strangers = (0..count).map(|n| format!("{name}-{round}-{n}@camelot.bt"));
        let registrations = strangers.map(|email| self.subject.register(&email, PASSWORD)).collect();
        self.once(Ask::Register, registrations, &[200, 201]).await?;
        let sign_ins = vec![self.subject.sign_in(Backend::Database, EMAIL, PASSWORD); count];
        let signed_in = self.once(Ask::SignIn, sign_ins, SIGNED_IN).await?;
        let sign_outs = signed_in.iter().map(|answer| self.subject.sign_out(Backend::Database, answer));
        self.once(Ask::SignOut, sign_outs.collect::<anyhow::Result<_>>()?, &[200, 204]).await?;
        Ok(())
    }

    async fn once(
        &mut self,
        ask: Ask,
        requests: Vec<Request>,
        statuses: &'static [u16],
    ) -> anyhow::Result<Vec<Answer>> {
        let (sample, answers) = load(&self.server, requests, Stretch::Once(CLIENTS), statuses).await?;
        self.samples.entry(ask).or_default().push(sample);
        Ok(answers)
    }

    fn outcome(self) -> anyhow::Result<Outcome> {
        let of = |samples: &[Sample], figure: fn(&Sample) -> f64| median(samples.iter().map(figure));
        let medians = self.samples.iter().map(|(ask, samples)| {
            let sample = Sample {
                rate: of(samples, |sample| sample.rate),
                cpu: of(samples, |sample| sample.cpu),
                median: of(samples, |sample| sample.median),
                p99: of(samples, |sample| sample.p99),
            };
            (*ask, sample)
        });
        let (medians, memory) = (medians.collect(), self.server.memory("VmHWM")?);
        Ok(Outcome { subject: self.subject, medians, memory })
    }
}

/// A cookie may come without a body.
const SIGNED_IN: &[u16] = &[200, 204];
