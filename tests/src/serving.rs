//! Routes on a socket of their own, until the test ends.

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::client::Client;

/// Routes that are being served.
#[derive(Debug)]
pub struct Serving {
    /// Their address, `http://127.0.0.1:…`.
    pub url: String,
    task: JoinHandle<()>,
}

impl Serving {
    /// Serves `app` on a free port.
    pub async fn start(app: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url, task }
    }

    /// A client of the routes, signed in nowhere.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}
