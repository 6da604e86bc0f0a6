"""Which column is which field: by name, by synonyms in both languages, by content. Each suggestion says why."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import yaml

from banyan.imports.profile import Column, Profile
from banyan.kernel.collation import fold
from banyan.metadata.catalog import Field, Object

_CONTENT_TYPES = {
    "email": ("email",),
    "phone": ("phone",),
    "date": ("date", "datetime"),
    "number": ("number", "currency", "percent"),
}
_SAME, _SYNONYM, _CONTENT = 1.0, 0.9, 0.55
_NOISE = re.compile(r"[\s_\-./:：()（）*]+")


@dataclass(frozen=True)
class Suggestion:
    field: str
    confidence: float
    reason: str

    def document(self) -> dict[str, str]:
        return {"field": self.field, "confidence": f"{self.confidence:.2f}", "reason": self.reason}


@lru_cache(maxsize=1)
def _synonyms() -> Mapping[str, frozenset[str]]:
    found = yaml.safe_load((resources.files("banyan.imports") / "synonyms.yaml").read_text("utf-8"))
    return {name: frozenset(plain(word) for word in words) for name, words in found.items()}


def plain(name: str) -> str:
    """A header without case, width, spaces and punctuation."""
    return _NOISE.sub("", fold(name))


def suggest(obj: Object, profile: Profile) -> dict[int, Suggestion]:
    """At most one column per field and one field per column, the surest pairs first."""
    fields = [field for field in obj.fields if not field.readonly]
    pairs = [
        (score, -column.index, column, field, reason)
        for column in profile.columns
        for field in fields
        for score, reason in [_score(obj, column, field)]
        if score > 0
    ]
    chosen: dict[int, Suggestion] = {}
    taken: set[str] = set()
    for score, _, column, field, reason in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
        if column.index not in chosen and field.api_name not in taken:
            chosen[column.index] = Suggestion(field.api_name, score, reason)
            taken.add(field.api_name)
    return chosen


def _score(obj: Object, column: Column, field: Field) -> tuple[float, str]:
    name = plain(column.name)
    own = {plain(field.api_name), *(plain(label) for label in field.label.values())}
    if name in own:
        return _fit(_SAME, column, field), "same_name"
    synonyms = _synonyms()
    exact = synonyms.get(f"{obj.api_name}.{field.api_name}", frozenset())
    if name in exact:
        return _fit(_SYNONYM + 0.05, column, field), "synonym"
    if name in synonyms.get(f"*.{field.api_name}", frozenset()):
        return _fit(_SYNONYM, column, field), "synonym"
    if column.type == "credit_code" and getattr(field.config, "format", None) == "cn_credit_code":
        return _CONTENT + 0.2, "content"
    if field.kind.key in _CONTENT_TYPES.get(column.type, ()) and column.type in ("email", "phone"):
        return _CONTENT, "content"
    return 0.0, ""


def _fit(score: float, column: Column, field: Field) -> float:
    """A name that fits counts less when the content plainly is something else."""
    if (
        field.kind.key in ("number", "currency", "percent")
        and column.type not in ("number", "phone")
        and column.filled
    ):
        return score - 0.3
    return score
