//! What the figures were measured on.

use std::fs;
use std::process::Command;

/// The machine and the versions, in a sentence.
pub(crate) fn facts() -> String {
    let cpu = line("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = line("/proc/meminfo", "MemTotal")
        .and_then(|memory| memory.trim_end_matches(" kB").parse::<f64>().ok())
        .map(|kilobytes| format!(", {:.0} GiB", kilobytes / 1024.0 / 1024.0));
    let versions = [("rustc", "--version"), ("uname", "-sr"), ("git", "rev-parse --short HEAD")];
    let [rustc, system, commit] = versions.map(|(program, arguments)| said(program, arguments));
    let servers = std::env::var("BENCH_VERSIONS").ok();
    let parts = [Some(format!("{cores} × {cpu}{}", memory.unwrap_or_default())), system, rustc, servers];
    let parts = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    match commit {
        Some(commit) => format!("Measured at {commit}, on {parts}."),
        None => format!("Measured on {parts}."),
    }
}

fn line(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn said(program: &str, arguments: &str) -> Option<String> {
    let output = Command::new(program).args(arguments.split(' ')).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.is_empty()).then(|| text.trim().to_owned())
}
