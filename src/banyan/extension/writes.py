"""What features add to the writing of records: asked in the transaction of every write, on every path.

A hook does something after a write; a check judges what was written, row by row. A command refuses with all that the
checks found; an import tells it of each row of its file.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from banyan.db.database import Connection

EVERY = "*"


@dataclass(frozen=True)
class Write:
    """One command: its rows and what it wrote of them.

    `columns` are physical; None where the rows are new. Of new rows `given` are the values they were inserted with
    (physical; None where the writer has them not at hand), `filled` the columns that fills put there. `session` is a
    `records.session.Session` and `obj` the catalog's `Object` as the writer knows it: this layer knows neither.
    """

    connection: Connection
    session: Any
    obj: Any
    ids: Sequence[UUID]
    columns: frozenset[str] | None = None
    restored: bool = False  # out of the trash: checks are asked as of new rows, hooks are not
    given: Sequence[Mapping[str, Any]] | None = None
    filled: frozenset[str] = frozenset()
    removed: bool = (
        False  # into the trash: only checks that say so are asked, about what is left; hooks are not
    )

    @property
    def created(self) -> bool:
        return self.columns is None

    def touches(self, columns: Iterable[str]) -> bool:
        """Whether any of the physical columns was written."""
        return self.columns is None or not self.columns.isdisjoint(columns)


@dataclass(frozen=True)
class Breach:
    """What is wrong with one written row: at which field (API name; None: the record), with the text's parameters.

    `found` is a document that a refusal carries beside its text, for a client to show.
    """

    code: str
    field: str | None = None
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    found: Mapping[str, Any] | None = None


class AfterWrite(Protocol):
    """Called once per command with the rows that were created or changed; may write, may refuse.

    One with `before_checks` true keeps what a check asks of: the trial of a load calls it, and no other.
    """

    async def __call__(self, write: Write) -> None: ...


class Fill(Protocol):
    """Called once per command with rows that are about to be made, under physical names; sets values in place.

    Returns the columns it cared for: what it put there follows from the rest, and history does not tell it.
    """

    def __call__(self, session: Any, obj: Any, rows: Sequence[dict[str, Any]]) -> Iterable[str]: ...


class Check(Protocol):
    """Called once per command after its rows stand. Breaches by record; nothing where all is well.

    One with `judges_removal` true is asked about rows that went into the trash too: of others something is left.
    """

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        """Whether there is anything to judge of this object now; where not, a load is spared the asking."""
        ...

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]: ...


_Registered = TypeVar("_Registered")


@dataclass
class _ByObject(Generic[_Registered]):
    by_object: dict[str, dict[str, _Registered]] = dataclasses.field(default_factory=dict)

    def register(self, object_name: str, name: str, registered: _Registered) -> None:
        """For an object by its API name, or `EVERY`. The same name again replaces what was there."""
        self.by_object.setdefault(object_name, {})[name] = registered

    def of(self, object_name: str) -> list[_Registered]:
        return [*self.by_object.get(object_name, {}).values(), *self.by_object.get(EVERY, {}).values()]


class WriteHooks(_ByObject[AfterWrite]):
    async def after(self, write: Write, *, trial: bool = False) -> None:
        for hook in self.of(write.obj.api_name) if write.ids else ():
            if not trial or getattr(hook, "before_checks", False):
                await hook(write)


class WriteFills(_ByObject[Fill]):
    def fill(self, session: Any, obj: Any, rows: Sequence[dict[str, Any]]) -> frozenset[str]:
        return frozenset().union(*(each(session, obj, rows) for each in self.of(obj.api_name)))


class WriteChecks(_ByObject[Check]):
    async def apply(self, connection: Connection, session: Any, obj: Any) -> bool:
        """Whether any check has something to judge of the object."""
        return any([await check.applies(connection, session, obj) for check in self.of(obj.api_name)])

    async def breaches(self, write: Write) -> dict[UUID, list[Breach]]:
        found: dict[UUID, list[Breach]] = {}
        for check in self.of(write.obj.api_name) if write.ids else ():
            if write.removed and not getattr(check, "judges_removal", False):
                continue
            for record, breaches in (await check(write)).items():
                found.setdefault(record, []).extend(breaches)
        return found


# What follows from the values of new rows alone, worked out before they are written. A load sets it afterwards.
FILLS = WriteFills()
HOOKS = WriteHooks()
# What is worked out from the rows themselves: called before any rule is asked, of rows that were created, changed,
# removed or restored, and in the trial of a load.
FOLLOWS = WriteHooks()
# After rows went into the trash or came out of it; `columns` is None.
MARKS = WriteHooks()
CHECKS = WriteChecks()
