//! Names that may occur in one place only.

use crate::source::{Source, sources};

/// The files of the runtime that name `name`, in a line of code.
fn naming(name: &str) -> Vec<String> {
    let sources = sources("runtime");
    let is_in_code = |source: &&Source| {
        let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        code.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(name))
    };
    sources.values().filter(is_in_code).map(|source| source.file.clone()).collect()
}

#[test]
fn the_manager_names_no_type_of_http() {
    for name in ["axum::", "http::", "Parts", "Response", "StatusCode"] {
        let files = naming(name).into_iter().filter(|file| file.starts_with("manager/")).collect::<Vec<_>>();
        assert!(files.is_empty(), "{files:?} name `{name}`");
    }
}

#[test]
fn transactions_begin_in_work_alone() {
    for begin in [".begin()", ".begin_single()"] {
        let elsewhere = naming(begin);
        let elsewhere =
            elsewhere.iter().filter(|file| !file.starts_with("store/") && !file.starts_with("work/"));
        let elsewhere = elsewhere.collect::<Vec<_>>();
        assert!(elsewhere.is_empty(), "{elsewhere:?} begin transactions: make a `Work`");
    }
}

#[test]
fn compat_is_matched_in_its_module_alone() {
    for variant in ["Compat::None", "Compat::FastApiUsers", "compat ==", "compat !="] {
        let elsewhere = naming(variant);
        let elsewhere = elsewhere.iter().filter(|file| !["compat.rs", "prelude.rs"].contains(&file.as_str()));
        let elsewhere = elsewhere.collect::<Vec<_>>();
        assert!(elsewhere.is_empty(), "{elsewhere:?} name `{variant}`: ask `Compat::rules`");
    }
}
