"""A quote is answered by its customer through a link: no session, one answer, over the document that was sent.

The token is 128 random bits, told once; its hash is kept. An answer is one UPDATE that says that the link is unused and
the quote still sent: of two at once one wins, the other is told.
"""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from banyan.db.statements import run
from banyan.kernel.errors import Conflict, FieldProblem, Gone, InvalidInput, NotFound
from banyan.quoting.moving import Act, label_of
from banyan.quoting.repricing import today_of
from banyan.quoting.sending import Answer, end_links, record_answer
from banyan.quoting.settings import read_settings
from banyan.quoting.sheets import Place, read_head, read_lines
from banyan.quoting.tables import quoting_tables
from banyan.records.locking import hold

LARGEST_SIGNATURE = 200 * 1024
MOST_PIXELS = 16_000_000
_PNG = "data:image/png;base64,"
_SHOWN = (
    "name", "number", "version_no", "status", "issued_on", "valid_until", "currency", "subtotal", "discount_total",
    "net_total", "tax_total", "total", "payment_terms", "delivery_terms", "prices_with_tax",
)  # fmt: skip
_SHOWN_LINE = (
    "position", "name", "quantity", "unit", "unit_price", "discount", "tax_rate", "amount", "total",
    "bundle_position",
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    id: UUID
    quote_id: UUID
    sent_id: UUID | None
    language: str
    expires_at: datetime
    used_at: datetime | None
    ended_at: datetime | None


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def make_link(act: Act) -> tuple[str, datetime]:
    """A new token of the quote, and when it ends; a link given before ends now."""
    found = await act.held("sent")
    settings, _ = await read_settings(act.connection, act.schema)
    if not settings.public_links:
        raise Conflict("public_links_off")
    tables = quoting_tables(act.schema)
    ends = _end_of(act, found.get("valid_until"))
    if ends <= act.now:
        raise Conflict("quote_expired", until=found.get("valid_until") or "")
    await end_links(act.connection, act.schema, [act.id], act.now)
    sent = sa.select(tables.sent.c.id).where(tables.sent.c.quote_id == act.id)
    row = await (await run(act.connection, sent.order_by(tables.sent.c.id.desc()).limit(1))).fetchone()
    token = secrets.token_urlsafe(16)
    await run(
        act.connection,
        sa.insert(tables.link).values(
            quote_id=act.id,
            sent_id=None if row is None else row[0],
            token_hash=digest(token),
            language=act.session.actor.language,
            made_at=act.now,
            made_by=act.session.actor.user_id,
            expires_at=ends,
        ),
    )
    return token, ends


def _end_of(act: Act, until: str | None) -> datetime:
    zone = ZoneInfo(act.session.timezone)
    day = date.fromisoformat(until) if until else today_of(act.session)
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


async def find_link(place: Place, token: str) -> Link:
    """Raises NotFound for a token that was never given."""
    table = quoting_tables(place.session.full.schema).link
    columns = [table.c[name] for name in Link.__dataclass_fields__]
    row = await (
        await run(place.connection, sa.select(*columns).where(table.c.token_hash == digest(token)))
    ).fetchone()
    if row is None:
        raise NotFound("link_unknown")
    return Link(*row)


async def require_open(place: Place, link: Link) -> dict[str, Any]:
    """The quote that the link still answers. Raises Gone with the reason where it does not."""
    head = await read_head(place, link.quote_id)
    now = place.session.now or datetime.now(UTC)
    status = head.get("status")
    if status in ("accepted", "declined"):
        extra = {"status": status, "at": head.get("answered_at")}
        raise Gone("quote_answered", extra=extra, status=label_of(place.kind, status))
    if status == "superseded":
        raise Gone("quote_superseded")
    if status == "expired" or link.expires_at <= now:
        raise Gone("quote_expired", until=head.get("valid_until") or "")
    if status != "sent" or link.used_at is not None or link.ended_at is not None:
        raise Gone("link_ended")
    settings, _ = await read_settings(place.connection, place.session.full.schema)
    if not settings.public_links:
        raise Gone("link_ended")
    return head


async def show(place: Place, link: Link) -> dict[str, Any]:
    """What the customer sees: the document that was sent, and nothing of how it came about."""
    head = await require_open(place, link)
    lines = await read_lines(place, link.quote_id)
    return {
        "quote": {name: head.get(name) for name in _SHOWN},
        "account": _label(head.get("account")),
        "company": _label(head.get("company")),
        "lines": [{name: line.get(name) for name in _SHOWN_LINE} for line in lines],
        "expires_at": link.expires_at.isoformat(),
        "language": link.language,
        "pdf": link.sent_id is not None,
    }


def _label(value: Any) -> str | None:
    return value.get("label") if isinstance(value, dict) else None


async def read_pdf(place: Place, link: Link) -> tuple[str, str, bytes]:
    """Name, media type and bytes of the file as it was sent."""
    await require_open(place, link)
    table = quoting_tables(place.session.full.schema).sent
    asked = sa.select(table.c.name, table.c.media_type, table.c.content).where(table.c.id == link.sent_id)
    row = await (await run(place.connection, asked)).fetchone()
    if row is None:
        raise NotFound("quote_not_printed")
    return row[0], row[1], bytes(row[2])


async def answer(place: Place, link: Link, given: Answer) -> None:
    """Take the customer's answer, once. Raises Gone where somebody was first."""
    # Held first: of two at once the second sees what the first has done.
    await hold(place.connection, place.kind.head, link.quote_id)
    await require_open(place, await _again(place, link))
    table = quoting_tables(place.session.full.schema).link
    now = place.session.now or datetime.now(UTC)
    free = sa.and_(table.c.id == link.id, table.c.used_at.is_(None), table.c.ended_at.is_(None))
    used = await run(
        place.connection, sa.update(table).where(free).values(used_at=now).returning(table.c.sent_id)
    )
    if await used.fetchone() is None:
        raise Gone("link_ended")
    sha256 = await _hash_of(place, link)
    await record_answer(Act(place, link.quote_id), replace(given, link_id=link.id, sha256=sha256))


async def _again(place: Place, link: Link) -> Link:
    table = quoting_tables(place.session.full.schema).link
    columns = [table.c[name] for name in Link.__dataclass_fields__]
    row = await (await run(place.connection, sa.select(*columns).where(table.c.id == link.id))).fetchone()
    return link if row is None else Link(*row)


async def _hash_of(place: Place, link: Link) -> bytes | None:
    table = quoting_tables(place.session.full.schema).sent
    row = await (
        await run(place.connection, sa.select(table.c.sha256).where(table.c.id == link.sent_id))
    ).fetchone()
    return None if row is None else bytes(row[0])


def read_signature(url: str | None) -> bytes | None:
    """The drawing of a name. Raises InvalidInput for anything but a small PNG."""
    if not url:
        return None
    fault = InvalidInput(problems=[FieldProblem("/signature", "not_a_signature")])
    if not url.startswith(_PNG) or len(url) > LARGEST_SIGNATURE * 4 // 3 + len(_PNG) + 4:
        raise fault
    try:
        content = base64.b64decode(url.removeprefix(_PNG), validate=True)
    except binascii.Error as error:
        raise fault from error
    if len(content) > LARGEST_SIGNATURE or not _is_small_picture(content):
        raise fault
    return content


def _is_small_picture(content: bytes) -> bool:
    """Whether it begins as a PNG does, of a size that a browser may unpack: few bytes can claim very many pixels."""
    head = content[:24]
    if not head.startswith(b"\x89PNG\r\n\x1a\n") or head[12:16] != b"IHDR":
        return False
    width, height = int.from_bytes(head[16:20]), int.from_bytes(head[20:24])
    return 0 < width * height <= MOST_PIXELS
