"""A PostgreSQL server that somebody else runs, named by BANYAN_DATABASE_URL."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from banyan.db.embedded.passwords import load_or_make
from banyan.db.embedded.places import prepare_home
from banyan.db.roles import APP, OWNER, ConnectionTargets, ensure_roles
from banyan.kernel.errors import StartRefused
from banyan.kernel.settings import Settings

LEAST_VERSION = 180000


@dataclass(frozen=True, repr=False)
class _Passwords:
    owner: str
    app: str


def managed_targets(settings: Settings) -> ConnectionTargets:
    """Check the server and make sure both roles can sign in.

    Raises:
        StartRefused: the address is wrong, the server too old, or the roles are missing and may not be made.
    """
    url = settings.database_url or ""
    try:
        parts = conninfo_to_dict(url)
        with psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        raise StartRefused("managed_database_unreachable", reason=_one_line(error)) from error
    if version < LEAST_VERSION:
        raise StartRefused("managed_database_too_old", found=version // 10000, needed=LEAST_VERSION // 10000)
    passwords = _passwords(settings, str(parts.get("password") or ""))
    targets = ConnectionTargets(
        app=make_conninfo(url, user=APP, password=passwords.app),
        owner=make_conninfo(url, user=OWNER, password=passwords.owner),
        superuser=url,
    )
    if not (_can_sign_in(targets.app) and _can_sign_in(targets.owner)):
        try:
            ensure_roles(url, passwords, targets)
        except psycopg.Error as error:
            raise StartRefused("managed_roles_impossible", reason=_one_line(error)) from error
    return targets


def _passwords(settings: Settings, given: str) -> _Passwords:
    """Derive the roles' passwords from the address's own.

    So that every machine with the address agrees on them.
    """
    if given:
        return _Passwords(_derived(given, OWNER), _derived(given, APP))
    kept = load_or_make(prepare_home(settings) / "secrets")
    return _Passwords(kept.owner, kept.app)


def _derived(secret: str, role: str) -> str:
    digest = hmac.new(secret.encode(), f"banyan role {role}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()


def _can_sign_in(target: str) -> bool:
    try:
        with psycopg.connect(target, connect_timeout=10):
            return True
    except psycopg.OperationalError:
        return False


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
