"""Batches: atomic ones in set-based statements, per-row ones each behind a savepoint."""

from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Bound

from banyan.api.caller import Caller
from banyan.api.problems import problem_document
from banyan.db.constraints import translate
from banyan.db.database import Connection
from banyan.kernel.errors import BanyanError, FieldProblem, NotFound
from banyan.kernel.faults import Fault
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import Object
from banyan.records.commands import Change, Commands, Written

MAX_OPERATIONS = 1_000


class BatchOperation(BaseModel):
    """`version` left out writes over whatever version is there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    op: Literal["create", "update", "delete", "restore"]
    id: str | None = None
    version: int | None = None
    values: dict[str, Any] = Bound(default_factory=dict)

    @model_validator(mode="after")
    def _values_where_they_count(self) -> Self:
        if self.values and self.op in ("delete", "restore"):
            raise Fault("takes_no_values")
        return self


class BatchBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["atomic", "per_row"] = "atomic"
    operations: tuple[BatchOperation, ...] = Bound(min_length=1, max_length=MAX_OPERATIONS)


async def run_batch(
    connection: Connection, caller: Caller, obj: Object, body: BatchBody
) -> list[dict[str, Any]]:
    """Results in the order of the operations."""
    if len(body.operations) > 1:
        caller.session.policy.require(obj.grant_key, "bulk")
    commands = Commands(connection, caller.session, caller.runtime.bus)
    if body.mode == "atomic":
        results: list[dict[str, Any]] = []
        start = 0
        operations = body.operations
        # Neighbours of one kind go together: one statement for a thousand creates.
        async with commands.together():
            for end in range(1, len(operations) + 1):
                if end == len(operations) or operations[end].op != operations[start].op:
                    part = operations[start:end]
                    try:
                        written = await _run(commands, obj, part, start)
                    except BanyanError as error:
                        _place(error, part, start)
                        raise
                    results += [_done(item) for item in written]
                    start = end
        return results
    return [
        await _alone(connection, commands, caller, obj, operation, index)
        for index, operation in enumerate(body.operations)
    ]


def _done(item: Written) -> dict[str, Any]:
    return {"status": "ok", "id": str(item.id), "version": item.version}


async def _run(
    commands: Commands, obj: Object, operations: tuple[BatchOperation, ...], start: int
) -> list[Written]:
    pointers = [f"/operations/{start + offset}/values" for offset in range(len(operations))]
    kind = operations[0].op
    if kind == "create":
        return await commands.create(obj, [operation.values for operation in operations], pointers)
    changes = [
        Change(_id(operation, obj), operation.values, operation.version, pointer)
        for operation, pointer in zip(operations, pointers, strict=True)
    ]
    if kind == "update":
        return await commands.update(obj, changes)
    return await (commands.delete if kind == "delete" else commands.restore)(obj, changes)


def _place(error: BanyanError, operations: tuple[BatchOperation, ...], start: int) -> None:
    """Say which operation it was that a refusal of one record is about."""
    wanted = parse_id(str(error.params.get("id")))
    if error.problems or wanted is None:
        return
    for offset, operation in enumerate(operations):
        if parse_id(operation.id) == wanted:
            error.problems = (FieldProblem(f"/operations/{start + offset}", error.code, error.params),)
            return


def _id(operation: BatchOperation, obj: Object) -> UUID:
    found = parse_id(operation.id)
    if found is None:
        raise NotFound("record_not_found", object=obj.api_name, id=str(operation.id))
    return found


async def _alone(
    connection: Connection,
    commands: Commands,
    caller: Caller,
    obj: Object,
    operation: BatchOperation,
    index: int,
) -> dict[str, Any]:
    """One operation for itself: its failure is its result and undoes nothing else."""
    import psycopg

    await connection.execute("SAVEPOINT row")
    try:
        (written,) = await _run(commands, obj, (operation,), index)
    except (BanyanError, psycopg.Error) as error:
        await connection.execute("ROLLBACK TO SAVEPOINT row")
        refusal = error if isinstance(error, BanyanError) else translate(error)
        if refusal is None or refusal.status >= 500:  # noqa: PLR2004 - not the row's fault
            raise
        return {"status": "error", "error": problem_document(refusal, caller.actor.language, "")}
    # A thousand open savepoints would slow each later row down.
    await connection.execute("RELEASE SAVEPOINT row")
    return _done(written)
