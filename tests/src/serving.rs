//! Routes on a socket of their own, until the test ends.

use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::client::Client;
use crate::traces::{no_secret_traced, trace_server};

/// An address at which nothing is served yet: for an app that must know its own before it starts.
#[derive(Debug)]
pub struct Address {
    listener: TcpListener,
    /// `http://127.0.0.1:…`.
    pub url: String,
}

impl Address {
    /// One with a free port.
    pub async fn free() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        Self { listener, url }
    }

    /// Serves `app` there.
    #[must_use]
    pub fn serve(self, app: Router) -> Serving {
        trace_server();
        let Self { listener, url } = self;
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        let task = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Serving { url, task }
    }
}

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
        Address::free().await.serve(app)
    }

    /// A client of the routes, signed in nowhere.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }
}

impl Drop for Serving {
    /// What was logged until now holds no secret.
    fn drop(&mut self) {
        self.task.abort();
        if !std::thread::panicking() {
            no_secret_traced();
        }
    }
}
