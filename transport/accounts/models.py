"""What we remember about logging in. Passwords, codes and tokens are kept as hashes only."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from transport.accounts.contacts import Way
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
    proven_contact: str = Field(default="", max_length=200)
    """The contact at which a code reached them last; what is written on a card nobody has proven."""
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


class LoginPin(SQLModel, table=True):
    """The PIN of somebody who logs in by the code of a shift; without such a code it opens nothing."""

    __tablename__ = "login_pin"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", unique=True)
    pin_hash: str
    set_at: datetime = Field(sa_type=UtcDateTime)


class LoginAttempt(SQLModel, table=True):
    """A wrong password, PIN or code of a shift: counted per login, person or place, so that guessing gets slow.

    The login need not exist.
    """

    __tablename__ = "login_attempt"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(index=True, max_length=100)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class LoginVisit(SQLModel, table=True):
    """Somebody on the way through the pages of logging in: what they have answered so far, found by a cookie.

    `proven_at`: a code or link has shown that they reach the contact. `shared`: the computer is not theirs.
    """

    __tablename__ = "login_visit"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    contact: str = Field(max_length=200)
    way: Way | None = Field(default=None, sa_type=one_of(Way))
    onward: str = Field(default="", max_length=300)
    remember: bool = False
    shared: bool = False
    proven_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class LoginCode(SQLModel, table=True):
    """A code and a link sent to a contact, either of which may be used once.

    `source` is a hash of the address they were asked from, to count by; `tries` counts codes that were typed in.
    """

    __tablename__ = "login_code"

    id: int | None = Field(default=None, primary_key=True)
    visit_id: int = Field(foreign_key="login_visit.id", index=True)
    contact: str = Field(index=True, max_length=200)
    source: str = Field(index=True, max_length=64)
    code_hash: str = Field(max_length=64)
    link_hash: str = Field(unique=True, max_length=64)
    tries: int = 0
    issued_at: datetime = Field(sa_type=UtcDateTime, index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LoginDevice(SQLModel, table=True):
    """A browser that somebody asked us to remember: the cookie has the token, we keep its hash.

    Several people may be remembered on one device. `name` says which browser it is, as its owner would.
    """

    __tablename__ = "login_device"
    __table_args__ = (UniqueConstraint("token_hash", "user_id"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    token_hash: str = Field(max_length=64)
    name: str = Field(default="", max_length=80)
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Passkey(SQLModel, table=True):
    """The public half of a key that stays in somebody's telephone or computer, opened there by a finger or a PIN."""

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    credential_id: str = Field(unique=True, max_length=1400)
    public_key: bytes
    sign_count: int
    name: str = Field(default="", max_length=80)
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PasskeyChallenge(SQLModel, table=True):
    """A random question that a passkey signs once; `user_id`: who adds a passkey, None: somebody logs in."""

    __tablename__ = "passkey_challenge"

    id: int | None = Field(default=None, primary_key=True)
    challenge_hash: str = Field(unique=True, max_length=64)
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
