"""Backups restore to what was there, at the moment asked for."""

import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import psycopg
import pytest

from banyan import backup, workspaces
from banyan.backup.base import MANIFEST, first_segment
from banyan.db.embedded import EmbeddedServer
from banyan.db.embedded.places import prepare_places
from banyan.db.schema_version import upgrade_control
from banyan.kernel.errors import StartRefused
from banyan.kernel.settings import Settings

SMALL = {"shared_buffers": "64MB"}


class Site:
    """An installation with one base backup, rows written before and after it, and the moments between."""

    def __init__(self, settings):
        self.settings = settings
        with EmbeddedServer(settings, SMALL) as targets:
            upgrade_control(targets)
            self.schema = workspaces.provision(targets).schema
            self.write(targets, "before")
            self.base = backup.take_base(prepare_places(settings), targets)
            self.write(targets, "after")
            time.sleep(0.3)
            self.moment = datetime.now(UTC)
            time.sleep(0.3)
            self.write(targets, "late")
        self.places = prepare_places(settings)

    def write(self, targets, kind):
        with psycopg.connect(targets.app) as connection:
            connection.execute(
                f"INSERT INTO {self.schema}.role SELECT %s || g, '{{}}' FROM generate_series(1, 500) g",
                (kind,),
            )

    def kinds(self, settings):
        with EmbeddedServer(settings, SMALL) as targets, psycopg.connect(targets.app) as connection:
            rows = connection.execute(
                f"SELECT rtrim(key, '0123456789'), count(*) FROM {self.schema}.role GROUP BY 1"
            ).fetchall()
        return dict(rows)


@pytest.fixture(scope="module")
def site(open_folder):
    return Site(Settings(open_folder / "site", open_folder / "site-backups"))


@pytest.fixture
def own_site(open_folder):
    """For tests that change the site for good."""
    name = f"site-{uuid.uuid4().hex[:6]}"
    return Site(Settings(open_folder / name, open_folder / f"{name}-backups"))


def test_files_of_a_backup_belong_to_the_user_who_runs_the_server(site):
    owner = (site.places.data / "PG_VERSION").stat().st_uid
    found = list(site.settings.backups.rglob("*"))
    assert len(found) > 4
    assert {path.stat().st_uid for path in found} == {owner}
    assert all(path.stat().st_mode & 0o077 == 0 for path in found)


def test_verify_restores_and_compares_every_row(site):
    proof = backup.verify(site.places, site.base)
    assert (proof.exact, proof.tables) == (True, len(site.base.tables))
    assert proof.rows >= 500
    assert backup.last_proof(site.places) == proof


def test_verify_names_the_table_that_differs(site):
    manifest = site.base.folder / MANIFEST
    original = manifest.read_text()
    facts = json.loads(original)
    facts["tables"][f"{site.schema}.role"]["rows"] += 1
    manifest.write_text(json.dumps(facts))
    with pytest.raises(StartRefused) as caught:
        backup.verify(site.places)
    manifest.write_text(original)
    assert caught.value.params["tables"] == f"{site.schema}.role"


def test_restore_is_refused_while_the_server_is_used(site):
    with EmbeddedServer(site.settings, SMALL), pytest.raises(StartRefused, match="server_in_use"):
        backup.restore(site.settings, site.moment)


def test_restore_before_the_first_backup_says_what_is_possible(site):
    with pytest.raises(StartRefused) as caught:
        backup.restore(site.settings, site.moment - timedelta(days=1))
    assert caught.value.code == "no_backup_before"
    assert caught.value.params["earliest"].startswith(str(site.base.finished_at.date()))


def test_restore_elsewhere_gives_the_rows_of_that_moment_and_leaves_the_site_alone(site, open_folder):
    other = open_folder / "elsewhere"
    done = backup.restore(site.settings, site.moment, other)
    assert done.kept is None
    elsewhere = Settings(other, other.with_name("elsewhere-backups"))
    assert site.kinds(elsewhere) == {"before": 500, "after": 500}
    assert site.kinds(site.settings) == {"before": 500, "after": 500, "late": 500}


def test_restore_in_place_keeps_the_former_data_and_life_goes_on(own_site):
    site = own_site
    done = backup.restore(site.settings, site.moment)
    assert site.kinds(site.settings) == {"before": 500, "after": 500}
    assert done.kept is not None
    assert (done.kept / "PG_VERSION").exists()

    with EmbeddedServer(site.settings, SMALL) as targets:
        site.write(targets, "new life")
        again = backup.take_base(site.places, targets)
    assert backup.verify(site.places, again).exact
    backup.restore(site.settings, None)
    assert site.kinds(site.settings) == {"before": 500, "after": 500, "new life": 500}

    backup.prune(site.places, keep=1)
    kept = backup.list_bases(site.places)
    assert [base.stamp for base in kept] == [again.stamp]
    left = [path.name.removesuffix(".gz") for path in site.places.wal_archive.iterdir()]
    oldest = first_segment(kept[0].folder)
    assert all(name[8:] >= oldest[8:] for name in left if len(name) == len(oldest))
    assert backup.verify(site.places).stamp == again.stamp


def test_new_home_with_new_passwords_restores_from_the_backups_alone(site, open_folder):
    fresh = Settings(open_folder / "fresh", site.settings.backups)
    backup.restore(fresh, site.moment)
    assert site.kinds(Settings(fresh.home, open_folder / "fresh-backups")) == {"before": 500, "after": 500}


def test_backup_without_room_is_refused(site, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(StartRefused, match="disk_full"):
        backup.verify(site.places)
