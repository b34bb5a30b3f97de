//! How many instructions a request takes, as callgrind counts them: a figure that does not hang on the machine.
//!
//! It counts what the server's own code does and not what the system does for it. It knows no SHA instructions: what
//! hashes with them falls back on code of its own there, and so SHA-256 has a column for itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::http::{Connection, Request};
use crate::place::Place;
use crate::server::Server;
use crate::subject::{Backend, Subject};

const EMAIL: &str = "igraine@camelot.bt";
const PASSWORD: &str = "uther-of-camelot";
const WARM_UP: usize = 20;
const REQUESTS: usize = 500;
const SUBJECTS: [Subject; 3] = [Subject::ByHand, Subject::Camelot, Subject::AxumLogin];

/// Instructions a request.
struct Count {
    all: u64,
    sha256: u64,
}

/// Counts on PostgreSQL, and writes the report into `folder`.
pub(crate) async fn run(folder: &Path) -> anyhow::Result<()> {
    let place = Place::postgres()?;
    let camelot = Subject::Camelot.start(&place).await?;
    let register = Subject::Camelot.register(EMAIL, PASSWORD);
    Connection::to(&camelot.address).await?.ask(&register).await?.expect(&[201, 400])?;
    drop(camelot);
    let mut report = String::from(
        "# Instructions of a request\n\n`GET /users/me` on PostgreSQL, as callgrind counts the server's own: figures that do \
         not hang on the machine. Callgrind has no SHA instructions, so that SHA-256 is counted as it is done without them; \
         `×` leaves it out.\n\n| | | instructions | of these SHA-256 | the others, × |\n| --- | --- | ---: | ---: | ---: |\n",
    );
    for backend in Backend::ALL {
        let mut limit = None;
        for subject in SUBJECTS.into_iter().filter(|subject| subject.has(backend, &place)) {
            eprintln!("    {}, {backend:?}", subject.title());
            let Count { all, sha256 } = count(subject, backend, &place).await?;
            let others = (all - sha256) as f64;
            let ratio = others / *limit.get_or_insert(others);
            let (title, ask) = (subject.title(), backend.title());
            report += &format!("| {ask} | {title} | {all} | {sha256} | {ratio:.2} |\n");
        }
    }
    fs::create_dir_all(folder)?;
    fs::write(folder.join("instructions.md"), &report)?;
    print!("{report}");
    Ok(())
}

async fn count(subject: Subject, backend: Backend, place: &Place) -> anyhow::Result<Count> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(under_callgrind(&subject.command(place)?, folder.path())).await?;
    let mut client = Connection::to(&server.address).await?;
    let signed_in = client.ask(&subject.sign_in(backend, EMAIL, PASSWORD)).await?;
    let me = subject.me(backend, &signed_in)?;
    ask(&mut client, &me, WARM_UP).await?;
    control(&server, &["-i", "on"])?;
    ask(&mut client, &me, REQUESTS).await?;
    control(&server, &["-i", "off"])?;
    control(&server, &["-d"])?;
    let dump = newest(folder.path())?;
    let annotated = said(Command::new("callgrind_annotate").args(["--threshold=100"]).arg(dump))?;
    let lines = || annotated.lines().filter_map(counted);
    let all = lines().find(|(_, what)| what.contains("PROGRAM TOTALS")).context("totals")?.0;
    let is_sha = |what: &str| what.contains("sha256") || what.contains("SHA256");
    let sha256 = lines().filter(|(_, what)| is_sha(what)).map(|(count, _)| count).sum::<u64>();
    let requests = REQUESTS as u64;
    Ok(Count { all: all / requests, sha256: sha256 / requests })
}

async fn ask(client: &mut Connection, request: &Request, times: usize) -> anyhow::Result<()> {
    for _ in 0..times {
        client.ask(request).await?.expect(&[200])?;
    }
    Ok(())
}

/// The same command, with its environment, under callgrind. One worker, so that none spins for work.
fn under_callgrind(command: &tokio::process::Command, folder: &Path) -> tokio::process::Command {
    let command = command.as_std();
    let mut valgrind = tokio::process::Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--instr-atstart=no"]);
    valgrind.arg(format!("--callgrind-out-file={}/%p", folder.display()));
    valgrind.arg(command.get_program()).args(command.get_args()).env("TOKIO_WORKER_THREADS", "1");
    valgrind.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    valgrind
}

fn control(server: &Server, arguments: &[&str]) -> anyhow::Result<()> {
    said(Command::new("callgrind_control").args(arguments).arg(server.id()?.to_string())).map(drop)
}

fn said(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("{:?}: valgrind has it", command.get_program()))?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// The dump of what was counted: callgrind writes one more, with nothing in it, at each change.
fn newest(folder: &Path) -> anyhow::Result<PathBuf> {
    let files = folder.read_dir()?.filter_map(|file| Some(file.ok()?.path()));
    files.max_by_key(|file| file.metadata().map(|file| file.len()).unwrap_or_default()).context("a dump")
}

/// A line of callgrind_annotate: `1,234 (5.67%)  what it was`.
fn counted(line: &str) -> Option<(u64, &str)> {
    let (count, what) = line.trim_start().split_once(' ')?;
    Some((count.replace(',', "").parse().ok()?, what))
}
