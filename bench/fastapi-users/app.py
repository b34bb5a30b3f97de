"""An app on the real FastAPI Users, as it documents one for SQLAlchemy: what Axum Users is measured beside.

It runs on the table `user` that examples/camelot has made; a table of its own for tokens is created when it is missing.
From the environment:

    BIND           127.0.0.1:8000; with port 0, one that is free
    DATABASE_URL   as camelot takes it: sqlite://FILE or postgresql://…
    SECRET         signs session, reset and verification tokens
    REDIS_URL      with it, the backend `redis`

When it is ready it says `listening on http://…` on standard error.
"""

import asyncio
import os
import socket
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import redis.asyncio
import uvicorn
from fastapi import Depends, FastAPI
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin, schemas
from fastapi_users.authentication import (
    AuthenticationBackend,
    BearerTransport,
    CookieTransport,
    JWTStrategy,
    RedisStrategy,
)
from fastapi_users.authentication.strategy.db import AccessTokenDatabase, DatabaseStrategy
from fastapi_users.db import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from fastapi_users.password import PasswordHelper
from fastapi_users_db_sqlalchemy.access_token import (
    SQLAlchemyAccessTokenDatabase,
    SQLAlchemyBaseAccessTokenTableUUID,
)
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

SECRET = os.environ["SECRET"]
REDIS_URL = os.environ.get("REDIS_URL")
HOUR = 3600


# The tables. Their ids are UUIDs on PostgreSQL and CHAR(36) on SQLite, which is how camelot keeps them, too.


class Base(DeclarativeBase):
    pass


class User(SQLAlchemyBaseUserTableUUID, Base):
    pass


class AccessToken(SQLAlchemyBaseAccessTokenTableUUID, Base):
    pass


def database_url(url: str) -> str:
    """The address with the driver that SQLAlchemy wants to be told."""
    if url.startswith("sqlite://"):
        return "sqlite+aiosqlite:///" + url.removeprefix("sqlite://")
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


engine = create_async_engine(database_url(os.environ["DATABASE_URL"]))
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]


async def get_user_db(session: Session) -> AsyncIterator[SQLAlchemyUserDatabase]:
    yield SQLAlchemyUserDatabase(session, User)


async def get_access_token_db(session: Session) -> AsyncIterator[SQLAlchemyAccessTokenDatabase]:
    yield SQLAlchemyAccessTokenDatabase(session, AccessToken)


# The users.


class UserRead(schemas.BaseUser[uuid.UUID]):
    pass


class UserCreate(schemas.BaseUserCreate):
    pass


class UserUpdate(schemas.BaseUserUpdate):
    pass


class UserManager(UUIDIDMixin, BaseUserManager[User, uuid.UUID]):
    reset_password_token_secret = SECRET
    verification_token_secret = SECRET


# As dear as everywhere else in the comparison.
password_helper = PasswordHelper(
    PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19456, parallelism=1),))
)


async def get_user_manager(
    user_db: Annotated[SQLAlchemyUserDatabase, Depends(get_user_db)],
) -> AsyncIterator[UserManager]:
    yield UserManager(user_db, password_helper)


# The backends.


def get_jwt_strategy() -> JWTStrategy:
    return JWTStrategy(secret=SECRET, lifetime_seconds=HOUR)


def get_database_strategy(
    access_token_db: Annotated[AccessTokenDatabase[AccessToken], Depends(get_access_token_db)],
) -> DatabaseStrategy:
    return DatabaseStrategy(access_token_db, lifetime_seconds=HOUR)


backends = [
    AuthenticationBackend("jwt", BearerTransport(tokenUrl="auth/jwt/login"), get_jwt_strategy),
    AuthenticationBackend("cookie", CookieTransport(cookie_max_age=HOUR), get_jwt_strategy),
    AuthenticationBackend("db", BearerTransport(tokenUrl="auth/db/login"), get_database_strategy),
]
if REDIS_URL:
    tokens = redis.asyncio.from_url(REDIS_URL, decode_responses=True)

    def get_redis_strategy() -> RedisStrategy:
        return RedisStrategy(tokens, lifetime_seconds=HOUR)

    backends.append(AuthenticationBackend("redis", BearerTransport(tokenUrl="auth/redis/login"), get_redis_strategy))

fastapi_users = FastAPIUsers[User, uuid.UUID](get_user_manager, backends)


# The app.


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)
for backend in backends:
    app.include_router(fastapi_users.get_auth_router(backend), prefix=f"/auth/{backend.name}", tags=["auth"])
app.include_router(fastapi_users.get_register_router(UserRead, UserCreate), prefix="/auth", tags=["auth"])
app.include_router(fastapi_users.get_users_router(UserRead, UserUpdate), prefix="/users", tags=["users"])


class Server(uvicorn.Server):
    """Says where it listens, once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = sockets[0].getsockname()
        print(f"listening on http://{host}:{port}", file=sys.stderr, flush=True)


def main() -> None:
    host, port = os.environ.get("BIND", "127.0.0.1:8000").rsplit(":", 1)
    config = uvicorn.Config(app, loop="uvloop", http="httptools", log_level="warning", access_log=False)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, int(port)))
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(Server(config).serve(sockets=[listener]))


if __name__ == "__main__":
    main()
