//! The files of a crate, the module that each one is, and their tokens.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;

/// The path of a module from the root of its crate.
pub(crate) type Module = Vec<String>;

/// A file of a crate.
pub(crate) struct Source {
    /// Its path below the crate's `src`.
    pub(crate) file: String,
    /// Its text.
    pub(crate) text: String,
}

impl Source {
    /// What Rust reads of it: without comments, and with nothing of strings that could be taken for code.
    pub(crate) fn tokens(&self) -> TokenStream {
        self.text.parse().unwrap_or_else(|error| panic!("{}: {error}", self.file))
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files of a crate by their modules, without those of tests.
pub(crate) fn sources(krate: &str) -> BTreeMap<Module, Source> {
    let folder = root().join(krate).join("src");
    let mut sources = BTreeMap::new();
    for path in files(&folder) {
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let below = path.strip_prefix(&folder).expect("a file of the crate").with_extension("");
        let mut module = below.iter().map(|part| part.to_string_lossy().into_owned()).collect::<Module>();
        module.pop_if(|last| last == "mod" || last == "lib");
        if module.iter().any(|part| part == "tests") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source");
        let file = path.strip_prefix(&folder).expect("a file of the crate").to_string_lossy().into_owned();
        sources.insert(module, Source { file, text });
    }
    let of_tests = sources.keys().filter(|module| is_of_tests(module, &sources)).cloned().collect::<Vec<_>>();
    sources.retain(|module, _| !of_tests.contains(module));
    sources
}

/// Whether a module is compiled for tests only.
fn is_of_tests(module: &[String], sources: &BTreeMap<Module, Source>) -> bool {
    let Some((name, parent)) = module.split_last() else { return false };
    sources.get(parent).is_some_and(|parent| {
        let lines = parent.text.lines().zip(parent.text.lines().skip(1));
        lines.into_iter().any(|(above, line)| {
            line == format!("mod {name};") && above.starts_with("#[cfg(") && above.contains("test")
        })
    })
}

/// The files of a folder and of those in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
