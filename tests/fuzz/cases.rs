//! How often a property is tried, and values that are almost right.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;

/// Tries `property` on `cases` values, or on as many as `PROPTEST_CASES` says.
#[track_caller]
pub(crate) fn check<S: Strategy>(cases: u32, values: &S, property: impl Fn(S::Value)) {
    let asked = std::env::var("PROPTEST_CASES").is_ok();
    let config = Config { failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    // What is green once stays green; who asks for more wants to see what nobody has seen.
    let config = if asked { config } else { Config { cases, rng_seed: RngSeed::Fixed(0x5EED), ..config } };
    let result = TestRunner::new(config).run(values, |value| {
        property(value);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// What means something to one parser or another.
const TELLING: &str = "@.,;:<>()[]{}\"'\\/%?#&=+-_~$!| \t\r\n\0\u{7f}\u{a0}\u{ad}\u{200b}\u{202e}\u{131}\u{130}\u{df}\u{212a}\u{ff20}\u{ff0e}\u{3002}\u{301}\u{338}\u{e9}\u{1f451}\u{feff}\u{fffd}aAzZ09";

/// A character, and rather one that means something.
pub(crate) fn character() -> impl Strategy<Value = char> {
    let telling = TELLING.chars().collect::<Vec<_>>();
    prop_oneof![4 => prop::sample::select(telling), 1 => any::<char>()]
}

/// Any text.
pub(crate) fn text() -> impl Strategy<Value = String> {
    vec(character(), 0..24).prop_map(String::from_iter)
}

/// A change to a text.
#[derive(Clone, Debug)]
enum Edit {
    Insert(char),
    Replace(char),
    Delete,
    Double,
    Cut,
    Swap,
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => character().prop_map(Edit::Insert),
        3 => character().prop_map(Edit::Replace),
        2 => Just(Edit::Delete),
        1 => Just(Edit::Double),
        1 => Just(Edit::Cut),
        1 => Just(Edit::Swap),
    ]
}

fn edited(text: &str, edits: &[(prop::sample::Index, Edit)]) -> String {
    let mut chars = text.chars().collect::<Vec<_>>();
    for (place, edit) in edits {
        let at = place.index(chars.len() + 1);
        match edit {
            Edit::Insert(c) => chars.insert(at, *c),
            Edit::Double => chars.extend_from_within(at..),
            Edit::Cut => chars.truncate(at),
            Edit::Replace(c) => chars.iter_mut().skip(at).take(1).for_each(|old| *old = *c),
            Edit::Delete if at < chars.len() => drop(chars.remove(at)),
            Edit::Swap if at + 1 < chars.len() => chars.swap(at, at + 1),
            Edit::Delete | Edit::Swap => {}
        }
    }
    chars.into_iter().collect()
}

/// One of `right`, after a few changes or none.
pub(crate) fn almost(right: &'static [&'static str]) -> impl Strategy<Value = String> {
    let edits = vec((any::<prop::sample::Index>(), edit()), 0..5);
    (prop::sample::select(right), edits).prop_map(|(text, edits)| edited(text, &edits))
}

/// Any JSON.
pub(crate) fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
        Just(Value::from("x".repeat(5_000))),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((text(), inner), 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
