//! The report of growth, in Markdown.

use std::collections::{BTreeMap, BTreeSet};

use super::Growth;
use super::nodes::Together;
use super::plans::Statement;
use super::purge::Purge;
use super::stage::ASKS;
use crate::machine;

/// The whole report.
pub(super) fn markdown(growth: &Growth) -> String {
    let mut report = format!(
        "# Growth\n\n`bench growth` has written this page. {}\n\n{}\n{}\n",
        machine::facts(),
        stages(growth),
        statements(growth)
    );
    if let Some(purge) = &growth.purge {
        report += &clean_up(purge);
    }
    report + "\n" + &nodes(growth)
}

fn stages(growth: &Growth) -> String {
    let mut report = String::from("## Requests\n\n");
    for (n, ask) in ASKS.iter().enumerate() {
        report += &format!("### {ask}\n\n{REQUESTS}");
        for stage in &growth.stages {
            let figures = &stage.figures[n];
            let database = figures.database_cpu.map(|cpu| format!("{cpu:.0}")).unwrap_or_default();
            let sample = &figures.sample;
            report += &format!(
                "| {} | {} | {:.0} | {:.0} | {database} | {:.2} | {:.2} |\n",
                stage.place,
                counted(stage.crowd.0),
                sample.rate,
                sample.cpu,
                sample.median,
                sample.p99
            );
        }
        report += "\n";
    }
    let filled = growth
        .stages
        .iter()
        .map(|stage| format!("{} on {} in {:.0} s", counted(stage.crowd.0), stage.place, stage.filled_in));
    report += &format!(
        "Filled: {}. The largest has {:.0} MiB on PostgreSQL's disk.\n",
        filled.collect::<Vec<_>>().join(", "),
        growth.space
    );
    report
}

const REQUESTS: &str = "| on | users | requests a second | CPU, µs a request | CPU of PostgreSQL, µs a request | p50, ms | p99, ms |\n\
                        | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n";

/// A row a statement, with a pair of columns a size.
fn statements(growth: &Growth) -> String {
    let mut report = String::from(
        "## Statements on PostgreSQL\n\nThe pages of 8 KiB that each looked at, and how long it took in the server: medians.\n\n\
         | during | statement | by |",
    );
    for (crowd, _) in &growth.statements {
        report += &format!(" pages, {0} | ms, {0} |", counted(crowd.0));
    }
    report += &format!("\n| --- | --- | --- |{}\n", " ---: | ---: |".repeat(growth.statements.len()));
    let mut rows = BTreeMap::<_, (BTreeSet<&String>, Vec<String>)>::new();
    for (n, (_, statements)) in growth.statements.iter().enumerate() {
        for statement in statements {
            let (accesses, cells) = rows.entry((statement.during, &statement.text)).or_default();
            accesses.extend(&statement.accesses);
            cells.resize(2 * n, String::new());
            cells.extend([format!("{:.0}", statement.buffers), format!("{:.3}", statement.duration)]);
        }
    }
    for ((during, text), (accesses, mut cells)) in rows {
        cells.resize(2 * growth.statements.len(), String::new());
        let accesses =
            accesses.into_iter().map(|access| format!("`{access}`")).collect::<Vec<_>>().join(", ");
        report += &format!("| {during} | {} | {accesses} | {} |\n", beginning(text), cells.join(" | "));
    }
    if let [.., (few, among_few), (many, among_many)] = growth.statements.as_slice() {
        let more = among_many.iter().filter_map(|statement| {
            let same =
                |other: &&Statement| (other.during, &other.text) == (statement.during, &statement.text);
            Some(statement.buffers - among_few.iter().find(same)?.buffers)
        });
        let (few, many, most) = (counted(few.0), counted(many.0), more.fold(0.0, f64::max));
        report += &format!(
            "\nAmong {many} users no statement looks at more than {most:.0} pages more than among {few}.\n"
        );
    }
    report
}

/// Of which statement it is, in a few words.
fn beginning(text: &str) -> String {
    const LONGEST: usize = 60;
    let text = text.replace('|', "\\|");
    let text = match text.split_once(" FROM ") {
        Some((before, rest)) if before.starts_with("SELECT") => format!("SELECT … FROM {rest}"),
        _ => text,
    };
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    format!("`{}{}`", &text[..end], if end < text.len() { "…" } else { "" })
}

fn clean_up(purge: &Purge) -> String {
    let seconds = purge.took.as_secs_f64();
    let [tokens, expired] = purge.tokens.map(|count| counted(count.unsigned_abs()));
    let [first, last, longest] = purge.batches;
    let mut report = format!(
        "## The clean-up\n\n{expired} of {tokens} tokens had expired; {} were removed in {seconds:.0} s, {:.0} a second. \
         A batch of 1,000 took {first:.1} ms in the first tenth and {last:.1} ms in the last (medians), {longest:.0} ms at \
         the most, by {}. The longest that anybody was seen to wait for a lock: {:.1} ms.\n\n\
         | | p50 before, ms | p50 during | p99 before | p99 during |\n| --- | ---: | ---: | ---: | ---: |\n",
        counted(purge.removed.unsigned_abs()),
        purge.removed as f64 / seconds,
        purge.accesses.iter().map(|access| format!("`{access}`")).collect::<Vec<_>>().join(", "),
        purge.longest_wait.as_secs_f64() * 1000.0,
    );
    let (before, during) = (&purge.before, &purge.during);
    for (what, before, during) in [
        ("`GET /users/me`, token in the database", before.looks, during.looks),
        ("sign-in", before.sign_ins, during.sign_ins),
        ("sign-out", before.sign_outs, during.sign_outs),
    ] {
        report += &format!(
            "| {what} | {:.2} | {:.2} | {:.2} | {:.2} |\n",
            before[0], during[0], before[1], during[1]
        );
    }
    report
}

fn nodes(growth: &Growth) -> String {
    let mut report = format!("## Nodes\n\n{NODES}");
    for nodes in &growth.nodes {
        for (count, together) in [("one", &nodes.one), ("two", &nodes.two)] {
            let Together { rate, cpu, database_cpu } = together;
            report += &format!("| {} | {count} | {rate:.0} | {cpu:.0} | {database_cpu:.0} |\n", nodes.ask);
        }
    }
    report
}

const NODES: &str = "| | nodes | requests a second | CPU of the nodes, µs a request | CPU of PostgreSQL, µs a request |\n\
                     | --- | --- | ---: | ---: | ---: |\n";

/// A number with a comma between thousands.
fn counted(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    groups.map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join(",")
}
