"""Checks as sentences in the reader's language."""

from typing import Any

from banyan.kernel.messages import message
from banyan.observing.health import SECTIONS, Check, worst

_STEP = 1024.0
_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")
_SPANS = (
    (86_400.0, " 天", " d"),
    (3_600.0, " 小时", " h"),
    (60.0, " 分钟", " min"),
    (0.0, " 秒", " s"),
)


def document(checks: list[Check], language: str) -> dict[str, Any]:
    """Sections with their checks, each with its state; the worst of all stands first."""
    sections = []
    for section in SECTIONS:
        found = [check for check in checks if check.section == section]
        if found:
            sections.append(
                {
                    "key": section,
                    "label": message(f"health_section_{section}", language, {}),
                    "state": worst(found),
                    "checks": [_check(check, language) for check in found],
                }
            )
    return {"state": worst(checks), "sections": sections}


def _check(check: Check, language: str) -> dict[str, Any]:
    params = {_name(name): _shown(name, value, language) for name, value in check.params.items()}
    advise = check.do and check.state in ("warn", "bad")
    return {
        "key": check.key,
        "label": message(f"health_{check.key}", language, {}),
        "state": check.state,
        "says": message(f"health_says_{check.says}", language, params),
        "advice": message(f"health_do_{check.do}", language, params) if advise else None,
    }


def _name(name: str) -> str:
    return name.removesuffix("_s").removesuffix("_b")


def _shown(name: str, value: Any, language: str) -> Any:
    if name.endswith("_b"):
        return size(value)
    return span(value, language) if name.endswith("_s") else value


def size(count: float) -> str:
    """Bytes in the unit that leaves few digits."""
    amount, unit = float(count), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount /= _STEP
        unit += 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit > 1 else f"{amount:.0f} {_UNITS[unit]}"


def span(seconds: float, language: str) -> str:
    """A span of time in its largest whole unit."""
    for least, chinese, english in _SPANS:
        if seconds >= 2 * least or not least:
            count = int(seconds // least) if least else int(seconds)
            return f"{count}{chinese if language != 'en' else english}"
    raise AssertionError
