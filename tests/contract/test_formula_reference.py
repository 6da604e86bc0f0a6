"""The function reference says what the registry says."""

from pathlib import Path

import pytest

from banyan.metadata.formulas.functions.registry import ENTRIES
from banyan.metadata.formulas.reference import CATEGORIES, page

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_reference_is_up_to_date(language: str):
    written = (REFERENCE / f"functions.{language}.md").read_text("utf-8")
    assert written == page(language), "run tools/formula_reference.py"


def test_every_function_is_told_in_both_languages():
    named = [entry for entry in ENTRIES.values() if entry.category != "operator"]
    assert len(named) >= 90
    for entry in ENTRIES.values():
        assert entry.category in CATEGORIES
        assert all(entry.doc[language].strip() for language in ("zh-CN", "en"))
        assert entry.examples
        assert entry.category == "operator" or any(not name.isascii() for name in entry.aliases), entry.key
