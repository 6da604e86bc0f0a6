"""Judging health: figures in, checks out. Pure, so that every state has its test."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from banyan.db.figures import DatabaseFigures, OutboxFigures, QueueFigures, SchemaFigures
from banyan.db.slow import FailedKind, SlowGroup
from banyan.observing.figures import Backups, Process, Space

State = Literal["good", "warn", "bad", "unknown"]
GB = 1024**3
MINUTE = 60.0
HOUR = 3_600.0
DAY = 24 * HOUR
FIRST_BACKUP = timedelta(minutes=10)  # so long after the start or the set-up it may be under way
MOST_TRANSACTIONS = 2**31
QUIET_TRANSACTION_S = 5.0  # shorter ones are the day's work and are not told
WORSE: tuple[State, ...] = ("bad", "warn", "unknown", "good")
SECTIONS = ("database", "jobs", "space", "backups", "speed", "service")


@dataclass(frozen=True)
class Facts:
    """One reading. Of the installation it has figures without a workspace in them; the rest is the caller's own."""

    now: datetime
    database: DatabaseFigures
    tables: SchemaFigures
    queue: QueueFigures
    outbox: OutboxFigures
    failures: Sequence[FailedKind]
    slow: Sequence[SlowGroup]
    slow_times: int
    slow_ms: int
    managed: bool
    backups: Backups | None
    home: Space | None
    backup_folder: Space | None
    processes: Sequence[Process]
    free_memory: int
    total_memory: int
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Check:
    """One thing looked at. `says` and `do` name texts; params ending in _s are spans of time, in _b sizes."""

    section: str
    key: str
    state: State
    says: str
    do: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


def judge(facts: Facts) -> list[Check]:
    """Every check, in the order of the page."""
    return [
        *_database(facts),
        *_jobs(facts),
        *_space(facts),
        *_backups(facts),
        *_speed(facts),
        *_service(facts),
    ]


def worst(checks: Sequence[Check]) -> State:
    """The state of several together; what is unknown does not hide what is wrong, and is not wrong itself."""
    states = {check.state for check in checks}
    return next((state for state in WORSE if state in states), "good")


def _above(value: float, warn: float, bad: float) -> State:
    return "bad" if value >= bad else "warn" if value >= warn else "good"


def _database(facts: Facts) -> Iterator[Check]:
    found = facts.database
    yield Check("database", "size", "good", "size", params={"size_b": found.size, "own_b": facts.tables.size})
    used = found.connections / max(1, found.most_connections)
    params: dict[str, Any] = {"used": found.connections, "most": found.most_connections}
    yield Check("database", "connections", _above(used, 0.8, 0.95), "connections", "connections", params)
    age = found.transaction_s or 0.0
    state = _above(age, 5 * MINUTE, 30 * MINUTE)
    says = "transaction" if age >= QUIET_TRANSACTION_S else "transaction_none"
    yield Check("database", "transaction", state, says, "transaction", {"age_s": age})
    frozen = found.frozen_age / MOST_TRANSACTIONS
    params = {"percent": round(frozen * 100)}
    yield Check("database", "frozen", _above(frozen, 0.25, 0.6), "frozen", "frozen", params)
    untidy = facts.tables.untidy
    says = "untidy" if untidy else "untidy_none"
    yield Check("database", "untidy", _above(untidy, 1, 1_000_000), says, "untidy", {"tables": untidy})
    if found.replicas:
        yield Check("database", "replicas", "good", "replicas", params={"replicas": found.replicas})


def _jobs(facts: Facts) -> Iterator[Check]:
    queue = facts.queue
    beat = queue.heartbeat_s
    if beat is None:
        yield Check("jobs", "worker", "bad", "worker_none", "worker")
    elif beat > MINUTE:
        yield Check("jobs", "worker", "bad", "worker_gone", "worker", {"age_s": beat})
    else:
        yield Check("jobs", "worker", "good", "worker")
    age = queue.oldest_s or 0.0
    says = "waiting" if queue.waiting else "waiting_none"
    params: dict[str, Any] = {"waiting": queue.waiting, "age_s": age}
    yield Check("jobs", "waiting", _above(age, 2 * MINUTE, 15 * MINUTE), says, "waiting", params)
    failed = sum(each.times for each in facts.failures) or queue.failed_lately
    says = "failed" if failed else "failed_none"
    yield Check("jobs", "failed", "warn" if failed else "good", says, "failed", {"failed": failed})
    outbox = facts.outbox
    says = "outbox" if outbox.waiting else "outbox_none"
    params = {"waiting": outbox.waiting, "age_s": outbox.oldest_s or 0.0}
    yield Check(
        "jobs", "outbox", _above(outbox.oldest_s or 0.0, 2 * MINUTE, 15 * MINUTE), says, "outbox", params
    )


