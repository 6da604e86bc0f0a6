"""Hold files and functions to their sizes. Exceptions are listed in sizes_ratchet.json, which may only shrink."""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RATCHET = Path(__file__).with_name("sizes_ratchet.json")
FOLDERS = ("src", "tests", "tools", "bench")
FILE_LINES, TEST_FILE_LINES, FUNCTION_LINES = 500, 600, 60


def measure(root: Path) -> Iterator[tuple[str, int, int]]:
    """Yield (name, lines, limit) for each file and each function; a function is named `path::name`."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            name = path.relative_to(root).as_posix()
            yield name, text.count("\n"), TEST_FILE_LINES if folder == "tests" else FILE_LINES
            yield from _functions(ast.parse(text), name)


def _functions(tree: ast.AST, name: str, outer: str = "") -> Iterator[tuple[str, int, int]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            path = f"{outer}.{node.name}" if outer else node.name
            if not isinstance(node, ast.ClassDef):
                yield f"{name}::{path}", (node.end_lineno or node.lineno) - node.lineno + 1, FUNCTION_LINES
            yield from _functions(node, name, path)
        else:
            yield from _functions(node, name, outer)


def problems(root: Path, ratchet: dict[str, int]) -> list[str]:
    """Return one line for each size that is too large, and for each exception that has become too generous."""
    found, seen = [], {}
    for name, lines, limit in measure(root):
        seen[name] = max(lines, seen.get(name, 0))
        allowed = max(limit, ratchet.get(name, 0))
        if lines > allowed:
            found.append(f"{name}: {lines} lines, at most {allowed}. Split it by what changes together.")
    for name, recorded in sorted(ratchet.items()):
        now = seen.get(name, 0)
        if now < recorded:
            found.append(
                f"{name}: the exception says {recorded}, it has {now}. Lower or remove it in {RATCHET.name}."
            )
    return found


def main() -> int:
    found = problems(ROOT, json.loads(RATCHET.read_text(encoding="utf-8")))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
