"""Files that values name: only what the writer uploaded for this very field, or what the record holds already."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.files.facade import StoredFile, find_files, hold_files
from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.metadata.catalog import Field, Object
from banyan.records.session import Session
from banyan.records.values import Stored


async def attach_files(
    connection: Connection, session: Session, obj: Object, rows: Sequence[Stored], pointers: Sequence[str]
) -> None:
    """Complete the values of `rows` in place and hold their files. Raises InvalidInput with the place of each fault."""
    named = [
        (field, row, pointer)
        for field in obj.fields
        if field.kind.holds_files
        for row, pointer in zip(rows, pointers, strict=True)
        if row.get(field.physical())
    ]
    if not named:
        return
    wanted = {UUID(item["id"]) for field, row, _ in named for item in row[field.physical()]}
    found = await find_files(connection, obj.schema, sorted(wanted))
    problems: list[FieldProblem] = []
    for field, row, pointer in named:
        record, values = UUID(row["id"]), list[dict[str, Any]]()
        for item in row[field.physical()]:
            file = found.get(UUID(item["id"]))
            if file is None or not _may_name(file, field, record, session):
                problems.append(FieldProblem(f"{pointer}/{field.api_name}", "unknown_file", {}))
            else:
                values.append(file.document())
        row[field.physical()] = values
        if not await hold_files(connection, obj.schema, record, [UUID(str(value["id"])) for value in values]):
            problems.append(FieldProblem(f"{pointer}/{field.api_name}", "unknown_file", {}))
    if problems:
        raise InvalidInput(problems=problems)


def _may_name(file: StoredFile, field: Field, record: UUID, session: Session) -> bool:
    if file.field_id != field.id:
        return False
    if file.record_id is not None:
        return file.record_id == record
    return file.created_by == session.actor.user_id
