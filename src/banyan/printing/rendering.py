"""A sheet becomes a file: in a process of its own, which is ended when it takes too long. Two at a time."""

import asyncio
import base64
import dataclasses
import os
import sys
from pathlib import Path
from typing import Any

import orjson
import structlog

from banyan.kernel.errors import Unavailable
from banyan.printing.sheet import Sheet

TIME_S = 20.0
AT_ONCE = 2
_FACES = ("400Regular", "700Bold")
_log = structlog.get_logger("banyan.printing")


def font_folders(named: str | None = None) -> tuple[Path, ...]:
    """Where the fonts lie: as BANYAN_FONTS says, else as the web client's libraries brought them."""
    if named:
        return (Path(named),)
    sources = Path(__file__).resolve().parents[3] / "web" / "node_modules"
    shipped = sources / "@expo-google-fonts" / "noto-sans-sc"
    return tuple(shipped / face for face in _FACES)


class Press:
    def __init__(self, fonts: tuple[Path, ...]) -> None:
        self._fonts = fonts
        self._free: asyncio.Semaphore | None = None

    async def set(self, sheet: Sheet, form: str, logo: bytes | None) -> bytes:
        """Raises Unavailable: without fonts, after too long, or where the press fails."""
        if not all(folder.is_dir() for folder in self._fonts):
            raise Unavailable("printing_fonts")
        order = {
            "sheet": dataclasses.asdict(sheet),
            "format": form,
            "fonts": [str(folder) for folder in self._fonts],
            "logo": None if logo is None else base64.b64encode(logo).decode(),
        }
        if self._free is None:
            self._free = asyncio.Semaphore(AT_ONCE)
        async with self._free:
            return await self._run(orjson.dumps(order))

    async def _run(self, order: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            "banyan.printing.press",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=_environment(),
        )
        try:
            made, said = await asyncio.wait_for(process.communicate(order), TIME_S)
        except TimeoutError as error:
            raise Unavailable("printing_too_long") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0 or not made:
            _log.error("press_failed", code=process.returncode, said=said.decode("utf-8", "replace")[-2_000:])
            raise Unavailable("printing_failed")
        return made


def _environment() -> dict[str, Any]:
    """Nothing of this process's secrets reaches the press."""
    return {
        name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TMPDIR", "SYSTEMROOT")
    }
