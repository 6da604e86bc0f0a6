"""Second factors: one-time codes of an authenticator (RFC 6238), and recovery codes for the day it is lost."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from uuid import UUID

import pyotp
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.db.vault import Vault
from banyan.identity.sessions import hold_powers
from banyan.identity.tables import identity_tables
from banyan.kernel.errors import Conflict, NotFound

STEP_S, SKEW_STEPS = 30, 1
RECOVERY_CODES = 10
_CODE_BYTES = 10  # 80 bits: a fast hash is enough


@dataclass(frozen=True)
class Factors:
    """What a person has beside the password."""

    totp: bool
    passkeys: int
    recovery_codes: int

    @property
    def any(self) -> bool:
        return self.totp or self.passkeys > 0

    def offered(self) -> list[str]:
        """The ways to finish a sign-in, the usual one first."""
        ways = {
            "totp": self.totp,
            "passkey": self.passkeys > 0,
            "recovery": self.any and self.recovery_codes > 0,
        }
        return [way for way, there in ways.items() if there]


async def factors_of(connection: Connection, schema: str, user_id: UUID) -> Factors:
    tables = identity_tables(schema)
    totp, passkey, code = tables.totp, tables.passkey, tables.recovery_code
    found = await run(
        connection,
        sa.select(
            sa.exists().where(totp.c.user_id == user_id, totp.c.confirmed_at.is_not(None)),
            sa.select(sa.func.count()).where(passkey.c.user_id == user_id).scalar_subquery(),
            sa.select(sa.func.count())
            .where(code.c.user_id == user_id, code.c.used_at.is_(None))
            .scalar_subquery(),
        ),
    )
    return Factors(*(await found.fetchone() or (False, 0, 0)))


async def start_totp(
    connection: Connection, schema: str, vault: Vault, user_id: UUID, name: str, issuer: str
) -> tuple[str, str]:
    """A fresh secret waiting to be confirmed, and the address an authenticator reads from a picture."""
    table, secret = identity_tables(schema).totp, pyotp.random_base32()
    values = {"secret": vault.seal(_purpose(user_id), secret), "confirmed_at": None, "last_step": 0}
    statement = insert(table).values(user_id=user_id, **values)
    written = await run(
        connection,
        statement.on_conflict_do_update(
            index_elements=[table.c.user_id], set_=values, where=table.c.confirmed_at.is_(None)
        ).returning(table.c.user_id),
    )
    if await written.fetchone() is None:
        raise Conflict("second_factor_exists")
    return secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


async def confirm_totp(connection: Connection, schema: str, vault: Vault, user_id: UUID, code: str) -> bool:
    """Take the authenticator into use with its first code."""
    if not await verify_totp(connection, schema, vault, user_id, code, confirmed=False):
        return False
    table = identity_tables(schema).totp
    await run(
        connection, sa.update(table).where(table.c.user_id == user_id).values(confirmed_at=sa.func.now())
    )
    await hold_powers(connection, schema, user_id)
    return True


async def verify_totp(
    connection: Connection, schema: str, vault: Vault, user_id: UUID, code: str, *, confirmed: bool = True
) -> bool:
    """Whether `code` is right now, one step of clock skew allowed. A code is worth nothing a second time.

    The last used step moves forward in one statement: of two who send the same code at once, one is refused.
    """
    table = identity_tables(schema).totp
    found = await run(
        connection,
        sa.select(table.c.secret).where(
            table.c.user_id == user_id, table.c.confirmed_at.is_not(None) == sa.literal(confirmed)
        ),
    )
    row = await found.fetchone()
    step = (
        None if row is None else matching_step(vault.open(_purpose(user_id), row[0]), code, int(time.time()))
    )
    if row is None or step is None:
        return False
    values: dict[str, object] = {"last_step": step}
    if not vault.is_current(row[0]):
        values["secret"] = vault.seal(_purpose(user_id), vault.open(_purpose(user_id), row[0]))
    used = await run(
        connection,
        sa.update(table)
        .where(table.c.user_id == user_id, table.c.last_step < step)
        .values(**values)
        .returning(table.c.user_id),
    )
    return await used.fetchone() is not None


def matching_step(secret: str, code: str, now: int) -> int | None:
    """The time step whose code this is, looking one step to either side of `now` (Unix seconds)."""
    typed = code.replace(" ", "")
    if not (typed.isascii() and typed.isdigit()):
        return None
    totp, step = pyotp.TOTP(secret), now // STEP_S
    for candidate in range(step - SKEW_STEPS, step + SKEW_STEPS + 1):
        if secrets.compare_digest(totp.generate_otp(candidate), typed):
            return candidate
    return None


async def remove_totp(connection: Connection, schema: str, user_id: UUID) -> None:
    table = identity_tables(schema).totp
    gone = await run(
        connection, sa.delete(table).where(table.c.user_id == user_id).returning(table.c.user_id)
    )
    if await gone.fetchone() is None:
        raise NotFound("unknown_factor")
    await after_removal(connection, schema, user_id)


async def remove_all(connection: Connection, schema: str, user_id: UUID) -> None:
    """For somebody who lost every device: an administrator's act."""
    tables = identity_tables(schema)
    for table in (tables.totp, tables.passkey, tables.recovery_code):
        await run(connection, sa.delete(table).where(table.c.user_id == user_id))
    await hold_powers(connection, schema, user_id)


async def after_removal(connection: Connection, schema: str, user_id: UUID) -> None:
    """Recovery codes stand in for a factor: without any they go too, and what needs one is withheld."""
    if not (await factors_of(connection, schema, user_id)).any:
        table = identity_tables(schema).recovery_code
        await run(connection, sa.delete(table).where(table.c.user_id == user_id))
    await hold_powers(connection, schema, user_id)


async def new_recovery_codes(connection: Connection, schema: str, user_id: UUID) -> list[str]:
    """Ten fresh codes, shown once; earlier ones end."""
    table = identity_tables(schema).recovery_code
    codes = [_spelled(secrets.token_bytes(_CODE_BYTES)) for _ in range(RECOVERY_CODES)]
    await run(connection, sa.delete(table).where(table.c.user_id == user_id))
    rows = [{"user_id": user_id, "code_hash": _hash(code)} for code in codes]
    await run(connection, sa.insert(table).values(rows))
    return codes


async def spend_recovery_code(connection: Connection, schema: str, user_id: UUID, code: str) -> bool:
    """Use a recovery code up; False when it is wrong or used."""
    table = identity_tables(schema).recovery_code
    used = await run(
        connection,
        sa.update(table)
        .where(table.c.user_id == user_id, table.c.code_hash == _hash(code), table.c.used_at.is_(None))
        .values(used_at=sa.func.now())
        .returning(table.c.user_id),
    )
    return await used.fetchone() is not None


def _purpose(user_id: UUID) -> str:
    return f"totp {user_id}"


def _spelled(raw: bytes) -> str:
    text = base64.b32encode(raw).decode().lower()
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def _hash(code: str) -> bytes:
    kept = "".join(char for char in code.lower() if char.isalnum())
    return hashlib.sha256(kept.encode()).digest()
