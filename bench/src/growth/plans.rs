//! Plans, as PostgreSQL's log tells them of a running app's own statements.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;

use super::crowd::{Crowd, PASSWORD, email, looks};
use super::postgres::Postgres;
use crate::figures::median;
use crate::http::{Answer, Connection, Request};
use crate::subject::{Backend, Subject};

/// How many users do each thing: enough for plans that PostgreSQL keeps, which it makes after five.
const TIMES: usize = 20;
/// By when the log has what an answer was waiting for.
const WRITTEN: Duration = Duration::from_millis(300);

/// A run of a statement.
pub(super) struct Plan {
    statement: String,
    /// How each table and index was read or written.
    pub(super) accesses: Vec<String>,
    /// Pages of eight kilobytes that it looked at, in PostgreSQL's memory or not.
    buffers: f64,
    /// In milliseconds.
    pub(super) duration: f64,
}

/// A statement over its runs.
pub(super) struct Statement {
    /// During what it ran.
    pub(super) during: &'static str,
    pub(super) text: String,
    pub(super) accesses: BTreeSet<String>,
    /// The median.
    pub(super) buffers: f64,
    /// The median, in milliseconds.
    pub(super) duration: f64,
}

/// Whether no table was read from end to end.
pub(super) fn are_by_index<'a>(accesses: impl IntoIterator<Item = &'a String>) -> bool {
    !accesses.into_iter().any(|access| access.contains("Seq Scan"))
}

/// What the server's log says from some place on.
pub(super) struct Log(File);

impl Log {
    /// From its end on.
    pub(super) fn at_end(path: &Path) -> anyhow::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self(file))
    }

    /// The plans since the last time.
    pub(super) fn plans(&self) -> anyhow::Result<Vec<Plan>> {
        let text = io::read_to_string(&self.0)?;
        // An entry begins with its year, and what else belongs to it with a tab.
        let entries = text.split("\n2").filter_map(|entry| entry.split_once(" plan:\n"));
        entries.map(|(head, plan)| Plan::read(head, plan)).collect()
    }
}

impl Plan {
    fn read(head: &str, plan: &str) -> anyhow::Result<Self> {
        let (_, duration) = head.rsplit_once("duration: ").context("a duration")?;
        let plan = plan.lines().take_while(|line| line.starts_with('\t')).collect::<String>();
        let plan: Value = serde_json::from_str(&plan).context("a plan")?;
        let root = &plan["Plan"];
        let pages = |kind: &str| root[kind].as_f64().unwrap_or_default();
        let mut accesses = Vec::new();
        collect(root, &mut accesses);
        Ok(Self {
            statement: plan["Query Text"].as_str().context("its text")?.to_owned(),
            accesses,
            buffers: pages("Shared Hit Blocks") + pages("Shared Read Blocks"),
            duration: duration.trim_end().trim_end_matches(" ms").parse()?,
        })
    }
}

/// How a node and those below it come by their rows.
fn collect(node: &Value, accesses: &mut Vec<String>) {
    let kind = node["Node Type"].as_str().unwrap_or_default();
    match (node["Index Name"].as_str(), node["Relation Name"].as_str(), node["Operation"].as_str()) {
        (Some(index), ..) => accesses.push(format!("{kind} {index}")),
        // Its rows come from an index, which is below.
        (None, ..) if kind == "Bitmap Heap Scan" => {}
        (None, Some(table), Some(operation)) => accesses.push(format!("{operation} {table}")),
        (None, Some(table), None) => accesses.push(format!("{kind} {table}")),
        (None, None, _) => {}
    }
    node["Plans"].as_array().into_iter().flatten().for_each(|node| collect(node, accesses));
}

/// Has some users do each thing once with a camelot, and gives the statements that it ran meanwhile.
pub(super) async fn explain(postgres: &Postgres, crowd: Crowd) -> anyhow::Result<Vec<Statement>> {
    let camelot = Subject::Camelot.start(&postgres.telling_place()).await?;
    let mut client = Connection::to(&camelot.address).await?;
    let log = Log::at_end(&postgres.log().await?)?;
    let mut statements = Vec::new();
    // The last ones: others have signed in before.
    let some = |requests: Vec<Request>| requests.into_iter().rev().take(TIMES).collect::<Vec<_>>();
    let mut tokens = Vec::new();
    for (backend, sign_in, look) in [
        (Backend::Jwt, "sign-in, JWT", "`GET /users/me`, JWT"),
        (Backend::Database, "sign-in, token", "`GET /users/me`, token"),
    ] {
        let signed_in = ask(&mut client, &some(crowd.sign_ins(backend)), &[200]).await?;
        statements.extend(told(&log, sign_in).await?);
        ask(&mut client, &looks(backend, &signed_in)?, &[200]).await?;
        statements.extend(told(&log, look).await?);
        tokens.push((backend, signed_in));
    }
    let by_jwt = &tokens[0].1;
    let changes = by_jwt.iter().map(change_of_password).collect::<anyhow::Result<Vec<_>>>()?;
    ask(&mut client, &changes, &[200]).await?;
    statements.extend(told(&log, "change of password").await?);
    for (backend, sign_out) in [(Backend::Jwt, "sign-out, JWT"), (Backend::Database, "sign-out, token")] {
        let signed_in = ask(&mut client, &some(crowd.sign_ins(backend)), &[200]).await?;
        told(&log, "").await?;
        let sign_outs = signed_in.iter().map(|answer| Subject::Camelot.sign_out(backend, answer));
        ask(&mut client, &sign_outs.collect::<anyhow::Result<Vec<_>>>()?, &[200]).await?;
        statements.extend(told(&log, sign_out).await?);
    }
    let strangers = (0..TIMES).map(|n| Subject::Camelot.register(&email(&format!("new-{n}")), PASSWORD));
    ask(&mut client, &strangers.collect::<Vec<_>>(), &[201]).await?;
    statements.extend(told(&log, "registration").await?);
    Ok(statements)
}

/// To the same one: those who sign in later need it.
fn change_of_password(signed_in: &Answer) -> anyhow::Result<Request> {
    let headers = format!(
        "authorization: Bearer {}\r\ncontent-type: application/json\r\n",
        signed_in.text("access_token")?
    );
    Ok(Request::new("PATCH /users/me", &headers, &format!(r#"{{"password": "{PASSWORD}"}}"#)))
}

async fn ask(client: &mut Connection, requests: &[Request], statuses: &[u16]) -> anyhow::Result<Vec<Answer>> {
    let mut answers = Vec::new();
    for request in requests {
        answers.push(client.ask(request).await?.expect(statuses)?);
    }
    Ok(answers)
}

/// What the log has told since the last time, by statement.
async fn told(log: &Log, during: &'static str) -> anyhow::Result<Vec<Statement>> {
    tokio::time::sleep(WRITTEN).await;
    let mut runs = BTreeMap::<_, Vec<Plan>>::new();
    for plan in log.plans()? {
        runs.entry(plan.statement.clone()).or_default().push(plan);
    }
    anyhow::ensure!(!runs.is_empty(), "the log tells no plan of {during}: is auto_explain there?");
    Ok(runs.into_iter().map(|(text, runs)| statement(during, text, &runs)).collect())
}

fn statement(during: &'static str, text: String, runs: &[Plan]) -> Statement {
    Statement {
        during,
        text,
        accesses: runs.iter().flat_map(|plan| plan.accesses.iter().cloned()).collect(),
        buffers: median(runs.iter().map(|plan| plan.buffers)),
        duration: median(runs.iter().map(|plan| plan.duration)),
    }
}
