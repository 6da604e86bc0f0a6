"""The built web client: hashed files immutable and pre-compressed, every other path the client's own page."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response

from banyan.kernel.errors import NotFound

_IMMUTABLE = "public, max-age=31536000, immutable"


def install(app: FastAPI, folder: Path | None) -> None:
    """Serve `folder`. Without a build the API works and pages say what is missing."""

    @app.get("/{path:path}", include_in_schema=False)
    async def page(path: str, request: Request) -> Response:
        if path.startswith("api/"):
            raise NotFound("unknown_route")
        if folder is None or not (folder / "index.html").is_file():
            return Response("The web client is not built: run `make web`.", 503, media_type="text/plain")
        found = _inside(folder, path)
        if found is None:
            return FileResponse(_page(folder, path), headers={"Cache-Control": "no-cache"})
        headers = {"Cache-Control": _IMMUTABLE if path.startswith("assets/") else "no-cache"}
        packed = found.with_name(found.name + ".gz")
        if packed.is_file() and "gzip" in request.headers.get("accept-encoding", ""):
            import mimetypes

            kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
            extra = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            return FileResponse(packed, media_type=kind, headers=headers | extra)
        return FileResponse(found, headers=headers)


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
