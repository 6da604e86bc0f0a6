"""How many requests one web process works at once: settings of the installation (ADR 22 says why these)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from banyan.kernel.errors import InvalidInput


def _setting(name: str, default: int, most: int, *, beside_others: int | None = None) -> int:
    """`beside_others`: the default of a web process that is not the only one."""
    found: int = field(default=default, metadata={"name": name, "most": most, "beside": beside_others})
    return found


@dataclass(frozen=True)
class Places:
    """Places of one web process. Each request that works holds one, and at most one connection of the pool."""

    working: int = _setting("BANYAN_WORKING", 9, 200, beside_others=6)
    # of them, for one workspace
    working_share: int = _setting("BANYAN_WORKING_SHARE", 6, 200, beside_others=4)
    # who signs in: each such request takes 64 MB to compare a password
    entry: int = _setting("BANYAN_ENTRY", 4, 50, beside_others=2)
    heavy: int = _setting("BANYAN_HEAVY", 3, 50)  # reports, totals, exports: in a lane of their own
    heavy_share: int = _setting("BANYAN_HEAVY_SHARE", 2, 50)
    heavy_timeout_ms: int = _setting("BANYAN_HEAVY_TIMEOUT_MS", 60_000, 3_600_000)
    wait_ms: int = _setting("BANYAN_WAIT_MS", 5_000, 600_000)  # for a place, while the rush is short
    rush_ms: int = _setting("BANYAN_RUSH_MS", 1_000, 600_000)  # after this long it is no rush but a load

    @classmethod
    def from_environment(cls, source: Mapping[str, str], web_workers: int = 1) -> "Places":
        """Those of each of `web_workers` processes: several share the processors, so each works fewer at once (ADR 29).

        Raises InvalidInput naming the setting that is no number or out of its range.
        """
        given: dict[str, int] = {}
        for each in fields(cls):
            name, most = each.metadata["name"], each.metadata["most"]
            text = source.get(name)
            if not text:
                if web_workers > 1 and each.metadata["beside"] is not None:
                    given[each.name] = each.metadata["beside"]
                continue
            if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
                raise InvalidInput("setting_out_of_range", setting=name, least=1, most=most, value=text)
            given[each.name] = int(text)
        return cls(**given)


DEFAULT_PLACES = Places()
