"""What the bench writes and judges, without a server."""

import math
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from bench import odoo, quick, soak
from bench.__main__ import run
from bench.beside import Result
from bench.chart import drawn, write_chart
from bench.http import Answer
from bench.parts import PARTS, Options
from bench.profiles import LARGEST, flame
from bench.report import FAILED, MARK, Route, Row, drop, failures, main_section, put

THREE = (1.0, 2.0, 3.0)


def _result(size: int, ms: float) -> Result:
    row = Row("list of 80", (ms, ms, ms), (100.0, 100.0, 100.0), THREE, (200.0, 200.0, 200.0))
    route = Route("list of 80", 2.0, 0.5, 3)
    memory = {"idle": {"web": (200.0, 150.0), "web 71": (190.0, 140.0), "worker": (180.0, 120.0)}}
    return Result(size, [row], [route], memory=memory)


def test_a_section_is_replaced_alone_and_old_sizes_go(tmp_path: Path) -> None:
    report = tmp_path / "RESULTS.md"
    report.write_text(
        "# Measured\n\nOld.\n\n## 10,000 records of each object\n\nx\n\n## Pools\n\nkept\n", "utf-8"
    )
    put(report, main_section([_result(10_000, 2.0), _result(1_000_000, 4.0)]))
    put(report, main_section([_result(10_000, 2.0), _result(1_000_000, 5.0)]))
    text = report.read_text("utf-8")
    assert text.count(MARK) == 1
    assert "## Pools\n\nkept" in text
    assert "\n## 10,000 records" not in text
    assert "| list of 80 | 2.50 | 1.00 |" in text  # growth: p50 and requests/s
    assert "| all | idle | | 410 |" in text
    assert "| with one web process only | idle | | 270 |" in text


def test_what_failed_stands_first_until_nothing_fails(tmp_path: Path) -> None:
    report = tmp_path / "RESULTS.md"
    put(report, "## Pools\n\nkept\n")
    put(report, failures(["pools: it broke | badly"]))
    assert report.read_text("utf-8").index(FAILED) < report.read_text("utf-8").index("## Pools")
    drop(report, FAILED)
    assert FAILED not in report.read_text("utf-8")


@pytest.mark.anyio
async def test_the_parts_after_a_failing_one_are_measured(tmp_path: Path, monkeypatch) -> None:
    async def broken(options: Options) -> list[str]:
        raise RuntimeError("no disk")

    async def sound(options: Options) -> list[str]:
        put(options.report, "## Pools\n\nmeasured\n")
        return []

    monkeypatch.setitem(PARTS, "build", broken)
    monkeypatch.setitem(PARTS, "pools", sound)
    options = Options((10,), 0.1, 10, 10, 0.1, report=tmp_path / "RESULTS.md")
    assert await run(["build", "pools"], options) == ["build: RuntimeError: no disk"]
    text = options.report.read_text("utf-8")
    assert "no disk" in text
    assert "measured" in text
    assert await run(["pools"], options) == []
    assert "no disk" not in options.report.read_text("utf-8")


def test_the_chart_is_well_formed_and_knows_the_dark(tmp_path: Path) -> None:
    path = tmp_path / "chart.svg"
    write_chart(path, [_result(10_000, 2.0), _result(1_000_000, 40.0), _result(10_000_000, 90.0)])
    text = path.read_text("utf-8")
    ET.fromstring(text)  # noqa: S314 - our own text
    assert "prefers-color-scheme: dark" in text
    assert "10⁷" in text
    ET.fromstring(drawn({"a < b": {10: (1.0, 0.5)}}))  # noqa: S314 - our own text


def test_only_more_than_twice_worse_is_gross() -> None:
    assert quick.worse(0.5, 1.0) == 2.0
    assert quick.worse(0.49, 1.0) > quick.GROSS
    assert quick.worse(0.1, None) == 1.0
    assert "FAILED" in quick.table({"a": 0.4, "b": 0.6}, {"a": 1.0, "b": 1.0}).splitlines()[1]
    assert "FAILED" not in quick.table({"a": 0.4, "b": 0.6}, {"a": 1.0, "b": 1.0}).splitlines()[2]


