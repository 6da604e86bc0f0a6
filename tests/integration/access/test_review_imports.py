"""A file reaches no further than the hand: masked fields, rows led out of reach, undoing the organisation."""

from typing import Any

from factories.api import PASSWORD, Api, Document, Person, unique
from factories.company import LOOK

EVERY = dict.fromkeys(("create", "read", "update", "delete", "export", "import", "bulk"), "all")


async def upload(person: Person, name: str, text: str) -> str:
    files = {"file": ("c.csv", text.encode())}
    made = await person.ok("POST", "/imports", files=files, data={"object": name})
    return str(made["id"])


async def load(api: Api, person: Person, made: str) -> Document:
    await person.ok("POST", f"/imports/{made}/run")
    await api.run_jobs()
    found: Document = await person.ok("GET", f"/imports/{made}")
    return found


def by_email() -> dict[str, Any]:
    related = {"column": 1, "field": "account", "match_by": "email"}
    return {"columns": [{"column": 0, "field": "name"}, related]}


async def test_records_are_not_found_by_a_field_one_may_not_read(api: Api):
    text = "姓名,客户\nA,a@example.com\n"
    for level, status, code in (("masked", 403, "field_masked"), ("hidden", 422, "validation_failed")):
        key = await api.role(
            grants={**LOOK, "account": EVERY, "contact": EVERY},
            fields={"account": {"email": {"level": level}}},
        )
        person = await api.person(key)
        made = await upload(person, "contact", text)
        problem = await person.refused("PUT", f"/imports/{made}/mapping", status, code, by_email())
        assert problem["errors"][0]["pointer"] == "/columns/1/match_by"


async def test_a_mapping_is_checked_again_when_the_work_begins(api: Api):
    key = await api.role(grants={**LOOK, "account": EVERY, "contact": EVERY})
    person = await api.person(key)
    made = await upload(person, "contact", "姓名,客户\nA,a@example.com\n")
    await person.ok("PUT", f"/imports/{made}/mapping", by_email())
    await person.ok("POST", f"/imports/{made}/check")
    role = await api.administrator.ok("GET", f"/roles/{key}")
    changed = {
        **{name: role[name] for name in ("label", "description", "powers", "version", "grants")},
        "fields": {"account": {"email": {"level": "masked"}}},
    }
    await api.administrator.ok("PUT", f"/roles/{key}", changed)
    await api.run_jobs()
    done = await person.ok("GET", f"/imports/{made}")
    assert (done["state"], done["error"]["code"]) == ("failed", "field_masked"), done


async def test_a_file_leads_no_record_out_of_reach(api: Api):
    admin = api.administrator
    near = {"scope": "filter", "condition": {"field": "city", "op": "eq", "value": "A"}}
    grants = {"read": "all", "create": "all", "import": "all", "update": near}
    person = await api.person(await api.role(grants={**LOOK, "account": grants}))
    record = await admin.create("account", name=unique("a"), city="A", credit_code="91350100M000100Y43")
    for city, state in (("B", "failed"), ("A", "done")):
        text = f"客户名称,统一社会信用代码,城市\n{record['name']}+,91350100M000100Y43,{city}\n"
        made = await upload(person, "account", text)
        columns = [{"column": n, "field": f} for n, f in enumerate(("name", "credit_code", "city"))]
        await person.ok("PUT", f"/imports/{made}/mapping", {"key": "credit_code", "columns": columns})
        done = await load(api, person, made)
        assert done["state"] == state, done
    assert (await admin.ok("GET", f"/records/account/{record['id']}"))["city"] == "A"
    await admin.ok("DELETE", f"/records/account/{record['id']}")


async def test_a_file_may_give_away_what_the_hand_may(api: Api):
    admin, heir = api.administrator, await api.person()
    own = {"create": "own", "update": "own", "transfer": "own", "import": "own", "read": "all"}
    person = await api.person(await api.role(grants={**LOOK, "account": own}))
    code = "91110108551385082Q"
    record = await person.create("account", name=unique("a"), credit_code=code)
    text = f"客户名称,统一社会信用代码,负责人\n{record['name']},{code},{heir.user['email']}\n"
    made = await upload(person, "account", text)
    columns = [{"column": n, "field": f} for n, f in enumerate(("name", "credit_code", "owner"))]
    columns[2]["match_by"] = "email"
    await person.ok("PUT", f"/imports/{made}/mapping", {"key": "credit_code", "columns": columns})
    done = await load(api, person, made)
    assert (done["state"], done["report"]["updated"]) == ("done", 1), done
    assert (await admin.ok("GET", f"/records/account/{record['id']}"))["owner"]["id"] == heir.id


async def test_undoing_a_file_keeps_departments_in_use(api: Api):
    admin, name = api.administrator, unique("dep")
    made = await upload(admin, "department", f"部门名称\n{name}\n")
    await load(api, admin, made)
    where = {"field": "name", "op": "eq", "value": name}
    (department,) = (await admin.page("department", where=where))["records"]
    await api.person("member", department=department["id"])
    await admin.refused("POST", f"/imports/{made}/undo", 409, "department_in_use")
    await admin.ok("GET", f"/records/department/{department['id']}")


async def test_undoing_a_file_removes_nobody_above_oneself(api: Api):
    admin, email = api.administrator, f"{unique('e')}@example.com"
    everything = await api.role(powers=["people"], grants={**LOOK, "user": EVERY})
    person = await api.person(everything)
    made = await upload(person, "user", f"姓名,邮箱\nimp,{email}\n")
    assert (await load(api, person, made))["state"] == "done"
    where = {"field": "email", "op": "eq", "value": email}
    (record,) = (await admin.page("user", where=where))["records"]
    invited = await admin.ok("POST", f"/users/{record['id']}/access", {"roles": ["administrator"]})
    body = {"token": invited["link"].partition("token=")[2], "password": PASSWORD}
    await api.client().post("/api/v1/set-password", json=body)
    await person.refused("POST", f"/imports/{made}/undo", 403, "person_above_you")
    await admin.ok("GET", f"/records/user/{record['id']}")
