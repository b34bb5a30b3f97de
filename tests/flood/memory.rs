//! What this process uses of the machine's memory, as Linux tells it.

/// A figure of `/proc/self/status` in KiB: `VmRSS` is what is in use, `VmHWM` the most that has been.
pub(crate) fn memory(figure: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(figure)).expect("a line");
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().expect("a number")
}
