"""Identifiers: UUIDv7, made here when a command must know its ids before the row exists."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


LARGEST_VERSION = 2**31 - 1


def parse_version(raw: object) -> int | None:
    """A record's version as a caller writes it, or None: digits only, within PostgreSQL's integer."""
    text = str(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | str) or not (text.isascii() and text.isdigit()):
        return None
    return int(text) if len(text) <= len(str(LARGEST_VERSION)) and int(text) <= LARGEST_VERSION else None


def parse_id(text: object) -> UUID | None:
    """The UUID written in `text`, or None: callers turn that into their own refusal."""
    try:
        return UUID(str(text))
    except ValueError:
        return None
