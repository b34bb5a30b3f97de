//! Everything that is traced in this process: the test runner gives each test one of its own.

use std::sync::{Mutex, Once, PoisonError};

use tracing_subscriber::filter::LevelFilter;

static TRACED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Trace;

impl std::io::Write for Trace {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        TRACED.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Keeps all that is traced from now on.
///
/// # Panics
///
/// Where something else keeps it.
pub fn trace_everything() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(|| Trace)
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("the only one in this process");
    });
}

/// What has been traced so far.
#[must_use]
pub fn traced() -> String {
    String::from_utf8_lossy(&TRACED.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

/// Fails where one of `secrets` has been traced.
#[track_caller]
pub fn untraced<'s>(secrets: impl IntoIterator<Item = &'s str>) {
    let traced = traced();
    for secret in secrets {
        assert!(secret.len() >= 8, "`{secret}` may stand anywhere");
        if let Some(at) = traced.find(secret) {
            panic!("traced: …{}", &traced[traced[..at].rfind('\n').unwrap_or(0)..at + secret.len()]);
        }
    }
}
