"""Files in and out: a CSV of companies through the API, and all deals as CSV."""

import asyncio
import csv
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.server import Running


def companies(rows: int, mark: str = "测试", first: int = 0) -> bytes:
    """A CSV of `rows` companies, each with a valid code of its own."""
    from stdnum.cn import uscc

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "companies.csv"
        with path.open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(["客户名称", "统一社会信用代码", "电话", "城市", "年营业额"])
            for index in range(first, first + rows):
                code = f"91310000MA{index:07d}"
                code += uscc.calc_check_digit(code)
                writer.writerow(
                    [f"{mark}第{index}贸易有限公司", code, f"138{index:08d}", "上海", f"{index % 900}万"]
                )
        return path.read_bytes()


async def measure_import(place: Running, rows: int) -> dict[str, float]:
    """A CSV of companies through the API, with validation, a unique key, history and search."""
    payload = companies(rows)
    client = place.client()
    begin = time.perf_counter()
    made = (await client.send(upload(client, payload))).json()
    await client.call("POST", f"/imports/{made['id']}/run")
    peak = 0.0
    while True:
        state = (await client.call("GET", f"/imports/{made['id']}")).json()
        peak = max(peak, place.memory_mb())
        if state["state"] not in ("loading", "analysed"):
            break
        await asyncio.sleep(0.5)
    seconds = time.perf_counter() - begin
    client.close()
    if state["state"] != "done" or state["report"]["created"] != rows:
        raise RuntimeError(
            f"the import did not load: {state['state']} {str(state['error'])[:200]} {str(state['report'])[:200]}"
        )
    return {"rows": rows, "seconds": seconds, "per_second": rows / seconds, "memory_mb": peak}


def upload(client: Any, payload: bytes) -> bytes:
    """The request that hands the file in."""
    edge = b"bench-boundary"
    body = b'--%b\r\nContent-Disposition: form-data; name="object"\r\n\r\naccount\r\n' % edge
    body += b'--%b\r\nContent-Disposition: form-data; name="file"; filename="c.csv"\r\n\r\n' % edge
    body += payload + b"\r\n--%b--\r\n" % edge
    raw = client.request("POST", "/imports").replace(
        b"Content-Length: 0",
        b"Content-Length: %d\r\nContent-Type: multipart/form-data; boundary=%b" % (len(body), edge),
    )
    return bytes(raw + body)


async def measure_export(place: Running) -> dict[str, float]:
    client = place.client()
    begin = time.perf_counter()
    body = {"format": "csv", "columns": ["name", "account", "stage", "amount", "close_date", "owner"]}
    answer = await client.call("POST", "/records/opportunity/export", body)
    seconds = time.perf_counter() - begin
    client.close()
    rows = answer.body.count(b"\r\n") - 1
    return {"rows": rows, "seconds": seconds, "per_second": rows / seconds, "memory_mb": place.memory_mb()}
