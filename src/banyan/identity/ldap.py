"""Sign-in against a directory: find the entry, then bind as it with the password that was typed."""

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from banyan.egress.client import checked_address
from banyan.identity.providers import Claims, LdapSettings
from banyan.kernel.errors import NotSignedIn, Unavailable

if TYPE_CHECKING:
    import ldap3

TIMEOUT_S = 10


async def authenticate(settings: LdapSettings, secret: str | None, name: str, password: str) -> Claims:
    """Who this is.

    Raises NotSignedIn alike for an unknown name and a wrong password, Unavailable for a silent directory.
    """
    # An empty password would be an anonymous bind, which every directory accepts.
    if not name or not password:
        raise NotSignedIn("invalid_credentials")
    address = await checked_address(settings.host, settings.port, allow_private=settings.allow_private)
    return await asyncio.to_thread(_authenticate, settings, address, secret, name, password)


def _authenticate(
    settings: LdapSettings, address: str, secret: str | None, name: str, password: str
) -> Claims:
    from ldap3.core.exceptions import LDAPException

    server = _server(settings, address)
    try:
        with _bound(server, settings, settings.bind_dn, secret or "") as searcher:
            entry = _entry(searcher, settings, name)
    except LDAPException as error:
        raise Unavailable("directory_refused", reason=str(error)[:200]) from error
    if entry is None:
        raise NotSignedIn("invalid_credentials")
    try:
        with _bound(server, settings, entry["dn"], password):
            pass
    except LDAPException as error:
        raise NotSignedIn("invalid_credentials") from error
    found = entry["attributes"]
    subject = _first(found.get(settings.subject_attribute)) or entry["dn"]
    email = _first(found.get("mail")) if settings.emails_verified else None
    return Claims(subject, email, _first(found.get("displayName")) or _first(found.get("cn")))


def _server(settings: LdapSettings, address: str) -> "ldap3.Server":
    import ldap3

    tls = ldap3.Tls(
        validate=ssl.CERT_REQUIRED,
        valid_names=[settings.host],
        sni=settings.host,
        ca_certs_data=settings.certificate or None,
    )
    return ldap3.Server(
        address,
        port=settings.port,
        use_ssl=settings.security == "tls",
        tls=None if settings.security == "none" else tls,
        get_info=ldap3.NONE,
        connect_timeout=TIMEOUT_S,
    )


@contextlib.contextmanager
def _bound(
    server: "ldap3.Server", settings: LdapSettings, dn: str, password: str
) -> Iterator["ldap3.Connection"]:
    """A bound connection, closed whatever happens: the library leaves a refused one open."""
    import ldap3

    connection = ldap3.Connection(
        server,
        user=dn or None,
        password=password or None,
        auto_referrals=False,
        read_only=True,
        receive_timeout=TIMEOUT_S,
        raise_exceptions=True,
    )
    try:
        connection.open()
        if settings.security == "starttls":
            connection.start_tls()
        connection.bind()
        yield connection
    finally:
        opened = connection.socket
        with contextlib.suppress(Exception):
            connection.unbind()
        if opened is not None:
            opened.close()


def _entry(searcher: "ldap3.Connection", settings: LdapSettings, name: str) -> dict[str, Any] | None:
    """The one entry of that name; two are nobody."""
    from ldap3.utils.conv import escape_filter_chars

    searcher.search(
        settings.base,
        f"({settings.login_attribute}={escape_filter_chars(name)})",
        attributes=["mail", "cn", "displayName", settings.subject_attribute],
        size_limit=2,
        time_limit=TIMEOUT_S,
    )
    entries = [entry for entry in searcher.response or () if entry.get("type") == "searchResEntry"]
    return entries[0] if len(entries) == 1 else None


def _first(value: Any) -> str | None:
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    return str(value) if value else None
