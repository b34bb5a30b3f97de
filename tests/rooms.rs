//! The rooms of the runtime: each imports only what ARCHITECTURE.md says, and only from rooms above it there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What is no room: the way in, what the macros' expansions name, and the names for apps.
const OUTSIDE: [&str; 4] = ["lib", "macros", "prelude", "private"];

/// A room as the page shows it, and from where it imports.
struct Room {
    name: String,
    imports: BTreeSet<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The rows of the page's table of rooms.
fn rooms() -> Vec<Room> {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the page");
    let table = page.lines().skip_while(|line| !line.starts_with("| room |")).skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells = row.split('|').map(quoted).collect::<Vec<_>>();
        let [_, name, _, imports, _] = cells.as_slice() else { panic!("four bars: {row}") };
        Room { name: name.first().expect("a name").clone(), imports: imports.iter().cloned().collect() }
    })
    .collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The files of a folder and of those in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
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

/// From where each room imports, in truth.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let source = root().join("runtime/src");
    let mut imports = BTreeMap::<_, BTreeSet<_>>::new();
    for file in files(&source) {
        let inside = file.strip_prefix(&source).expect("a file of the runtime");
        let first = Path::new(inside.components().next().expect("a name").as_os_str());
        let room = first.file_stem().expect("a name").to_string_lossy().into_owned();
        let names = named(&fs::read_to_string(&file).expect("a source"));
        imports.entry(room).or_default().extend(names);
    }
    let rooms = imports.keys().cloned().collect::<BTreeSet<_>>();
    for (room, names) in &mut imports {
        names.retain(|name| name != room && rooms.contains(name));
    }
    imports.retain(|room, _| !OUTSIDE.contains(&room.as_str()));
    imports
}

#[test]
fn each_room_imports_what_the_page_says() {
    let mut shown = rooms().into_iter().map(|room| (room.name, room.imports)).collect::<BTreeMap<_, _>>();
    for (room, imports) in imports() {
        let allowed = shown.remove(&room).unwrap_or_else(|| panic!("ARCHITECTURE.md does not show `{room}`"));
        let more = imports.difference(&allowed).collect::<Vec<_>>();
        assert!(more.is_empty(), "`{room}` imports from {more:?}, which ARCHITECTURE.md does not say");
    }
    assert!(shown.is_empty(), "ARCHITECTURE.md shows what is not there: {:?}", shown.keys());
}

#[test]
fn each_room_imports_from_above() {
    let mut above = BTreeSet::new();
    for Room { name, imports } in rooms() {
        assert!(imports.is_subset(&above), "`{name}` imports {imports:?}; above it are {above:?}");
        above.insert(name);
    }
}
