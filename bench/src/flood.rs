//! A flood of sign-ins: how long others wait meanwhile, and how much memory it takes. Then idle connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::app::{App, KNOWN, PASSWORD};
use crate::figures::quantile;
use crate::http::{Connection, Request};

/// Who sign in at once, again and again.
const CROWD: usize = 200;
/// How often `/users/me` is asked for.
const LOOKS: usize = 2000;
/// Connections on which nothing comes.
const IDLE: usize = 10_000;

pub(crate) async fn measure() -> anyhow::Result<()> {
    let app = App::start().await?;
    let mut client = Connection::to(&app.server.address).await?;
    let sign_in = Request::sign_in("/auth/jwt/login", KNOWN, PASSWORD);
    let token = client.ask(&sign_in).await?.expect(&[200])?.text("access_token")?;
    let look = Request::get("/users/me", &format!("authorization: Bearer {token}\r\n"));

    let quiet = looks(&mut client, &look).await?;
    let at_rest = app.server.memory("VmRSS")?;
    let (is_over, done, turned_away) = (Arc::<AtomicBool>::default(), counter(), counter());
    let mut crowd = Vec::new();
    for _ in 0..CROWD {
        let (address, is_over) = (app.server.address.clone(), Arc::clone(&is_over));
        let (done, turned_away) = (Arc::clone(&done), Arc::clone(&turned_away));
        let sign_in = sign_in.clone();
        crowd.push(tokio::spawn(async move {
            let mut client = Connection::to(&address).await?;
            while !is_over.load(Ordering::Relaxed) {
                if client.ask(&sign_in).await?.expect(&[200, 503])?.status == 200 {
                    done.fetch_add(1, Ordering::Relaxed);
                } else {
                    // It was told to come again in a second, and comes sooner.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    turned_away.fetch_add(1, Ordering::Relaxed);
                }
            }
            anyhow::Ok(())
        }));
    }
    while turned_away.load(Ordering::Relaxed) == 0 {
        anyhow::ensure!(!crowd.iter().all(JoinHandle::is_finished), "nobody comes through");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let flooded = looks(&mut client, &look).await?;
    is_over.store(true, Ordering::Relaxed);
    for one in crowd {
        one.await??;
    }
    for (what, times) in [("quiet", &quiet), ("in the flood", &flooded)] {
        println!(
            "/users/me, {what}: median {:.2} ms, p99 {:.2} ms",
            quantile(times, 0.5),
            quantile(times, 0.99)
        );
    }
    println!("p99 in the flood over p99 without: {:.1}", quantile(&flooded, 0.99) / quantile(&quiet, 0.99));
    println!("sign-ins: {} done, {} turned away", count(&done), count(&turned_away));
    println!("memory: {at_rest:.0} MiB before, {:.0} MiB at the most", app.server.memory("VmHWM")?);

    let before = app.server.memory("VmRSS")?;
    let mut idle = Vec::new();
    for _ in 0..IDLE {
        idle.push(Connection::to(&app.server.address).await?);
    }
    let looked = looks(&mut client, &look).await?;
    let each = (app.server.memory("VmRSS")? - before) * 1024.0 / IDLE as f64;
    println!("{IDLE} idle connections: {each:.1} KiB each; /users/me: p99 {:.2} ms", quantile(&looked, 0.99));
    Ok(())
}

fn counter() -> Arc<AtomicUsize> {
    Arc::default()
}

fn count(counter: &AtomicUsize) -> usize {
    counter.load(Ordering::Relaxed)
}

/// How long each of many looks at oneself takes.
async fn looks(client: &mut Connection, look: &Request) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::new();
    for _ in 0..LOOKS {
        let start = Instant::now();
        client.ask(look).await?.expect(&[200])?;
        times.push(start.elapsed());
    }
    Ok(times)
}
