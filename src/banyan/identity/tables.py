"""Tables of identity in a workspace's schema."""

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, INET, JSONB

_WHEN = sa.DateTime(timezone=True)
# Column names and types by table; keys, defaults and constraints stand in the migration.
_COLUMNS: dict[str, dict[str, Any]] = {
    "credential": {
        "user_id": sa.Uuid, "sign_in": sa.Text, "password_hash": sa.Text, "state": sa.Text, "language": sa.Text,
        "password_set_at": _WHEN,
    },
    "session": {
        "token_hash": BYTEA, "id": sa.Uuid, "user_id": sa.Uuid, "created_at": _WHEN, "last_seen_at": _WHEN,
        "expires_at": _WHEN, "ends_at": _WHEN, "address": INET, "client": sa.Text, "method": sa.Text,
        "powers_withheld": sa.Boolean, "real_user_id": sa.Uuid,
    },
    "one_time_link": {
        "token_hash": BYTEA, "user_id": sa.Uuid, "purpose": sa.Text, "expires_at": _WHEN, "used_at": _WHEN,
    },
    "sign_in_event": {
        "id": sa.Uuid, "at": _WHEN, "user_id": sa.Uuid, "outcome": sa.Text, "method": sa.Text, "address": INET,
        "client": sa.Text, "session_id": sa.Uuid, "new_device": sa.Boolean,
    },
    "known_device": {"user_id": sa.Uuid, "device_hash": BYTEA, "first_seen_at": _WHEN, "last_seen_at": _WHEN},
    "sign_in_attempt": {
        "id": sa.BigInteger, "at": _WHEN, "place": BYTEA, "address": sa.Text, "name_hash": BYTEA,
    },
    "password_history": {"id": sa.Uuid, "user_id": sa.Uuid, "password_hash": sa.Text},
    "totp": {"user_id": sa.Uuid, "secret": sa.Text, "confirmed_at": _WHEN, "last_step": sa.BigInteger},
    "recovery_code": {"user_id": sa.Uuid, "code_hash": BYTEA, "used_at": _WHEN},
    "passkey": {
        "id": sa.Uuid, "user_id": sa.Uuid, "credential_id": BYTEA, "public_key": BYTEA, "sign_count": sa.BigInteger,
        "name": sa.Text, "created_at": _WHEN, "last_used_at": _WHEN,
    },
    "ticket": {
        "token_hash": BYTEA, "purpose": sa.Text, "user_id": sa.Uuid, "data": JSONB, "attempts": sa.Integer,
        "expires_at": _WHEN,
    },
    "api_token": {
        "id": sa.Uuid, "token_hash": BYTEA, "hint": sa.Text, "name": sa.Text, "kind": sa.Text, "user_id": sa.Uuid,
        "role_keys": ARRAY(sa.Text), "scopes": JSONB, "created_by": sa.Uuid, "created_at": _WHEN,
        "expires_at": _WHEN, "last_used_at": _WHEN, "revoked_at": _WHEN,
    },
    "security_setting": {"key": sa.Text, "value": JSONB, "secret": sa.Text, "updated_at": _WHEN},
    "identity_provider": {
        "id": sa.Uuid, "kind": sa.Text, "label": sa.Text, "settings": JSONB, "secret": sa.Text,
        "enabled": sa.Boolean, "created_at": _WHEN,
    },
    "identity_link": {"provider_id": sa.Uuid, "subject": sa.Text, "user_id": sa.Uuid, "linked_at": _WHEN},
}  # fmt: skip


@dataclass(frozen=True)
class IdentityTables:
    credential: sa.Table
    session: sa.Table
    one_time_link: sa.Table
    sign_in_event: sa.Table
    known_device: sa.Table
    sign_in_attempt: sa.Table
    password_history: sa.Table
    totp: sa.Table
    recovery_code: sa.Table
    passkey: sa.Table
    ticket: sa.Table
    api_token: sa.Table
    security_setting: sa.Table
    identity_provider: sa.Table
    identity_link: sa.Table


@lru_cache(maxsize=256)
def identity_tables(schema: str) -> IdentityTables:
    meta = sa.MetaData(schema=schema)

    def table(name: str) -> sa.Table:
        return sa.Table(name, meta, *(sa.Column(column, kind) for column, kind in _COLUMNS[name].items()))

    return IdentityTables(**{part.name: table(part.name) for part in fields(IdentityTables)})
