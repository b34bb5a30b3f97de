//! What is measured, and not tested: `cargo run --release -p bench -- flood`, or `enumeration`. Each prints its figures.

mod app;
mod enumeration;
mod figures;
mod flood;
mod http;

use anyhow::bail;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("flood") => flood::measure().await,
        Some("enumeration") => enumeration::measure().await,
        // What the others start.
        Some(app::SERVE) => app::serve().await,
        _ => bail!(
            "flood: sign-ins in a flood, and idle connections; enumeration: known and unknown addresses"
        ),
    }
}
