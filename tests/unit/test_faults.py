"""What a validator finds is told in the reader's language, at its place."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, get_args
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core.core_schema import ErrorType

from banyan.kernel.errors import InvalidInput
from banyan.kernel.faults import Fault, problems_of
from banyan.kernel.messages import message, texts

SOURCE = Path(__file__).resolve().parents[2] / "src" / "banyan"


class Part(BaseModel):
    body: str


class Everything(BaseModel):
    model_config = ConfigDict(extra="forbid")

    count: Annotated[int, Field(ge=1, le=9)] = 1
    share: float = 0.5
    amount: Annotated[Decimal, Field(max_digits=6, decimal_places=2)] = Decimal(1)
    on: bool = True
    name: Annotated[str, Field(min_length=1, max_length=3)] = "a"
    code: Annotated[str, Field(pattern="^[a-z]$")] = "a"
    kind: Literal["a", "b", "c"] = "a"
    key: UUID | None = None
    day: date | None = None
    at: datetime | None = None
    names: Annotated[list[str], Field(min_length=1, max_length=2)] = ["a"]
    part: Part | None = None

    @field_validator("code")
    @classmethod
    def _ours(cls, code: str) -> str:
        if code == "z":
            raise Fault("no_choice", name=code)
        return code


def found(**given: object) -> tuple[str, str, str, str]:
    with pytest.raises(ValidationError) as refused:
        Everything.model_validate(given)
    (problem,) = problems_of(refused.value.errors(), "/at")
    said = [message(problem.code, language, problem.params) for language in ("zh-CN", "en")]
    return problem.pointer, problem.code, *said


@pytest.mark.parametrize(
    ("given", "pointer", "code", "chinese", "english"),
    [
        ({"count": "x"}, "/at/count", "invalid_value", "应为整数", "a whole number is expected"),
        ({"count": 10}, "/at/count", "invalid_value", "不能大于 9", "it has to be 9 or less"),
        ({"amount": "1.234"}, "/at/amount", "invalid_value", "最多 2 位小数", "at most 2 decimal places"),
        ({"kind": "d"}, "/at/kind", "invalid_value", "'a', 'b' 或 'c'", "'a', 'b' or 'c' is expected"),
        ({"names": []}, "/at/names", "invalid_value", "至少需要 1 项", "1 or more entries are needed"),
        ({"names": ["a", 1]}, "/at/names/1", "invalid_value", "应为文字", "a text is expected"),
        ({"code": "z"}, "/at/code", "invalid_value", "字段没有“z”选项", "z is no choice of the field"),
        ({"name": ""}, "/at/name", "required", "", ""),
        ({"name": "abcd"}, "/at/name", "too_long", "3", "3"),
        ({"part": {}}, "/at/part/body", "required", "", ""),
        ({"else": 1}, "/at/else", "unknown_key", "else", "else"),
        ({"a/b~c": 1}, "/at/a~1b~0c", "unknown_key", "a/b~c", "a/b~c"),
    ],
)
def test_place_code_and_words(given, pointer, code, chinese, english):
    place, told, zh, en = found(**given)
    assert (place, told) == (pointer, code)
    assert chinese in zh
    assert english in en
    assert "…" not in zh + en


@pytest.mark.parametrize(
    "given",
    [
        {"count": None},
        {"share": "x"},
        {"share": []},
        {"amount": "x"},
        {"on": "perhaps"},
        {"name": 1},
        {"code": "AA"},
        {"key": "x"},
        {"day": "x"},
        {"at": "x"},
        {"names": "x"},
        {"part": 1},
    ],
)
def test_chinese_readers_are_told_in_chinese(given):
    zh, en = found(**given)[2:]
    assert "…" not in zh + en
    assert not re.search(r"[A-Za-z]{3,} [A-Za-z]+", zh), zh


def test_what_nobody_translated_is_told_in_the_validators_words():
    fault = {"type": "recursion_loop", "loc": ("a",), "msg": "Recursion error", "ctx": {}}
    (problem,) = problems_of([fault])
    assert "Recursion error" in message(problem.code, "zh-CN", problem.params)


def test_each_fault_has_its_text_and_each_text_its_fault():
    raised = {
        f"fault.{code}"
        for path in SOURCE.rglob("*.py")
        for code in re.findall(r"Fault\(\s*\"([a-z_]+)\"", path.read_text("utf-8"))
    }
    known = {code for code in texts() if code.startswith("fault.")}
    assert raised <= known
    assert known - raised <= {f"fault.{each}" for each in (*get_args(ErrorType), "other")}


def test_a_problem_is_a_refusal_as_any_other():
    with pytest.raises(ValidationError) as refused:
        Everything.model_validate({"count": "x"})
    error = InvalidInput(problems=problems_of(refused.value.errors()))
    assert error.status == 422
    assert error.problems[0].pointer == "/count"