def _space(facts: Facts) -> Iterator[Check]:
    for key, found, advice in (
        ("home", facts.home, "space"),
        ("backup_folder", None if facts.managed else facts.backup_folder, "backup_space"),
    ):
        if found is not None:
            share = found.free / max(1, found.total)
            bad = share < 0.03 or found.free < GB  # noqa: PLR2004 - where a database no longer breathes
            warn = share < 0.1 or found.free < 5 * GB  # noqa: PLR2004 - a tenth
            state: State = "bad" if bad else "warn" if warn else "good"
            params = {"free_b": found.free, "total_b": found.total}
            yield Check("space", key, state, "space", advice, params)
        elif key == "home" or not facts.managed:
            yield Check("space", key, "unknown", "space_unknown")


def _backups(facts: Facts) -> Iterator[Check]:
    backups = facts.backups
    if backups is None:
        yield Check("backups", "base", "unknown", "base_elsewhere")
        return
    if backups.base_at is None:
        if facts.now - facts.database.settled_at < FIRST_BACKUP:
            yield Check("backups", "base", "unknown", "base_coming")
        else:
            yield Check("backups", "base", "bad", "base_none", "base")
    else:
        age = _since(facts, backups.base_at)
        params = {"age_s": age, "size_b": backups.base_size or 0}
        yield Check("backups", "base", _above(age, 1.25 * DAY, 3 * DAY), "base", "base", params)
    yield _archive(facts)
    if backups.proof_at is None:
        if backups.base_at is not None:  # else there is nothing that could be tried
            yield Check("backups", "proof", "warn", "proof_none", "proof")
    else:
        age = _since(facts, backups.proof_at)
        yield Check("backups", "proof", _above(age, 10 * DAY, 35 * DAY), "proof", "proof", {"age_s": age})


def _archive(facts: Facts) -> Check:
    """Whether each finished piece of the log reaches the backup folder: what a restore to a moment lives on."""
    found = facts.database
    if found.archive_mode == "off":
        return Check("backups", "archive", "bad", "archive_off", "archive_off")
    failed, done = found.archive_failed_at, found.archived_at
    if failed is not None and (done is None or failed > done):
        params = {"age_s": _since(facts, failed)}
        return Check("backups", "archive", "bad", "archive_failing", "archive_failing", params)
    if done is None:
        return Check("backups", "archive", "good", "archive_new")
    return Check("backups", "archive", "good", "archive", params={"age_s": _since(facts, done)})


def _since(facts: Facts, moment: datetime) -> float:
    return max(facts.now - moment, timedelta()).total_seconds()


def _speed(facts: Facts) -> Iterator[Check]:
    if not facts.slow_ms:
        yield Check("speed", "slow", "unknown", "slow_off")
        return
    params = {"times": facts.slow_times, "ms": facts.slow_ms}
    says = "slow" if facts.slow_times else "slow_none"
    yield Check("speed", "slow", _above(facts.slow_times, 1, 500), says, "slow", params)


def _service(facts: Facts) -> Iterator[Check]:
    memory = {each.role: each.memory for each in facts.processes}
    free = facts.free_memory / max(1, facts.total_memory)
    state: State = "bad" if free < 0.04 else "warn" if free < 0.1 else "good"  # noqa: PLR2004 - shares of the machine
    params = {f"{role}_b": size for role, size in memory.items()} | {"free_b": facts.free_memory}
    yield Check(
        "service", "memory", state, "memory" if "worker" in memory else "memory_web", "memory", params
    )
    yield Check("service", "version", "good", "version", params=dict(facts.versions))
