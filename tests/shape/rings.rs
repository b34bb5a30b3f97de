//! No two files import each other, directly or through others.

use std::collections::BTreeSet;

use crate::imports::{Graph, graph};
use crate::source::sources;

/// All files that `from` leads to.
fn reached<'g>(graph: &'g Graph, from: &'g str) -> BTreeSet<&'g str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        for target in graph.get(file).into_iter().flat_map(|edges| edges.keys()) {
            if reached.insert(target.as_str()) {
                open.push(target);
            }
        }
    }
    reached
}

/// The groups of files that all lead to each other.
fn rings(graph: &Graph) -> BTreeSet<Vec<&str>> {
    let reach = graph.keys().map(|file| (file.as_str(), reached(graph, file))).collect::<Vec<_>>();
    let leads =
        |from: &str, to: &str| reach.iter().any(|(file, reached)| *file == from && reached.contains(to));
    let in_rings = reach.iter().filter(|(file, reached)| reached.contains(file));
    in_rings
        .map(|(file, reached)| reached.iter().copied().filter(|other| leads(other, file)).collect())
        .collect()
}

/// How the files of a ring are tied, for the message.
fn ties(graph: &Graph, ring: &[&str]) -> String {
    let mut ties = String::new();
    for file in ring {
        for (target, name) in
            graph.get(*file).into_iter().flatten().filter(|(target, _)| ring.contains(&target.as_str()))
        {
            ties += &format!("\n    {file} -> {target}: {name}");
        }
    }
    ties
}

#[test]
fn no_two_files_import_each_other() {
    for krate in ["macros", "runtime"] {
        let graph = graph(&sources(krate));
        let rings = rings(&graph);
        let ties = rings.iter().map(|ring| format!("\n{ring:?}{}", ties(&graph, ring))).collect::<String>();
        assert!(rings.is_empty(), "rings in {krate}:{ties}");
    }
}

#[test]
fn imports_are_read() {
    let graph = graph(&sources("runtime"));
    let edges = graph.values().map(|edges| edges.len()).sum::<usize>();
    assert!(edges > 800, "{edges}");
    // Through a re-export, and through `super`.
    assert!(
        graph["router/auth/login.rs"].contains_key("error/rejection.rs")
            || graph["router/users/update_me.rs"].contains_key("router/body.rs")
    );
}
