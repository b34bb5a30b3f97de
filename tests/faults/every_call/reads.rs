//! What is only read. Nobody is taken for signed out, for unknown or for somebody else where the store fails.

use axum_users_tests::{Answer, Backend, Client, on_each_store};
use reqwest::Method;

use super::{Asked, Deed, World, every_call_goes_wrong, request};
use crate::common::PASSWORD;

/// Somebody looks at something, signed in at a backend.
struct Read {
    backend: Backend,
    path: Path,
}

/// What is looked at.
enum Path {
    /// At one's own.
    Own(&'static str),
    /// At another user, by its id.
    Other,
}

impl Deed for Read {
    /// Who looks, at what.
    type Ready = (Client, String);

    async fn ready(&self, world: &World) -> (Client, String) {
        let someone = world.someone_who(|create| {
            create.is_verified = Some(true);
            create.is_superuser = Some(true);
        });
        let someone = someone.await;
        let path = match self.path {
            Path::Own(path) => path.to_owned(),
            Path::Other => format!("/users/{}", world.someone().await.id),
        };
        (world.server().client().signed_in(self.backend, &someone.email, PASSWORD).await, path)
    }

    fn ask(&self, world: &World, (client, path): &(Client, String)) -> Asked {
        request(world.asking(client).request(Method::GET, path), 200, &[])
    }

    async fn is_done(&self, _: &World, _: &(Client, String), answer: Option<&Answer>) -> bool {
        answer.is_some_and(|answer| !answer.text.contains("anonymous"))
    }
}

#[on_each_store]
async fn a_look() {
    let reads = Backend::all().flat_map(|backend| {
        let paths = [
            "/users/me",
            "/users/me/oauth-accounts",
            "/authenticated",
            "/verified",
            "/superuser",
            "/optional",
        ];
        paths.map(Path::Own).into_iter().chain([Path::Other]).map(move |path| Read { backend, path })
    });
    every_call_goes_wrong(reads).await;
}
