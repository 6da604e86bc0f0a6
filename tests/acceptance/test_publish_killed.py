"""kill -9 while a change set is being published: configuration, columns and indexes are the old ones, whole.

The publish is held where the test wants it: a trigger on each DDL statement and on each write of metadata counts the
turns of the publishing connection and waits at one of them, until the server is dead. Nothing depends on time.
"""

import contextlib
import subprocess
import sys
import threading

import httpx
import psycopg
import pytest
from served import ROOT, Client, Served, free_port, until
from test_power_cut import cut_power

from banyan.db.targets import resolve_targets
from banyan.kernel.settings import Settings

pytestmark = pytest.mark.slow

SCHEMA = "ws_main"
PUBLISHING = "banyan schema"
SPARES = 4
WATCHED = ("meta_object", "meta_field", "meta_version", "meta_change", "change_set")
HOLD = """
CREATE SCHEMA held;
CREATE TABLE held.at (turn integer NOT NULL);
CREATE TABLE held.counted (turns integer NOT NULL);
GRANT USAGE ON SCHEMA held TO PUBLIC;
GRANT SELECT, INSERT, DELETE ON ALL TABLES IN SCHEMA held TO PUBLIC;
CREATE FUNCTION held.turn() RETURNS void LANGUAGE plpgsql AS $$
DECLARE mine integer;
BEGIN
  IF current_setting('application_name') <> 'banyan schema' THEN RETURN; END IF;
  mine := coalesce(nullif(current_setting('held.turn', true), ''), '0')::integer + 1;
  PERFORM set_config('held.turn', mine::text, false);
  WHILE EXISTS (SELECT FROM held.at WHERE turn = mine) LOOP PERFORM pg_sleep(0.02); END LOOP;
END $$;
CREATE FUNCTION held.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM held.turn(); END $$;
CREATE FUNCTION held.on_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM held.turn(); RETURN NULL; END $$;
CREATE FUNCTION held.at_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  PERFORM held.turn();
  DELETE FROM held.counted;
  INSERT INTO held.counted VALUES (current_setting('held.turn')::integer);
  RETURN NULL;
END $$;
"""
ARMED = """
CREATE CONSTRAINT TRIGGER held_end AFTER INSERT ON ws_main.meta_change DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION held.at_end();
CREATE EVENT TRIGGER held ON ddl_command_end EXECUTE FUNCTION held.on_ddl();
"""


def field(name: str, kind: str, config: dict | None = None, **more) -> dict:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config or {}, **more}


def operations(tag: str) -> list[dict]:
    base = {"object": "product"}
    return [
        {"kind": "create_object", "api_name": f"o{tag}", "label": {"en": f"o{tag}"}},
        {"kind": "add_field", **base, "field": field(f"n{tag}", "number", default="1", indexed=True)},
        {"kind": "add_field", **base, "field": field(f"f{tag}", "formula", {"formula": f"n{tag} + 1"})},
        {"kind": "retype_field", **base, "field": f"old{tag}", "type": "long_text"},
        {"kind": "update_field", **base, "field": f"code{tag}", "set": {"unique": True, "indexed": True}},
        {"kind": "remove_field", **base, "field": f"gone{tag}"},
        {"kind": "update_object", **base, "set": {"icon": tag}},
    ]


class WebProcess:
    """One more server process on the same installation, with nobody who starts it again."""

    def __init__(self, server: Served, token: str) -> None:
        self.port = free_port()
        self.client = Client(f"http://127.0.0.1:{self.port}", token)
        words = ("--factory", "banyan.app:create_app", "--port", str(self.port), "--log-level", "critical")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", *words], env=server.environment, cwd=ROOT
        )

    def answers(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return self.client.call("GET", "/setup").is_success
        return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)


