"""Identity providers of a workspace, and which person stands behind a subject of one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound
from sqlalchemy.dialects.postgresql import insert

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.db.vault import Vault
from banyan.identity.tables import identity_tables
from banyan.kernel.errors import Conflict, NotFound, NotSignedIn


class _Settings(BaseModel):
    """`trusted`: its sign-in counts as two steps. `auto_create`: verified strangers become people with `role`.

    `emails_verified` is the administrator's word that the provider gives out no address it has not verified: in many
    directories people write their own. Without it only an address that the provider itself calls verified finds a
    person.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    trusted: bool = False
    auto_create: bool = False
    role: str = Bound(default="member", max_length=63)
    allow_private: bool = False
    emails_verified: bool = False


class OidcSettings(_Settings):
    """An OpenID Connect provider. One algorithm is agreed beforehand; what a token says of itself is not believed."""

    kind: Literal["oidc"] = "oidc"
    issuer: str = Bound(min_length=8, max_length=500, pattern=r"^https?://[^\s?#]+$")
    client_id: str = Bound(min_length=1, max_length=300)
    scopes: str = Bound(default="openid email profile", max_length=300, pattern=r"^openid( [\x21-\x7e]+)*$")
    algorithm: Literal["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"] = "RS256"


class LdapSettings(_Settings):
    """A directory: somebody is searched for with `bind_dn`, then bound with the password they typed."""

    kind: Literal["ldap"] = "ldap"
    host: str = Bound(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9.:\-]+$")
    port: int = Bound(default=636, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    bind_dn: str = Bound(default="", max_length=500)
    base: str = Bound(min_length=1, max_length=500)
    login_attribute: str = Bound(default="mail", pattern=r"^[A-Za-z][A-Za-z0-9\-]{0,62}$")
    subject_attribute: str = Bound(default="entryUUID", pattern=r"^[A-Za-z][A-Za-z0-9\-]{0,62}$")
    certificate: str = Bound(default="", max_length=20_000)


ProviderSettings = Annotated[OidcSettings | LdapSettings, Bound(discriminator="kind")]


@dataclass(frozen=True)
class Provider:
    id: UUID
    label: str
    settings: OidcSettings | LdapSettings
    sealed: str | None
    enabled: bool

    def secret(self, vault: Vault) -> str | None:
        return None if self.sealed is None else vault.open(PURPOSE, self.sealed)

    def shown(self) -> dict[str, Any]:
        """As administrators see it: its secret is written and never read back."""
        return {
            "id": str(self.id),
            "label": self.label,
            "enabled": self.enabled,
            "has_secret": self.sealed is not None,
            "settings": self.settings.model_dump(mode="json"),
        }


@dataclass(frozen=True)
class Claims:
    """What a provider vouches for. `email` only where the provider says that it is verified."""

    subject: str
    email: str | None
    name: str | None


PURPOSE = "identity provider"
# Whether a person holds administrative powers: roles are known above identity.
Mighty = Callable[[Connection, str, UUID], Awaitable[bool]]


async def providers(connection: Connection, schema: str) -> list[Provider]:
    table = identity_tables(schema).identity_provider
    found = await run(connection, _select(table).order_by(table.c.created_at, table.c.id))
    return [_provider(row) for row in await found.fetchall()]


async def provider(connection: Connection, schema: str, provider_id: UUID | None) -> Provider:
    """One provider. Raises NotFound."""
    table = identity_tables(schema).identity_provider
    found = await run(connection, _select(table).where(table.c.id == provider_id))
    row = await found.fetchone()
    if row is None:
        raise NotFound("unknown_provider")
    return _provider(row)


async def save(
    connection: Connection,
    schema: str,
    wanted: Provider,
    *,
    new: bool,
) -> UUID:
    """Write a provider; `sealed` None leaves it without a secret."""
    table = identity_tables(schema).identity_provider
    values = {
        "kind": wanted.settings.kind,
        "label": wanted.label,
        "settings": wanted.settings.model_dump(mode="json"),
        "secret": wanted.sealed,
        "enabled": wanted.enabled,
    }
    if new:
        await run(connection, sa.insert(table).values(id=wanted.id, **values))
    else:
        await run(connection, sa.update(table).where(table.c.id == wanted.id).values(**values))
    return wanted.id


async def remove(connection: Connection, schema: str, provider_id: UUID) -> None:
    """Forget a provider and who is who there. The people stay."""
    table = identity_tables(schema).identity_provider
    gone = await run(connection, sa.delete(table).where(table.c.id == provider_id).returning(table.c.id))
    if await gone.fetchone() is None:
        raise NotFound("unknown_provider")


async def forget_links(connection: Connection, schema: str, provider_id: UUID) -> int:
    """Forget who is who at a provider; returns how many were known."""
    link = identity_tables(schema).identity_link
    gone = await run(connection, sa.delete(link).where(link.c.provider_id == provider_id))
    return gone.rowcount


async def person_behind(
    connection: Connection, schema: str, provider_id: UUID, claims: Claims, mighty: Mighty
) -> UUID | None:
    """The person of a subject: linked before, or called by the verified e-mail (then linked from now on).

    Whoever is `mighty` is never found by an address: who rules a mailbox or a directory would rule the workspace.

    A person already linked to another subject of the provider is not taken over: e-mail addresses are given
    to somebody else when people leave.
    """
    tables = identity_tables(schema)
    link, credential = tables.identity_link, tables.credential
    found = await run(
        connection,
        sa.select(link.c.user_id).where(link.c.provider_id == provider_id, link.c.subject == claims.subject),
    )
    if row := await found.fetchone():
        return UUID(str(row[0]))
    if claims.email is None:
        return None
    found = await run(
        connection,
        sa.select(credential.c.user_id).where(
            credential.c.sign_in == claims.email.lower(), credential.c.state != "disabled"
        ),
    )
    row = await found.fetchone()
    if row is None:
        return None
    taken = await run(
        connection,
        sa.select(link.c.subject).where(link.c.provider_id == provider_id, link.c.user_id == row[0]),
    )
    if await taken.fetchone() is not None:
        raise Conflict("identity_taken")
    if await mighty(connection, schema, row[0]):
        raise NotSignedIn("identity_not_by_email")
    await link_person(connection, schema, provider_id, claims.subject, row[0])
    return UUID(str(row[0]))


async def link_person(
    connection: Connection, schema: str, provider_id: UUID, subject: str, user_id: UUID
) -> None:
    """From now on the subject is this person. Somebody invited need not choose a password any more."""
    tables = identity_tables(schema)
    values = {"provider_id": provider_id, "subject": subject, "user_id": user_id}
    await run(connection, insert(tables.identity_link).values(**values).on_conflict_do_nothing())
    await run(
        connection,
        sa.update(tables.credential)
        .where(tables.credential.c.user_id == user_id, tables.credential.c.state == "invited")
        .values(state="active"),
    )


def _select(table: sa.Table) -> sa.Select[Any]:
    return sa.select(table.c.id, table.c.label, table.c.settings, table.c.secret, table.c.enabled)


def _provider(row: tuple[Any, ...]) -> Provider:
    document = orjson.loads(row[2])
    kind = LdapSettings if document["kind"] == "ldap" else OidcSettings
    return Provider(row[0], row[1], kind.model_validate(document), row[3], row[4])
