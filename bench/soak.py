"""A long run: a mixed load at seven tenths of what is possible, with imports, exports and schema changes going on."""

import asyncio
import itertools
import random
import statistics
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from banyan.db.figures import outbox_figures, queue_figures
from banyan.workspaces import load
from bench.beside import owner_and_stage, places_in
from bench.cases import COLUMNS
from bench.http import Answer, Client, drive
from bench.report import machine
from bench.server import Running
from bench.transfer import companies, upload

MARK = "## A long run"
SHARE, CALIBRATION_S, CLOSED = 0.7, 20.0, 16
# Requests under way at most: more than two web processes let work and wait, so that it is the service that refuses.
MOST = 600
EVERY_S, WARM_UP = 10.0, 0.2  # between samples; the share of the run before memory is judged
IMPORT_ROWS, IMPORT_EVERY_S, EXPORT_EVERY_S, SCHEMA_EVERY_S, INDEX_EVERY_S = 5_000, 60.0, 75.0, 40.0, 95.0
JUDGED_FROM_S = 600.0  # in less than that caches fill, and a line through it tells nothing
INDEX_LOOKS = 150  # two seconds apart
IDLE_S = 2.0  # a connection idle for longer is not used again
REFUSALS, ERRORS_FROM = (429, 503), 400
FLAT_MB_H, FLAT_SHARE, QUEUE_SPARE = (
    30.0,
    1.05,
    20,
)  # what passes for flat, and for a queue that does not grow
Request = tuple[str, str, Any]


@dataclass(frozen=True)
class Sample:
    """One look: seconds since the start, PSS in MB per process, the queue, and what happened since the last look.

    Times are of requests that were served; `refused` is how many were told to come back so far.
    """

    at: float
    memory: dict[str, float]
    waiting: int
    oldest_s: float
    outbox: int
    p50_ms: float
    p99_ms: float
    requests: int
    refused: int = 0

    @property
    def total(self) -> float:
        return sum(self.memory.values())


@dataclass
class Soak:
    """What happened; `errors` by what they were."""

    rate: float = 0.0
    possible: float = 0.0
    seconds: float = 0.0
    samples: list[Sample] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    unsent: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    fresh: list[float] = field(default_factory=list)

    def note(self, what: str, answer: Answer) -> None:
        """A refusal that says when to come back is the service keeping its word; all else from 400 is an error."""
        if answer.status in REFUSALS and b"retry-after" in answer.head.lower():
            self.refused += 1
        elif answer.status >= ERRORS_FROM:
            self.errors[f"{what}: {answer.status} {answer.body[:120].decode(errors='replace')}"] += 1
        else:
            self.done[what] += 1


async def measure_soak(place: Running, minutes: float) -> Soak:
    """Find what is possible, then run at seven tenths of it for `minutes`."""
    mix = await _mix(place)
    found, dice = Soak(seconds=minutes * 60), random.Random(11)
    clients = [place.client() for _ in range(CLOSED)]
    answered = Counter[bool]()
    spent = await drive([_closed(each, mix, dice, answered) for each in clients], CALIBRATION_S)
    found.possible = answered[True] / spent.seconds  # what was refused is not what is possible
    for each in clients:
        each.close()
    found.rate = SHARE * found.possible
    print(f"possible {found.possible:.0f}/s, asked {found.rate:.0f}/s", flush=True)
    stop = asyncio.Event()
    beside = [
        asyncio.create_task(_again(name, work, every, stop, found))
        for name, work, every in (
            ("import", lambda turn: _import(place, turn, found), IMPORT_EVERY_S),
            ("export", lambda _: _export(place, found), EXPORT_EVERY_S),
            ("schema change", lambda turn: _schema(place, turn, found), SCHEMA_EVERY_S),
            ("index", lambda _: _index(place, found), INDEX_EVERY_S),
        )
    ]
    looking = asyncio.create_task(_look(place, stop, found))
    await _load(place, mix, dice, found)
    stop.set()
    await asyncio.gather(*beside, looking)
    return found


