"""Configuration as a document: written in a stable order, compared, applied elsewhere, refused with places."""

from typing import Any

import pytest
import yaml

from banyan.configuration.applying import Applier, difference, export
from banyan.configuration.comparing import compare
from banyan.configuration.document import read_document
from banyan.configuration.writing import to_yaml
from banyan.kernel.errors import InvalidInput
from banyan.metadata.changes.apply import read_state
from banyan.setup.facade import install_packages
from factories.api import Person, unique
from factories.house import House

pytestmark = pytest.mark.anyio

APP = """
format: 1
objects:
  - api_name: machine
    label: {zh-CN: 设备, en: Machine}
    rules:
      - {key: rate, error_when: rate < 0, message: {zh-CN: 不能为负, en: Not below zero}, field: rate}
    unique_together:
      - {key: place, fields: [code, site]}
    fields:
      - {api_name: worth, type: formula, label: {en: Worth}, config: {formula: rate * 30 + rented}}
      - {api_name: name, type: text, label: {en: Name}, required: true, searchable: true, indexed: true}
      - {api_name: code, type: text, label: {en: Code}, unique: true}
      - {api_name: site, type: relation, label: {en: Site}, config: {target: site}}
      - {api_name: rate, type: number, label: {en: Rate}, config: {scale: 2}}
      - {api_name: rented, type: rollup, label: {en: Rented}, config: {relation: lease.machine, function: count}}
      - {api_name: city, type: lookup, label: {en: City}, config: {path: site.city}}
  - api_name: site
    label: {en: Site}
    fields:
      - {api_name: name, type: text, label: {en: Name}, required: true}
      - {api_name: city, type: text, label: {en: City}}
  - api_name: lease
    label: {en: Lease}
    layout:
      sections:
        - {label: {en: Main}, fields: [name, machine], columns: 1}
    fields:
      - {api_name: name, type: text, label: {en: Name}}
      - {api_name: machine, type: relation, label: {en: Machine}, config: {target: machine}}
      - {api_name: until, type: date, label: {en: Until}, visible_when: {field: machine, op: is_not_empty}}
views:
  - object: machine
    name: {en: All machines}
    visibility: shared
    config: {columns: [name, rate], sort: [{field: rate, direction: desc}]}
"""


@pytest.fixture(scope="module")
async def applier(house: House) -> Applier:
    return Applier(house.database, house.changes, house.bus)


async def written(house: House) -> str:
    session = await house.session()
    async with house.database.reader() as connection:
        return to_yaml(await export(connection, session, objects=["machine", "site", "lease"]))


async def test_what_is_applied_is_written_alike_and_applying_again_does_nothing(
    house: House, applier: Applier
):
    session = await house.session(await house.administrator())
    done = await applier.apply(session, read_document(APP), "Rental")
    assert done.only_here == []
    text = await written(house)
    found, wanted = yaml.safe_load(text), yaml.safe_load(APP)
    names = [[each["api_name"] for each in obj["fields"]] for obj in found["objects"]]
    assert names == [[each["api_name"] for each in obj["fields"]] for obj in wanted["objects"]]
    again = await applier.apply(await house.session(session.actor), read_document(text), "Again")
    assert (again.operations, again.views) == (0, 0)
    assert await written(house) == text
    async with house.database.reader() as connection:
        state = await read_state(connection, house.schema)
    assert compare(read_document(APP), state).operations == []
    assert {obj["api_name"]: obj for obj in found["objects"]}["machine"]["rules"] == wanted["objects"][0][
        "rules"
    ]


async def test_changed_fields_become_the_changes_needed(house: House, applier: Applier):
    session = await house.session(await house.administrator())
    await applier.apply(session, read_document(APP), "Rental")
    changed = APP.replace("config: {scale: 2}", "config: {scale: 0}, help: {en: Per day}")
    changed = changed.replace(
        "code, type: text, label: {en: Code}, unique: true", "code, type: long_text, label: {en: Code}"
    )
    changed = changed.replace("unique_together:\n      - {key: place, fields: [code, site]}", "icon: truck")
    async with house.database.reader() as connection:
        found = await difference(connection, house.schema, read_document(changed))
    assert not found.clashes
    assert sorted({each.kind for each in found.operations}) == [
        "retype_field",
        "update_field",
        "update_object",
    ]


