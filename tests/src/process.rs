//! A server as a process of its own: what it prints, where it listens, how it ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::client::Client;

/// A running server. It ends with the test.
#[derive(Debug)]
pub struct Process {
    child: Child,
    lines: Receiver<String>,
    /// A client of it, signed in nowhere.
    pub client: Client,
}

/// A line that has not come by now does not come.
const PATIENCE: Duration = Duration::from_secs(60);

impl Process {
    /// Starts a program that says `listening on http://…` on standard error when it is ready.
    ///
    /// # Panics
    ///
    /// When it ends before; with what it said.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut log = BufReader::new(child.stderr.take().expect("its log")).lines();
        let mut said = Vec::new();
        let url = loop {
            let Some(Ok(line)) = log.next() else { panic!("it did not start:\n{}", said.join("\n")) };
            if let Some(url) = line.strip_prefix("listening on ") {
                break url.to_owned();
            }
            said.push(line);
        };
        // Nobody may leave its output unread: it would wait for that.
        std::thread::spawn(move || log.for_each(drop));
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().expect("its output")).lines();
        std::thread::spawn(move || output.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines, client: Client::new(&url) }
    }

    /// The next line that it prints.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    pub fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line")
    }

    /// What follows `start` in the next line that begins so. Other lines go by.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    pub fn line_after(&self, start: &str) -> String {
        let mut gone_by = Vec::new();
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                panic!("no line begins with `{start}`: {gone_by:?}")
            };
            match line.strip_prefix(start) {
                Some(end) => return end.to_owned(),
                None => gone_by.push(line),
            }
        }
    }

    /// Sends it a signal, for example `TERM`.
    ///
    /// # Panics
    ///
    /// When it has ended.
    pub fn signal(&self, name: &str) {
        let kill = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(kill.expect("a program `kill`").success(), "it has ended");
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    ///
    /// When it runs on.
    pub async fn end(&mut self) -> ExitStatus {
        let end = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(status) = self.child.try_wait().expect("a process") {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        end.await.expect("an end")
    }

    /// Ends it as a crash does.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("an end");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
