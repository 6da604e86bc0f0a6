"""Routes of prices and of how a workspace quotes."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import CallerDep
from banyan.api.documents import place_of
from banyan.api.strict import StrictRoute
from banyan.kernel.ids import LARGEST_VERSION
from banyan.quoting import proposing
from banyan.quoting.live_links import live_links
from banyan.quoting.settings import QuotingSettings, read_settings, write_settings

router = APIRouter(tags=["quoting"], route_class=StrictRoute)
Quantity = Annotated[Decimal, Bound(gt=0, le=999_999_999, decimal_places=3)]


class WishBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    product: UUID
    quantity: Quantity = Decimal(1)


class PricesBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    account: UUID | None = None
    price_book: UUID | None = None
    currency: str | None = Bound(default=None, pattern="^[A-Z]{3}$")
    company: UUID | None = None
    on: date | None = Bound(default=None, ge=date(1900, 1, 1), le=date(9990, 12, 31))
    lines: tuple[WishBody, ...] = Bound(min_length=1, max_length=1_000)


class SettingsBody(QuotingSettings):
    version: int = Bound(ge=0, le=LARGEST_VERSION)


@router.post("/prices/find")
async def find_prices(body: PricesBody, caller: CallerDep) -> dict[str, Any]:
    """The price of each product with its reason: of which book, from which quantity, on which day."""
    products = [(line.product, line.quantity) for line in body.lines]
    asked = proposing.Asked(products, body.account, body.price_book, body.currency, body.company, body.on)
    async with caller.runtime.database.reader() as connection:
        return {"lines": await proposing.find_prices(place_of(connection, caller, "quote"), asked)}


@router.get("/settings/quoting")
async def read_quoting(caller: CallerDep) -> dict[str, Any]:
    """How this workspace quotes."""
    async with caller.runtime.database.reader() as connection:
        found, version = await read_settings(connection, caller.schema)
    return {**found.document(), "version": version}


@router.get("/settings/quoting/links")
async def read_links(caller: CallerDep) -> dict[str, Any]:
    """Links that customers can still answer. Asks for the power to configure."""
    caller.require_power("configure")
    async with caller.runtime.database.reader() as connection:
        return await live_links(connection, caller.session)


@router.put("/settings/quoting")
async def change_quoting(body: SettingsBody, caller: CallerDep) -> dict[str, Any]:
    """Limits by role, days that a quote holds, whether links leave the house. Asks for the power to configure."""
    caller.require_power("configure")
    settings = QuotingSettings(**body.model_dump(exclude={"version"}))
    async with caller.runtime.database.transaction() as connection:
        version = await write_settings(connection, caller.session, settings, body.version)
    return {**settings.document(), "version": version}
