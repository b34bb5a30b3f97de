//! SQLite URLs as people copy them from other programs: each names one file, or the app does not start.

use std::path::Path;

use axum_users::app::Builder;
use axum_users::prelude::*;
use axum_users::store::Database as Opens;
use axum_users::store::diesel::DatabaseUrl;
use axum_users::testing;
use axum_users_tests::{CHEAP, User};

use crate::cast::{ARTHUR, PASSWORD, create};

auth_app! {
    /// An app whose users are in a file.
    struct Archive {
        user: User,
        database: Sqlite,
        backends: { db: Bearer + DatabaseSession },
        hasher: CHEAP,
    }
}

auth_app! {
    /// The same, where the URL says which database it is.
    struct AnyArchive {
        user: User,
        database: AnyDatabase,
        backends: { db: Bearer + DatabaseSession },
        hasher: CHEAP,
    }
}

/// All files below `folder`, by their paths there, without SQLite's own beside them.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|below| format!("{name}/{below}")));
        } else if !name.ends_with("-wal") && !name.ends_with("-shm") {
            found.push(name);
        }
    }
    found.sort();
    found
}

/// Starts the app on `url` and makes a user there.
async fn use_it<A>(setup: Builder<A>, url: &str) -> Result<(), String>
where
    A: AuthApp<User = User>,
    A::Database: Opens<User, Config = DatabaseUrl>,
{
    let app = setup.start(testing::config(url)).await.map_err(|error| error.to_string())?;
    Manager::for_code(app).create(create(ARTHUR, PASSWORD)).await.map(drop).map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn copied_urls_name_the_files_that_they_seem_to() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::env::set_current_dir(folder.path()).expect("a working directory");
    let there = folder.path().display();
    let mut expected = Vec::new();
    for (url, file) in [
        ("sqlite:///./a.db".to_owned(), "a.db"),
        ("sqlite://b.db?mode=rwc".to_owned(), "b.db"),
        ("sqlite://c.db".to_owned(), "c.db"),
        (format!("sqlite://{there}/d.db"), "d.db"),
        (format!("sqlite:///{there}/e.db"), "e.db"),
        ("sqlite://f.db?cache=private&mode=rwc".to_owned(), "f.db"),
        ("sqlite://g.db?cache=shared".to_owned(), "g.db"),
        ("sqlite://50%25#.db".to_owned(), "50%25#.db"),
        ("bare.db".to_owned(), "bare.db"),
    ] {
        use_it(AnyArchive::builder(), &url).await.expect(&url);
        expected.push(file);
        expected.sort_unstable();
        assert_eq!(files(folder.path()), expected, "{url}");
        // The same file, whichever app names it.
        let error = use_it(Archive::builder(), &url).await.expect_err(&url);
        assert_eq!(error, "The email belongs to another user.", "{url}");
        assert_eq!(files(folder.path()), expected, "{url}");
    }
    for url in ["sqlite://bare.db?mode=ro", "sqlite://bare.db?immutable=1", "bare.db?mode=ro"] {
        let archive = Archive::builder().start(testing::config(url)).await.expect(url);
        let email: Email = ARTHUR.parse().expect("an email");
        let found = Manager::for_code(archive.clone()).user_by_email(&email).await.expect(url);
        assert!(found.is_some(), "{url}");
        assert!(Manager::for_code(archive).delete(found.expect("a user"), None).await.is_err(), "{url}");
    }
    assert_eq!(files(folder.path()), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn urls_that_name_no_file_or_two_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::env::set_current_dir(folder.path()).expect("a working directory");
    for (url, told) in [
        ("sqlite:///test.db", "help: write `sqlite://test.db`"),
        ("sqlite:///test.db", "`sqlite:////test.db`"),
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite://:memory:", "testing::in_memory()"),
        ("sqlite:///:memory:", "testing::in_memory()"),
        ("sqlite://mirage?mode=memory", "testing::in_memory()"),
        ("sqlite://test.db?sslmode=require", "unknown parameter `sslmode`"),
        ("sqlite://test.db?mode=rwx", "for `mode`"),
        ("sqlite://test.db?mode=rw", "unable to open database file"),
        ("sqlite+aiosqlite:///./test.db", "begins with"),
    ] {
        let error = AnyArchive::builder().start(testing::config(url)).await.expect_err(url);
        assert!(chain(&error).contains(told), "{url}: {}", chain(&error));
        let error = Archive::builder().start(testing::config(url)).await.expect_err(url);
        assert!(chain(&error).contains(told), "{url}: {}", chain(&error));
    }
    for url in ["", ":memory:", "file::memory:", "file:mirage?mode=memory", "sqlite::memory:"] {
        Archive::builder().start(testing::config(url)).await.expect_err(url);
    }
    assert_eq!(files(folder.path()), [""; 0]);
}

/// The messages of an error and of its sources.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
