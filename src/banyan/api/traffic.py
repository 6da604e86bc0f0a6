"""Which lane a request works in, told by its method and path before anybody asks who calls."""

import re
from enum import StrEnum

PREFIX = "/api/v1"


class Kind(StrEnum):
    FREE = "free"  # health, pages and scripts: not counted
    STREAM = "stream"  # listens for as long as one likes: an ordinary place until it begins, then none
    ENTRY = "entry"  # signing in and out: goes on while the rest is full
    ORDINARY = "ordinary"
    HEAVY = "heavy"  # reads over many rows: reports, totals, exports
    LONG = "long"  # what lasts without loading the database all the time: files, prints, changes of structure


# The page of health answers while the rest is full: then it is needed.
ENTRY = ("/setup", "/sessions", "/sign-in-options", "/set-password", "/password-reset", "/health")
_ID = "[^/]+"
STREAM = (f"GET /live|GET /imports/{_ID}/events",)
HEAVY = (
    f"POST /(records|pools)/{_ID}/aggregate",
    f"POST /records/{_ID}/export|POST /audit/(export|verify)",
    f"GET /pipelines/{_ID}/(flow|stuck)",
    "GET /forecasts(/(mine|deals|changes|changes/deals|snapshots))?|GET /targets/attainment",
    f"GET /receivables/(ageing|summary|reconciliation|statement/{_ID})|POST /receivables/reconciliation/run",
    "GET /commissions/(mine|statement|team)|POST /commissions/close",
    f"GET /pools/{_ID}/(dashboard|recycle-preview)",
    f"GET /completeness/{_ID}(/records)?|POST /grading/(preview|apply)",
    f"GET /metadata/usage/fields/{_ID}|GET /sandboxes/{_ID}/difference",
    "GET /duplicates/pairs/above|GET /today/team|GET /advisor/views",
)
LONG = (
    f"POST /files|PUT /files/uploads/{_ID}|POST /files/uploads/{_ID}/finish|GET /files/{_ID}(/thumbnail)?",
    f"POST /imports|GET /imports/{_ID}/errors\\.csv|GET /exports/{_ID}/content",
    f"GET /prints/{_ID}/{_ID}|POST /print-templates/preview|GET /public/quotes/{_ID}/pdf",
    f"POST /quotes/{_ID}/send",
    f"POST /metadata/changes(/{_ID}/revert)?|POST /metadata/configuration",
    f"GET /metadata/change-sets/{_ID}/preview|POST /metadata/change-sets/{_ID}/publish",
    f"POST /sandboxes|DELETE /sandboxes/{_ID}|POST /sandboxes/{_ID}/bring-back",
)
_MATCHED = re.compile(
    "|".join(
        f"(?P<{kind}>{'|'.join(patterns)})"
        for kind, patterns in (("stream", STREAM), ("heavy", HEAVY), ("long", LONG))
    )
)
_ASKS = ("/query", "/aggregate", "/anchors")


def kind_of(method: str, path: str) -> Kind:
    """The lane of a request; what nobody named is ordinary."""
    if not path.startswith(PREFIX):
        return Kind.FREE
    inner = path[len(PREFIX) :]
    if inner.endswith("/query"):
        return Kind.ORDINARY
    if inner.startswith(ENTRY):
        return Kind.ENTRY
    found = _MATCHED.fullmatch(f"{method} {inner}")
    return Kind(found.lastgroup) if found and found.lastgroup else Kind.ORDINARY


def only_reads(method: str, path: str) -> bool:
    """Whether nothing is left half done when the request is broken off."""
    return method in ("GET", "HEAD") or (method == "POST" and path.endswith(_ASKS))
