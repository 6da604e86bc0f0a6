"""Walls of the house: texts for every code, one maker of authorised queries."""

import re
from pathlib import Path

import pytest

from banyan.cli import refusals
from banyan.kernel.messages import texts
from banyan.query.authorised import AuthorisedAggregate, AuthorisedQuery

SOURCE = Path(__file__).resolve().parents[2] / "src" / "banyan"
RAISED = re.compile(
    r"(?:InvalidInput|BadRequest|NotSignedIn|Denied|NotFound|Conflict|TooLarge|TooMany|Unavailable|ValueProblem)"
    r"\(\s*\"([a-z_]+)\""
)
PLACED = re.compile(r"FieldProblem\(\s*(?:f?\"[^\"]*\"|[a-z_.]+),\s*\"([a-z_]+)\"")


def codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in SOURCE.rglob("*.py"):
        text = path.read_text("utf-8")
        for pattern in (RAISED, PLACED):
            found |= {code: str(path.relative_to(SOURCE)) for code in pattern.findall(text)}
    return found


def test_every_code_has_its_text_in_both_languages():
    known = texts()
    said = Path(refusals.__file__).read_text("utf-8")
    missing = {
        code: place for code, place in codes().items() if code not in known and f'"{code}"' not in said
    }
    assert missing == {}
    assert [code for code, languages in known.items() if set(languages) != {"zh-CN", "en"}] == []


def test_both_languages_name_the_same_parameters():
    names = re.compile(r"\{(\w+)\}")
    for code, languages in texts().items():
        used = [set(names.findall(text)) for text in languages.values()]
        assert used[0] == used[1] or code in ("unknown_operator", "related_not_matched"), code


@pytest.mark.parametrize("kind", [AuthorisedQuery, AuthorisedAggregate])
def test_authorised_query_cannot_be_made_directly(kind):
    with pytest.raises(TypeError, match="comes from authorise"):
        kind(**dict.fromkeys(kind.__dataclass_fields__, None))
