"""What pydantic finds wrong, as problems with a place, a stable code and a reason in every language."""

from collections.abc import Mapping, Sequence
from typing import Any

from banyan.kernel.errors import FieldProblem
from banyan.kernel.messages import LANGUAGES, message, texts

Said = Mapping[str, str]


class Fault(ValueError):
    """What a validator of ours finds: `fault.<code>` of the texts says it."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = f"fault.{code}", params
        super().__init__(message(self.code, "en", params))


def problems_of(found: Sequence[Any], prefix: str = "") -> list[FieldProblem]:
    """Problems out of `ValidationError.errors()`; `prefix` is the pointer to the document they are about."""
    problems = []
    for each in found:
        place = [str(part) for part in each["loc"]]
        code, limit = _code_of(each)
        name = place[-1] if place else ""
        params = {"reason": reason_of(each), "field": name, "key": name, "limit": limit}
        pointer = prefix + "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in place)
        problems.append(FieldProblem(pointer, code, params))
    return problems


def _code_of(found: Any) -> tuple[str, Any]:
    """Our code for a finding, and the number of characters it speaks of."""
    bounds = found.get("ctx") or {}
    if found["type"] == "string_too_short":
        least = bounds.get("min_length")
        return "required" if least == 1 else "too_short", least
    if found["type"] == "string_too_long":
        return "too_long", bounds.get("max_length")
    known = {"missing": "required", "extra_forbidden": "unknown_key", "json_invalid": "json_invalid"}
    return known.get(found["type"], "invalid_value"), None


def reason_of(found: Any) -> Said:
    """Why, in each language. What has no text of ours is told in the validator's English words."""
    bounds = found.get("ctx") or {}
    own = bounds.get("error")
    if isinstance(own, Fault):
        code, params = own.code, own.params
    elif (code := f"fault.{found['type']}") in texts():
        params = bounds | {"expected": _choices(str(bounds.get("expected", "")))}
    else:
        code, params = "fault.other", {"said": found["msg"]}
    return {language: message(code, language, params) for language in LANGUAGES}


def _choices(expected: str) -> Said:
    """`'a', 'b' or 'c'` as it is said in each language."""
    return {"en": expected, "zh-CN": expected.replace(" or ", " 或 ")}
