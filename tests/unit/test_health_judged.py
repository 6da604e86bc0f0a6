"""Every state of the health page from figures; words in both languages for each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from banyan.db.figures import DatabaseFigures, OutboxFigures, QueueFigures, SchemaFigures
from banyan.db.slow import FailedKind
from banyan.kernel.messages import texts
from banyan.observing.figures import Backups, Process, Space
from banyan.observing.health import GB, Facts, judge, worst
from banyan.observing.words import document, size, span

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WELL = Facts(
    now=NOW,
    database=DatabaseFigures(
        size=3 * GB,
        connections=10,
        most_connections=100,
        transaction_s=0.2,
        frozen_age=50_000_000,
        version="18.1",
        settled_at=NOW - DAY,
        archive_mode="on",
        archived_at=NOW - HOUR,
        archive_failed_at=NOW - DAY,
        replicas=0,
    ),
    tables=SchemaFigures(GB, 0),
    queue=QueueFigures(0, 0, 0, 0, None, 4.0),
    outbox=OutboxFigures(0, None),
    failures=[],
    slow=[],
    slow_times=0,
    slow_ms=500,
    managed=False,
    backups=Backups(NOW - HOUR, GB, NOW - 3 * DAY),
    home=Space(50 * GB, 100 * GB),
    backup_folder=Space(50 * GB, 100 * GB),
    processes=[Process("web", 1, 200 * 1024**2, 3.0), Process("worker", 1, 150 * 1024**2, 3.0)],
    free_memory=4 * GB,
    total_memory=8 * GB,
    versions={"banyan": "0.1.0", "postgresql": "18.1", "python": "3.11"},
)


def database(**changes) -> Facts:
    return replace(WELL, database=replace(WELL.database, **changes))


def queue(**changes) -> Facts:
    return replace(WELL, queue=replace(WELL.queue, **changes))


CASES = [
    ("connections", "warn", database(connections=85)),
    ("connections", "bad", database(connections=96)),
    ("transaction", "warn", database(transaction_s=400.0)),
    ("transaction", "bad", database(transaction_s=4_000.0)),
    ("frozen", "warn", database(frozen_age=700_000_000)),
    ("frozen", "bad", database(frozen_age=1_600_000_000)),
    ("untidy", "warn", replace(WELL, tables=SchemaFigures(GB, 2))),
    ("replicas", "good", database(replicas=2)),
    ("archive", "bad", database(archive_mode="off")),
    ("archive", "bad", database(archive_failed_at=NOW)),
    ("archive", "bad", database(archived_at=None)),
    ("archive", "good", database(archived_at=None, archive_failed_at=None)),
    ("worker", "bad", queue(heartbeat_s=None)),
    ("worker", "bad", queue(heartbeat_s=300.0)),
    ("waiting", "good", queue(waiting=3, oldest_s=5.0)),
    ("waiting", "warn", queue(waiting=3, oldest_s=200.0)),
    ("waiting", "bad", queue(waiting=3, oldest_s=2_000.0)),
    ("failed", "warn", queue(failed_lately=1)),
    ("failed", "warn", replace(WELL, failures=[FailedKind("imports.run", 2, "database_gone", NOW)])),
    ("outbox", "warn", replace(WELL, outbox=OutboxFigures(5, 300.0))),
    ("outbox", "bad", replace(WELL, outbox=OutboxFigures(5, 3_000.0))),
    ("home", "warn", replace(WELL, home=Space(4 * GB, 20 * GB))),
    ("home", "bad", replace(WELL, home=Space(GB // 2, 100 * GB))),
    ("home", "unknown", replace(WELL, home=None)),
    ("backup_folder", "warn", replace(WELL, backup_folder=Space(9 * GB, 100 * GB))),
    ("backup_folder", "bad", replace(WELL, backup_folder=Space(20 * GB, 1_000 * GB))),
    ("base", "bad", replace(WELL, backups=Backups(None, None, NOW))),
    (
        "base",
        "unknown",
        replace(database(settled_at=NOW - timedelta(minutes=2)), backups=Backups(None, None, None)),
    ),
    ("base", "warn", replace(WELL, backups=Backups(NOW - 2 * DAY, GB, NOW))),
    ("base", "bad", replace(WELL, backups=Backups(NOW - 5 * DAY, GB, NOW))),
    ("base", "unknown", replace(WELL, managed=True, backups=None)),
    ("proof", "warn", replace(WELL, backups=Backups(NOW, GB, None))),
    ("proof", "warn", replace(WELL, backups=Backups(NOW, GB, NOW - 12 * DAY))),
    ("proof", "bad", replace(WELL, backups=Backups(NOW, GB, NOW - 60 * DAY))),
    ("slow", "warn", replace(WELL, slow_times=3)),
    ("slow", "bad", replace(WELL, slow_times=900)),
    ("slow", "unknown", replace(WELL, slow_ms=0)),
    ("memory", "warn", replace(WELL, free_memory=GB // 2)),
    ("memory", "bad", replace(WELL, free_memory=GB // 10)),
]


def test_a_well_installation_is_good_throughout():
    checks = judge(WELL)
    assert {check.state for check in checks} == {"good"}
    shown = document(checks, "en")
    assert shown["state"] == "good"
    assert all(each["advice"] is None for part in shown["sections"] for each in part["checks"])


@pytest.mark.parametrize(
    ("key", "state", "facts"), CASES, ids=[f"{key}-{state}-{n}" for n, (key, state, _) in enumerate(CASES)]
)
def test_states_and_their_words(key: str, state: str, facts: Facts):
    """The state, that only this check differs, and a whole sentence in both languages saying what to do."""
    checks = judge(facts)
    assert [check.state for check in checks if check.key == key] == [state]
    assert {check.key for check in checks if check.state != "good"} <= {key}
    assert worst(checks) == state
    for language in ("zh-CN", "en"):
        found = [each for part in document(checks, language)["sections"] for each in part["checks"]]
        (shown,) = [each for each in found if each["key"] == key]
        assert (shown["advice"] is not None) == (state in ("warn", "bad"))
        for text in (shown["label"], shown["says"], shown["advice"] or ""):
            assert "health_" not in text
            assert "…" not in text
            assert "{" not in text


def test_every_text_is_used():
    checks = [check for facts in (WELL, *(facts for _, _, facts in CASES)) for check in judge(facts)]
    said = {f"health_says_{check.says}" for check in checks} | {f"health_do_{check.do}" for check in checks}
    extra = {  # of facts that stand in no case of their own
        "health_says_archive_elsewhere",
        "health_says_memory_web",
    }
    written = {code for code in texts() if code.startswith(("health_says_", "health_do_"))}
    assert written - said - extra == set()


def test_without_a_worker_here_its_memory_is_not_told():
    facts = replace(WELL, processes=WELL.processes[:1])
    (memory,) = [check for check in judge(facts) if check.key == "memory"]
    assert memory.says == "memory_web"


def test_a_managed_database_has_no_archive_or_folder_of_ours():
    facts = replace(WELL, managed=True, backups=None)
    assert {check.key for check in judge(facts)}.isdisjoint({"archive", "proof", "backup_folder"})


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [
        (0.4, "0 秒", "0 s"),
        (119, "119 秒", "119 s"),
        (120, "2 分钟", "2 min"),
        (7_200, "2 小时", "2 h"),
        (180_000, "2 天", "2 d"),
    ],
    ids=["moment", "seconds", "minutes", "hours", "days"],
)
def test_spans(seconds: float, chinese: str, english: str):
    assert (span(seconds, "zh-CN"), span(seconds, "en")) == (chinese, english)


def test_sizes():
    assert [size(count) for count in (0, 1_023, 2_048, 5 * 1024**2, 1_536 * 1024**2)] == [
        "0 B",
        "1023 B",
        "2 KB",
        "5.0 MB",
        "1.5 GB",
    ]
