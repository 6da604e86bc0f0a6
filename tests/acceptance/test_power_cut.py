"""kill -9 in the middle of writes and of an import: what was acknowledged is there, nothing is half."""

import contextlib
import threading
import time

import httpx
import psutil
import pytest
from served import until

pytestmark = pytest.mark.slow

WRITERS = 4
ROWS = 30_000


@pytest.fixture(scope="module")
def admin(server):
    return server.set_up()


def web_processes(server) -> list[psutil.Process]:
    found = []
    for child in psutil.Process(server.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if "banyan.worker.web" in child.cmdline():
                found.append(child)
    return found


def everything(server) -> list[psutil.Process]:
    """The server, its children and its database."""
    mine = psutil.Process(server.process.pid)
    named = [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(server.home) in " ".join(process.info["cmdline"] or ())
    ]
    return [mine, *mine.children(recursive=True), *named]


def cut_power(server) -> None:
    victims = everything(server)
    for process in victims:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    until(lambda: all(ended(process) for process in victims), 10, "an end of all")
    server.kill()


def ended(process: psutil.Process) -> bool:
    """Gone, or dead and waiting for a parent that does not ask after it: where nobody reaps orphans, for ever."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class Writers:
    """People who write as fast as they are answered, and remember what was acknowledged."""

    def __init__(self, client):
        self.client, self.acknowledged = client, []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]

    def _write(self, number: int) -> None:
        turn = 0
        while not self._stop.is_set():
            turn += 1
            name = f"Writer {number} turn {turn}"
            with contextlib.suppress(httpx.TransportError):
                answer = self.client.call("POST", "/records/account", {"name": name}, timeout=10)
                if answer.status_code == 201:
                    self.acknowledged.append((answer.json()["id"], name))
                    continue
            time.sleep(0.02)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(30)


def assert_all_there(admin, acknowledged) -> None:
    found = {}
    for start in range(0, len(acknowledged), 100):
        ids = [record for record, _ in acknowledged[start : start + 100]]
        rows = admin.rows("account", where={"or": [{"field": "id", "op": "eq", "value": each} for each in ids]},
                          select=["name"], limit=100)  # fmt: skip
        found |= {row["id"]: row["name"] for row in rows}
    assert found == dict(acknowledged)


def test_a_killed_web_process_comes_back_and_loses_nothing(server, admin):
    with Writers(admin) as writers:
        for _ in range(2):
            enough = len(writers.acknowledged) + 40
            until(lambda enough=enough: len(writers.acknowledged) >= enough, 30, "writes")
            before = {each.pid for each in web_processes(server)}
            for process in web_processes(server):
                process.kill()
            until(
                lambda before=before: (
                    len({each.pid for each in web_processes(server)} - before) == len(before)
                ),
                30,
                "new web processes",
            )
        enough = len(writers.acknowledged) + 20
        until(lambda: len(writers.acknowledged) >= enough, 30, "writes after the kill")
    assert_all_there(admin, writers.acknowledged)


def test_a_power_cut_loses_no_acknowledged_write_and_leaves_the_import_whole_or_absent(server, admin):
    before = admin.count("lead")
    made = upload(server, admin)
    with Writers(admin) as writers:
        until(lambda: len(writers.acknowledged) >= 40, 30, "writes")
        admin.ok("POST", f"/imports/{made}/run")
        until(lambda: phase(admin, made) in ("loading", None), 60, "loading")
        cut_power(server)
    server.start()
    assert_all_there(admin, writers.acknowledged)
    # A worker takes the job over once the dead one's heartbeat is old enough.
    state = until(lambda: settled(admin, made), 90, "an end of the import")
    there = admin.count("lead") - before
    assert (state, there) in {("done", ROWS), ("failed", 0)}
    assert state == "done" or admin.ok("GET", f"/imports/{made}")["error"]


def upload(server, admin) -> str:
    lines = "\n".join(f"Lead {number},Company {number % 997}" for number in range(ROWS))
    answer = httpx.post(
        f"{server.base}/api/v1/imports",
        data={"object": "lead"},
        files={"file": ("leads.csv", f"name,company\n{lines}\n".encode())},
        headers=admin.headers,
        timeout=60,
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def phase(admin, import_id):
    found = admin.ok("GET", f"/imports/{import_id}")
    return (found["progress"] or {}).get("phase", "waiting") if found["state"] == "loading" else None


def settled(admin, import_id):
    state = admin.ok("GET", f"/imports/{import_id}")["state"]
    return state if state in ("done", "failed", "cancelled") else None
