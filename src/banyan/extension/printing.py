"""The port to printing: a feature that needs the file of a document (to send, to keep) asks here; `app` wires it."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

from banyan.db.database import Connection
from banyan.kernel.errors import Unavailable

Format = Literal["pdf", "docx"]


@dataclass(frozen=True)
class Printed:
    """A finished file. `sha256` is of its content, in hex."""

    name: str
    media_type: str
    content: bytes
    sha256: str


class Printer(Protocol):
    async def render(
        self,
        connection: Connection,
        session: Any,
        obj: Any,
        record_id: UUID,
        *,
        template: str | None = None,
        language: str,
        format: Format = "pdf",  # noqa: A002 - the word of the API
    ) -> Printed:
        """One record as a file, with what `session` may read of it. `template`: an id; none: the one that fits best.

        Raises NotFound for a record out of sight and for an object that has no template. Nothing is written: who asks
        says in the audit what became of the file.
        """
        ...


class NoPrinter:
    async def render(
        self,
        connection: Connection,
        session: Any,
        obj: Any,
        record_id: UUID,
        *,
        template: str | None = None,
        language: str,
        format: Format = "pdf",  # noqa: A002 - the word of the API
    ) -> Printed:
        raise Unavailable("printing_unavailable")


@dataclass
class PrintingPort:
    """Where the printer of this process is found."""

    printer: Printer


PRINTING = PrintingPort(NoPrinter())