def test_ratios_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "ratios.json"
    assert quick.read_ratios(path) == {}
    quick.write_ratios({"list": 0.4567}, path)
    assert quick.read_ratios(path) == {"list": 0.457}


def test_an_aim_is_met_by_the_factor_of_rates() -> None:
    text = odoo.section(
        [(1_000_000, [odoo.Ours("list of 80", 2.0, 1_200), odoo.Ours("name lookup", 9.0, 69)])]
    )
    assert "| list of 80 | 2.0 / 1,200 | 17.2 / 120 | 10.0 × | 10 × | yes |" in text
    assert "| 9.9 × | 10 × | **no** |" in text
    assert set(odoo.AIMS) <= set(odoo.ODOO)


def _sample(at: float, memory: float, waiting: int = 0) -> soak.Sample:
    return soak.Sample(at, {"web": memory}, waiting, 0.0, 0, 5.0, 20.0, 100)


def test_growing_memory_and_a_growing_queue_do_not_hold() -> None:
    flat = soak.Soak(seconds=600, samples=[_sample(10 * n, 200.0 + n % 2) for n in range(60)])
    assert soak.holds(flat)
    leaking = soak.Soak(seconds=600, samples=[_sample(10 * n, 200.0 + n) for n in range(60)])
    assert not soak.holds(leaking)
    assert math.isclose(soak.slope_mb_h(leaking.samples, lambda each: each.total), 360.0, rel_tol=1e-6)
    piling = soak.Soak(seconds=600, samples=[_sample(10 * n, 200.0, n) for n in range(60)])
    assert not soak.holds(piling)
    assert not soak.holds(soak.Soak())


def test_a_refusal_that_says_when_is_no_error() -> None:
    found = soak.Soak()
    found.note("list", Answer(503, b"", b"HTTP/1.1 503\r\nRetry-After: 1\r\n\r\n"))
    found.note("list", Answer(503, b"", b"HTTP/1.1 503\r\n\r\n"))
    found.note("list", Answer(200, b""))
    assert (found.refused, found.errors.total(), found.done["list"]) == (1, 1, 1)


def test_a_server_tells_where_a_request_spent_its_time() -> None:
    told = Answer(
        200, b"", b'HTTP/1.1 200\r\nserver-timing: app;dur=3.2, db;dur=1.5;desc="4 statements"\r\n\r\n'
    )
    assert told.timing() == (3.2, 1.5, 4)
    assert Answer(200, b"").timing() is None


def test_a_flame_graph_stays_small_and_names_no_place() -> None:
    stacks = "\n".join(
        f"run (/x/site-packages/uvicorn/a.py:1);call{n} (/home/me/src/banyan/b.py:{n}) 2" for n in range(9000)
    )
    text = flame(stacks, "list")
    assert len(text.encode()) <= LARGEST
    ET.fromstring(text)  # noqa: S314 - our own text
    few = flame("run (/x/site-packages/uvicorn/a.py:1);call (/home/me/src/banyan/b.py:3) 2", "list")
    assert "call (banyan/b.py)" in few
    assert "/home" not in few


@pytest.mark.anyio
async def test_a_check_fails_by_its_exit_code_and_a_plain_quick_run_does_not(monkeypatch) -> None:
    async def measured(recorded: dict[str, float]) -> dict[str, float]:
        return {"list": 0.2}

    monkeypatch.setattr(quick, "measure_shares", measured)
    monkeypatch.setattr(quick, "read_ratios", lambda: {"list": 0.5})
    assert await quick.quick(check=True, record=False) == 1
    assert await quick.quick(check=False, record=False) == 0
    monkeypatch.setattr(quick, "read_ratios", lambda: {"list": 0.3})
    assert await quick.quick(check=True, record=False) == 0
