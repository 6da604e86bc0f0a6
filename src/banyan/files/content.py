"""What a file is, by its content and never by what its sender says; pictures are opened once and made small."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from banyan.kernel.errors import InvalidInput

MOST_PIXELS = 50_000_000
THUMBNAIL = 320
LARGEST_PICTURE = 64 * 1024 * 1024
_HEAD = 65_536
PLAIN = "application/octet-stream"
PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
# What a browser may show by itself; everything else is saved to disk. SVG and HTML may hold script and are not here.
SHOWN = frozenset({*PICTURES.values(), "application/pdf"})
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Content:
    media_type: str
    width: int | None = None
    height: int | None = None
    thumbnail: bytes | None = None


def safe_name(name: str | None) -> str:
    """The last part of a path in any system's writing, without control characters."""
    last = PurePosixPath((name or "").replace("\\", "/")).name
    cleaned = "".join(char for char in last if char.isprintable() and char not in '<>:"|?*').strip(". ")
    return cleaned[-_LONGEST_NAME:] or "file"


def look_at_file(path: Path, size: int) -> Content:
    """Raises InvalidInput for a picture with too many points, or one that is not what it begins as.

    What is larger than any picture should be is known by its beginning alone.
    """
    with path.open("rb") as file:
        if size > LARGEST_PICTURE:
            return Content(_type_of(file.read(_HEAD)))
        return look_at(file.read())


def look_at(data: bytes) -> Content:
    """The same of what is in memory."""
    picture = _picture(data)
    return picture or Content(_type_of(data))


def _type_of(data: bytes) -> str:
    import puremagic

    try:
        found = puremagic.from_string(data[:_HEAD], mime=True)
    except (puremagic.PureError, ValueError):
        return "text/plain" if _is_text(data) else PLAIN
    return found or PLAIN


def _is_text(data: bytes) -> bool:
    try:
        text = data[:_HEAD].decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        return error.start >= min(len(data), _HEAD) - 4 and b"\x00" not in data[:_HEAD]
    return "\x00" not in text


def _picture(data: bytes) -> Content | None:
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=tuple(PICTURES))
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise InvalidInput("picture_too_large", limit=MOST_PIXELS // 1_000_000)
    kind = PICTURES[str(image.format)]
    try:
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((THUMBNAIL, THUMBNAIL))
        target = io.BytesIO()
        upright.convert("RGBA" if "A" in upright.getbands() else "RGB").save(target, "WEBP", quality=80)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput("picture_broken") from error
    return Content(kind, width, height, target.getvalue())
