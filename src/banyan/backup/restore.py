"""Bring the database back to a moment, and prove by doing it that this works."""

import json
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from banyan.backup.base import BaseBackup, list_bases
from banyan.db.embedded.locks import someone_uses, transition
from banyan.db.embedded.passwords import load_or_make
from banyan.db.embedded.places import Places, prepare_places
from banyan.db.embedded.processes import live_postmaster
from banyan.db.embedded.restored import (
    add_last_segments,
    put_in_service,
    recovered_server,
    restoring_places,
    unpack_base,
)
from banyan.db.embedded.server import refuse_without_space, shut_down
from banyan.db.embedded.service_user import give_to
from banyan.db.inspection import set_passwords, table_sums
from banyan.kernel.errors import StartRefused
from banyan.kernel.settings import Settings

ARCHIVE_TIMEOUT_S = 60
LAST_PROOF = "last-verify.json"
_BEYOND_THE_END = "recovery ended before configured recovery target was reached"


@dataclass(frozen=True)
class Restored:
    """What a restore did. `kept` is the former data folder, `base` the base backup it started from."""

    base: BaseBackup
    data: Path
    kept: Path | None
    seconds: float


@dataclass(frozen=True)
class Proof:
    """The outcome of restoring a backup aside and comparing it. Seconds are measured, not promised."""

    stamp: str
    at: datetime
    tables: int
    rows: int
    exact: bool
    rpo_seconds: float
    rto_seconds: float


def verify(places: Places, base: BaseBackup | None = None) -> Proof:
    """Restore a base backup aside, start it, compare every table with the manifest, write down the proof.

    Raises:
        StartRefused: `backup_differs` naming the tables, or a code saying why it could not be restored.
    """
    chosen = base or _newest(places)
    started = time.monotonic()
    with restoring_places(places, places.database / "verifying") as restoring:
        refuse_without_space(restoring.database)
        unpack_base(chosen.folder, restoring)
        target = {"recovery_target_name": chosen.restore_point}
        with recovered_server(restoring, target, keep_archiving=False) as superuser:
            seconds = time.monotonic() - started
            with psycopg.connect(superuser) as connection:
                found = table_sums(connection)
    sums = {name: {"rows": each.rows, "checksum": each.checksum} for name, each in found.items()}
    differing = sorted(name for name in {*sums, *chosen.tables} if sums.get(name) != chosen.tables.get(name))
    if differing and chosen.exact:
        raise StartRefused("backup_differs", tables=", ".join(differing))
    proof = Proof(
        stamp=chosen.stamp,
        at=datetime.now(UTC),
        tables=len(sums),
        rows=sum(each.rows for each in found.values()),
        exact=chosen.exact,
        rpo_seconds=ARCHIVE_TIMEOUT_S,
        rto_seconds=round(seconds, 2),
    )
    _write_proof(places, proof)
    return proof


def last_proof(places: Places) -> Proof | None:
    """Return the last successful verification, if there was one."""
    path = places.backups / LAST_PROOF
    if not path.is_file():
        return None
    facts = json.loads(path.read_text(encoding="utf-8"))
    return Proof(**{**facts, "at": datetime.fromisoformat(facts["at"])})


def restore(settings: Settings, to: datetime | None, into: Path | None = None) -> Restored:
    """Bring the database back to `to` (None: as far as the archive goes).

    In place, the former data folder is kept beside. With `into` a new home is made there and nothing
    here changes.

    Raises:
        StartRefused: the server is in use, there is no backup before `to`, or recovery failed.
    """
    started = time.monotonic()
    places = prepare_places(settings)
    with transition(places.locks):
        if into is None:
            _stop_idle_server(places)
        goal = places if into is None else _new_home(into)
        base = _base_before(places, to)
        with restoring_places(_with_archive_of(places, goal), goal.database / "restoring") as restoring:
            _recover(places, goal, base, to, restoring)
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
            kept = put_in_service(restoring, goal, stamp)
    return Restored(base, goal.data, kept, time.monotonic() - started)


def _recover(places: Places, goal: Places, base: BaseBackup, to: datetime | None, restoring: Places) -> None:
    target = {"recovery_target_time": to.isoformat()} if to else {}
    passwords = load_or_make(places.secrets)
    while True:
        shutil.rmtree(restoring.data, ignore_errors=True)
        unpack_base(base.folder, restoring)
        add_last_segments(places.data, restoring)
        try:
            with recovered_server(restoring, target, keep_archiving=goal is places) as superuser:
                set_passwords(superuser, passwords.superuser, passwords)
        except StartRefused as error:
            # Nothing was written between the last change and `to`: the end of the archive is that state.
            if target and _BEYOND_THE_END in str(error.params.get("reason", "")):
                target = {}
                continue
            raise StartRefused("restore_failed", **error.params) from error
        else:
            return


def _stop_idle_server(places: Places) -> None:
    """Refuse while anyone uses the server; stop one that killed commands have left running."""
    if someone_uses(places.locks):
        raise StartRefused("server_in_use", path=str(places.home))
    left = live_postmaster(places.data)
    if left is not None:
        shut_down(places, left)


def _new_home(into: Path) -> Places:
    if into.exists() and any(into.iterdir()):
        raise StartRefused("restore_target_taken", path=str(into))
    return prepare_places(Settings(home=into, backups=into.with_name(f"{into.name}-backups")))


def _with_archive_of(places: Places, goal: Places) -> Places:
    """Return the goal's folders with our backups to read from; copy the passwords the new home will need."""
    if goal is not places:
        for secret in places.secrets.iterdir():
            shutil.copyfile(secret, goal.secrets / secret.name)
            (goal.secrets / secret.name).chmod(0o600)
    return Places(goal.home, goal.database, goal.sockets, places.backups, goal.user)


def _base_before(places: Places, to: datetime | None) -> BaseBackup:
    bases = list_bases(places)
    if not bases:
        raise StartRefused("no_backup", path=str(places.bases))
    fitting = [base for base in bases if to is None or base.finished_at <= to]
    if not fitting:
        earliest = bases[0].finished_at.isoformat(timespec="seconds")
        raise StartRefused("no_backup_before", to=to.isoformat() if to else "", earliest=earliest)
    return fitting[-1]


def _newest(places: Places) -> BaseBackup:
    bases = list_bases(places)
    if not bases:
        raise StartRefused("no_backup", path=str(places.bases))
    return bases[-1]


def _write_proof(places: Places, proof: Proof) -> None:
    path = places.backups / LAST_PROOF
    facts = {**proof.__dict__, "at": proof.at.isoformat()}
    path.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    path.chmod(0o600)
    give_to(places.user, path)
