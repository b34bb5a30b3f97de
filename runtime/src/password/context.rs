//! Words that anybody may know: of an address, or the name of an app. Whoever guesses tries them first (OWASP ASVS
//! 6.2.11).

use zeroize::Zeroizing;

use crate::secret::Password;

/// The shortest part of an address, or name of an app, that makes a password easy to guess.
const MIN_CHARS: usize = 3;

/// So many letters and digits beside them, and it is not: OWASP asks for no more of a password (ASVS 6.2.1).
const ENOUGH: usize = 8;

/// The words of an address, and the name of an app: the whole address, what is before its `@`, and each part of that.
/// What has less than three letters and digits is left out.
pub(crate) fn words_of<'a>(email: &'a str, app: &'a str) -> impl Iterator<Item = &'a str> {
    let mailbox = email.rsplit_once('@').map_or(email, |(mailbox, _)| mailbox);
    let parts = mailbox.split(|c: char| !c.is_alphanumeric());
    let words = [app, email, mailbox].into_iter().chain(parts);
    words.filter(|word| folded(word).count() >= MIN_CHARS)
}

/// Whether at least half of the letters and digits of `password` are of these words, in whatever case, once or more
/// often, and fewer than eight are not.
///
/// A word within a longer password is no harm, so that nobody is kept from a good one by a short name: where `arthur` is
/// a word, `arthur2024` is refused, and `arthur loves guinevere` is not.
pub(crate) fn is_mostly<'a>(password: &Password, words: impl IntoIterator<Item = &'a str>) -> bool {
    // It never grows, for what it would leave behind then could not be wiped: the one letter whose lower case is two has
    // two bytes.
    let mut letters = Zeroizing::new(Vec::with_capacity(password.expose().len()));
    letters.extend(folded(password.expose()));
    let mut known = vec![false; letters.len()];
    for word in words {
        let word = folded(word).collect::<Vec<_>>();
        if word.is_empty() {
            continue;
        }
        for (start, part) in letters.windows(word.len()).enumerate() {
            if part == word {
                known[start..start + word.len()].fill(true);
            }
        }
    }
    let count = known.iter().filter(|known| **known).count();
    let others = letters.len() - count;
    count > 0 && count >= others && others < ENOUGH
}

/// The letters and digits of a text, in lower case.
fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMAIL: &str = "john.smith+news@camelot.bt";

    fn is_refused(password: &str) -> bool {
        is_mostly(&password.into(), words_of(EMAIL, "RoundTable").chain(["Excalibur", "X5"]))
    }

    #[test]
    fn what_is_known_is_refused_however_it_is_written() {
        for password in [
            EMAIL,
            "JOHN.SMITH+NEWS@CAMELOT.BT",
            "johnsmith1985",
            "John Smith 1985!",
            "smith-smith-smith",
            "Smith123",
            "roundtable",
            "Round Table 2024",
            "excaliburX5",
            "!!!!excalibur????",
        ] {
            assert!(is_refused(password), "{password}");
        }
    }

    #[test]
    fn a_word_among_others_is_not() {
        for password in [
            "",
            "!!!!????",
            "smith12345x",
            "john pulls a sword",
            "the smith of the old village",
            "camelot2024",
            "round tables are square",
            "excalibur is a sword",
            "x5x5 and nothing else",
        ] {
            assert!(!is_refused(password), "{password}");
        }
    }

    /// Half is too much and one letter less is not; and whatever they are, eight others are enough.
    #[test]
    fn half_of_it_is_too_much_unless_enough_is_left() {
        assert!(is_refused("smith12345"));
        assert!(!is_refused("smith123456"));
        assert!(is_refused("smithsmithsmith1234567"));
        assert!(!is_refused("smithsmithsmith12345678"));
    }

    #[test]
    fn short_words_are_left_out() {
        assert_eq!(words_of("j.b@camelot.bt", "Us").collect::<Vec<_>>(), ["j.b@camelot.bt"]);
        let words = words_of("j.doe@camelot.bt", "Web").collect::<Vec<_>>();
        assert_eq!(words, ["Web", "j.doe@camelot.bt", "j.doe", "doe"]);
    }

    #[test]
    fn letters_of_any_script_are() {
        assert!(is_mostly(&"ПАРОЛЬ2024".into(), ["пароль"]));
        assert!(!is_mostly(&"İİİİİİİİ".into(), [""]));
    }
}
