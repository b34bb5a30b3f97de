// A user without mistakes, for cases about the app.

#[derive(Clone, Debug, AuthUser)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
}
