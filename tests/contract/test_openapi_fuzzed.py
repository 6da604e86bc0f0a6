"""Requests made up from the OpenAPI document, as three people of different rights: no server error, no leak."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from factories.api import Api, Person, unique
from factories.company import LOOK

EXAMPLES = 1
# Paths are the same for every object: two business objects and people stand for all.
OBJECTS = ("account", "contact", "user")
# What would end the very session that asks, or make a workspace anew.
LEFT_OUT = (
    "/setup",
    "/sessions",
    "/account/sessions",
    "/account/password",
    "/set-password",
    "/password-reset",
    "/live",  # a stream that does not end, and this client waits for the end
)
SECRET = "Xq7leak"
NUMBER = "13877770001"
DATA = dict.fromkeys(("create", "read", "update", "delete", "export", "import", "bulk"), "own")


@pytest.fixture(scope="module")
async def people(api: Api) -> dict[str, Person]:
    """A member, a reader from whom fields are hidden, an administrator without data; and what none may see."""
    hidden = {name: {"level": "hidden"} for name in ("phone", "city")}
    key = await api.role(
        grants={**LOOK, "*": DATA, "account": {**DATA, "read": "all"}}, fields={"account": hidden}
    )
    found = {
        "member": await api.person(),
        "reader": await api.person(key),
        "administrator": await api.person("plain_administrator"),
    }
    admin = api.administrator
    await admin.create("account", name=unique("Fuzz"), city=SECRET, phone=NUMBER)
    await admin.create("contact", name=f"{SECRET}{unique('')}", mobile=NUMBER)
    await admin.create("opportunity", name=f"{SECRET}{unique('')}")
    return found


def operations(document: dict[str, Any]) -> Iterator[Any]:
    paths = {path: item for path, item in document["paths"].items() if wanted(path)}
    for result in schemathesis.openapi.from_dict({**document, "paths": paths}).get_all_operations():
        yield result.ok()


def wanted(path: str) -> bool:
    short = path.removeprefix("/api/v1")
    _, _, name = short.rpartition("/records/") if short.startswith("/records/") else ("", "", "account")
    return not short.startswith(LEFT_OUT) and name.partition("/")[0] in OBJECTS


def cases(operation: Any) -> list[Any]:
    """A few requests for an operation, some as described and some not; the same in each run."""
    found: list[Any] = []
    # What is named by its path alone cannot be asked otherwise than described: looking for it takes hundreds of tries.
    violable = bool(operation.body) or any(each.location != "path" for each in operation.iter_parameters())
    modes = [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if violable else [])]
    for mode in modes:

        @given(operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def collect(case: Any) -> None:
            found.append(case)

        try:
            collect()
        except Exception as error:
            if mode is GenerationMode.POSITIVE or "Unsatisfiable" not in type(error).__name__:
                raise
    return found


@pytest.fixture(scope="module")
async def requests(people: dict[str, Person]) -> dict[tuple[str, str], list[Any]]:
    """Per operation that anybody's document names: the same requests for everybody, made once because that is slow."""
    found: dict[tuple[str, str], list[Any]] = {}
    for person in people.values():
        for operation in operations(await person.ok("GET", "/openapi.json")):
            place = (operation.method, operation.path)
            if place not in found:
                found[place] = cases(operation)
    return found


@pytest.mark.parametrize("who", ["member", "reader", "administrator"])
async def test_made_up_requests_meet_no_error_and_learn_nothing(
    people: dict[str, Person], requests: dict[tuple[str, str], list[Any]], who: str
):
    person = people[who]
    tried = 0
    for case in (case for made in requests.values() for case in made):
        parts = case.as_transport_kwargs(base_url="http://test")
        headers = {**dict(parts.pop("headers", {}) or {}), "authorization": f"Bearer {person.token}"}
        parts.pop("cookies", None)
        request = person.client.build_request(
            parts.pop("method"), parts.pop("url"), headers=headers, **sendable(parts)
        )
        await request.aread()
        answer = await person.client.send(request)
        tried += 1
        assert answer.status_code < 500, (request.method, str(request.url), request.content, answer.text)
        asked = request.content.decode(errors="replace") + str(request.url)
        for secret in (SECRET, NUMBER):
            assert secret in asked or secret not in answer.text, (request.method, str(request.url))
    assert tried > 120


def sendable(parts: dict[str, Any]) -> dict[str, Any]:
    """What httpx takes of a request made for another library."""
    names = {"json": "json", "data": "content", "files": "files", "params": "params"}
    found = {names[key]: value for key, value in parts.items() if key in names and value is not None}
    content = found.get("content")
    if content is not None and not isinstance(content, bytes | str):
        found.pop("content")
        if isinstance(content, dict):
            found["data"] = content
    return found
