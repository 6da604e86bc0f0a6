"""Backups that run by themselves while `banyan serve` does.

Daily copies, a weekly proof that they restore.
"""

import threading
import time
from datetime import UTC, datetime, timedelta

from banyan import workspaces
from banyan.cli.refusals import refusal_line, say
from banyan.db.embedded.places import prepare_places
from banyan.db.roles import ConnectionTargets
from banyan.kernel.errors import BanyanError
from banyan.kernel.settings import Settings

LOOK_EVERY_S = 15.0
BASE_EVERY = timedelta(days=1)
PROOF_EVERY = timedelta(days=7)
AFTER_A_FAILURE = timedelta(hours=1)


class BackupSchedule:
    """Looks now and then whether a backup is due and takes it in a thread of its own."""

    def __init__(self, settings: Settings, targets: ConnectionTargets) -> None:
        self._settings = settings
        self._targets = targets
        self._thread: threading.Thread | None = None
        self._next_look = 0.0
        self._not_before = datetime.min.replace(tzinfo=UTC)

    def run_if_due(self) -> None:
        """Start what is due; returns at once."""
        if time.monotonic() < self._next_look or (self._thread is not None and self._thread.is_alive()):
            return
        self._next_look = time.monotonic() + LOOK_EVERY_S
        self._thread = threading.Thread(target=self._look, name="backup", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Wait a moment for a backup under way; an unfinished one leaves only a folder the next removes."""
        if self._thread is not None:
            self._thread.join(1.0)

    def _look(self) -> None:
        try:
            self._take_what_is_due()
        except BanyanError as error:
            self._failed(refusal_line(error))
        except Exception as error:  # noqa: BLE001 - the schedule outlives any one failure
            self._failed(str(error))

    def _failed(self, reason: str) -> None:
        self._not_before = datetime.now(UTC) + AFTER_A_FAILURE
        print(say("备份失败：", "Backup failed: ") + " ".join(reason.split()), flush=True)

    def _take_what_is_due(self) -> None:
        from banyan import backup
        from banyan.audit.installation import note_everywhere

        now = datetime.now(UTC)
        if now < self._not_before or not any(
            each.is_set_up for each in workspaces.list_workspaces(self._targets)
        ):
            return
        places = prepare_places(self._settings)
        bases = backup.list_bases(places)
        if not bases or now - bases[-1].finished_at > BASE_EVERY:
            base = backup.take_base(places, self._targets)
            note_everywhere(self._targets, "backup_taken", {"backup": base.stamp, "by": "schedule"})
            return
        proof = backup.last_proof(places)
        reference = proof.at if proof else bases[0].finished_at
        if now - reference > PROOF_EVERY:
            backup.verify(places)
