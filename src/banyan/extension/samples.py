"""What features add to the sample data; `app` registers them, set-up calls them in its transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from banyan.db.database import Connection


class Sample(Protocol):
    """`session` is the house at the moment of the sample; `made` the records by API name of their object."""

    async def __call__(
        self, connection: Connection, session: Any, bus: Any, made: Mapping[str, Sequence[UUID]]
    ) -> None: ...


@dataclass
class Samples:
    """By name, so that a process may register them twice. `weekly` are called as the sample's last weeks go by."""

    weekly: dict[str, Sample] = field(default_factory=dict)
    finally_: dict[str, Sample] = field(default_factory=dict)


SAMPLES = Samples()
