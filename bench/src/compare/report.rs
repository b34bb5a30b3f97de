//! The report of the comparison, in Markdown.

use super::{CLIENTS, Comparison, Effort, goals};
use crate::machine;
use crate::subject::Subject;

/// The whole report.
pub(super) fn markdown(comparisons: &[Comparison], effort: Effort) -> String {
    let Effort { rounds, stretch, hashes } = effort;
    let mut report = format!(
        "# As fast as by hand\n\n`bench/run` has written this page. {}\n\n\
         All share one table with the same user, over loopback. Each figure is the median of {rounds} rounds, in which all \
         take their turns: {CLIENTS} clients at once, for {} s with each kind of token, and for {hashes} registrations, sign-ins \
         and sign-outs (Argon2id at 19 MiB and two passes everywhere). `×` is the CPU time \
         over that of the same routes written by hand on axum, Diesel and jsonwebtoken. A session of axum-login is a row \
         in the database, and stands beside our tokens there.\n\n![CPU time of a request](speed.svg)\n\n{}",
        machine::facts(),
        stretch.as_secs_f64(),
        goals::markdown(comparisons),
    );
    for comparison in comparisons {
        report += &format!("\n## {}\n\n", comparison.place);
        for ask in comparison.asks() {
            report += &format!("### {}\n\n{HEAD}", ask.title());
            let limit = comparison.sample(Subject::ByHand, ask).map(|sample| sample.cpu);
            for outcome in &comparison.outcomes {
                let Some(sample) = outcome.medians.get(&ask) else { continue };
                let ratio = limit.map(|limit| format!("{:.2}", sample.cpu / limit)).unwrap_or_default();
                report += &format!(
                    "| {} | {:.0} | {:.1} | {ratio} | {:.2} | {:.2} |\n",
                    outcome.subject.title(),
                    sample.rate,
                    sample.cpu,
                    sample.median,
                    sample.p99
                );
            }
            report += "\n";
        }
        report += "### Memory at the most\n\n| | MiB |\n| --- | ---: |\n";
        for outcome in &comparison.outcomes {
            report += &format!("| {} | {:.0} |\n", outcome.subject.title(), outcome.memory);
        }
    }
    report
}

const HEAD: &str = "| | requests a second | CPU, µs a request | × | p50, ms | p99, ms |\n\
                    | --- | ---: | ---: | ---: | ---: | ---: |\n";