class Site:
    """A real server, and somebody at its database who can hold a publish at one of its turns."""

    def __init__(self, server: Served) -> None:
        self.server, self.admin = server, server.set_up()
        with resolve_targets(Settings(home=server.home, backups=server.home)) as targets:
            self._superuser = targets.superuser
        with self.sql() as connection:
            connection.execute(HOLD)
            for name in WATCHED:
                connection.execute(
                    f"CREATE TRIGGER held AFTER INSERT OR UPDATE ON {SCHEMA}.{name} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION held.on_row()"
                )
            connection.execute(ARMED)
        # Started together in advance: most of a start is waiting.
        self.made = [WebProcess(server, self.admin.token) for _ in range(SPARES)]
        self._spares = list(self.made)

    def sql(self) -> psycopg.Connection:
        return psycopg.connect(self._superuser, autocommit=True)

    def prepared(self, tag: str) -> dict:
        """A draft of every kind of operation, on a record that has something to lose."""
        fields = [
            field(f"gone{tag}", "text", searchable=True),
            field(f"old{tag}", "text"),
            field(f"code{tag}", "text"),
        ]
        made = [{"kind": "add_field", "object": "product", "field": each} for each in fields]
        self.admin.ok("POST", "/metadata/changes", {"operations": made})
        values = {"name": tag, f"gone{tag}": "kept", f"old{tag}": "kept too", f"code{tag}": tag}
        self.admin.ok("POST", "/records/product", values)
        return self.admin.ok("POST", "/metadata/change-sets", {"name": tag, "operations": operations(tag)})

    def spare(self) -> WebProcess:
        """A web process that answers; none of those that lived through a power cut."""
        if not self._spares:
            self._spares = [WebProcess(self.server, self.admin.token)]
            self.made += self._spares
        found = self._spares.pop()
        until(found.answers, 60, "a web process")
        return found

    @contextlib.contextmanager
    def publishing_by(self, client: Client, draft: dict):
        """While somebody publishes who may never hear the answer."""

        def publish() -> None:
            with contextlib.suppress(httpx.TransportError):
                path = f"/metadata/change-sets/{draft['id']}/publish"
                client.call("POST", path, {"version": draft["version"]})

        thread = threading.Thread(target=publish)
        thread.start()
        yield
        thread.join(60)

    def picture(self) -> tuple:
        """The configuration as a document; tables, columns and indexes as they are; what a record says."""
        text = httpx.get(
            f"{self.server.base}/api/v1/metadata/configuration", headers=self.admin.headers, timeout=30
        )
        assert text.is_success, text.text
        with self.sql() as connection:
            parts = connection.execute(
                "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = %s "
                "UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s "
                "ORDER BY 1, 2, 3",
                (SCHEMA, SCHEMA),
            ).fetchall()
            broken = connection.execute("SELECT count(*) FROM pg_index WHERE NOT indisvalid").fetchone()
            changes = connection.execute(
                f"SELECT (SELECT version FROM {SCHEMA}.meta_version), (SELECT count(*) FROM {SCHEMA}.meta_change)"
            ).fetchone()
        return text.text, parts, broken, changes, self.admin.rows("product", sort=[{"field": "name"}])

    def hold(self, turn: int | None) -> None:
        with self.sql() as connection:
            connection.execute("DELETE FROM held.at")
            if turn is not None:
                connection.execute("INSERT INTO held.at VALUES (%s)", (turn,))

    def publishing(self, *, held: bool) -> int:
        waits = "AND wait_event = 'PgSleep'" if held else ""
        with self.sql() as connection:
            query = f"SELECT count(*) FROM pg_stat_activity WHERE application_name = %s {waits}"
            return connection.execute(query, (PUBLISHING,)).fetchone()[0]

    def version(self) -> int:
        with self.sql() as connection:
            return connection.execute(f"SELECT version FROM {SCHEMA}.meta_version").fetchone()[0]

    def kill_web(self, draft: dict, turn: int) -> None:
        """The process that publishes; the database lives on and finds its client gone."""
        process = self.spare()
        self.hold(turn)
        with self.publishing_by(process.client, draft):
            until(lambda: self.publishing(held=True), 30, f"turn {turn} of the publish")
            process.kill()
        self.hold(None)
        until(lambda: not self.publishing(held=False), 30, "an end of the abandoned publish")

    def kill_all(self, draft: dict, turn: int) -> None:
        """The server, its children and its database, as a power cut does; then it is started again."""
        self.hold(turn)
        with self.publishing_by(self.admin, draft):
            until(lambda: self.publishing(held=True), 30, f"turn {turn} of the publish")
            cut_power(self.server)
        self.server.start()
        self.hold(None)


@pytest.fixture(scope="module")
def site(make_home):
    found = Site(make_home())
    yield found
    for each in found.made:
        each.kill()


@pytest.fixture(scope="module")
def turns(site: Site) -> int:
    """How many times a publish like the ones below can be held; the last time is in its commit."""
    draft = site.prepared("c")
    site.admin.ok("POST", f"/metadata/change-sets/{draft['id']}/publish", {"version": draft["version"]})
    with site.sql() as connection:
        found = connection.execute("SELECT turns FROM held.counted").fetchone()[0]
    assert found > 15
    return found


def test_a_server_killed_while_it_publishes_leaves_the_old_configuration_and_publishes_again(site, turns):
    draft = site.prepared("k")
    before = site.picture()
    for turn in (1, turns // 3, 2 * turns // 3, turns - 1):
        site.kill_web(draft, turn)
        assert site.picture() == before, f"killed at turn {turn} of {turns}"
    site.kill_all(draft, turns)
    assert site.picture() == before, "killed in the commit"
    again = site.admin.ok("GET", f"/metadata/change-sets/{draft['id']}")
    assert (again["state"], again["version"]) == ("draft", draft["version"])
    site.admin.ok("POST", f"/metadata/change-sets/{draft['id']}/publish", {"version": draft["version"]})
    row = site.admin.rows("product", where={"field": "name", "op": "eq", "value": "k"})[0]
    assert (row["nk"], row["fk"], row["oldk"]) == ("1", "2.00", "kept too")
    assert "gonek" not in row
    assert site.admin.rows("ok") == []


def test_a_server_killed_once_it_has_published_has_the_new_configuration_whole(site):
    draft = site.prepared("n")
    known, process = site.version(), site.spare()
    with site.publishing_by(process.client, draft):
        until(lambda: site.version() > known, 30, "the commit")
        process.kill()
    assert site.admin.ok("GET", f"/metadata/change-sets/{draft['id']}")["state"] == "published"
    assert {"f_nn", "f_fn"} <= {column for table, column, _ in site.picture()[1] if table == "r_product"}
    # Whoever lived on hears of it, as of any other publish.
    until(lambda: site.admin.call("POST", "/records/on/query", {}).is_success, 30, "the new object")
    made = site.admin.ok("POST", "/records/product", {"name": "later", "nn": "41"})
    assert site.admin.ok("GET", f"/records/product/{made['id']}")["fn"] == "42.00"
