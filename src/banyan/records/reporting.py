"""People as a tree of who reports to whom, and whose records a reader may see by right rather than by chance."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from banyan.access.policy import Everything, InDepartments, Owned
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.metadata.catalog import Catalog, Object
from banyan.records.queries import labels_of
from banyan.records.session import Session

PEOPLE, DEPARTMENTS = "user", "department"


@dataclass(frozen=True)
class Member:
    """A person of the organisation: whom they report to and where they belong."""

    id: UUID
    name: str
    manager: UUID | None
    department: UUID | None


@dataclass(frozen=True)
class Department:
    id: UUID
    name: str
    parent: UUID | None
    head: UUID | None


@dataclass(frozen=True)
class Organisation:
    people: Mapping[UUID, Member]
    departments: Mapping[UUID, Department]

    def below(self, departments: Iterable[UUID]) -> set[UUID]:
        """The departments and all under them."""
        found = set(departments)
        grown = True
        while grown:
            more = {each.id for each in self.departments.values() if each.parent in found} - found
            grown = bool(more)
            found |= more
        return found

    def line(self, person: UUID) -> set[UUID]:
        """The person and everybody who reports to them, directly or not."""
        reports: dict[UUID, list[UUID]] = {}
        for each in self.people.values():
            if each.manager is not None:
                reports.setdefault(each.manager, []).append(each.id)
        found, waiting = {person}, [person]
        while waiting:
            new = [each for each in reports.get(waiting.pop(), ()) if each not in found]
            found.update(new)
            waiting += new
        return found

    def members_of(self, departments: Iterable[UUID]) -> set[UUID]:
        wanted = set(departments)
        return {each.id for each in self.people.values() if each.department in wanted}

    def led_by(self, person: UUID) -> set[UUID]:
        """Whom the person leads: the reporting line, and the people of departments they head. Not themself."""
        headed = self.below(each.id for each in self.departments.values() if each.head == person)
        return (self.line(person) | self.members_of(headed)) - {person}


async def read_organisation(connection: Connection, catalog: Catalog) -> Organisation:
    """Everybody and every department that is not deleted. Names are for those who may read them: callers ask."""
    people = [Member(*row) for row in await _rows(connection, catalog, PEOPLE, ("manager", "department"))]
    departments = [
        Department(*row) for row in await _rows(connection, catalog, DEPARTMENTS, ("parent", "head"))
    ]
    return Organisation({each.id: each for each in people}, {each.id: each for each in departments})


async def read_named(connection: Connection, session: Session) -> Organisation:
    """The organisation with the names that the reader may know; others are blank."""
    found = await read_organisation(connection, session.full)
    seen = session.catalog.by_name.get(PEOPLE)
    if seen is not None and session.policy.unrestricted(seen.grant_key, "read"):
        return found
    known = {} if seen is None else await labels_of(connection, session, seen, set(map(str, found.people)))
    people = {key: replace(each, name=known.get(str(key)) or "") for key, each in found.people.items()}
    return replace(found, people=people)


async def _rows(
    connection: Connection, catalog: Catalog, name: str, places: Sequence[str]
) -> list[tuple[Any, ...]]:
    obj = catalog.by_name.get(name)
    if obj is None:
        return []
    table = obj.table
    asked = sa.select(table.c.id, table.c[obj.title.physical()], *(_place(obj, each) for each in places))
    return list(await (await run(connection, asked.where(table.c.deleted_at.is_(None)))).fetchall())


def _place(obj: Object, name: str) -> Any:
    field = obj.field(name)
    return sa.null() if field is None else obj.table.c[field.physical()]


def people_open(session: Session, organisation: Organisation, obj: Object) -> set[UUID] | None:
    """Whose records of `obj` the reader's rights open as theirs; None: everybody's."""
    me = session.actor.user_id
    found = {me} if me is not None else set()
    for because in session.policy.rows(obj.grant_key, "read"):
        match because.arm:
            case Everything():
                return None
            case Owned(people=people):
                found.update(people)
            case InDepartments(departments=departments):
                found |= organisation.members_of(departments)
    return found
