"""`banyan serve` from the outside: real processes, real signals."""

import collections
import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

import psutil
import psycopg
import pytest

from banyan.cli.children import Child, SharedListener, open_counts
from banyan.db.embedded import EmbeddedServer
from banyan.db.embedded.processes import live_postmaster
from banyan.kernel.settings import Settings

# An application that answers with its process id: what is tested here is the house around it.
STUB = """
import os

def create_app():
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(os.getpid()).encode()})
    return app
"""
SERVE = """
import sys
from banyan.cli.refusals import refusal_line
from banyan.cli.supervisor import Supervisor
from banyan.kernel.errors import BanyanError
from banyan.kernel.settings import Settings
try:
    sys.exit(Supervisor(Settings.from_environment(), ("web", "worker"), application="stub:create_app").run())
except BanyanError as error:
    sys.exit(refusal_line(error))
"""
PATIENCE_S = 30


class Served:
    """One running `banyan serve` and what it said."""

    def __init__(self, process, port, home):
        self.process, self.port, self.home = process, port, home
        self.said = []

    def wait_ready(self):
        while True:
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read()
            self.said.append(line)
            if "First sign-in" in line:
                return self

    def ask(self):
        """Return the process id of the web process that answers, trying while it is being restarted."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as answer:
                    return int(answer.read())
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                assert time.monotonic() < deadline
                time.sleep(0.05)

    @property
    def token(self):
        return re.search(r"token=(\S+)", "".join(self.said)).group(1)

    @property
    def postmaster(self):
        return live_postmaster(self.home / "database" / "data-18")


@pytest.fixture(scope="module")
def stub(open_folder):
    folder = open_folder / "stub"
    folder.mkdir()
    (folder / "stub.py").write_text(STUB)
    return folder


@pytest.fixture(scope="module")
def serve(stub):
    started = []

    def start(home, port=None, application=stub, **more):
        """`application`: the folder of its stub; `more`: further variables of the environment."""
        port = port or free_port()
        environment = {
            **os.environ,
            "BANYAN_HOME": str(home),
            "BANYAN_BACKUPS": f"{home}-backups",
            "BANYAN_PORT": str(port),
            "BANYAN_LANGUAGE": "en",
            "PYTHONPATH": str(application),
            **more,
        }
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        served = Served(process, port, home)
        started.append(served)
        return served

    yield start
    for served in started:
        if served.process.poll() is None:
            served.process.terminate()
        served.process.communicate(timeout=PATIENCE_S)


@pytest.fixture(scope="module")
def home(open_folder):
    folder = open_folder / f"serve-{uuid.uuid4().hex[:6]}"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def running(serve, home):
    """A ready server; tests of one home follow one another, each with a server of its own."""
    served = serve(home).wait_ready()
    yield served
    if served.process.poll() is None:
        served.process.terminate()
        served.process.wait(PATIENCE_S)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def until(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_it_answers_says_where_and_stops_leaving_nothing(running):
    assert f"http://127.0.0.1:{running.port}" in running.said[0]
    children = psutil.Process(running.process.pid).children(recursive=True)
    assert running.ask() in {child.pid for child in children}
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(PATIENCE_S) == 0
    assert running.postmaster is None
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)


def test_second_server_on_the_same_home_gets_one_clear_line(running, serve):
    out, err = serve(running.home).process.communicate(timeout=PATIENCE_S)
    assert (out, err) == ("", f"Another banyan serve is already running on {running.home}.\n")


def test_port_in_use_gets_one_clear_line_and_starts_nothing(serve, open_folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        other = serve(open_folder / "other", port)
        _, err = other.process.communicate(timeout=PATIENCE_S)
    assert err == f"Port {port} is in use. Stop the program that holds it or choose another with --port.\n"
    assert not (open_folder / "other" / "database").exists()


def test_kill_9_of_the_parent_takes_everything_along_and_the_next_start_works_at_once(running, serve):
    first_token, postmaster = running.token, running.postmaster
    running.process.kill()
    running.process.communicate()
    again = serve(running.home, running.port).wait_ready()
    again.ask()
    assert again.token != first_token
    again.process.terminate()
    assert again.process.wait(PATIENCE_S) == 0
    until(lambda: running.postmaster is None and not postmaster.is_running())


def web_processes(served):
    found = set()
    for child in psutil.Process(served.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if "banyan.worker.web" in child.cmdline():
                found.add(child.pid)
    return found


def test_killed_web_process_is_replaced(running):
    until(lambda: len(web_processes(running)) == Settings.from_environment({}).web_workers)
    before, killed = web_processes(running), running.ask()
    assert killed in before
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(web_processes(running) - {killed}) == len(before))
    (new,) = web_processes(running) - before
    # It serves: the others are held for as long as it is asked.
    for other in before - {killed}:
        os.kill(other, signal.SIGSTOP)
    try:
        until(lambda: running.ask() == new)
    finally:
        for other in before - {killed}:
            os.kill(other, signal.SIGCONT)


def test_of_a_killed_process_it_is_told_that_it_takes_none(tmp_path):
    with open_counts() as counts, socket.create_server(("127.0.0.1", 0)) as listener:
        shared = SharedListener(listener, counts)
        for number in range(2):
            shared.nobody(number)
        settings = Settings(tmp_path, tmp_path / "b")
        child = Child("web-2", "time", settings, shared, number=1)  # A module that ends at once.
        child.start()
        os.pwrite(counts.fileno(), (7).to_bytes(4, "little"), 4)
        until(lambda: child.keep_running() or os.pread(counts.fileno(), 8, 0) == b"\xff" * 8)
        child.ask_to_stop()
        child.wait_stopped()


def test_connections_that_come_at_once_are_shared_by_all_web_processes(running):
    wanted = Settings.from_environment({}).web_workers

    def shared():
        with contextlib.ExitStack() as stack:
            guests = [
                http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE_S) for _ in range(16)
            ]
            for guest in guests:
                stack.callback(guest.close)
                guest.connect()
            found = collections.Counter()
            for guest in guests:
                guest.request("GET", "/")
                found[guest.getresponse().read()] += 1
        time.sleep(0.3)  # until they have told that those are gone
        return len(found) == wanted and max(found.values()) <= 16 // wanted + 3

    # At first one of them may still be coming, and on a busy machine one may not wake in time.
    assert any(shared() for _ in range(10))


def test_killed_database_is_revived(running):
    first = running.postmaster.pid
    os.kill(first, signal.SIGKILL)
    until(lambda: (found := running.postmaster) is not None and found.pid != first)
    server = EmbeddedServer(Settings(running.home, running.home.with_name("b")))
    with server as targets, psycopg.connect(targets.app) as connection:
        assert connection.execute("SELECT key FROM control.workspace").fetchall() == [("main",)]


@pytest.mark.anyio
async def test_set_up_token_works_once(running):
    from banyan.db.database import Database
    from banyan.workspaces import complete_set_up

    names = {"name": "Acme", "language": "en", "currency": "EUR"}
    with EmbeddedServer(Settings(running.home, running.home.with_name("b"))) as targets:
        database = await Database.open(targets)
        async with database.transaction() as connection:
            assert await complete_set_up(connection, "main", token="wrong", **names) is None
            made = await complete_set_up(connection, "main", token=running.token, **names)
            assert (made.name, made.is_set_up) == ("Acme", True)
            assert await complete_set_up(connection, "main", token=running.token, **names) is None
            await connection.execute("UPDATE control.workspace SET set_up_at = NULL")  # For the tests after.
        await database.close()


def test_command_says_its_refusal_in_one_line(home):
    command = [sys.executable, "-m", "banyan.cli", "serve"]
    environment = {**os.environ, "BANYAN_HOME": str(home), "BANYAN_PORT": "many", "BANYAN_LANGUAGE": "zh_CN"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("banyan: 设置有误")
    assert done.stderr.count("\n") == 1


# The first process that asks makes the mark and serves; whichever finds it does not start.
ONLY_ONE = """
import os, pathlib, sys

def create_app():
    mark = pathlib.Path(os.environ["BANYAN_HOME"]) / "first"
    if mark.exists():
        sys.exit(7)
    mark.write_text(str(os.getpid()))
    return served()

def served():
"""


def test_a_second_web_process_that_does_not_start_takes_nothing_from_the_first(
    serve, open_folder, tmp_path_factory
):
    home = open_folder / f"serve-{uuid.uuid4().hex[:6]}"
    folder = tmp_path_factory.mktemp("one")
    body = STUB.partition("def create_app():")[2]
    (folder / "stub.py").write_text(f"{ONLY_ONE.strip()}\n{body.lstrip(chr(10))}", "utf-8")
    served = serve(home, application=folder, BANYAN_WEB_WORKERS="2").wait_ready()
    told = next((line for line in served.process.stdout if "web-2" in line), "")
    assert "web-2 does not start; the others go on" in told
    first = int((home / "first").read_text())
    assert {served.ask() for _ in range(5)} == {first}
    assert served.process.poll() is None
