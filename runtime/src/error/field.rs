//! A mistake in a body, in the form of FastAPI's 422.

use serde::Serialize;
use serde_json::Value;

/// One mistake in what was sent: where, in words, and of what kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldError {
    /// The way to the value: `["body", "email"]`.
    pub loc: Vec<Value>,
    /// The mistake, in words.
    pub msg: String,
    /// The kind of mistake: `missing`, `string_type`, `value_error`, …
    #[serde(rename = "type")]
    pub kind: &'static str,
}

impl FieldError {
    /// A mistake of `kind` in the field `name` of the body.
    #[must_use]
    pub fn new(name: &str, kind: &'static str, msg: impl Into<String>) -> Self {
        Self { loc: vec!["body".into(), name.into()], msg: msg.into(), kind }
    }

    /// A value in the address that breaks a rule.
    #[must_use]
    pub fn query(name: &str, msg: impl Into<String>) -> Self {
        Self { loc: vec!["query".into(), name.into()], msg: msg.into(), kind: "value_error" }
    }

    /// A field that must be there and is not.
    #[must_use]
    pub fn missing(name: &str) -> Self {
        Self::new(name, "missing", "Field required")
    }

    /// A value that breaks a rule.
    #[must_use]
    pub fn value(name: &str, msg: impl Into<String>) -> Self {
        Self::new(name, "value_error", msg)
    }

    /// A value that breaks a rule of a validation crate, which calls it by its path in the struct: `tags[0].name`.
    ///
    /// `names` has the first part's name on the wire, where it is another one.
    #[must_use]
    pub fn at(path: &str, names: &[(&str, &str)], msg: impl Into<String>) -> Self {
        let parts = path.split(['.', '[', ']']).filter(|part| !part.is_empty()).enumerate();
        let parts = parts.map(|(position, part)| {
            let renamed =
                names.iter().find(|(name, _)| position == 0 && *name == part).map(|(_, wire)| *wire);
            part.parse::<usize>().map_or_else(|_| renamed.unwrap_or(part).into(), Value::from)
        });
        let loc = std::iter::once("body".into()).chain(parts).collect();
        Self { loc, msg: msg.into(), kind: "value_error" }
    }

    /// A text that is not of the form that it must have.
    #[must_use]
    pub fn pattern(name: &str, pattern: &str) -> Self {
        Self::new(name, "string_pattern_mismatch", format!("String should match pattern '{pattern}'"))
    }

    /// There is no body.
    #[must_use]
    pub fn missing_body() -> Self {
        Self { loc: vec!["body".into()], msg: "Field required".to_owned(), kind: "missing" }
    }

    /// The body is JSON, but no object.
    #[must_use]
    pub fn not_an_object() -> Self {
        Self {
            loc: vec!["body".into()],
            msg: "Input should be a valid dictionary or object to extract fields from".to_owned(),
            kind: "model_attributes_type",
        }
    }

    /// The body is no JSON from the byte at `offset` on.
    #[must_use]
    pub fn invalid_json(offset: usize) -> Self {
        Self {
            loc: vec!["body".into(), offset.into()],
            msg: "JSON decode error".to_owned(),
            kind: "json_invalid",
        }
    }

    /// The values break a rule of the database.
    #[must_use]
    pub fn refused() -> Self {
        Self {
            loc: vec!["body".into()],
            msg: "The database refuses these values".to_owned(),
            kind: "value_error",
        }
    }

    /// The body is no form.
    #[must_use]
    pub fn invalid_form() -> Self {
        Self {
            loc: vec!["body".into()],
            msg: "There was an error parsing the body".to_owned(),
            kind: "form_invalid",
        }
    }

    /// A value that serde could not read, in the words that clients of FastAPI know.
    pub(crate) fn from_serde(name: &str, message: &str) -> Self {
        let types = message.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected "));
        let (found, expected) = types.unwrap_or_default();
        let is_integer = matches!(expected, "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64");
        let is_text = found.starts_with("string");
        let (kind, msg) = match expected {
            "a string" => ("string_type", "Input should be a valid string"),
            "a boolean" if is_text => {
                ("bool_parsing", "Input should be a valid boolean, unable to interpret input")
            }
            "a boolean" => ("bool_type", "Input should be a valid boolean"),
            _ if is_integer && is_text => {
                ("int_parsing", "Input should be a valid integer, unable to parse string as an integer")
            }
            _ if is_integer && found.starts_with("floating point") => {
                ("int_from_float", "Input should be a valid integer, got a number with a fractional part")
            }
            _ if is_integer => ("int_type", "Input should be a valid integer"),
            "f32" | "f64" if is_text => {
                ("float_parsing", "Input should be a valid number, unable to parse string as a number")
            }
            "f32" | "f64" => ("float_type", "Input should be a valid number"),
            _ => ("value_error", message),
        };
        Self::new(name, kind, msg)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_becomes_a_place() {
        let names = [("display_name", "displayName")];
        for (path, loc) in [
            ("display_name", json!(["body", "displayName"])),
            ("town", json!(["body", "town"])),
            ("tags[0]", json!(["body", "tags", 0])),
            ("address.display_name", json!(["body", "address", "display_name"])),
            ("", json!(["body"])),
        ] {
            assert_eq!(json!(FieldError::at(path, &names, "too short").loc), loc, "{path}");
        }
    }
}
