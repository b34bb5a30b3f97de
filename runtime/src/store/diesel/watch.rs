//! Whether a connection can be used on: whether each of its answers was waited for, and the last one came.
//!
//! MySQL's driver tells that to its own pool alone. A request that is given up in the middle of a statement leaves an
//! answer on its way, and the next one to use the connection would take it for its own.

use diesel::connection::{Instrumentation, InstrumentationEvent, get_default_instrumentation};

use super::error::is_lost;

/// Sees each statement of a connection begin and end, those of an app's hooks among them.
pub(super) struct Watch {
    state: State,
    /// What the app itself watches all connections with.
    app: Option<Box<dyn Instrumentation>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Every statement has had its answer.
    Idle,
    /// A statement waits for its answer.
    Asked,
    /// An answer will be another statement's, or none comes any more.
    Lost,
}

impl Watch {
    pub(super) fn new() -> Self {
        Self { state: State::Idle, app: get_default_instrumentation() }
    }

    /// Asked between two statements: whether there should be no other.
    pub(super) fn is_lost(&self) -> bool {
        self.state != State::Idle
    }

    /// Asked between two statements: whether one was given up that the server may still be running.
    pub(super) fn is_unanswered(&self) -> bool {
        self.state == State::Asked
    }
}

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        self.state = match (&event, self.state) {
            (InstrumentationEvent::StartQuery { .. }, State::Idle) => State::Asked,
            (InstrumentationEvent::StartQuery { .. }, _) => State::Lost,
            (InstrumentationEvent::FinishQuery { error, .. }, State::Asked) => match error {
                Some(error) if is_lost(error) => State::Lost,
                _ => State::Idle,
            },
            (_, state) => state,
        };
        if let Some(app) = &mut self.app {
            app.on_connection_event(event);
        }
    }
}
