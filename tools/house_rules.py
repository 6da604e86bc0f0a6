"""Rules of the house that no general linter knows. Each message says the mend."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = "src/banyan"
SQL_PLACES = (f"{SOURCE}/db/", f"{SOURCE}/query/", f"{SOURCE}/metadata/changes/")
SQL = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|TRUNCATE\s|MERGE\s+INTO\s|WITH\s+\w+\s+AS\s"
    r"|(CREATE|ALTER|DROP)\s+(TABLE|INDEX|UNIQUE|SCHEMA|FUNCTION|VIEW|ROLE|TYPE)\s|COPY\s+\S+\s+(FROM|TO)\s)"
)
# Modules that hold record rows or run record queries: whoever else needs them asks `records` or `query`.
GUARDED = ("banyan.query.execute", "banyan.query.pages", "banyan.query.writes", "banyan.query.loads")
GUARD_PLACES = (f"{SOURCE}/records/", f"{SOURCE}/query/")
BARE_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[)")
BARE_NOQA = re.compile(r"#\s*noqa(?!:)", re.IGNORECASE)

Problem = tuple[int, str]
Rule = Callable[[str, ast.Module, str], Iterator[Problem]]


def sql_stays_home(name: str, tree: ast.Module, text: str) -> Iterator[Problem]:
    """SQL text appears only where SQL is the subject."""
    del text
    if name.startswith(SQL_PLACES) or not name.startswith(SOURCE):
        return
    documentation = {id(node) for node in _docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in documentation and SQL.match(node.value):
                yield (
                    node.lineno,
                    "SQL text here: move it to db, query or metadata/changes and call it by name.",
                )
        elif isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy":
            yield from (
                (node.lineno, "sqlalchemy.text here: build the expression with Core, or move it to query.")
                for alias in node.names
                if alias.name == "text"
            )


def record_rows_have_one_door(name: str, tree: ast.Module, text: str) -> Iterator[Problem]:
    """Record tables and the executor are imported by records and query alone."""
    del text
    if name.startswith(GUARD_PLACES) or not name.startswith(SOURCE):
        return
    for line, module in _imports(tree):
        if module in GUARDED:
            yield line, f"{module} is the inside of record access: go through banyan.records or banyan.query."


def exceptions_name_their_rule(name: str, tree: ast.Module, text: str) -> Iterator[Problem]:
    """An exception from a checker says which rule it excepts."""
    del name, tree
    for number, line in enumerate(text.splitlines(), 1):
        if BARE_IGNORE.search(line):
            yield number, "type: ignore without a code: write type: ignore[code] and the reason."
        if BARE_NOQA.search(line):
            yield number, "noqa without a code: write noqa: CODE and the reason."


def only_commands_print(name: str, tree: ast.Module, text: str) -> Iterator[Problem]:
    """Standard output belongs to commands; everything else logs or returns."""
    del text
    if name.startswith(f"{SOURCE}/cli/") or not name.startswith(SOURCE):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield node.lineno, "print here: return the text to the command, or log it."


RULES: tuple[Rule, ...] = (
    sql_stays_home,
    record_rows_have_one_door,
    exceptions_name_their_rule,
    only_commands_print,
)


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                yield first.value


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def problems(name: str, text: str) -> list[str]:
    """Return `path:line: message` for each rule the file breaks. `name` is relative to the repository."""
    tree = ast.parse(text)
    return [f"{name}:{line}: {message}" for rule in RULES for line, message in rule(name, tree, text)]


def main() -> int:
    found = []
    for path in sorted((ROOT / "src").rglob("*.py")):
        found += problems(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
