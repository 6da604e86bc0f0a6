"""Passwords of the database roles: made once, kept in files only their owner can read."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, repr=False)
class RolePasswords:
    """One password per role; never printed."""

    superuser: str
    owner: str
    app: str


def load_or_make(folder: Path) -> RolePasswords:
    """Read the passwords under `folder`, making the missing ones. Call under the transition lock."""
    return RolePasswords(*(_one(folder / f"database-{role}") for role in ("superuser", "owner", "app")))


def were_lost(folder: Path) -> bool:
    """Whether a password is missing, so that `load_or_make` would make one the server does not know."""
    return any(not (folder / f"database-{role}").exists() for role in ("superuser", "owner", "app"))


def _one(path: Path) -> str:
    try:
        kept = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        kept = ""
    if kept:
        return kept
    fresh = secrets.token_urlsafe(32)
    staging = path.with_suffix(".tmp")
    staging.unlink(missing_ok=True)
    descriptor = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(fresh)
        file.flush()
        os.fsync(file.fileno())
    owner = path.parent.stat()
    if os.geteuid() == 0:
        os.chown(staging, owner.st_uid, owner.st_gid)
    staging.rename(path)
    return fresh
