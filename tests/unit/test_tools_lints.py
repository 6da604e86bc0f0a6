"""The house's own lints find what they are for, and say the mend."""

import importlib.util
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


def load(name):
    spec = importlib.util.spec_from_file_location(f"tools_{name}", TOOLS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sizes, house_rules, docs_check, chromium = (
    load(name) for name in ("sizes", "house_rules", "docs_check", "chromium")
)


def long_function(lines):
    return "def long():\n" + "    pass\n" * (lines - 1)


@pytest.fixture
def tree(tmp_path):
    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_function_over_its_size_is_named(tree):
    found = sizes.problems(tree({"src/a.py": long_function(61)}), {})
    assert found == ["src/a.py::long: 61 lines, at most 60. Split it by what changes together."]


def test_file_over_its_size_is_named(tree):
    assert "src/a.py: 501 lines" in sizes.problems(tree({"src/a.py": "x = 1\n" * 501}), {})[0]


def test_method_is_measured_under_its_class(tree):
    text = "class A:\n    def long(self):\n" + "        pass\n" * 60
    assert sizes.problems(tree({"src/a.py": text}), {})[0].startswith("src/a.py::A.long: 61")


def test_exception_holds_but_must_shrink_with_the_code(tree):
    root = tree({"src/a.py": long_function(70)})
    assert sizes.problems(root, {"src/a.py::long": 70}) == []
    assert "Lower or remove it" in sizes.problems(root, {"src/a.py::long": 80})[0]
    assert "Lower or remove it" in sizes.problems(root, {"src/a.py::long": 70, "src/gone.py": 600})[0]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("src/banyan/records/a.py", "x = 'SELECT 1'", "SQL text here"),
        ("src/banyan/api/a.py", "x = f'DELETE FROM {t}'", "SQL text here"),
        ("src/banyan/api/a.py", "from sqlalchemy import text", "sqlalchemy.text here"),
        ("src/banyan/api/a.py", "from banyan.query.execute import run", "the inside of record access"),
        ("src/banyan/api/a.py", "from banyan.query import execute", "the inside of record access"),
        ("src/banyan/api/a.py", "x = 1  # type: ignore", "type: ignore without a code"),
        ("src/banyan/api/a.py", "x = 1  # noqa", "noqa without a code"),
        ("src/banyan/api/a.py", "print(1)", "print here"),
    ],
)
def test_house_rule_finds_its_case(name, text, said):
    found = house_rules.problems(name, text)
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("src/banyan/db/a.py", "x = 'SELECT 1'"),
        ("src/banyan/api/a.py", '"""SELECT is explained here."""'),
        ("src/banyan/api/a.py", "x = 'Select a customer'"),
        ("src/banyan/records/a.py", "from banyan.query.execute import run"),
        ("src/banyan/cli/a.py", "print(1)"),
        ("src/banyan/api/a.py", "x = 1  # type: ignore[arg-type]  # noqa: E501"),
    ],
)
def test_house_rule_lets_the_allowed_pass(name, text):
    assert house_rules.problems(name, text) == []


def test_broken_link_is_found_and_code_is_not_taken_for_one(tree):
    root = tree(
        {"docs/a.md": "[b](b.md) [gone](gone.md) [web](https://example.org) `[x](y.md)`", "docs/b.md": ""}
    )
    found = docs_check.broken_links(root)
    assert len(found) == 1
    assert "gone.md leads nowhere" in found[0]


def test_decision_missing_from_the_list_is_found(tree):
    root = tree({"docs/adr/README.md": "[1](0001-a.md)", "docs/adr/0001-a.md": "", "docs/adr/0002-b.md": ""})
    assert docs_check.unlisted_decisions(root) == ["docs/adr/0002-b.md: add it to docs/adr/README.md."]


def test_readmes_with_different_sections_are_found(tree):
    root = tree({"README.md": "## a\n## b\n", "README.zh-CN.md": "## 甲\n"})
    assert "different sections" in docs_check.differing_readmes(root)[0]


def test_chromium_named_by_the_variable_wins_and_a_wrong_name_is_not_replaced(tmp_path):
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert chromium.find({"BANYAN_CHROMIUM": str(program), "PATH": ""}) == str(program)
    assert chromium.find({"PATH": str(tmp_path)}) == str(program)
    assert chromium.find({"BANYAN_CHROMIUM": str(tmp_path / "none"), "PATH": str(tmp_path)}) is None
