//! The notes of an owner: the same handlers in both programs.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Owner;

/// The connections to the database.
pub(crate) type Database = Pool<AsyncPgConnection>;

diesel::table! {
    note (id) {
        id -> diesel::sql_types::Uuid,
        owner -> diesel::sql_types::Uuid,
        title -> Text,
        body -> Text,
    }
}

/// A note.
#[derive(Serialize, Queryable, Selectable, Insertable, ToSchema)]
#[diesel(table_name = note)]
pub(crate) struct Note {
    id: Uuid,
    #[serde(skip)]
    owner: Uuid,
    title: String,
    body: String,
}

/// The title and text that an owner writes.
#[derive(Deserialize, AsChangeset, ToSchema)]
#[diesel(table_name = note)]
pub(crate) struct Draft {
    title: String,
    body: String,
}

/// Connects to the database, and creates the table if it is missing.
pub(crate) async fn open(url: &str) -> anyhow::Result<Database> {
    let database = Database::builder(AsyncDieselConnectionManager::new(url)).build()?;
    let create = "CREATE TABLE IF NOT EXISTS note \
                  (id UUID PRIMARY KEY, owner UUID NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL)";
    database.get().await?.batch_execute(create).await?;
    Ok(database)
}

/// Lists the owner's notes.
#[utoipa::path(get, path = "/notes", responses((status = 200, body = [Note])))]
pub(crate) async fn list(State(database): State<Database>, owner: Owner) -> Result<Json<Vec<Note>>, Error> {
    let notes = note::table.filter(note::owner.eq(owner.id)).order(note::title).select(Note::as_select());
    Ok(Json(notes.load(&mut database.get().await?).await?))
}

/// Writes a note.
#[utoipa::path(post, path = "/notes", responses((status = 201, body = Note)))]
pub(crate) async fn create(
    State(database): State<Database>,
    owner: Owner,
    Json(draft): Json<Draft>,
) -> Result<(StatusCode, Json<Note>), Error> {
    let Draft { title, body } = draft;
    let new = Note { id: Uuid::new_v4(), owner: owner.id, title, body };
    diesel::insert_into(note::table).values(&new).execute(&mut database.get().await?).await?;
    Ok((StatusCode::CREATED, Json(new)))
}

/// Reads a note.
#[utoipa::path(get, path = "/notes/{id}", responses((status = 200, body = Note), (status = 404)))]
pub(crate) async fn read(
    State(database): State<Database>,
    owner: Owner,
    Path(id): Path<Uuid>,
) -> Result<Json<Note>, Error> {
    let found = note::table.filter(note::id.eq(id)).filter(note::owner.eq(owner.id));
    let found = found.select(Note::as_select()).first(&mut database.get().await?).await.optional()?;
    found.map(Json).ok_or(Error::NotFound)
}

/// Changes a note.
#[utoipa::path(put, path = "/notes/{id}", responses((status = 200, body = Note), (status = 404)))]
pub(crate) async fn update(
    State(database): State<Database>,
    owner: Owner,
    Path(id): Path<Uuid>,
    Json(draft): Json<Draft>,
) -> Result<Json<Note>, Error> {
    let changed = diesel::update(note::table.filter(note::id.eq(id)).filter(note::owner.eq(owner.id)));
    let changed = changed.set(&draft).returning(Note::as_select());
    let changed = changed.get_result(&mut database.get().await?).await.optional()?;
    changed.map(Json).ok_or(Error::NotFound)
}

/// Deletes a note.
#[utoipa::path(delete, path = "/notes/{id}", responses((status = 204), (status = 404)))]
pub(crate) async fn delete(
    State(database): State<Database>,
    owner: Owner,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Error> {
    let deleted = diesel::delete(note::table.filter(note::id.eq(id)).filter(note::owner.eq(owner.id)));
    match deleted.execute(&mut database.get().await?).await? {
        0 => Err(Error::NotFound),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

/// Why a request was not done.
pub(crate) enum Error {
    NotFound,
    Database(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Error {
    fn from(error: E) -> Self {
        Self::Database(error.into())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND.into_response(),
            Self::Database(error) => {
                eprintln!("{error:?}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
