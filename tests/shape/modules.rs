//! The modules of the runtime: each imports only what ARCHITECTURE.md says, and only from modules above it there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::source::{root, sources};

/// Files that are not in the table: the root, what the macros' expansions name, and the names for apps.
const OUTSIDE: [&str; 4] = ["lib", "macros", "prelude", "private"];

/// A module as the page shows it, and from where it imports.
struct Row {
    name: String,
    imports: BTreeSet<String>,
}

/// The rows of the page's table of modules.
fn rows() -> Vec<Row> {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the page");
    let table = page.lines().skip_while(|line| !line.starts_with("| module |")).skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells = row.split('|').map(quoted).collect::<Vec<_>>();
        let [_, name, _, imports, _] = cells.as_slice() else { panic!("four bars: {row}") };
        Row { name: name.first().expect("a name").clone(), imports: imports.iter().cloned().collect() }
    })
    .collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// What follows `crate::` in a file's imports and code. Comments may name what they like.
fn named(source: &str) -> Vec<String> {
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    let words = |text: &str| {
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    code.split("crate::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => words(list.split(';').next().unwrap_or_default()),
            None => words(rest).into_iter().take(1).collect(),
        })
        .collect()
}

/// From where each module imports, in truth.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let mut imports = BTreeMap::<_, BTreeSet<_>>::new();
    for source in sources("runtime").values() {
        let first = source.file.split('/').next().expect("a name");
        let module = first.strip_suffix(".rs").unwrap_or(first).to_owned();
        imports.entry(module).or_default().extend(named(&source.text));
    }
    let modules = imports.keys().cloned().collect::<BTreeSet<_>>();
    for (module, names) in &mut imports {
        names.retain(|name| name != module && modules.contains(name));
    }
    imports.retain(|module, _| !OUTSIDE.contains(&module.as_str()));
    imports
}

#[test]
fn each_module_imports_what_the_page_says() {
    let mut shown = rows().into_iter().map(|row| (row.name, row.imports)).collect::<BTreeMap<_, _>>();
    for (module, imports) in imports() {
        let allowed =
            shown.remove(&module).unwrap_or_else(|| panic!("ARCHITECTURE.md does not show `{module}`"));
        let more = imports.difference(&allowed).collect::<Vec<_>>();
        assert!(more.is_empty(), "`{module}` imports from {more:?}, which ARCHITECTURE.md does not say");
        let fewer = allowed.difference(&imports).collect::<Vec<_>>();
        assert!(
            fewer.is_empty(),
            "`{module}` does not import from {fewer:?}, though ARCHITECTURE.md says so"
        );
    }
    assert!(shown.is_empty(), "ARCHITECTURE.md shows what is not there: {:?}", shown.keys());
}

#[test]
fn each_module_imports_from_above() {
    let mut above = BTreeSet::new();
    for Row { name, imports } in rows() {
        assert!(imports.is_subset(&above), "`{name}` imports {imports:?}; above it are {above:?}");
        above.insert(name);
    }
}
