//! Something that somebody does.

use std::pin::Pin;

use axum_users::prelude::*;
use axum_users_tests::{Answer, Fault};
use reqwest::RequestBuilder;
use serde_json::json;

use super::World;

/// What was answered.
#[derive(Debug)]
pub(crate) enum Told {
    /// It is done; with what came of it, where that is an answer over HTTP.
    Done(Option<Box<Answer>>),
    /// It has been done before.
    Already,
    /// Come again.
    Unavailable,
    /// Nothing: the connection has ended.
    Nothing,
}

/// A request that is under way once it is waited for.
pub(crate) type Asked = Pin<Box<dyn Future<Output = Told> + Send>>;

/// Something that somebody does, who is made ready for it.
pub(crate) trait Deed {
    /// Who does it, and with what.
    type Ready;

    /// What the app goes by.
    fn policy(&self) -> Policy {
        Policy::fastapi_users()
    }

    /// What may go wrong with it.
    fn faults(&self) -> &'static [Fault] {
        &Fault::SURVIVED
    }

    /// Makes ready what it needs, for somebody of its own.
    async fn ready(&self, world: &World) -> Self::Ready;

    /// Asks for it.
    fn ask(&self, world: &World, ready: &Self::Ready) -> Asked;

    /// Asks for it once more, by a client that was told to come again.
    async fn again(&self, world: &World, ready: &Self::Ready) -> Told {
        self.ask(world, ready).await
    }

    /// Whether it is done, as a whole. It fails at what is half done.
    ///
    /// What only `answer` shows, a token say, is not done where there is none.
    async fn is_done(&self, world: &World, ready: &Self::Ready, answer: Option<&Answer>) -> bool;
}

/// A request that is answered with the status `done`; with one of `already` where it has been done before; or with a 503.
pub(crate) fn request(request: RequestBuilder, done: u16, already: &'static [(u16, &'static str)]) -> Asked {
    Box::pin(async move {
        let Ok(answer) = Answer::unless_cut_off(request).await else { return Told::Nothing };
        let status = answer.status.as_u16();
        let is_already =
            |(code, detail): &(u16, &str)| *code == status && answer.json == json!({ "detail": detail });
        if status == done {
            return Told::Done(Some(Box::new(answer)));
        }
        if already.iter().any(is_already) {
            return Told::Already;
        }
        answer.refuses(503, json!("Service Unavailable"));
        assert_eq!(answer.header("retry-after"), "1");
        Told::Unavailable
    })
}
