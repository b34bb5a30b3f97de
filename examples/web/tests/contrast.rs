//! The colours: what can be read in them, by day and by night (WCAG 2.2, 1.4.3 and 1.4.11).

use std::collections::HashMap;

const STYLE: &str = include_str!("../src/style.css");

/// What text stands on.
const TEXTS: [(&str, &str); 14] = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "good"),
    ("ink", "bad"),
    ("muted", "paper"),
    ("muted", "surface"),
    ("accent", "paper"),
    ("accent", "surface"),
    ("accent", "good"),
    ("accent", "bad"),
    ("on-accent", "accent"),
    ("mistake", "paper"),
    ("mistake", "surface"),
    ("mistake", "bad"),
];

/// What must be told from what it stands on: edges of fields and of buttons, and the focus.
const EDGES: [(&str, &str); 6] = [
    ("edge", "paper"),
    ("edge", "surface"),
    ("accent", "paper"),
    ("accent", "surface"),
    ("mistake", "surface"),
    ("accent", "good"),
];

/// The colours of a part of the style, by their names.
fn colours(part: &str) -> HashMap<&str, [u8; 3]> {
    let lines = part.lines().filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';'));
    let colours = lines.filter_map(|line| line.split_once(": #"));
    let channel = |hex: &str, at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two digits");
    colours.map(|(name, hex)| (name, [0, 2, 4].map(|at| channel(hex, at)))).collect()
}

/// Relative luminance.
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    });
    0.2126_f64.mul_add(red, 0.7152_f64.mul_add(green, 0.0722 * blue))
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn black_on_white() {
    assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
}

#[test]
fn can_be_read_by_day_and_by_night() {
    let (day, night) = STYLE.split_once("@media (prefers-color-scheme: dark)").expect("two parts");
    let (day, night) = (colours(day), colours(night));
    assert_eq!(day.len(), night.len(), "a colour is missing");
    for (scheme, colours) in [("day", day), ("night", night)] {
        for (pairs, least) in [(&TEXTS[..], 4.5), (&EDGES[..], 3.0)] {
            for (front, back) in pairs {
                let found = contrast(colours[front], colours[back]);
                assert!(found >= least, "{scheme}: {front} on {back} has {found:.2}, and needs {least}");
            }
        }
    }
}
