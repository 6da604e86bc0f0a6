"""Identifiers: UUIDv7, made here when a command must know its ids before the row exists."""

import os
import time
from uuid import UUID


class _Clock:
    """Ticks of 1/4096 ms that never stand still, so that ids made one after another are in that order."""

    last = 0

    def tick(self) -> int:
        self.last = max(time.time_ns() * 4096 // 1_000_000, self.last + 1)
        return self.last


_clock = _Clock()


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, 12 of their fraction (method 3), then 62 random bits."""
    ticks = _clock.tick()
    value = (ticks >> 12 & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64
    return UUID(int=value | 0x2 << 62 | int.from_bytes(os.urandom(8), "big") >> 2)


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
