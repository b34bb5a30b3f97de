// The rest of an app: what it does with `Auth` and `User`. None of it may fail because of a mistake in the macros' input.

async fn me(user: CurrentUser<Auth>) -> axum::Json<<<Auth as AuthApp>::User as AuthUser>::Read> {
    axum::Json(user.into_user().read())
}

async fn greet(user: CurrentUser<Auth>, _: VerifiedUser<Auth>, _: Option<Superuser<Auth>>) -> String {
    format!("{} {}", user.id, user.email)
}

async fn rename(user: CurrentUser<Auth>, manager: Manager<Auth>) -> String {
    let email: Email = "arthur@camelot.bt".parse().expect("an email");
    let found = manager.user_by_email(&email).await.ok().flatten();
    found.map_or(user.email.to_string(), |found| found.email.to_string())
}

fn app(auth: &Auth) -> axum::Router {
    let routes = axum::Router::new()
        .route("/me", axum::routing::get(me))
        .route("/greet", axum::routing::get(greet))
        .route("/rename", axum::routing::get(rename))
        .merge(auth.routes())
        .merge(auth.auth_routes(Auth::WEB, Access::Active))
        .merge(auth.users_routes(Access::Active));
    routes.with_state(auth.clone())
}

async fn run() -> Result<(), axum_users::app::StartError> {
    let auth = Auth::start(AuthConfig {
        database: "sqlite://app.db".into(),
        secret: "a secret of more than thirty-two bytes".into(),
        reset_password_token_secret: "another one of more than thirty-two bytes".into(),
        verification_token_secret: "a third one of more than thirty-two bytes".into(),
    })
    .await?;
    let create = UserCreate {
        email: "arthur@camelot.bt".parse().expect("an email"),
        password: "guinevere".into(),
        is_active: None,
        is_superuser: None,
        is_verified: None,
    };
    drop(create);
    let update = UserUpdate { is_verified: Some(true), ..UserUpdate::default() };
    drop(update);
    drop(app(&auth));
    auth.drain().await;
    Ok(())
}

fn main() {
    drop(run());
}