async def _mix(place: Running) -> list[tuple[int, str, Callable[[], Request]]]:
    """Weights, names and requests: much reading, some writing, some search."""
    ids, _ = await places_in(place, 1)
    turns = itertools.count()
    page: dict[str, Any] = {"select": COLUMNS, "limit": 80}

    def listing(**body: Any) -> Callable[[], Request]:
        return lambda: ("POST", "/records/opportunity/query", {**page, **body})

    def update() -> Request:
        turn = next(turns)
        operation = {"op": "update", "id": ids[turn % len(ids)], "values": {"next_step": f"step {turn}"}}
        return "POST", "/records/opportunity/batch", {"operations": [operation]}

    deal = {"name": "Soak deal", "stage": "engaging", "amount": "1200.50", "close_date": "2026-12-31"}
    return [
        (30, "list", listing()),
        (10, "sorted list", listing(sort=[{"field": "amount", "direction": "desc"}])),
        (10, "filtered list", listing(where=owner_and_stage(place))),
        (25, "read", lambda: ("GET", f"/records/opportunity/{ids[next(turns) % len(ids)]}", None)),
        (12, "update", update),
        (8, "create", lambda: ("POST", "/records/opportunity", deal)),
        (5, "search", lambda: ("GET", f"/search?objects=account,contact&q={quote('恒远')}", None)),
    ]


def _chosen(
    mix: Sequence[tuple[int, str, Callable[[], Request]]], dice: random.Random
) -> tuple[str, Request]:
    _, name, request = dice.choices(mix, [weight for weight, _, _ in mix])[0]
    return name, request()


def _closed(
    client: Client, mix: Any, dice: random.Random, answered: Counter[bool]
) -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        answered[(await client.call(*_chosen(mix, dice)[1])).status < ERRORS_FROM] += 1

    return work


async def _load(place: Running, mix: Any, dice: random.Random, found: Soak) -> None:
    """Requests at random moments, whether earlier ones are answered or not."""
    idle: deque[tuple[Client, float]] = deque()
    tasks: set[asyncio.Task[None]] = set()
    due = start = time.perf_counter()
    while due < start + found.seconds:
        due += dice.expovariate(found.rate)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if len(tasks) >= MOST:
            found.unsent += 1
            continue
        name, request = _chosen(mix, dice)
        task = asyncio.create_task(_ask(_open(place, idle), name, request, idle, found))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    for each, _ in idle:
        each.close()


def _open(place: Running, idle: deque[tuple[Client, float]]) -> Client:
    """The connection that has rested longest, or a new one: people have one each, and come by turns.

    The one used last would leave one of two web processes idle. A server closes those that rest for some seconds.
    """
    while idle:
        client, since = idle.popleft()
        if time.perf_counter() - since < IDLE_S:
            return client
        client.close()
    return place.client()


async def _ask(
    client: Client, name: str, request: Request, idle: deque[tuple[Client, float]], found: Soak
) -> None:
    begin = time.perf_counter()
    try:
        answer = await client.call(*request)
    except (OSError, EOFError) as error:
        found.errors[f"{name}: {type(error).__name__}"] += 1
        client.close()
        return
    if answer.status not in REFUSALS:
        found.fresh.append(time.perf_counter() - begin)
    found.note(name, answer)
    idle.append((client, time.perf_counter()))


async def _again(
    name: str, work: Callable[[int], Awaitable[None]], every: float, stop: asyncio.Event, found: Soak
) -> None:
    """Do `work` every so often until it is over, not all at the beginning; what breaks is an error and it goes on."""
    await asyncio.sleep(every / 4)
    for turn in itertools.count():
        try:
            await work(turn)
        except (OSError, EOFError, KeyError, ValueError) as error:
            found.errors[f"{name}: {type(error).__name__} {error}"] += 1
        try:
            async with asyncio.timeout(every):
                await stop.wait()
        except TimeoutError:
            continue
        return


async def _noted(client: Client, found: Soak, what: str, *request: Any) -> Answer:
    answer = await client.call(*request)
    found.note(what, answer)
    return answer


