"""`banyan audit` on a real installation: what it prints, and exit code 1 when something does not fit."""

import asyncio
import uuid

import psycopg
import pytest
from typer.testing import CliRunner

from banyan.audit.installation import leave_note, note_everywhere, write_left_note
from banyan.cli.main import app
from banyan.workspaces import provision


@pytest.fixture
def shop(targets):
    """The key of a workspace with two entries."""
    from banyan.db.control import drop_workspace

    made = provision(targets, key=f"t{uuid.uuid4().hex[:12]}", name="Audit")
    for number in range(2):
        note_everywhere(targets, "backup_taken", {"number": number})
    yield made
    drop_workspace(targets, made.key)


@pytest.fixture
def banyan(settings, monkeypatch):
    monkeypatch.setenv("BANYAN_HOME", str(settings.home))
    monkeypatch.setenv("BANYAN_BACKUPS", str(settings.backups))
    monkeypatch.setenv("BANYAN_LANGUAGE", "en")

    def run(*arguments: str):
        return CliRunner().invoke(app, ["audit", *arguments])

    return run


def test_head_is_printed_and_the_check_finds_tampering(banyan, shop, targets):
    said = banyan("head", "--workspace", shop.key)
    assert said.exit_code == 0, said.output
    head = said.output.split()[1]
    assert head.startswith("1:")
    said = banyan("verify", "--workspace", shop.key, "--head", head)
    assert said.exit_code == 0
    assert f"{shop.key}: intact. 1 seals, 2 entries, 0 waiting. Head {head}" in said.output

    with psycopg.connect(targets.owner) as owner:
        row = owner.execute(
            f"UPDATE {shop.schema}.audit_entry SET actor_kind = 'user' WHERE detail->>'number' = '1' RETURNING id"
        ).fetchone()
    said = banyan("verify", "--workspace", shop.key)
    assert said.exit_code == 1
    assert f"an entry was changed. Seal and entry: 1 {row[0]}" in said.output
    assert banyan("verify").exit_code == 1  # one broken workspace of all is enough


def test_cut_chain_needs_the_head(banyan, shop, targets):
    head = banyan("head", "--workspace", shop.key).output.split()[1]
    with psycopg.connect(targets.owner) as owner:
        owner.execute(f"DELETE FROM {shop.schema}.audit_entry")
        owner.execute(f"DELETE FROM {shop.schema}.audit_seal")
    assert banyan("verify", "--workspace", shop.key).exit_code == 0
    said = banyan("verify", "--workspace", shop.key, "--head", head)
    assert said.exit_code == 1
    assert "the chain was cut" in said.output


def test_unknown_workspace_and_head_without_workspace_are_refused(banyan, shop):
    assert banyan("verify", "--workspace", "nobody").exit_code == 1
    assert banyan("verify", "--head", "1:00").exit_code == 2


def test_nothing_is_archived_before_its_time(banyan, shop):
    banyan("head", "--workspace", shop.key)
    said = banyan("archive", "--workspace", shop.key)
    assert "nothing is old enough" in said.output


def test_a_restore_is_written_down_at_the_next_start(settings, shop, targets):
    leave_note(settings.home, "restored", {"to": "latest"})
    write_left_note(settings.home, targets)
    with psycopg.connect(targets.owner) as owner:
        query = f"SELECT detail->>'to' FROM {shop.schema}.audit_entry WHERE action = 'restored'"
        assert owner.execute(query).fetchall() == [("latest",)]
    with pytest.raises(FileNotFoundError):
        write_left_note(settings.home, targets)  # once


def test_rounds_go_on_after_a_failure():
    from banyan.jobs import Round
    from banyan.worker.renewing import Renewal
    from banyan.worker.run import _repeat

    done = []

    async def watch():
        third = asyncio.Event()

        async def work():
            done.append(len(done))
            if len(done) == 1:
                raise OSError("no disk")
            if len(done) == 3:
                third.set()

        task = asyncio.create_task(_repeat(Round("test", work, 0.001), Renewal()))
        await asyncio.wait_for(third.wait(), 30)
        task.cancel()

    asyncio.run(watch())
    assert done[:3] == [0, 1, 2]
