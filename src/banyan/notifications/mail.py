"""Outgoing mail by SMTP: settings of a workspace, and letters sent by a job that commits with its cause."""

import socket
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any, Literal

import aiosmtplib
import orjson
import structlog
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.db.database import Connection, Database
from banyan.db.vault import Vault
from banyan.egress import connect
from banyan.identity import settings
from banyan.jobs import JobQueue, Payload
from banyan.kernel.errors import InvalidInput, Unavailable
from banyan.kernel.ids import new_id
from banyan.notifications.letters import Letter, compose

KEY, JOB = "mail", "notifications.mail"
_SEALED, _LETTER = "mail password", "letter"
TIMEOUT_S = 20.0
_log = structlog.get_logger("banyan.mail")


class MailSettings(BaseModel):
    """A workspace's mail server. `allow_private` is the administrator's word that it stands inside the house."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Bound(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9.:\-]+$")
    port: int = Bound(default=465, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str = Bound(default="", max_length=254)
    from_address: str = Bound(min_length=3, max_length=254, pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    from_name: str = Bound(default="", max_length=80, pattern=r"^[^\r\n]*$")
    allow_private: bool = False


async def read_settings(connection: Connection, schema: str) -> tuple[MailSettings, bool] | None:
    """The settings and whether a password is kept; the password itself never leaves."""
    found = await settings.read(connection, schema, KEY)
    return None if found is None else (MailSettings.model_validate(found.value), found.secret is not None)


async def change_settings(
    connection: Connection, schema: str, vault: Vault, wanted: MailSettings, password: str | None
) -> None:
    """Store the settings. Without a password the kept one stays, unless server or user name are others now.

    A password is never sent where it was not meant for.
    """
    before = await settings.read(connection, schema, KEY)
    kept = None
    if password is not None:
        kept = vault.seal(_SEALED, password) if password else None
    elif before is not None and _account(before.value) == _account(wanted.model_dump()):
        kept = before.secret
    await settings.write(connection, schema, KEY, wanted.model_dump(mode="json"), kept)


def _account(value: Mapping[str, Any]) -> tuple[Any, ...]:
    return value["host"], value["port"], value["security"], value["username"]


async def remove_settings(connection: Connection, schema: str) -> None:
    await settings.remove(connection, schema, KEY)


async def is_ready(connection: Connection, schema: str) -> bool:
    return await settings.read(connection, schema, KEY) is not None


async def post(connection: Connection, queue: JobQueue, vault: Vault, schema: str, letter: Letter) -> bool:
    """Queue a letter in the caller's transaction; False where no mail is set up. Links in it wait sealed."""
    if not await is_ready(connection, schema):
        return False
    parts = {
        "template": letter.template,
        "to": letter.to,
        "language": letter.language,
        "values": dict(letter.values),
        "key": letter.key or str(new_id()),
    }
    sealed = vault.seal(_LETTER, orjson.dumps(parts).decode())
    await queue.defer(connection, JOB, {"schema": schema, "letter": sealed})
    return True


class Mailer:
    """The job's side."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def work(self, payload: Payload) -> None:
        letter = Letter(**orjson.loads(self._vault.open(_LETTER, payload["letter"])))
        await self.send(payload["schema"], letter)

    async def send(self, schema: str, letter: Letter) -> None:
        """Send now. Raises Unavailable `mail_refused` with the server's reason, InvalidInput for a bad address."""
        async with self._database.reader() as connection:
            found = await settings.read(connection, schema, KEY)
        if found is None:
            _log.warning("mail_not_set_up", template=letter.template)
            return
        chosen = MailSettings.model_validate(found.value)
        try:
            message = compose(letter, chosen.from_address, chosen.from_name)
        except ValueError as error:
            raise InvalidInput("not_email") from error
        password = None if found.secret is None else self._vault.open(_SEALED, found.secret)
        await _deliver(chosen, password, message)


async def _deliver(chosen: MailSettings, password: str | None, message: EmailMessage) -> None:
    """Hand over one message on a checked connection; certificates are verified, STARTTLS is not optional."""
    opened: socket.socket = await connect(chosen.host, chosen.port, allow_private=chosen.allow_private)
    client = aiosmtplib.SMTP(
        hostname=chosen.host,
        sock=opened,
        timeout=TIMEOUT_S,
        use_tls=chosen.security == "tls",
        start_tls=chosen.security == "starttls",
        tls_context=ssl.create_default_context() if chosen.security != "none" else None,
    )
    try:
        async with client:
            if chosen.username:
                await client.login(chosen.username, password or "")
            await client.send_message(message)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise Unavailable("mail_refused", reason=str(error)[:200]) from error
    finally:
        opened.close()
