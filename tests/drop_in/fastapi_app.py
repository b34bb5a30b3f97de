"""An app on the real FastAPI Users, at the places of examples/camelot: the counterpart of the drop-in tests.

It is what FastAPI Users documents for SQLAlchemy, with OAuth accounts. From the environment:

    BIND           127.0.0.1:8000; with port 0, one that is free
    DATABASE_URL   sqlite+aiosqlite:///FILE or postgresql+asyncpg://…; missing tables are created
    SECRET         signs session, reset and verification tokens
    REDIS_URL      with it, the backend `redis`
    OAUTH_ISSUER   with it, a client `oidc`; it is never asked for anything

When it is ready it says `listening on http://…` on standard error. Its hooks print camelot's lines on standard output.
Under /test it does what a test can't do from outside.
"""

import asyncio
import json
import os
import socket
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import redis.asyncio
import uvicorn
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi_users import BaseUserManager, FastAPIUsers, InvalidPasswordException, UUIDIDMixin, schemas
from fastapi_users.authentication import (
    AuthenticationBackend,
    BearerTransport,
    CookieTransport,
    JWTStrategy,
    RedisStrategy,
)
from fastapi_users.authentication.strategy.db import AccessTokenDatabase, DatabaseStrategy
from fastapi_users.db import (
    SQLAlchemyBaseOAuthAccountTableUUID,
    SQLAlchemyBaseUserTableUUID,
    SQLAlchemyUserDatabase,
)
from fastapi_users_db_sqlalchemy.access_token import (
    SQLAlchemyAccessTokenDatabase,
    SQLAlchemyBaseAccessTokenTableUUID,
)
from httpx_oauth.oauth2 import OAuth2
from pwdlib.hashers.bcrypt import BcryptHasher
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, relationship

SECRET = os.environ["SECRET"]
DATABASE_URL = os.environ["DATABASE_URL"]
REDIS_URL = os.environ.get("REDIS_URL")
OAUTH_ISSUER = os.environ.get("OAUTH_ISSUER")
HOUR = 3600


# The tables.


class Base(DeclarativeBase):
    pass


class OAuthAccount(SQLAlchemyBaseOAuthAccountTableUUID, Base):
    pass


class User(SQLAlchemyBaseUserTableUUID, Base):
    oauth_accounts: Mapped[list[OAuthAccount]] = relationship("OAuthAccount", lazy="joined")


class AccessToken(SQLAlchemyBaseAccessTokenTableUUID, Base):
    pass


engine = create_async_engine(DATABASE_URL)
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]


async def get_user_db(session: Session) -> AsyncIterator[SQLAlchemyUserDatabase]:
    yield SQLAlchemyUserDatabase(session, User, OAuthAccount)


async def get_access_token_db(session: Session) -> AsyncIterator[SQLAlchemyAccessTokenDatabase]:
    yield SQLAlchemyAccessTokenDatabase(session, AccessToken)


# The users.


class UserRead(schemas.BaseUser[uuid.UUID]):
    pass


class UserCreate(schemas.BaseUserCreate):
    pass


class UserUpdate(schemas.BaseUserUpdate):
    pass


def say(line: str) -> None:
    print(line, flush=True)


class UserManager(UUIDIDMixin, BaseUserManager[User, uuid.UUID]):
    reset_password_token_secret = SECRET
    verification_token_secret = SECRET

    async def validate_password(self, password: str, user: UserCreate | User) -> None:
        if len(password) < 3:
            raise InvalidPasswordException("Password should be at least 3 characters")
        if user.email in password:
            raise InvalidPasswordException("Password should not contain e-mail")

    async def on_after_register(self, user: User, request: Request | None = None) -> None:
        say(f"User {user.id} has registered.")

    async def on_after_forgot_password(self, user: User, token: str, request: Request | None = None) -> None:
        say(f"User {user.id} has forgot their password. Reset token: {token}")

    async def on_after_request_verify(self, user: User, token: str, request: Request | None = None) -> None:
        say(f"Verification requested for user {user.id}. Verification token: {token}")

    async def on_after_verify(self, user: User, request: Request | None = None) -> None:
        say(f"User {user.id} has been verified")

    async def on_after_reset_password(self, user: User, request: Request | None = None) -> None:
        say(f"User {user.id} has reset their password.")

    async def on_after_update(self, user: User, update_dict: dict[str, Any], request: Request | None = None) -> None:
        sent = {name: value for name, value in update_dict.items() if name != "password"}
        say(f"User {user.id} has been updated with {json.dumps(sent, separators=(',', ':'))}.")

    async def on_after_login(
        self, user: User, request: Request | None = None, response: Response | None = None
    ) -> None:
        say(f"User {user.id} logged in.")

    async def on_before_delete(self, user: User, request: Request | None = None) -> None:
        say(f"User {user.id} is going to be deleted")

    async def on_after_delete(self, user: User, request: Request | None = None) -> None:
        say(f"User {user.id} is successfully deleted")


async def get_user_manager(
    user_db: Annotated[SQLAlchemyUserDatabase, Depends(get_user_db)],
) -> AsyncIterator[UserManager]:
    yield UserManager(user_db)


# The backends.


def get_jwt_strategy() -> JWTStrategy:
    return JWTStrategy(secret=SECRET, lifetime_seconds=HOUR)


def get_database_strategy(
    access_token_db: Annotated[AccessTokenDatabase[AccessToken], Depends(get_access_token_db)],
) -> DatabaseStrategy:
    return DatabaseStrategy(access_token_db, lifetime_seconds=HOUR)


