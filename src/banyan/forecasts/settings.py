"""How a workspace forecasts: its periods, the fields of a deal, when snapshots are taken and how long they stay."""

from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.db.database import Connection
from banyan.forecasts.tables import forecast_tables
from banyan.records.kept_settings import read_kept, write_kept
from banyan.records.session import Session


class ForecastSettings(BaseModel):
    """`weekday`: of the weekly snapshot, 0 is Monday. Fields are named as the API names them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    period: Literal["month", "quarter"] = "quarter"
    fiscal_start: int = Bound(default=1, ge=1, le=12)
    weekday: int = Bound(default=0, ge=0, le=6)
    weeks_kept: int = Bound(default=104, ge=4, le=520)
    object: str = Bound(default="opportunity", pattern=r"^[a-z][a-z0-9_]{0,39}$")
    amount: str = Bound(default="amount", pattern=r"^[a-z][a-z0-9_]{0,39}$")
    won_amount: str = Bound(default="won_amount", pattern=r"^[a-z][a-z0-9_]{0,39}$")
    close_date: str = Bound(default="close_date", pattern=r"^[a-z][a-z0-9_]{0,39}$")
    stage: str = Bound(default="stage", pattern=r"^[a-z][a-z0-9_]{0,39}$")
    category: str = Bound(default="forecast_category", pattern=r"^[a-z][a-z0-9_]{0,39}$")
    probability: str = Bound(default="probability", pattern=r"^[a-z][a-z0-9_]{0,39}$")


async def read_settings(connection: Connection, schema: str) -> tuple[ForecastSettings, int]:
    """The settings and their version; 0 before anybody has set them."""
    return await read_kept(connection, forecast_tables(schema).settings, ForecastSettings)


async def write_settings(
    connection: Connection, session: Session, settings: ForecastSettings, version: int
) -> int:
    """The new version. Raises Conflict where somebody has written them since `version` was read."""
    table = forecast_tables(session.full.schema).settings
    return await write_kept(connection, session, table, settings.model_dump(mode="json"), version)
