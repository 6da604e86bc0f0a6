"""Rounds over all workspaces: one that fails holds up no other, and is told once."""

import pytest
import structlog

from banyan.db.control import drop_workspace
from banyan.db.everywhere import Everywhere
from banyan.kernel.errors import Unavailable
from banyan.workspaces import provision

pytestmark = pytest.mark.anyio


async def test_one_workspaces_trouble_is_not_the_others_and_is_told_once(database, targets, workspace):
    other = provision(targets, key="everywhere", name="Everywhere")
    seen: list[str] = []
    broken = {workspace.schema}

    async def work(schema: str) -> None:
        seen.append(schema)
        if schema in broken:
            raise Unavailable("database_busy")

    everywhere = Everywhere(database, "sample", work)
    try:
        with structlog.testing.capture_logs() as told:
            await everywhere.round()
            await everywhere.round()
            assert seen.count(workspace.schema) == seen.count(other.schema) == 2
            assert seen.index(workspace.schema) < seen.index(other.schema)
            broken.clear()
            await everywhere.round()
            broken.add(workspace.schema)
            await everywhere.round()
    finally:
        drop_workspace(targets, other.key)
    failures = [each for each in told if each["event"] == "workspace_failed"]
    assert [(each["schema"], each["round"]) for each in failures] == [(workspace.schema, "sample")] * 2
    await everywhere.round()
    assert seen[-1] != other.schema
