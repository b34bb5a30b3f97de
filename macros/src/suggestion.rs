//! What an unknown name may have been meant for.

/// `` unknown key `reed`: the keys here are `read`, `create`; did you mean `read`? ``
pub(crate) fn unknown_key(key: &str, known: &[&str]) -> String {
    let list = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let hint = nearest(key, known).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    format!("unknown key `{key}`: the keys here are {list}{hint}")
}

/// The known name nearest to `name`, where one is near enough to have been meant.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let enough = name.chars().count().div_ceil(3);
    known
        .iter()
        .map(|candidate| (distance(name, candidate), *candidate))
        .filter(|(distance, _)| *distance <= enough)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, two swapped letters counted as two.
fn distance(a: &str, b: &str) -> usize {
    let b = b.chars().collect::<Vec<_>>();
    let mut row = (0..=b.len()).collect::<Vec<_>>();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (to, above) in b.iter().zip(&mut row[1..]) {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = *above;
            left = substituted.min(*above + 1).min(left + 1);
            *above = left;
        }
        row[0] = i + 1;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("read", "", 4),
            ("", "read", 4),
            ("reed", "read", 1),
            ("raed", "read", 2),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn only_near_names_are_suggested() {
        let known = ["read", "create", "update", "private"];
        assert_eq!(nearest("reads", &known), Some("read"));
        assert_eq!(nearest("craete", &known), Some("create"));
        assert_eq!(nearest("x", &known), None);
        assert_eq!(nearest("serialize", &known), None);
        assert_eq!(nearest("", &known), None);
    }
}
