//! A server under measure, in a process of its own: its CPU time and its memory, as Linux tells them.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A running server. It ends with this.
pub(crate) struct Server {
    /// Where it listens: a host and a port.
    pub(crate) address: String,
    process: Child,
}

impl Server {
    /// Starts what says `listening on http://…` on standard error once it does. What it says else is dropped.
    pub(crate) async fn start(mut command: Command) -> anyhow::Result<Self> {
        let name = command.as_std().get_program().to_owned();
        let process = command.stdout(Stdio::null()).stderr(Stdio::piped()).stdin(Stdio::null());
        let mut process = process.kill_on_drop(true).spawn().with_context(|| shown(&name))?;
        let mut lines = BufReader::new(process.stderr.take().context("its standard error")?).lines();
        let mut said = String::new();
        loop {
            let Some(line) = lines.next_line().await? else {
                anyhow::bail!("{} does not start:\n{said}", shown(&name));
            };
            if let Some((_, address)) = line.split_once("listening on http://") {
                // It must not be held up by what nobody reads.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Self { address: address.trim().to_owned(), process });
            }
            said = said + &line + "\n";
        }
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> anyhow::Result<u32> {
        self.process.id().context("it runs")
    }

    /// The CPU time of each of its threads so far, to the nanosecond.
    pub(crate) fn cpu(&self) -> anyhow::Result<CpuTime> {
        CpuTime::of([self.id()?])
    }

    /// A figure of its memory in MiB: `VmRSS`, or `VmHWM` for the most so far.
    pub(crate) fn memory(&self, figure: &str) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(folder(self.id()?).join("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix(figure)).context("Linux")?;
        let kilobytes = line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<f64>()?;
        Ok(kilobytes / 1024.0)
    }
}

/// Where Linux tells of a process.
fn folder(process: u32) -> PathBuf {
    format!("/proc/{process}").into()
}

fn shown(program: &OsStr) -> String {
    program.to_string_lossy().into_owned()
}

/// The CPU time of each thread, by its number.
pub(crate) struct CpuTime(HashMap<std::ffi::OsString, Duration>);

impl CpuTime {
    /// That of all threads of these processes so far.
    pub(crate) fn of(processes: impl IntoIterator<Item = u32>) -> anyhow::Result<Self> {
        let mut threads = HashMap::new();
        for process in processes {
            for thread in folder(process).join("task").read_dir()? {
                let thread = thread?;
                // A thread may have ended in between.
                let Ok(figures) = std::fs::read_to_string(thread.path().join("schedstat")) else { continue };
                let nanoseconds =
                    figures.split(' ').next().unwrap_or_default().parse().context("schedstat")?;
                threads.insert(thread.file_name(), Duration::from_nanos(nanoseconds));
            }
        }
        Ok(Self(threads))
    }

    /// What was spent since `earlier`. Of a thread that has ended since, nothing counts: only idle ones end.
    pub(crate) fn since(&self, earlier: &Self) -> Duration {
        let before = |thread| earlier.0.get(thread).copied().unwrap_or_default();
        self.0.iter().map(|(thread, time)| time.saturating_sub(before(thread))).sum()
    }
}