async def _import(place: Running, turn: int, found: Soak) -> None:
    client = place.client()
    file = companies(IMPORT_ROWS, "长跑", turn * IMPORT_ROWS)
    made = await client.send(upload(client, file))
    found.note("import: upload", made)
    if made.status >= ERRORS_FROM:
        client.close()
        return
    key = made.json()["id"]
    while True:
        started = await _noted(client, found, "import: start", "POST", f"/imports/{key}/run")
        if started.status not in REFUSALS:
            break
        await asyncio.sleep(2)
    state: dict[str, Any] = {"state": "loading"}
    while state["state"] in ("loading", "analysed"):
        await asyncio.sleep(0.5)
        answer = await client.call("GET", f"/imports/{key}")
        if answer.status < ERRORS_FROM:
            state = answer.json()
        else:
            found.note("import: progress", answer)
    client.close()
    if state["state"] == "done" and state["report"]["created"] == IMPORT_ROWS:
        found.done["import"] += 1
    else:
        found.errors[f"import: {state['state']} {state['error']}"] += 1


async def _export(place: Running, found: Soak) -> None:
    client = place.client()
    body = {"format": "csv", "columns": ["name", "account", "stage", "amount", "close_date", "owner"]}
    await _noted(client, found, "export", "POST", "/records/opportunity/export", body)
    client.close()


async def _schema(place: Running, turn: int, found: Soak) -> None:
    """A field comes, and goes again."""
    client, name = place.client(), f"soak_{turn}"
    label = {"en": f"Soak {turn}"}
    made = {"api_name": name, "type": "text", "label": label, "config": {}}
    for operation in (
        {"kind": "add_field", "object": "opportunity", "field": made},
        {"kind": "remove_field", "object": "opportunity", "field": name},
    ):
        await _noted(client, found, "schema change", "POST", "/metadata/changes", {"operations": [operation]})
        await asyncio.sleep(2)
    client.close()


async def _index(place: Running, found: Soak) -> None:
    """An index is asked for, made by the worker, and dropped again."""
    client = place.client()
    body = {"object": "opportunity", "fields": ["stage", "amount"]}
    made = await _noted(client, found, "index", "POST", "/advisor/indexes", body)
    if made.status < ERRORS_FROM:
        key, state = made.json()["id"], "waiting"
        for _ in range(INDEX_LOOKS):
            await asyncio.sleep(2)
            told = await client.call("GET", "/advisor/indexes")
            if told.status < ERRORS_FROM:
                state = next((each["state"] for each in told.json()["indexes"] if each["id"] == key), state)
            if state not in ("waiting", "making"):
                break
        if state == "ready":
            await _noted(client, found, "index", "DELETE", f"/advisor/indexes/{key}")
        else:
            found.errors[f"index: {state}"] += 1
    client.close()


async def _look(place: Running, stop: asyncio.Event, found: Soak) -> None:
    start = time.perf_counter()
    async with place.database.reader() as connection:
        schema = (await load(connection)).schema
    while not stop.is_set():
        try:
            async with asyncio.timeout(EVERY_S):
                await stop.wait()
        except TimeoutError:
            found.samples.append(await _sample(place, schema, time.perf_counter() - start, found))


async def _sample(place: Running, schema: str, at: float, found: Soak) -> Sample:
    taken, found.fresh = sorted(found.fresh), []
    async with place.database.reader() as connection:
        queue = await queue_figures(connection)
        outbox = await outbox_figures(connection, [schema])
    memory = {name: pss for name, (_, pss) in place.memory().items()}
    p50, p99 = (
        taken[min(len(taken) - 1, int(len(taken) * share))] * 1000 if taken else 0.0 for share in (0.5, 0.99)
    )
    sample = Sample(
        at, memory, queue.waiting, queue.oldest_s or 0.0, outbox.waiting, p50, p99, len(taken), found.refused
    )
    print(
        f"{at:6.0f} s {sample.total:6.0f} MB, waiting {sample.waiting}, {len(taken)} requests, "
        f"p50 {p50:.1f}, p99 {p99:.1f} ms, refused {found.refused}, errors {found.errors.total()}",
        flush=True,
    )
    return sample


def slope_mb_h(samples: Sequence[Sample], of: Callable[[Sample], float]) -> float:
    """MB per hour by least squares; 0 of fewer than two samples."""
    if len({each.at for each in samples}) < 2:  # noqa: PLR2004 - a line needs two points
        return 0.0
    return statistics.linear_regression(
        [each.at / 3600 for each in samples], [of(each) for each in samples]
    ).slope


