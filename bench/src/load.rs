//! Load: so many clients, each of which asks again as soon as it has its answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::figures::quantile;
use crate::http::{Answer, Connection, Request};
use crate::server::Server;

/// What a stretch of load came to.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// Requests a second.
    pub(crate) rate: f64,
    /// The server's CPU time a request, in microseconds.
    pub(crate) cpu: f64,
    /// Milliseconds that half of the requests took at the most.
    pub(crate) median: f64,
    /// Milliseconds that all but a hundredth took at the most.
    pub(crate) p99: f64,
}

/// How long a stretch is.
pub(crate) enum Stretch {
    /// The requests again and again, by so many clients, for so long.
    For(Duration, usize),
    /// Each of the requests once, by so many clients.
    Once(usize),
}

/// Asks for all of `requests` and measures. Answers that are not of `statuses` end it; the others are given back, unless
/// the requests were repeated.
pub(crate) async fn measure(
    server: &Server,
    requests: Vec<Request>,
    stretch: Stretch,
    statuses: &'static [u16],
) -> anyhow::Result<(Sample, Vec<Answer>)> {
    let requests = Arc::new(requests);
    let (clients, length) = match stretch {
        Stretch::For(length, clients) => (clients, Some(length)),
        Stretch::Once(clients) => (clients, None),
    };
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(Connection::to(&server.address).await?);
    }
    let (before, start) = (server.cpu()?, Instant::now());
    let mut tasks = JoinSet::new();
    for (client, mut connection) in connections.into_iter().enumerate() {
        let requests = Arc::clone(&requests);
        tasks.spawn(async move {
            let (mut times, mut answers) = (Vec::new(), Vec::new());
            match length {
                Some(length) => {
                    // None is where another one is.
                    let first = client * requests.len() / clients;
                    for request in requests.iter().cycle().skip(first) {
                        if start.elapsed() >= length {
                            break;
                        }
                        let asked = Instant::now();
                        connection.ask(request).await?.expect(statuses)?;
                        times.push(asked.elapsed());
                    }
                }
                None => {
                    for request in requests.iter().skip(client).step_by(clients) {
                        let asked = Instant::now();
                        answers.push(connection.ask(request).await?.expect(statuses)?);
                        times.push(asked.elapsed());
                    }
                }
            }
            anyhow::Ok((times, answers))
        });
    }
    let (mut times, mut answers) = (Vec::new(), Vec::new());
    while let Some(done) = tasks.join_next().await {
        let (of_client, answered) = done??;
        times.extend(of_client);
        answers.extend(answered);
    }
    let (elapsed, cpu) = (start.elapsed(), server.cpu()?.since(&before));
    let count = times.len() as f64;
    let sample = Sample {
        rate: count / elapsed.as_secs_f64(),
        cpu: cpu.as_secs_f64() * 1e6 / count,
        median: quantile(&times, 0.5),
        p99: quantile(&times, 0.99),
    };
    Ok((sample, answers))
}
