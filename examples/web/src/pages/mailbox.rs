//! The mails of this example, for everybody to read.

use axum::extract::State;
use maud::html;

use super::Page;
use crate::Site;

pub(crate) async fn show(State(site): State<Site>) -> Page {
    let mails = site.mailbox.mails();
    let content = html! {
        p { "Only this example shows its mails. An app that others can reach sends them." }
        @if mails.is_empty() {
            p.empty { "There are none yet." }
        }
        @for mail in &mails {
            article.card {
                h2 { (mail.subject) }
                p.hint { "To " (mail.to) }
                p { (mail.text) }
                p { a href=(mail.link.1) { (mail.link.0) } }
            }
        }
    };
    Page::new("Mailbox", content).wide()
}
