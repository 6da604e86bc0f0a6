"""The press: a process of its own that sets one sheet and ends. Its time and memory are bounded; it opens no network.

Reads one JSON document from standard input (format, sheet, logo, fonts), writes the file to standard output. Nothing
of a record is ever part of the program that typst runs: it reads its data as JSON, below a folder that holds no more.
"""

import base64
import json
import resource
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MEMORY = 2 * 1024**3
CPU_S = 20
SCREEN_PPI, MOST_SHOWN = 96, 6  # of a preview: pages as pictures


def set_pages(
    sheet: Mapping[str, Any], fonts: list[str], logo: bytes | None, form: str, *, ppi: int = 110
) -> list[bytes]:
    """A PDF as one file, or its pages as pictures."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        program = (Path(__file__).parent / "document.typ").read_text("utf-8")
        (root / "main.typ").write_text(program, "utf-8")
        (root / "data.json").write_text(json.dumps({**sheet, "logo": logo is not None}), "utf-8")
        if logo is not None:
            (root / "logo.png").write_bytes(logo)
        known = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=list(fonts))
        packages = root / "packages"
        compiler = typst.Compiler(
            str(root / "main.typ"),
            root=str(root),
            font_paths=known,
            ignore_system_fonts=True,
            package_path=str(packages),
            package_cache_path=str(packages),
        )
        made = compiler.compile(format="png" if form == "png" else "pdf", ppi=ppi if form == "png" else None)
    found = made if isinstance(made, list) else [made]
    return [page for page in found if page is not None]


def print_sheet(order: Mapping[str, Any]) -> bytes:
    logo = base64.b64decode(order["logo"]) if order.get("logo") else None
    if order["format"] == "docx":
        from banyan.printing.word import write_word

        return write_word(order["sheet"], logo)
    if order["format"] == "png":
        pages = set_pages(order["sheet"], order["fonts"], logo, "png", ppi=SCREEN_PPI)[:MOST_SHOWN]
        return json.dumps([base64.b64encode(page).decode() for page in pages]).encode()
    return set_pages(order["sheet"], order["fonts"], logo, "pdf")[0]


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.stdout.buffer.write(print_sheet(json.load(sys.stdin.buffer)))


if __name__ == "__main__":
    main()
