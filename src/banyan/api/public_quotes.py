"""Routes that need no session: a customer reads a quote through its link and answers it.

Tries count against the address they come from, as at the other doors that stand open.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote as quoted

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.access.policy import system_policy
from banyan.api.caller import RuntimeDep, origin_of
from banyan.api.entrance import Entrance, entrance_of
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.identity import throttle
from banyan.kernel.actor import system_actor
from banyan.kernel.errors import NotFound
from banyan.quoting import links, sheets
from banyan.quoting.sending import Answer
from banyan.records.session import Session

router = APIRouter(prefix="/public/quotes/{token}", tags=["quoting"], route_class=StrictRoute)
_LONGEST_TOKEN = 64
_AGENT = 300


class AnswerBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, Bound(min_length=1, max_length=200)]
    title: Annotated[str | None, Bound(max_length=200)] = None
    reason: Annotated[str | None, Bound(max_length=1_000)] = None
    signature: Annotated[str | None, Bound(max_length=300_000)] = None


async def _place(door: Entrance, connection: Connection) -> sheets.Place:
    catalog = await door.runtime.catalogs.refresh_if_changed(connection, door.schema)
    actor = system_actor(door.schema, door.workspace.language)
    now = datetime.now(UTC)
    session = Session(actor, system_policy(actor), catalog, door.workspace.currency, now=now)
    return sheets.Place(connection, session, door.runtime.bus, sheets.require_kind(session, "quote"))


async def _found(request: Request, runtime: RuntimeDep, token: str) -> tuple[Entrance, links.Link]:
    """Every try is booked; one with a token that was given is forgotten again."""
    door = await entrance_of(request, runtime)
    attempt = await door.attempt("", of="quote link ")
    if len(token) > _LONGEST_TOKEN:
        raise NotFound("link_unknown")
    async with runtime.database.transaction() as connection:
        link = await links.find_link(await _place(door, connection), token)
        await throttle.forget(connection, attempt)
    return door, link


@router.get("")
async def read_quote(token: str, request: Request, runtime: RuntimeDep) -> dict[str, Any]:
    """The quote as it was sent. 410 where the link answers no more, with the reason."""
    door, link = await _found(request, runtime, token)
    async with runtime.database.reader() as connection:
        shown = await links.show(await _place(door, connection), link)
    return {**shown, "seller": door.workspace.name}


@router.get("/pdf")
async def read_pdf(token: str, request: Request, runtime: RuntimeDep) -> Response:
    """The file that was sent."""
    door, link = await _found(request, runtime, token)
    async with runtime.database.reader() as connection:
        name, media_type, content = await links.read_pdf(await _place(door, connection), link)
    headers = {
        "content-disposition": f"inline; filename*=UTF-8''{quoted(name)}",
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
    }
    return Response(content, media_type=media_type, headers=headers)


@router.post("/{answer}", status_code=204)
async def answer_quote(
    token: str,
    answer: Literal["accept", "decline"],
    body: AnswerBody,
    request: Request,
    runtime: RuntimeDep,
) -> Response:
    """Accept or decline, once. Time, address, browser, name, drawing and the hash of what was sent are kept."""
    door, link = await _found(request, runtime, token)
    origin = origin_of(request)
    given = Answer(
        "accepted" if answer == "accept" else "declined",
        body.name,
        body.title or None,
        body.reason or None,
        origin.address,
        (request.headers.get("user-agent") or "")[:_AGENT] or None,
        links.read_signature(body.signature),
    )
    async with runtime.database.transaction() as connection:
        await links.answer(await _place(door, connection), link, given)
        about = {"object": "quote", "record": str(link.quote_id)}
        await write_audit(connection, door.actor(None), "quote_answered", about, {"answer": given.answer})
    return Response(status_code=204)
