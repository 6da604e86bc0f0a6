"""The stream of changes over real HTTP: told to who may know, ended with the session, gone with the process."""

import json
import threading

import httpx
import pytest
from served import Served, until

ALLOWED_S = 10


@pytest.fixture(scope="module")
def ada(server: Served):
    return server.set_up()


@pytest.fixture(scope="module")
def bo(server: Served, ada):
    record = ada.ok("POST", "/records/user", {"name": "Bo Lin", "email": "bo@example.com"})
    ada.invite(record["id"])
    found = server.sign_in("bo@example.com")
    found.id = record["id"]
    return found


class Stream:
    """Messages of one open stream, gathered beside the test."""

    def __init__(self, client, **query):
        self.messages: list[tuple[str, dict]] = []
        self.closed = threading.Event()
        self._client = httpx.Client(base_url=client.base, headers=client.headers, timeout=30)
        self._query = query
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        kind = ""
        try:
            with self._client.stream("GET", "/api/v1/live", params=self._query) as answer:
                for line in answer.iter_lines():
                    if line.startswith("event: "):
                        kind = line[7:]
                    elif line.startswith("data: "):
                        self.messages.append((kind, json.loads(line[6:])))
        except httpx.HTTPError:
            pass
        finally:
            self._client.close()
            self.closed.set()

    def of(self, kind: str) -> list[dict]:
        return [message for found, message in self.messages if found == kind]

    def opened(self) -> "Stream":
        until(lambda: self.of("inbox"), ALLOWED_S, "the stream")
        return self

    def close(self):
        self._client.close()


def test_a_change_is_told_to_who_watches_and_only_that_it_was(ada, bo):
    mine = bo.ok("POST", "/records/account", {"name": "Watched"})
    foreign = ada.ok("POST", "/records/account", {"name": "Out of sight"})
    watched = f"account:{mine['id']},account:{foreign['id']}"
    stream = Stream(bo, records=watched, objects="account,opportunity").opened()

    def told() -> list[dict]:
        """Changes after the making, which may be told as well: a stream begins a moment before it was opened."""
        return [message for message in stream.of("record") if message["version"] > 1]

    ada.ok("PATCH", f"/records/account/{foreign['id']}", {"name": "Still out of sight", "version": 1})
    ada.ok("PATCH", f"/records/account/{mine['id']}", {"name": "Renamed", "version": 1})
    until(told, ALLOWED_S, "the change")
    until(lambda: stream.of("object"), ALLOWED_S, "the list's change")
    assert told() == [{"object": "account", "id": mine["id"], "version": 2, "mine": False}]
    assert {message["object"] for message in stream.of("object")} == {"account"}
    assert "Renamed" not in str(stream.messages)
    assert foreign["id"] not in str(stream.messages)
    bo.ok("PATCH", f"/records/account/{mine['id']}", {"name": "By myself", "version": 2})
    until(lambda: len(told()) == 2, ALLOWED_S, "the second change")
    assert told()[1]["mine"] is True
    stream.close()


def test_the_inbox_counts_while_one_looks(ada, bo):
    mine = bo.ok("POST", "/records/account", {"name": "Spoken of"})
    stream = Stream(bo).opened()
    before = stream.of("inbox")[-1]["unread"]
    ada.ok("POST", f"/records/account/{mine['id']}/comments", {"body": f"@[Bo]({bo.id}) hello"})
    until(lambda: stream.of("inbox")[-1]["unread"] == before + 1, ALLOWED_S, "the count")
    stream.close()


def test_who_looks_at_a_record_is_seen_and_gone_when_they_leave(ada, bo):
    mine = bo.ok("POST", "/records/account", {"name": "Looked at"})
    name = f"account:{mine['id']}"
    first = Stream(bo, records=name).opened()
    second = Stream(ada, records=name).opened()
    until(lambda: first.of("presence"), ALLOWED_S, "presence")
    assert [each["label"] for each in first.of("presence")[-1]["people"]] == ["Ada Park"]
    second.close()
    until(lambda: first.of("presence")[-1]["people"] == [], 2 * ALLOWED_S, "their leaving")
    first.close()


def test_too_many_things_are_refused_and_strangers_sent_away(server: Served, ada):
    many = ",".join(f"a{number}" for number in range(60))
    assert ada.call("GET", f"/live?objects={many}").status_code == 422
    assert httpx.get(f"{server.base}/api/v1/live", timeout=30).status_code == 401


def test_open_streams_do_not_hold_the_server_up(server: Served, ada):
    streams = [Stream(ada, objects="account").opened() for _ in range(3)]
    server.stop()
    for stream in streams:
        assert stream.closed.wait(ALLOWED_S)
