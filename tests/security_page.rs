//! SECURITY.md is true of the tests: what it names is there, each attack has its row, and a test that says which attack it
//! shows stands in that row.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// The sections of the page's table, and their numbers.
const SECTIONS: [(char, RangeInclusive<u8>); 6] =
    [('A', 1..=19), ('B', 20..=26), ('C', 27..=37), ('D', 38..=51), ('E', 52..=60), ('F', 61..=86)];

/// Where tests are.
const PLACES: [&str; 4] = ["tests", "examples", "runtime/src", "macros/src"];

/// How a test begins.
const MARKS: [&str; 5] =
    ["#[test]", "#[tokio::test", "#[on_each_store]", "#[on_each_database]", "#[on_each_server]"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page() -> String {
    fs::read_to_string(root().join("SECURITY.md")).expect("the page")
}

/// A test that is named as `tests/promises/jwt.rs: headers`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    file: String,
    name: String,
}

/// The tests that a text names, each list of them between backticks.
fn named(text: &str) -> BTreeSet<Named> {
    let quoted = text.split('`').skip(1).step_by(2);
    let lists = quoted.filter_map(|list| list.split_once(".rs: "));
    lists
        .flat_map(|(file, names)| {
            names.split(", ").map(move |name| Named { file: format!("{file}.rs"), name: name.to_owned() })
        })
        .collect()
}

/// The rows of the page's table of attacks, by their number.
fn attacks() -> BTreeMap<String, String> {
    let page = page();
    let rows = page.lines().filter(|line| line.starts_with("| ")).filter_map(|line| {
        let number = line.split('|').nth(1)?.trim();
        is_number(number).then(|| (number.to_owned(), line.to_owned()))
    });
    let mut attacks = BTreeMap::new();
    for (number, row) in rows {
        assert!(attacks.insert(number.clone(), row).is_none(), "{number} has two rows");
    }
    attacks
}

fn is_number(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(|c| ('A'..='F').contains(&c))
        && (1..=2).contains(&chars.as_str().len())
        && chars.all(|c| c.is_ascii_digit())
}

/// The numbers that a comment names.
fn numbers(comment: &str) -> BTreeSet<String> {
    let words = comment.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '+');
    words.filter(|word| is_number(word)).map(str::to_owned).collect()
}

/// A test, and the numbers in its doc comment.
struct Test {
    name: String,
    numbers: BTreeSet<String>,
}

/// The tests of a source.
fn tests(source: &str) -> Vec<Test> {
    let (mut is_test, mut comment, mut tests) = (false, String::new(), Vec::new());
    for line in source.lines().map(str::trim) {
        let line_is_mark = MARKS.iter().any(|mark| line.starts_with(mark));
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        match function.and_then(|rest| rest.split_once('(')) {
            Some((name, _)) if is_test => {
                tests.push(Test { name: name.to_owned(), numbers: numbers(&comment) });
            }
            _ if line.starts_with("#[") || line.starts_with("///") => {
                is_test |= line_is_mark;
                comment.extend(line.strip_prefix("///").map(|text| format!("{text}\n")));
                continue;
            }
            _ => {}
        }
        (is_test, comment) = (false, String::new());
    }
    tests
}

/// What a source says of itself.
fn head(source: &str) -> String {
    source.lines().filter_map(|line| line.strip_prefix("//!")).collect::<Vec<_>>().join("\n")
}

/// Every source in which tests are, by its path from the root.
fn sources() -> BTreeMap<String, String> {
    let root = root();
    let mut sources = BTreeMap::new();
    let mut folders = PLACES.map(|place| root.join(place)).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                if !path.ends_with("target") && !path.ends_with("node_modules") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name =
                    path.strip_prefix(&root).expect("in the root").to_string_lossy().replace('\\', "/");
                sources.insert(name, fs::read_to_string(&path).expect("a source"));
            }
        }
    }
    sources
}

#[test]
fn each_attack_has_a_row() {
    let expected = SECTIONS
        .into_iter()
        .flat_map(|(letter, numbers)| numbers.map(move |number| format!("{letter}{number}")));
    let attacks = attacks();
    assert_eq!(attacks.keys().cloned().collect::<BTreeSet<_>>(), expected.collect());
    for (number, row) in attacks {
        let cells = row.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>();
        let [_, attack, what_holds, tests] = cells[..] else { panic!("four cells: {row}") };
        assert!(!attack.is_empty() && !what_holds.is_empty(), "{number}: {row}");
        assert!(
            !named(tests).is_empty() || tests == "—",
            "{number} names no test, and does not say so: {row}"
        );
        assert!(tests != "—" || what_holds.starts_with("Does not apply"), "{number} says why not: {row}");
    }
}

#[test]
fn each_test_that_is_named_is_there() {
    let sources = sources();
    let all = named(&page());
    assert!(all.len() > 100, "{}", all.len());
    for Named { file, name } in all {
        let source = sources.get(&file).unwrap_or_else(|| panic!("there is no {file}, which has {name}"));
        assert!(tests(source).iter().any(|test| test.name == name), "{file} has no test {name}");
    }
}

#[test]
fn each_test_that_says_so_is_named() {
    let attacks = attacks();
    let row = |number: &str, file: &str| {
        attacks.get(number).unwrap_or_else(|| panic!("{file} names {number}, and there is no such attack"))
    };
    for (file, source) in sources() {
        for test in tests(&source) {
            for number in &test.numbers {
                let this = Named { file: file.clone(), name: test.name.clone() };
                assert!(
                    named(row(number, &file)).contains(&this),
                    "the row of {number} does not name {this:?}"
                );
            }
        }
        // What a module says is said of one of its tests, or of one in its folder.
        let folder = file.strip_suffix("mod.rs").unwrap_or(&file).to_owned();
        for number in numbers(&head(&source)) {
            let is_named = named(row(&number, &file)).iter().any(|test| test.file.starts_with(&folder));
            assert!(is_named, "the row of {number} names no test of {file}");
        }
    }
}

/// The promises have their tests, each.
#[test]
fn each_promise_has_its_tests() {
    let page = page();
    let rows = page.lines().filter_map(|line| {
        let number = line.strip_prefix("| ")?.split(" |").next()?.parse::<u8>().ok()?;
        Some((number, line))
    });
    let rows = rows.collect::<BTreeMap<_, _>>();
    assert_eq!(rows.keys().copied().collect::<Vec<_>>(), (1..=12).collect::<Vec<_>>());
    for (number, row) in rows {
        assert!(!named(row).is_empty(), "promise {number}");
    }
}