# Not Secure: the tests speak plain HTTP.
cookie = CookieTransport(cookie_max_age=HOUR, cookie_secure=False)
backends = [
    AuthenticationBackend("jwt", BearerTransport(tokenUrl="auth/jwt/login"), get_jwt_strategy),
    AuthenticationBackend("cookie", cookie, get_jwt_strategy),
    AuthenticationBackend("db", BearerTransport(tokenUrl="auth/db/login"), get_database_strategy),
]
if REDIS_URL:
    tokens = redis.asyncio.from_url(REDIS_URL, decode_responses=True)

    def get_redis_strategy() -> RedisStrategy:
        return RedisStrategy(tokens, lifetime_seconds=HOUR)

    backends.append(AuthenticationBackend("redis", BearerTransport(tokenUrl="auth/redis/login"), get_redis_strategy))

fastapi_users = FastAPIUsers[User, uuid.UUID](get_user_manager, backends)


# What a test can't do from outside.

test = APIRouter(prefix="/test", tags=["test"])


class OfUser(BaseModel):
    email: str


class NewPassword(OfUser):
    password: str


class NewAccount(OfUser):
    oauth_name: str = "google"
    account_id: str = "people/c123"
    account_email: str | None = None
    access_token: str = "ya29.token"
    refresh_token: str | None = None
    expires_at: int | None = None


async def find(users: SQLAlchemyUserDatabase, email: str) -> User:
    user = await users.get_by_email(email)
    if user is None:
        raise HTTPException(404, "no such user")
    return user


Users = Annotated[SQLAlchemyUserDatabase, Depends(get_user_db)]


@test.post("/oauth-account", status_code=201)
async def link_account(account: NewAccount, users: Users) -> dict[str, str]:
    """Links an account at a provider to the user."""
    user = await find(users, account.email)
    fields = account.model_dump(exclude={"email"}) | {"account_email": account.account_email or account.email}
    await users.add_oauth_account(user, fields)
    return {"user_id": str(user.id)}


@test.get("/oauth-account")
async def linked_account(oauth_name: str, account_id: str, users: Users) -> dict[str, str | int | None]:
    """The account as it is stored, and whose it is."""
    user = await users.get_by_oauth_account(oauth_name, account_id)
    if user is None:
        raise HTTPException(404, "no such account")
    [account] = [it for it in user.oauth_accounts if (it.oauth_name, it.account_id) == (oauth_name, account_id)]
    return {
        "user_id": str(user.id),
        "account_email": account.account_email,
        "access_token": account.access_token,
        "refresh_token": account.refresh_token,
        "expires_at": account.expires_at,
    }


@test.post("/bcrypt")
async def hash_with_bcrypt(new: NewPassword, users: Users) -> dict[str, str]:
    """Gives the user a bcrypt hash of the password, as older versions left it."""
    hashed_password = BcryptHasher().hash(new.password)
    await users.update(await find(users, new.email), {"hashed_password": hashed_password})
    return {"hashed_password": hashed_password}


@test.get("/hash")
async def stored_hash(email: str, users: Users) -> dict[str, str]:
    """The hash as it is stored."""
    return {"hashed_password": (await find(users, email)).hashed_password}


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
app.include_router(fastapi_users.get_reset_password_router(), prefix="/auth", tags=["auth"])
app.include_router(fastapi_users.get_verify_router(UserRead), prefix="/auth", tags=["auth"])
app.include_router(fastapi_users.get_users_router(UserRead, UserUpdate), prefix="/users", tags=["users"])
if OAUTH_ISSUER:
    oidc = OAuth2("camelot", "of stone", f"{OAUTH_ISSUER}/auth", f"{OAUTH_ISSUER}/token", name="oidc")
    sign_in = fastapi_users.get_oauth_router(oidc, backends[0], SECRET)
    app.include_router(sign_in, prefix="/auth/oidc", tags=["auth"])
    associate = fastapi_users.get_oauth_associate_router(oidc, UserRead, SECRET)
    app.include_router(associate, prefix="/auth/associate/oidc", tags=["auth"])
app.include_router(test)


def hello(user: User | None) -> dict[str, str]:
    return {"message": f"Hello {user.email if user else 'anonymous'}!"}


@app.get("/authenticated")
async def authenticated(user: Annotated[User, Depends(fastapi_users.current_user(active=True))]) -> dict[str, str]:
    return hello(user)


@app.get("/verified")
async def verified(
    user: Annotated[User, Depends(fastapi_users.current_user(active=True, verified=True))],
) -> dict[str, str]:
    return hello(user)


@app.get("/superuser")
async def superuser(
    user: Annotated[User, Depends(fastapi_users.current_user(active=True, superuser=True))],
) -> dict[str, str]:
    return hello(user)


@app.get("/optional")
async def optional(
    user: Annotated[User | None, Depends(fastapi_users.current_user(optional=True))],
) -> dict[str, str]:
    return hello(user)


class Server(uvicorn.Server):
    """Says where it listens, once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = sockets[0].getsockname()
        print(f"listening on http://{host}:{port}", file=sys.stderr, flush=True)


def main() -> None:
    host, port = os.environ.get("BIND", "127.0.0.1:8000").rsplit(":", 1)
    # Standard output is the hooks': uvicorn's access log would go there.
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, int(port)))
        asyncio.run(Server(config).serve(sockets=[listener]))


if __name__ == "__main__":
    main()
