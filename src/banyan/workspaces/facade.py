"""Workspaces: one organisation each, one PostgreSQL schema each."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from uuid import UUID

from banyan.db import control
from banyan.db.database import Connection
from banyan.db.roles import ConnectionTargets
from banyan.db.schema_version import staging_schema, upgrade_workspace
from banyan.kernel.errors import InvalidInput, NotFound

DEFAULT_KEY = "main"
_KEY = re.compile(r"[a-z][a-z0-9_]{0,47}")


@dataclass(frozen=True)
class Workspace:
    """One organisation's place. `schema` holds its tables, `staging` what an import has not loaded yet."""

    id: UUID
    key: str
    schema: str
    staging: str
    name: str
    language: str
    currency: str
    is_set_up: bool
    sandbox_of: str | None = None  # key of the workspace that this is a copy of


def provision(
    targets: ConnectionTargets,
    key: str = DEFAULT_KEY,
    name: str = "Banyan",
    language: str = "zh-CN",
    currency: str = "CNY",
) -> Workspace:
    """Make sure the workspace exists and its platform tables are up to date. Idempotent.

    The schemas come first: a workspace that is listed can always be opened.
    """
    if not _KEY.fullmatch(key):
        raise InvalidInput("invalid_workspace_key", key=key)
    schema = f"ws_{key}"
    upgrade_workspace(targets, schema)
    return _from_row(
        control.insert_workspace(
            targets, key=key, schema=schema, name=name, language=language, currency=currency
        )
    )


def list_workspaces(targets: ConnectionTargets) -> list[Workspace]:
    """Return every workspace of the installation, oldest first."""
    return [_from_row(row) for row in control.read_workspaces(targets)]


async def load(connection: Connection, key: str = DEFAULT_KEY) -> Workspace:
    """Return one workspace.

    Raises:
        NotFound: there is no such workspace.
    """
    row = await control.read_workspace(connection, key)
    if row is None:
        raise NotFound("workspace_not_found", key=key)
    return _from_row(row)


async def complete_set_up(
    connection: Connection, key: str, *, token: str, name: str, language: str, currency: str
) -> Workspace | None:
    """Spend the set-up token and name the workspace, in the caller's transaction.

    Returns None when the token is unknown or spent, or the workspace is already set up; the caller then
    rolls back.
    """
    if not await control.use_setup_token(connection, token_hash(token)):
        return None
    row = await control.complete_set_up(connection, key, name=name, language=language, currency=currency)
    return _from_row(row) if row else None


def new_setup_token(targets: ConnectionTargets) -> str:
    """Make a fresh set-up token (128 bits), the only one that works from now on. Only its hash is stored."""
    token = secrets.token_urlsafe(16)
    control.replace_setup_token(targets, token_hash(token))
    return token


def token_hash(token: str) -> bytes:
    """Return what is stored of a random token; a token of 128 bits needs no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def _from_row(row: control.WorkspaceRow) -> Workspace:
    return Workspace(
        id=row.id,
        key=row.key,
        schema=row.schema_name,
        staging=staging_schema(row.schema_name),
        name=row.name,
        language=row.language,
        currency=row.currency,
        is_set_up=row.is_set_up,
        sandbox_of=row.sandbox_of,
    )
