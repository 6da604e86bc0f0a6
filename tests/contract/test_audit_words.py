"""Every action the source writes into the audit has a name in both languages."""

import ast
from pathlib import Path

import pytest

from banyan.audit.words import ACTIONS

SOURCE = Path(__file__).resolve().parents[2] / "src" / "banyan"
_ACTION = 2  # write_audit(connection, actor, action, …)


def actions() -> dict[str, str]:
    """Each action written as a literal, and a place where it is."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "write_audit":
                action = node.args[_ACTION]
                if isinstance(action, ast.Constant):
                    found[action.value] = f"{path.relative_to(SOURCE)}:{node.lineno}"
    return found


def test_the_source_is_read():
    assert {"export", "import", "role_given", "audit_exported"} <= actions().keys()


@pytest.mark.parametrize(("action", "place"), sorted(actions().items()))
def test_action_has_its_words(action: str, place: str):
    chinese, english = ACTIONS.get(action, ("", ""))
    assert chinese, f"{place}: name {action!r} in audit/words.py"
    assert english
