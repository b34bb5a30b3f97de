//! A way to a database server that a test has in its hands: it may fall silent, or break at a chosen word.

use std::pin::pin;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A way to a server. It ends with the test.
pub(crate) struct Way {
    /// The server's address by this way.
    pub(crate) address: String,
    state: watch::Sender<State>,
    task: JoinHandle<()>,
}

/// What the way does to those on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It lets all pass.
    Open,
    /// Nothing gets through any more, and all connections stay open: for good, even once it is open to others again.
    Silent,
    /// It lets these bytes of a client pass, and keeps the answer to itself: both ends are closed once it is there.
    BreaksAfter(&'static [u8]),
    /// What the server says is rubbish.
    Babbles,
    /// The server's word is replaced by another of the same length.
    Says(&'static [u8], &'static [u8]),
}

impl Way {
    /// A way to the server that `address` names, from this host of the loopback interface.
    pub(crate) async fn to(address: &str, host: &str) -> Self {
        let (start, rest) = address.split_once("://").expect("a scheme");
        let (user, rest) = rest.split_once('@').map_or(("", rest), |(user, rest)| (user, rest));
        let (server, path) = rest.split_once('/').expect("a path");
        let listener = TcpListener::bind((host, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (state, _) = watch::channel(State::Open);
        let (server, all) = (Arc::<str>::from(server), state.clone());
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (server, state) = (Arc::clone(&server), all.subscribe());
                tokio::spawn(async move {
                    let Ok(far) = TcpStream::connect(&*server).await else { return };
                    go(near, far, state).await;
                });
            }
        });
        let user = if user.is_empty() { String::new() } else { format!("{user}@") };
        Self { address: format!("{start}://{user}{host}:{port}/{path}"), state, task }
    }

    /// What it does from now on.
    pub(crate) fn is(&self, state: State) {
        self.state.send_replace(state);
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Carries bytes both ways until an end closes, or the way breaks.
async fn go(near: TcpStream, far: TcpStream, state: watch::Receiver<State>) {
    let (near_read, near_write) = near.into_split();
    let (far_read, far_write) = far.into_split();
    let (breaks, broken) = watch::channel(false);
    let there = carry(near_read, far_write, state.clone(), |bytes, state| {
        if let State::BreaksAfter(word) = state
            && contains(bytes, word)
        {
            breaks.send_replace(true);
        }
        true
    });
    let back = carry(far_read, near_write, state.clone(), |bytes, state| {
        if state == State::Babbles {
            // Neither PostgreSQL nor MySQL has a message of no length, so that none is waited for.
            bytes.fill(0);
        }
        if let State::Says(word, other) = state {
            while let Some(at) = bytes.windows(word.len()).position(|found| found == word) {
                bytes[at..at + word.len()].copy_from_slice(other);
            }
        }
        !*broken.borrow()
    });
    let mut state = state;
    let silence = async { drop(state.wait_for(|state| *state == State::Silent).await) };
    // They hold the ends, which stay open in the silence.
    let (mut there, mut back) = (pin!(there), pin!(back));
    tokio::select! {
        () = &mut there => {}
        () = &mut back => {}
        () = silence => std::future::pending().await,
    }
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|found| found == word)
}

/// Carries bytes one way until that end closes, or `look` says that these are not to pass.
async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    state: watch::Receiver<State>,
    mut look: impl FnMut(&mut [u8], State) -> bool,
) {
    let mut bytes = [0; 4096];
    while let Ok(count) = from.read(&mut bytes).await {
        if count == 0 || !look(&mut bytes[..count], *state.borrow()) {
            return;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
