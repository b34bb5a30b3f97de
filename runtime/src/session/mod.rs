//! The facts of a login, without behavior: who may log in, what was issued for it, and what a token proves later.

mod backend_name;
mod facts;
mod grant;
mod issued;

pub use self::backend_name::BackendName;
pub use self::facts::Session;
pub use self::grant::Grant;
pub use self::issued::Issued;
