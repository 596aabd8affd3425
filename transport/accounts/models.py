"""What we remember about logging in. Passwords and tokens are kept as hashes only."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from transport.kernel.actor import Role
from transport.kernel.db import UtcDateTime, one_of


class User(SQLModel, table=True):
    """Somebody who may log in, in one role; `login` is kept in small letters.

    `phone` and `email` are where codes go; two people may share them. No `password_hash`: logs in by code only.
    """

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True, max_length=100)
    name: str = Field(max_length=100)
    role: Role = Field(sa_type=one_of(Role))
    password_hash: str = ""
    phone: str = Field(default="", index=True, max_length=20)
    email: str = Field(default="", index=True, max_length=200)
    active: bool = True
    language: str = Field(default="cs", max_length=8)
    created_at: datetime = Field(sa_type=UtcDateTime)


class LoginSession(SQLModel, table=True):
    """One browser logged in: the cookie has the token, we keep its SHA-256 and the secret of the forms."""

    __tablename__ = "login_session"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    user_id: int = Field(foreign_key="user.id", index=True)
    csrf: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class LoginAttempt(SQLModel, table=True):
    """A wrong password: counted per login, so that guessing gets slow. The login need not exist."""

    __tablename__ = "login_attempt"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(index=True, max_length=100)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
