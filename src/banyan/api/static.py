"""The built web client: hashed files immutable and pre-compressed, every other path the client's own page."""

import mimetypes
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response

from banyan.kernel.errors import NotFound

_IMMUTABLE = "public, max-age=31536000, immutable"
_PACKED = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
_KEPT_BYTES = 4 * 1024 * 1024  # the whole client, packed, is half of it


@dataclass
class _Kept:
    """Hashed files as they are sent, the ones asked for last.

    A first visit asks for a hundred, and most of what one costs is opening it. Their names tell their contents, so none
    goes stale.
    """

    files: OrderedDict[tuple[Path, bool], bytes] = field(default_factory=OrderedDict)
    size: int = 0

    def get(self, path: Path, *, packed: bool) -> bytes | None:
        """None for a file that is not there."""
        key = (path, packed)
        known = self.files.get(key)
        if known is not None:
            self.files.move_to_end(key)
            return known
        source = path.with_name(path.name + ".gz") if packed else path
        try:
            body = source.read_bytes()
        except OSError:
            return None
        if len(body) <= _KEPT_BYTES:
            self.files[key] = body
            self.size += len(body)
            while self.size > _KEPT_BYTES:
                self.size -= len(self.files.popitem(last=False)[1])
        return body


def install(app: FastAPI, folder: Path | None) -> None:
    """Serve `folder`. Without a build the API works and pages say what is missing."""
    kept = _Kept()

    @app.get("/{path:path}", include_in_schema=False)
    async def page(path: str, request: Request) -> Response:
        if path.startswith("api/"):
            raise NotFound("unknown_route")
        if folder is None or not (folder / "index.html").is_file():
            return Response("The web client is not built: run `make web`.", 503, media_type="text/plain")
        found = _inside(folder, path)
        if found is None:
            return FileResponse(_page(folder, path), headers={"Cache-Control": "no-cache"})
        zipped = "gzip" in request.headers.get("accept-encoding", "")
        if _is_hashed(folder, found):
            return _immutable(kept, found, zipped=zipped)
        headers = {"Cache-Control": "no-cache"}
        packed = found.with_name(found.name + ".gz")
        if zipped and packed.is_file():
            return FileResponse(packed, media_type=_kind(found), headers=headers | _PACKED)
        return FileResponse(found, headers=headers)


def _is_hashed(folder: Path, found: Path) -> bool:
    return found.is_relative_to(folder.resolve() / "assets")


def _immutable(kept: _Kept, path: Path, *, zipped: bool) -> Response:
    headers = {"Cache-Control": _IMMUTABLE}
    body = kept.get(path, packed=True) if zipped else None
    if body is not None:
        return Response(body, media_type=_kind(path), headers=headers | _PACKED)
    body = kept.get(path, packed=False)
    if body is None:  # gone since it was looked for: somebody builds
        return Response(status_code=404)
    return Response(body, media_type=_kind(path), headers=headers)


def _kind(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _page(folder: Path, path: str) -> Path:
    """Who answers a quote by its link has no account: a page of its own, without the screens behind it."""
    alone = folder / "accept.html"
    return alone if path.startswith("accept/") and alone.is_file() else folder / "index.html"


def _inside(folder: Path, path: str) -> Path | None:
    """The file at `path`, never one outside the build folder."""
    if not path:
        return None
    try:
        found = (folder / path).resolve()
        inside = found.is_file() and found.is_relative_to(folder.resolve())
    except (OSError, ValueError):  # names no file system takes
        return None
    return found if inside else None
