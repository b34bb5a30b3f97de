// An app without mistakes, for cases about the user.

auth_app! {
    pub struct Auth {
        user: User,
        database: Sqlite,
        backends: { web: Cookie + Database { lifetime: HOUR } },
    }
}
