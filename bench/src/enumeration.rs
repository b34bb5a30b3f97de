//! Whether the time of an answer tells that an address is known: both kinds are asked for by turns.

use std::time::{Duration, Instant};

use crate::app::{App, KNOWN};
use crate::figures::{mann_whitney, quantile};
use crate::http::{Connection, Request};

/// How often each is asked for.
const TIMES: usize = 500;

pub(crate) async fn measure() -> anyhow::Result<()> {
    let app = App::start().await?;
    let mut client = Connection::to(&app.server.address).await?;
    for (what, path, body) in [
        ("a wrong password", "/auth/jwt/login", r#"{"username": "{email}", "password": "lancelot"}"#),
        ("a forgotten password", "/auth/forgot-password", r#"{"email": "{email}"}"#),
        ("a request for a proof", "/auth/request-verify-token", r#"{"email": "{email}"}"#),
        ("a hidden registration", "/auth/register", r#"{"email": "{email}", "password": "lancelot"}"#),
    ] {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for n in 0..TIMES {
            // By turns, and now the one first and now the other.
            let stranger = format!("knight-{n}@camelot.bt");
            for is_known in [n % 2 == 0, n % 2 == 1] {
                let body = body.replace("{email}", if is_known { KNOWN } else { &stranger });
                let times = if is_known { &mut known } else { &mut unknown };
                times.push(time(&mut client, path, &body).await?);
            }
        }
        println!(
            "{what}: median {:.3} ms for a known address, {:.3} ms for an unknown one; {:+.1} standard deviations apart",
            quantile(&known, 0.5),
            quantile(&unknown, 0.5),
            mann_whitney(&known, &unknown)
        );
    }
    Ok(())
}

async fn time(client: &mut Connection, path: &str, body: &str) -> anyhow::Result<Duration> {
    let request = Request::json(path, body);
    let start = Instant::now();
    client.ask(&request).await?.expect(&[202, 400])?;
    Ok(start.elapsed())
}
