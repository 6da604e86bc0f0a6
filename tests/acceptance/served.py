"""A real `banyan serve` in a home of its own, and what tests ask of it from outside."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "web" / "dist" / "index.html"
PASSWORD = "correct horse battery"
ADMIN = "ada@example.com"
PATIENCE_S = 60


class NotBuilt(Exception):
    """The web client has not been built."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def until(condition, patience=PATIENCE_S, what="the condition"):
    """Ask again and again until the answer is true; returns it."""
    deadline = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} did not come within {patience} s"
        time.sleep(0.05)
    return found


class Served:
    """One installation: started, killed and started again on the same home and port."""

    def __init__(self, home: Path):
        self.home, self.port = home, free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.said: list[str] = []
        self.extra: dict[str, str] = {}  # settings of this server beside its own

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BANYAN_")}
        return {
            **kept,
            "BANYAN_HOME": str(self.home),
            "BANYAN_BACKUPS": f"{self.home}-backups",
            "BANYAN_PORT": str(self.port),
            "BANYAN_LANGUAGE": "en",
            **self.extra,
        }

    def start(self) -> "Served":
        if not BUILT.exists():
            raise NotBuilt(f"{BUILT} is missing: build the web client first (make web).")
        # What the server complains of is kept in a file: a pipe nobody reads would stop it when full.
        errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by `stop`
        self.errors = errors
        self.said = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "banyan.cli", "serve"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=ROOT,
        )
        self._listener = threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True)
        self._listener.start()
        until(lambda: self._ready() or self.process.poll() is not None, what="banyan serve")
        assert self._ready(), self.complaints()
        return self

    def _listen(self, pipe) -> None:
        for line in pipe:
            self.said.append(line)

    def _ready(self) -> bool:
        return any(self.base in line for line in self.said) and self._answers()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.base}/api/v1/setup", timeout=5).is_success
        except httpx.TransportError:
            return False

    def complaints(self) -> str:
        self.errors.seek(0)
        return "".join(self.said) + self.errors.read()

    @property
    def setup_link(self) -> str:
        return re.search(r"http\S+/setup\?token=\S+", until(lambda: self._text("/setup"), 10)).group()

    def _text(self, part: str) -> str:
        text = "".join(self.said)
        return text if part in text else ""

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE_S)
        self._close()

    def kill(self) -> None:
        """The power cut: no word to anybody."""
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self._close()

    def _close(self) -> None:
        if self.process:
            self._listener.join(PATIENCE_S)
            self.process.stdout.close()
            self.errors.close()
            self.process = None

    def set_up(self, language="en", currency="USD", sample="none") -> "Client":
        token = self.setup_link.partition("token=")[2]
        body = {
            "token": token,
            "organisation": "Banyan Trading",
            "language": language,
            "currency": currency,
            "name": "Ada Park",
            "email": ADMIN,
            "password": PASSWORD,
            "sample": sample,
        }
        answer = httpx.post(f"{self.base}/api/v1/setup", json=body, timeout=60)
        assert answer.status_code == 201, answer.text
        return Client(self.base, answer.json()["token"])

    def sign_in(self, email=ADMIN) -> "Client":
        answer = httpx.post(
            f"{self.base}/api/v1/sessions", json={"email": email, "password": PASSWORD}, timeout=60
        )
        assert answer.status_code == 201, answer.text
        return Client(self.base, answer.json()["token"])

    def command(self, *words: str, code: int | None = 0) -> str:
        """Run `banyan …` on this home; returns what it printed. `code` None takes any end."""
        done = subprocess.run(
            [sys.executable, "-m", "banyan.cli", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=ROOT,
        )
        assert code is None or done.returncode == code, done.stdout + done.stderr
        return done.stdout


class Client:
    """The API as somebody signed in."""

    def __init__(self, base: str, token: str):
        self.base, self.token = base, token
        self.headers = {"authorization": f"Bearer {token}", "accept-language": "en"}

    def call(self, method: str, path: str, json=None, timeout=60) -> httpx.Response:
        return httpx.request(
            method, f"{self.base}/api/v1{path}", json=json, headers=self.headers, timeout=timeout
        )

    def ok(self, method: str, path: str, json=None):
        answer = self.call(method, path, json)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def groups(self, object_name: str, by: str | None, *measures, where=None) -> dict:
        """`{key: values}` of an aggregate."""
        body = {"measures": [{"fn": "count"}, *measures], "group_by": [{"field": by}] if by else []}
        if where:
            body["where"] = where
        found = self.ok("POST", f"/records/{object_name}/aggregate", body)
        return {group["key"][0] if by else None: group["values"] for group in found["groups"]}

    def count(self, object_name: str, where=None) -> int:
        return int(self.groups(object_name, None, where=where)[None][0])

    def rows(self, object_name: str, **query) -> list[dict]:
        return self.ok("POST", f"/records/{object_name}/query", query)["records"]

    def invite(self, user_id: str, role="member") -> None:
        link = self.ok("POST", f"/users/{user_id}/access", {"roles": [role]})["link"]
        spent = self.call(
            "POST", "/set-password", {"token": link.partition("token=")[2], "password": PASSWORD}
        )
        assert spent.status_code == 204, spent.text
