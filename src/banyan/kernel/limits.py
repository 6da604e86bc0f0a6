"""How much may be built in one workspace: limits of the installation, each a setting of its own (BANYAN_LIMIT_…)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from banyan.kernel.errors import InvalidInput

PREFIX = "BANYAN_LIMIT_"


def _limit(default: int, most: int, least: int = 1) -> int:
    """A limit with the range it may be set in: beyond `most` the machinery itself would not hold."""
    found: int = field(default=default, metadata={"least": least, "most": most})
    return found


@dataclass(frozen=True)
class BuildLimits:
    """Asked of what is being added or changed; what stands already stays as it is when a limit is lowered."""

    objects: int = _limit(1_000, 10_000)
    fields: int = _limit(1_500, 1_500)  # of one object; the columns behind them end at 1,500 whatever is set
    rollups: int = _limit(200, 1_500)  # of one object
    choices: int = _limit(500, 500)  # of one field
    rules: int = _limit(100, 100)  # of one object
    formula_length: int = _limit(10_000, 10_000)  # characters
    formula_depth: int = _limit(64, 64)
    formula_parts: int = _limit(1_000, 1_000)
    operations: int = _limit(500, 5_000)  # of one draft
    convert_rows: int = _limit(200_000, 10_000_000)  # rows whose type is changed in place, under a lock
    configuration_mb: int = _limit(20, 200)
    sandboxes: int = _limit(5, 100, least=0)  # of one workspace
    kept_days: int = _limit(30, 3_650)  # that a dropped field or object can be brought back with its data

    @classmethod
    def from_environment(cls, source: Mapping[str, str]) -> "BuildLimits":
        """Raises InvalidInput naming the setting that is no number or out of its range."""
        given: dict[str, int] = {}
        for each in fields(cls):
            text, name = source.get(setting(each.name)), setting(each.name)
            if not text:
                continue
            least, most = each.metadata["least"], each.metadata["most"]
            if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
                raise InvalidInput("setting_out_of_range", setting=name, least=least, most=most, value=text)
            given[each.name] = int(text)
        return cls(**given)


def ceiling(name: str) -> int:
    """The most that the limit `name` can be set to."""
    found: int = next(each.metadata["most"] for each in fields(BuildLimits) if each.name == name)
    return found


def setting(name: str) -> str:
    """What the limit `name` is set by."""
    return PREFIX + name.upper()


DEFAULT_LIMITS = BuildLimits()
