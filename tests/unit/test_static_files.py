"""The built client as files: packed, immutable where the name tells the contents, kept within bounds."""

import asyncio
import gzip

import httpx
import pytest
from fastapi import FastAPI

from banyan.api import static

SCRIPT, STYLE = b"console.log(1);" * 200, b"a{color:red}"
FOREVER = "public, max-age=31536000, immutable"


class _Client:
    def __init__(self, app):
        self._app = app

    def get(self, path, headers=None):
        async def ask():
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://banyan") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(ask())


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "assets").mkdir()
    for name, body in {"index.html": b"<page>", "theme.js": SCRIPT, "assets/one-Ab1.js": SCRIPT}.items():
        (tmp_path / name).write_bytes(body)
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(body))
    (tmp_path / "assets" / "small-Cd2.css").write_bytes(STYLE)
    return tmp_path


@pytest.fixture
def client(folder):
    app = FastAPI()
    static.install(app, folder)
    return _Client(app)


def test_hashed_files_are_immutable_and_packed(client):
    for _ in range(2):  # opened, then kept
        answer = client.get("/assets/one-Ab1.js")
        assert (answer.status_code, answer.content) == (200, SCRIPT)
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["cache-control"] == FOREVER
        assert "javascript" in answer.headers["content-type"]
        plain = client.get("/assets/one-Ab1.js", headers={"accept-encoding": "identity"})
        assert (plain.content, plain.headers.get("content-encoding")) == (SCRIPT, None)
        style = client.get("/assets/small-Cd2.css")
        assert (style.content, style.headers["cache-control"]) == (STYLE, FOREVER)
        assert style.headers["content-type"].startswith("text/css")


def test_what_keeps_its_name_is_asked_for_again(client, folder):
    for path in ("/theme.js", "/assets/%2e%2e/theme.js", "/", "/o/account"):
        assert client.get(path).headers["cache-control"] == "no-cache"
    (folder / "theme.js.gz").write_bytes(gzip.compress(b"new"))
    assert client.get("/theme.js").content == b"new"


def test_files_are_kept_within_bounds(tmp_path, monkeypatch):
    monkeypatch.setattr(static, "_KEPT_BYTES", 100)
    kept = static._Kept()
    for number in range(5):
        (tmp_path / f"{number}.js").write_bytes(bytes([number]) * 40)
    for number in (0, 1, 0, 2, 3, 4):
        assert kept.get(tmp_path / f"{number}.js", packed=False) == bytes([number]) * 40
    assert kept.size == sum(map(len, kept.files.values())) == 80
    assert [path.name for path, _ in kept.files] == ["3.js", "4.js"]
    (tmp_path / "large.js").write_bytes(b"x" * 101)
    assert kept.get(tmp_path / "large.js", packed=False) == b"x" * 101
    assert kept.get(tmp_path / "none.js", packed=False) is None
    assert kept.size == 80