async def test_what_cannot_be_had_is_a_clash_at_its_place_and_nothing_is_done(house: House, applier: Applier):
    session = await house.session(await house.administrator())
    await applier.apply(session, read_document(APP), "Rental")
    before = await written(house)
    wrong = APP.replace(
        "{api_name: rate, type: number, label: {en: Rate}, config: {scale: 2}}",
        "{api_name: rate, type: autonumber, label: {en: Rate}}",
    ).replace("formula: rate * 30 + rented", "formula: rate * 30 + rend")
    async with house.database.reader() as connection:
        found = await difference(connection, house.schema, read_document(wrong))
    assert {(each.object, each.field) for each in found.clashes} >= {
        ("machine", "rate"),
        ("machine", "worth"),
    }
    with pytest.raises(Exception, match="configuration_clash"):
        await applier.apply(session, read_document(wrong), "Wrong")
    assert await written(house) == before


@pytest.mark.parametrize(
    ("text", "code", "pointer"),
    [
        ("objects: []", "configuration_no_format", None),
        ("format: 99", "configuration_newer", None),
        ("format: 1\nodd: 2", "configuration_invalid", "/odd"),
        (
            "format: 1\nobjects:\n  - {api_name: a, label: {en: A}, colour: red}",
            "configuration_invalid",
            "/objects/0/colour",
        ),
        (
            "format: 1\nobjects:\n  - {api_name: 'a\"; drop', label: {en: A}}",
            "configuration_invalid",
            "/objects/0/api_name",
        ),
        ("format: 1\n  x: [", "configuration_not_yaml", None),
        ("format: 1\nformat: 1", "configuration_not_yaml", None),
        ("format: 1\nobjects: &a []\nviews: *a", "configuration_aliases", None),
        ("!!python/object/apply:os.system ['true']", "configuration_not_yaml", None),
        ("[" * 20_000, "configuration_not_yaml", None),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(text: str, code: str, pointer: str | None):
    with pytest.raises(InvalidInput) as refused:
        read_document(text)
    assert refused.value.code == code
    if pointer is not None:
        assert pointer in [each.pointer for each in refused.value.problems]


async def test_the_whole_configuration_goes_to_an_empty_workspace(house: House, database: Any, targets: Any):
    from banyan.workspaces import provision

    other = House(database, provision(targets, unique("copy")))
    await install_packages(database, other.schema)
    session = await house.session(await house.administrator())
    await Applier(database, house.changes, house.bus).apply(session, read_document(APP), "Rental")
    async with database.reader() as connection:
        text = to_yaml(await export(connection, await house.session()))
    boss = await other.session(await other.administrator())
    await Applier(database, other.changes, other.bus).apply(boss, read_document(text), "Copy")
    async with database.reader() as connection:
        copied = to_yaml(await export(connection, await other.session()))
    assert copied == text


async def test_files_are_for_those_who_configure_and_told_before_they_act(admin: Person, member: Person):
    name = f"rig{unique('')}"
    text = f"format: 1\nobjects:\n  - api_name: {name}\n    label: {{en: {name}}}\n    fields: []\n"
    await member.refused("GET", "/metadata/configuration", 403, "power_needed")
    await member.refused("POST", "/metadata/configuration", 403, "power_needed", json={"document": text})
    told = await admin.ok("POST", "/metadata/configuration", {"document": text, "dry_run": True})
    assert [each["kind"] for each in told["operations"]] == ["create_object"]
    await admin.refused("GET", f"/metadata/objects/{name}", 404)
    done = await admin.ok("POST", "/metadata/configuration", {"document": text})
    response = await admin.call("GET", f"/metadata/configuration?objects={name}")
    assert yaml.safe_load(response.content)["objects"][0]["api_name"] == name
    await admin.ok("POST", f"/metadata/changes/{done['change']}/revert")
    await admin.refused("GET", f"/metadata/objects/{name}", 404)
