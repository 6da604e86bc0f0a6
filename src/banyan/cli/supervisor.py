"""The parent process of `banyan serve`: database, children, clean end.

It imports neither the web application nor the job handlers, so it stays small and lives when they do not.
"""

import contextlib
import errno
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from banyan import workspaces
from banyan.cli.children import APPLICATION, Child, SharedListener, open_counts, web_child, worker_child
from banyan.cli.refusals import say
from banyan.cli.schedule import BackupSchedule
from banyan.db.embedded.locks import exclusive, someone_uses
from banyan.db.embedded.places import prepare_home
from banyan.db.embedded.server import EmbeddedServer
from banyan.db.managed import managed_targets
from banyan.db.roles import ConnectionTargets
from banyan.db.schema_version import check_versions, upgrade_control, upgrade_workspace
from banyan.kernel.errors import BanyanError, StartRefused
from banyan.kernel.settings import METRICS_FOLDER, Settings

SOURCE = Path(__file__).resolve().parents[1]
LEAVING_PATIENCE_S = 8.0
TICK_S = 0.1
DATABASE_CHECK_EVERY_S = 1.0
BACKLOG = 2048


class Supervisor:
    """One `banyan serve`."""

    def __init__(
        self,
        settings: Settings,
        roles: tuple[str, ...],
        *,
        reload: bool = False,
        application: str = APPLICATION,
    ) -> None:
        self._application = application
        self._settings = settings
        self._roles = roles
        self._reload = reload
        self._stop = threading.Event()
        self._children: list[Child] = []
        self._server = None if settings.database_url else EmbeddedServer(settings)

    def run(self) -> int:
        """Serve until told to stop; returns the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        home = prepare_home(self._settings)
        with exclusive(home / "locks" / "serve.lock", "already_serving"), contextlib.ExitStack() as stack:
            shared = stack.enter_context(self._shared_listener(home)) if "web" in self._roles else None
            if self._settings.observing.metrics:
                _empty(home / METRICS_FOLDER)
            stack.callback(self._close_database)
            stack.callback(self._stop_children)
            # It imports while the database starts, and waits for our word.
            self._start_first_child(shared)
            targets = self._open_database()
            link = self._bring_up_to_date(targets)
            for child in self._children:
                child.let_go()
            self._wait_until_ready()
            if not self._stop.is_set():
                self._announce(link)
                self._start_others(shared)
            self._watch(targets)
        return 0

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._stop.set()

    @contextlib.contextmanager
    def _shared_listener(self, home: Path) -> Iterator[SharedListener]:
        """Bind here: children share the socket, and a port in use is found before anything is started."""
        host, port = self._settings.host, self._settings.port
        deadline = time.monotonic() + LEAVING_PATIENCE_S
        while True:
            try:
                family = socket.AF_INET6 if ":" in host else socket.AF_INET
                bound = socket.create_server((host, port), family=family, backlog=BACKLOG)
                break
            except OSError as error:
                # Children of a server that was killed a moment ago are about to let go of the port.
                leaving = someone_uses(home / "locks") and time.monotonic() < deadline
                if error.errno == errno.EADDRINUSE and leaving and not self._stop.is_set():
                    time.sleep(TICK_S)
                    continue
                if error.errno == errno.EADDRINUSE:
                    raise StartRefused("port_in_use", port=port) from error
                raise StartRefused(
                    "address_not_usable", host=host, port=port, reason=error.strerror
                ) from error
        with bound, open_counts() as counts:
            found = SharedListener(bound, counts)
            for number in range(self._settings.web_workers):
                found.nobody(number)
            yield found

    def _open_database(self) -> ConnectionTargets:
        return self._server.start() if self._server else managed_targets(self._settings)

    def _close_database(self) -> None:
        if self._server:
            self._server.stop()

    def _bring_up_to_date(self, targets: ConnectionTargets) -> str | None:
        """Migrate everything; return the first sign-in link while set-up is pending."""
        upgrade_control(targets)
        check_versions(targets)
        for workspace in workspaces.list_workspaces(targets):
            upgrade_workspace(targets, workspace.schema)
        if (self._settings.home / "audit-note.json").exists():
            from banyan.audit.installation import write_left_note

            write_left_note(self._settings.home, targets)
        if workspaces.provision(targets).is_set_up:
            return None
        token = workspaces.new_setup_token(targets)
        return f"{self._address()}/setup?token={token}"

    def _start_first_child(self, shared: SharedListener | None) -> None:
        """One web process; the others and the job worker follow once it answers, so that they slow no start down."""
        first = worker_child(self._settings, self._application) if shared is None else self._web(shared, 0)
        self._children = [first]
        first.start()

    def _start_others(self, shared: SharedListener | None) -> None:
        if shared is None:
            return
        others = [self._web(shared, number) for number in range(1, self._settings.web_workers)]
        if "worker" in self._roles:
            others.append(worker_child(self._settings, self._application))
        for child in others:
            self._children.append(child)
            child.start()
            child.let_go()

    def _web(self, shared: SharedListener, number: int) -> Child:
        return web_child(self._settings, shared, number, self._application)

    def _wait_until_ready(self) -> None:
        while not self._stop.is_set() and not all(child.is_ready() for child in self._children):
            for child in self._children:
                _keep_running(child)
            time.sleep(0.01)

    def _announce(self, link: str | None) -> None:
        if "web" in self._roles:
            print(say("Banyan 已就绪：", "Banyan is ready: ") + self._address(), flush=True)
        else:
            print(say("Banyan 后台任务已就绪", "Banyan background work is ready"), flush=True)
        if link:
            print(say("首次登录：", "First sign-in: ") + link, flush=True)

    def _address(self) -> str:
        return shown_address(self._settings.host, self._settings.port)

    def _watch(self, targets: ConnectionTargets) -> None:
        """Keep database and children running until told to stop."""
        schedule = BackupSchedule(self._settings, targets) if self._server else None
        source = _newest_change() if self._reload else 0.0
        next_check = 0.0
        while not self._stop.wait(TICK_S):
            if time.monotonic() >= next_check:
                self._revive_database()
                next_check = time.monotonic() + DATABASE_CHECK_EVERY_S
            for child in self._children:
                _keep_running(child)
            if schedule:
                schedule.run_if_due()
            if self._reload and (changed := _newest_change()) > source:
                source = changed
                for child in self._children:
                    child.restart()
        if schedule:
            schedule.stop()

    def _revive_database(self) -> None:
        """Start a server that was killed.

        A reason that stops this now (disk full) may be gone next second.
        """
        if self._server is None:
            return
        try:
            self._server.start()
        except BanyanError as error:
            from banyan.cli.refusals import refusal_line

            print(f"banyan: {refusal_line(error)}", flush=True)

    def _stop_children(self) -> None:
        for child in self._children:
            child.ask_to_stop()
        for child in self._children:
            child.wait_stopped()


def _keep_running(child: Child) -> None:
    """Restart a child that ended; one that never came up is a mistake that trying again would only repeat.

    A further web process that does not come up, for want of memory or connections, takes nothing from the first.
    """
    child.is_ready()
    child.keep_running()
    if not child.failed_to_start():
        return
    if child.is_needed:
        raise StartRefused("child_failed", name=child.name)
    if not child.is_missed:
        child.is_missed = True
        words = say(
            "未能启动，其余进程继续服务；将继续重试",
            "does not start; the others go on, and it is tried again",
        )
        print(f"banyan: {child.name} {words}", flush=True)


def _empty(folder: Path) -> None:
    """What earlier processes counted ended with them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)


def shown_address(host: str, port: int) -> str:
    """Return the address a person on this machine opens."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _newest_change() -> float:
    return max((path.stat().st_mtime for path in SOURCE.rglob("*.py")), default=0.0)
