//! What a check finds that does not fit the app, in plain words. It knows no database.

use std::fmt;

use super::Migration;
use crate::clock::Timestamp;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// It must be put right: the app does not start with it.
    Error,
    /// It is worth knowing.
    Warning,
}

/// Something that does not fit the app.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong and what to do about it, in one line. It names no user.
    pub text: String,
    /// The SQL that puts it right, where that can be told.
    pub remedy: Option<Remedy>,
}

/// SQL that puts something right.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remedy {
    /// The statements that do it.
    pub up: Vec<String>,
    /// The statements that take it back.
    pub down: Vec<String>,
}

impl Finding {
    /// What must be put right.
    pub fn error(text: impl Into<String>) -> Self {
        Self { severity: Severity::Error, text: text.into(), remedy: None }
    }

    /// What is worth knowing.
    pub fn warning(text: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, text: text.into(), remedy: None }
    }

    /// The same, with the SQL that puts it right.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<Option<Remedy>>) -> Self {
        self.remedy = remedy.into();
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.severity {
            Severity::Error => f.write_str(&self.text),
            Severity::Warning => write!(f, "worth knowing: {}", self.text),
        }
    }
}

/// All that a check found, one line each: first what must be put right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemaReport(Vec<Finding>);

impl SchemaReport {
    /// Everything that was found.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.0
    }

    /// What must be put right: the app does not start with it.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.0.iter().filter(|finding| finding.severity == Severity::Error)
    }

    /// What is worth knowing.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.0.iter().filter(|finding| finding.severity == Severity::Warning)
    }

    /// The migration that puts right what can be told in SQL: what is missing is added. `None` where there is nothing.
    ///
    /// It goes into the folder `YYYY-MM-DD-HHMMSS_about`, as `diesel migration generate` would call it at that moment:
    /// `report.migration("add_credits", SystemTime::now())`.
    pub fn migration(&self, about: &str, at: impl Into<Timestamp>) -> Option<Migration> {
        let remedies = || self.0.iter().filter_map(|finding| finding.remedy.as_ref());
        let up = remedies().flat_map(|remedy| remedy.up.clone()).collect::<Vec<_>>();
        let down = remedies().rev().flat_map(|remedy| remedy.down.clone()).collect::<Vec<_>>();
        (!up.is_empty()).then(|| Migration::made_at(at.into(), about, &up, &down))
    }
}

impl FromIterator<Finding> for SchemaReport {
    fn from_iter<I: IntoIterator<Item = Finding>>(findings: I) -> Self {
        let mut report = Self::default();
        report.extend(findings);
        report
    }
}

impl Extend<Finding> for SchemaReport {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, findings: I) {
        self.0.extend(findings);
        self.0.sort_by_key(|finding| finding.severity);
    }
}

impl fmt::Display for SchemaReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            finding.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_put_right_comes_first() {
        let add = |name: &str| Remedy { up: vec![format!("ADD {name}")], down: vec![format!("DROP {name}")] };
        let report = SchemaReport::from_iter([
            Finding::warning("the moon wanes"),
            Finding::error("no `a`").with_remedy(add("a")),
            Finding::error("no `b`").with_remedy(add("b")),
        ]);
        assert_eq!(report.to_string(), "no `a`\nno `b`\nworth knowing: the moon wanes");
        assert_eq!((report.errors().count(), report.warnings().count()), (2, 1));
        let migration = report.migration("add_both", Timestamp::default()).expect("a migration");
        assert_eq!(migration.name, "1970-01-01-000000_add_both");
        assert_eq!(migration.up, "ADD a;\nADD b;\n");
        assert_eq!(migration.down, "DROP b;\nDROP a;\n", "in the order in which it can be taken back");
        let words = SchemaReport::from_iter([Finding::error("the sun is too hot")]);
        assert_eq!(words.migration("cool", Timestamp::default()), None);
    }
}
