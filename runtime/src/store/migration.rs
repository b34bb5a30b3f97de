//! Migrations: SQL under a version, as the Diesel CLI reads it.

use std::path::{Path, PathBuf};
use std::{fs, io};

use time::OffsetDateTime;

use crate::clock::Timestamp;

/// A migration as the Diesel CLI reads it: a folder with `up.sql` and `down.sql`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migration {
    /// The folder's name: the version, `_`, and what it is about.
    pub name: String,
    /// What makes the change.
    pub up: String,
    /// What takes it back.
    pub down: String,
}

impl Migration {
    /// A migration of these statements.
    pub(super) fn new(name: impl Into<String>, up: &[String], down: &[String]) -> Self {
        let script = |statements: &[String]| statements.iter().map(|sql| format!("{sql};\n")).collect();
        Self { name: name.into(), up: script(up), down: script(down) }
    }

    /// The same, with the version that the Diesel CLI would give it at this moment.
    pub(super) fn made_at(at: Timestamp, about: &str, up: &[String], down: &[String]) -> Self {
        // What has no date is past all others.
        let at = OffsetDateTime::from_unix_timestamp(at.seconds());
        let at = at.unwrap_or(time::macros::datetime!(9999-12-31 23:59:59 UTC));
        let (date, hour, minute, second) = (at.date(), at.hour(), at.minute(), at.second());
        Self::new(format!("{date}-{hour:02}{minute:02}{second:02}_{about}"), up, down)
    }

    /// The version under which Diesel records that it has run: the folder's name up to the first `_`, without `-`.
    #[must_use]
    pub fn version(&self) -> String {
        self.name.split('_').next().unwrap_or_default().replace('-', "")
    }

    /// Writes the migration's folder into `migrations` and gives its path.
    ///
    /// # Errors
    ///
    /// When a file can't be written.
    pub fn write_to(&self, migrations: impl AsRef<Path>) -> io::Result<PathBuf> {
        let folder = migrations.as_ref().join(&self.name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("up.sql"), &self.up)?;
        fs::write(folder.join("down.sql"), &self.down)?;
        Ok(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_diesels() {
        let at = Timestamp::from_micros(1_714_564_801_999_999);
        let migration = Migration::made_at(at, "add_credits", &["A".to_owned(), "B".to_owned()], &[]);
        assert_eq!(migration.name, "2024-05-01-120001_add_credits");
        assert_eq!(migration.version(), "20240501120001");
        assert_eq!(migration.up, "A;\nB;\n");
        let endless = Migration::made_at(Timestamp::from_micros(i64::MAX), "end", &[], &[]);
        assert_eq!(endless.version(), "99991231235959");
    }
}