def thirds(samples: Sequence[Sample], of: Callable[[Sample], float]) -> tuple[float, float]:
    """Medians of the first and of the last third."""
    part = max(1, len(samples) // 3)
    return tuple(statistics.median(map(of, each)) for each in (samples[:part], samples[-part:]))  # type: ignore[return-value]


def warm(samples: Sequence[Sample]) -> Sequence[Sample]:
    """Those after the warm-up."""
    return samples[int(len(samples) * WARM_UP) :]


def section(found: Soak, rows: int) -> str:
    """The part of the report."""
    settled = warm(found.samples)
    if not settled:
        return f"{MARK}\n\n{machine()}\n\nToo short: no sample after the warm-up.\n"
    lines = [
        MARK,
        "",
        machine(),
        "",
        (
            f"{found.seconds / 60:.0f} minutes over {rows:,} opportunities at {found.rate:,.0f} requests/s: "
            f"{SHARE:.0%} of the {found.possible:,.0f}/s that 16 connections got in {CALIBRATION_S:.0f} s. Requests "
            "come at random moments (open loop). Beside it files of "
            f"{IMPORT_ROWS:,} companies were imported, all deals exported, fields added and removed, indexes made and "
            f"dropped. Samples each {EVERY_S:.0f} s; the first {WARM_UP:.0%} are warm-up."
        ),
        "",
        f"Done: {', '.join(f'{count:,} {name}' for name, count in sorted(found.done.items()))}.",
        "",
        "| What | first third | last third | |",
        "|---|---|---|---|",
        *_rows(settled),
        "",
        *_verdicts(found, settled),
    ]
    return "\n".join(lines) + "\n"


def _rows(samples: Sequence[Sample]) -> list[str]:
    names = sorted({name for each in samples for name in each.memory})
    lines = []
    for name, of in [
        *((f"{name}, MB PSS", lambda each, name=name: each.memory.get(name, 0.0)) for name in names),
        ("all processes, MB PSS", lambda each: each.total),
    ]:
        first, last = thirds(samples, of)
        lines.append(f"| {name} | {first:.0f} | {last:.0f} | {slope_mb_h(samples, of):+.0f} MB/h |")
    plain: list[tuple[str, Callable[[Sample], float]]] = [
        ("jobs waiting", lambda each: each.waiting),
        ("age of the oldest, s", lambda each: each.oldest_s),
        ("events in the outbox", lambda each: each.outbox),
        ("p50, ms", lambda each: each.p50_ms),
        ("p99, ms", lambda each: each.p99_ms),
    ]
    for name, of in plain:
        first, last = thirds(samples, of)
        lines.append(f"| {name} | {first:,.1f} | {last:,.1f} | most {max(map(of, samples)):,.1f} |")
    return lines


def _verdicts(found: Soak, samples: Sequence[Sample]) -> list[str]:
    first, last = thirds(samples, lambda each: each.total)
    slope = slope_mb_h(samples, lambda each: each.total)
    flat = slope <= FLAT_MB_H or last <= first * FLAT_SHARE
    before, after = thirds(samples, lambda each: each.waiting + each.outbox)
    errors = found.errors.total() + found.unsent
    judged = ("flat" if flat else "**grows**") if found.seconds >= JUDGED_FROM_S else "too short to be judged"
    lines = [
        f"- Memory: {judged} ({slope:+.0f} MB/h).",
        f"- Errors: {'none' if not errors else f'**{errors}**'}; told to come back later (429, 503): {found.refused}.",
        f"- Queue: {'does not grow' if after <= before + QUEUE_SPARE else '**grows**'}.",
    ]
    if found.unsent:
        lines.append(f"- Not sent, {MOST} requests being unanswered: {found.unsent}.")
    return lines + [f"- {count} × `{what.replace('`', '')}`" for what, count in found.errors.most_common(10)]


def holds(found: Soak) -> bool:
    """Whether the run showed what it was to show."""
    return bool(found.samples) and not any("**" in line for line in _verdicts(found, warm(found.samples)))
