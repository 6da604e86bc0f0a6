"""Passwords and tokens: Argon2id for what people choose, SHA-256 for what we draw at random."""

import asyncio
import hashlib
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from banyan.identity.common_passwords import is_common
from banyan.identity.policy import SecurityPolicy
from banyan.kernel.errors import FieldProblem, InvalidInput

LONGEST = 256
_KINDS = (str.islower, str.isupper, str.isdigit)


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _unknown() -> str:
    """A hash to verify against for unknown names, so that an answer takes equally long."""
    return _hasher().hash(secrets.token_urlsafe(16))


def check_password(password: str, *personal: str, policy: SecurityPolicy | None = None) -> None:
    """Refuse passwords that are too short, widely known, the person's own name, or against the workspace's policy."""
    asked = policy or SecurityPolicy()
    problem = None
    if len(password) < asked.min_length:
        problem = FieldProblem("/password", "password_too_short", {"limit": asked.min_length})
    elif len(password) > LONGEST:
        problem = FieldProblem("/password", "too_long", {"limit": LONGEST})
    elif is_common(password, *personal):
        problem = FieldProblem("/password", "password_known")
    elif _kinds(password) < asked.character_kinds:
        problem = FieldProblem("/password", "password_too_plain", {"limit": asked.character_kinds})
    if problem:
        raise InvalidInput(problems=[problem])


def _kinds(password: str) -> int:
    """How many of small letters, capitals, digits and other signs it holds."""
    others = any(not char.isalnum() for char in password)
    return sum(any(map(kind, password)) for kind in _KINDS) + others


async def hash_password(password: str) -> str:
    """Argon2id in a thread: it is meant to be slow and must not stop the loop."""
    return await asyncio.to_thread(_hasher().hash, password)


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether `password` is the one; takes as long when there is none."""

    def verify() -> bool:
        try:
            _hasher().verify(stored or _unknown(), password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    return await asyncio.to_thread(verify)


def new_token(workspace_key: str) -> str:
    """A random reference token of 192 bits that names its workspace."""
    return f"{workspace_key}.{secrets.token_urlsafe(24)}"


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
