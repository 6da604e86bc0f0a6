"""Passwords and tokens: Argon2id for what people choose, SHA-256 for what we draw at random."""

import asyncio
import hashlib
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from banyan.kernel.errors import FieldProblem, InvalidInput

SHORTEST, LONGEST = 8, 256
# The first entries of every public breach list that are long enough to pass the length rule.
_BREACHED = frozenset(
    (
        "12345678", "123456789", "1234567890", "password", "password1", "password123", "qwertyuiop", "qwerty123",
        "11111111", "00000000", "88888888", "66666666", "iloveyou", "sunshine", "princess", "football", "baseball",
        "superman", "trustno1", "1q2w3e4r", "1qaz2wsx", "abcd1234", "a1234567", "admin123", "administrator",
        "welcome1", "letmein1", "changeme", "woaini1314", "5201314520", "woaini520", "qq123456", "asdfghjkl",
        "zxcvbnm123", "password!", "p@ssw0rd", "passw0rd", "123123123", "87654321", "987654321", "11223344",
    )
)  # fmt: skip


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _unknown() -> str:
    """A hash to verify against for unknown names, so that an answer takes equally long."""
    return _hasher().hash(secrets.token_urlsafe(16))


def check_password(password: str, *personal: str) -> None:
    """Refuse passwords that are too short, public, or the person's own name or address."""
    problem = None
    if len(password) < SHORTEST:
        problem = FieldProblem("/password", "password_too_short", {"limit": SHORTEST})
    elif len(password) > LONGEST:
        problem = FieldProblem("/password", "too_long", {"limit": LONGEST})
    elif password.lower() in _BREACHED or password.lower() in {text.lower() for text in personal}:
        problem = FieldProblem("/password", "password_known")
    if problem:
        raise InvalidInput(problems=[problem])


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
