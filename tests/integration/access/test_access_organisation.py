"""The organisation: loops, moves, handover; the last administrator; looking through somebody's eyes."""

import asyncio

import pytest

from factories.api import Api, Person, unique
from factories.company import LOOK, Company


@pytest.fixture(scope="module")
async def company(api: Api) -> Company:
    return await Company(api).found()


async def test_department_cannot_be_above_itself(company: Company):
    admin = company.api.administrator
    east = await admin.ok("GET", f"/records/department/{company.departments['east']}")
    loop = {"version": east["version"], "parent": company.departments["shanghai"]}
    problem = await admin.refused("PATCH", f"/records/department/{east['id']}", 409, "department_cycle", loop)
    assert f"{company.mark}shanghai" in problem["detail"]
    itself = {"version": east["version"], "parent": east["id"]}
    await admin.refused("PATCH", f"/records/department/{east['id']}", 409, "department_cycle", itself)


async def test_reporting_line_cannot_lead_back(company: Company):
    admin, boss = company.api.administrator, company.people["boss"]
    record = await admin.ok("GET", f"/records/user/{boss.id}")
    loop = {"version": record["version"], "manager": company.people["bob"].id}
    await admin.refused("PATCH", f"/records/user/{boss.id}", 409, "manager_cycle", loop)


async def test_two_moves_at_once_make_no_loop(company: Company):
    admin = company.api.administrator
    one, two = [await admin.create("department", name=unique("d")) for _ in range(2)]
    answers = await asyncio.gather(
        admin.call("PATCH", f"/records/department/{one['id']}", json={"version": 1, "parent": two["id"]}),
        admin.call("PATCH", f"/records/department/{two['id']}", json={"version": 1, "parent": one["id"]}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_loop_in_a_file_is_refused_whole(company: Company):
    admin, a, b = company.api.administrator, unique("da"), unique("db")
    files = {"file": ("d.csv", f"部门名称,上级部门\n{a},{b}\n{b},{a}\n".encode())}
    made = await admin.ok("POST", "/imports", files=files, data={"object": "department"})
    await admin.ok("POST", f"/imports/{made['id']}/run")
    await company.api.run_jobs()
    done = await admin.ok("GET", f"/imports/{made['id']}")
    assert done["state"] == "failed", done
    assert done["error"]["code"] == "department_cycle"
    where = {"field": "name", "op": "in", "value": [a, b]}
    assert (await admin.page("department", where=where))["records"] == []


async def test_department_in_use_stays(company: Company):
    admin = company.api.administrator
    path = f"/records/department/{company.departments['west']}"
    await admin.refused("DELETE", path, 409, "department_in_use")
    await admin.refused(
        "DELETE", f"/records/department/{company.departments['east']}", 409, "department_in_use"
    )


async def test_nobody_removes_themself_or_the_last_administrator(api: Api):
    admin = api.administrator
    await admin.refused("DELETE", f"/records/user/{admin.id}", 409, "not_oneself")
    await admin.refused("DELETE", f"/users/{admin.id}/access", 409, "not_oneself")
    holders = (await admin.ok("GET", "/role-holders?role=administrator"))["holders"]
    others = [each for each in holders if each["holder"]["id"] != admin.id]
    for each in others:
        await admin.ok("DELETE", f"/roles/administrator/holders/{each['id']}")
    (mine,) = [each for each in holders if each["holder"]["id"] == admin.id]
    await admin.refused("DELETE", f"/roles/administrator/holders/{mine['id']}", 409, "last_administrator")
    ends = {"kind": "user", "id": admin.id, "ends_at": "2120-01-01T00:00:00Z"}
    await admin.refused("POST", "/roles/administrator/holders", 409, "last_administrator", ends)
    await admin.refused("POST", f"/users/{admin.id}/access", 409, "last_administrator", {"roles": ["member"]})


async def test_auditor_is_beyond_administrators(api: Api):
    admin = api.administrator
    other, auditor = await api.person(), await api.person()
    await admin.ok("POST", f"/users/{other.id}/access", {"roles": ["administrator"]})
    await admin.ok("POST", f"/users/{auditor.id}/access", {"roles": ["auditor"]})
    await auditor.ok("GET", "/audit/entries")
    for path in ("/records/account", "/records/contact"):
        await auditor.refused("GET", path, 404)
    await auditor.refused("POST", "/roles", 403, json={"key": "x", "label": {"en": "x"}})
    await other.refused("GET", "/audit/entries", 403, "power_needed")
    held = (await other.ok("GET", "/role-holders?role=auditor"))["holders"]
    (its,) = [each for each in held if each["holder"]["id"] == auditor.id]
    await other.refused("DELETE", f"/roles/auditor/holders/{its['id']}", 403, "role_locked")
    await other.refused("POST", f"/users/{auditor.id}/access", 403, "person_above_you", {"roles": ["member"]})
    role = await other.ok("GET", "/roles/auditor")
    body = {name: role[name] for name in ("label", "description", "grants", "fields", "version")}
    await other.refused("PUT", "/roles/auditor", 403, "role_locked", {**body, "powers": []})
    await other.refused(
        "POST", f"/users/{other.id}/access", 403, "role_locked", {"roles": ["administrator", "auditor"]}
    )
    sneaky = {"key": unique("r_"), "label": {"en": "x"}, "powers": ["audit"]}
    await other.refused("POST", "/roles", 403, "power_not_yours", sneaky)


async def test_who_only_manages_people_gives_no_roles(api: Api):
    key = await api.role(powers=["people"], grants={**LOOK, "user": {"read": "all", "create": "all"}})
    clerk = await api.person(key)
    record = await clerk.create("user", name=unique("New"), email=f"{unique('n')}@example.com")
    path = f"/users/{record['id']}/access"
    await clerk.refused("POST", path, 403, "power_needed", {"roles": ["all_data"]})
    assert "link" in await clerk.ok("POST", path, {})
    held = {p["user_id"]: p["roles"] for p in (await clerk.ok("GET", "/users/access"))["people"]}
    assert held[record["id"]] == ["member"]
    await clerk.refused(
        "POST", f"/users/{clerk.id}/access", 403, "power_needed", {"roles": ["administrator"]}
    )


@pytest.fixture
async def leaver(api: Api) -> Person:
    person = await api.person()
    for index in range(3):
        await person.create("account", name=unique(f"L{index}"))
    await person.create("activity", title=unique("task"))
    return person


async def test_handover_moves_everything_and_comes_back(api: Api, leaver: Person):
    admin = api.administrator
    heir, report = await api.person(), await api.person(manager=leaver.id)
    department = await admin.create("department", name=unique("d"), head=leaver.id)
    ask = {"from_user": leaver.id, "to_user": heir.id}
    seen = await admin.ok("POST", "/organisation/handovers", {**ask, "dry_run": True})
    assert {item["object"]: item["count"] for item in seen["items"] if item["object"]} == {
        "account": 3,
        "activity": 1,
    }
    done = await admin.ok("POST", "/organisation/handovers", ask)
    assert (done["records"], done["reports"], done["departments"]) == ({"account": 3, "activity": 1}, 1, 1)
    assert len((await leaver.page("account"))["records"]) == 0
    accounts = (await heir.page("account"))["records"]
    assert len(accounts) == 3
    history = await heir.ok("GET", f"/records/account/{accounts[0]['id']}/history")
    assert history["entries"][0]["changes"][0]["to"]["id"] == heir.id
    assert (await admin.ok("GET", f"/records/user/{report.id}"))["manager"]["id"] == heir.id
    await heir.ok("DELETE", f"/records/account/{accounts[0]['id']}?version={accounts[0]['version']}")
    undone = await admin.ok("POST", f"/organisation/handovers/{done['id']}/undo")
    assert (undone["returned"], undone["kept"]) == (3, 1)
    assert len((await leaver.page("account"))["records"]) == 2
    assert (await admin.ok("GET", f"/records/user/{report.id}"))["manager"]["id"] == leaver.id
    assert (await admin.ok("GET", f"/records/department/{department['id']}"))["head"]["id"] == leaver.id
    await admin.refused("POST", f"/organisation/handovers/{done['id']}/undo", 409, "handover_undone")
    listed = (await admin.ok("GET", "/organisation/handovers"))["handovers"]
    assert listed[0]["from_user"]["label"] == leaver.user["name"]


async def test_handover_is_refused_where_it_makes_no_sense(api: Api, leaver: Person, member: Person):
    admin = api.administrator
    same = {"from_user": leaver.id, "to_user": leaver.id}
    await admin.refused("POST", "/organisation/handovers", 422, "handover_to_oneself", same)
    await admin.refused("POST", "/organisation/handovers", 422, json={"from_user": "x", "to_user": leaver.id})
    await member.refused("POST", "/organisation/handovers", 403, "power_needed", same)
    assert len((await leaver.page("account"))["records"]) == 3


async def test_heir_who_reported_to_the_leaver_reports_to_nobody(api: Api, leaver: Person):
    heir = await api.person(manager=leaver.id)
    ask = {"from_user": leaver.id, "to_user": heir.id}
    await api.administrator.ok("POST", "/organisation/handovers", ask)
    assert (await api.administrator.ok("GET", f"/records/user/{heir.id}"))["manager"] is None


async def test_seeing_as_somebody_reads_only_and_is_told(api: Api, leaver: Person):
    admin = api.administrator
    ask = {"user": leaver.id, "reason": "helps with a list"}
    await leaver.refused("POST", "/access/see-as", 403, "power_needed", {**ask, "user": admin.id})
    made = await admin.ok("POST", "/access/see-as", ask)
    eyes = Person(api.client(made["token"]), leaver.user, made["token"])
    mine = (await leaver.page("account", sort=[{"field": "name"}]))["records"]
    assert (await eyes.page("account", sort=[{"field": "name"}]))["records"] == mine
    assert (await eyes.ok("POST", "/records/account/anchors", {}))["count"] == len(mine)
    assert (await eyes.ok("GET", "/sessions/current"))["seeing"] is True
    await eyes.refused("POST", "/records/account", 403, json={"name": "x"})
    await eyes.refused("PATCH", f"/records/account/{mine[0]['id']}", 403, json={"version": 1, "name": "x"})
    await eyes.refused("DELETE", f"/records/account/{mine[0]['id']}", 403)
    await eyes.refused("POST", "/records/account/export", 403, json={})
    await eyes.refused("POST", "/views", 403, json={"object": "account", "name": {"en": "x"}})
    await eyes.refused("PATCH", "/sessions/current/user", 403, json={"language": "en"})
    told = (await leaver.ok("GET", "/account/seen-by"))["seen"]
    assert (told[0]["reason"], told[0]["by"]["label"]) == ("helps with a list", "Ada Admin")
    (entry,) = (await admin.ok("GET", "/audit/entries?action=see_as&limit=1"))["entries"]
    assert entry["target"]["user"] == leaver.id
    await eyes.client.aclose()


async def test_role_changed_meanwhile_is_a_conflict_and_nothing_is_lost(api: Api):
    admin = api.administrator
    key = await api.role(grants={"account": {"read": "own"}})
    role = await admin.ok("GET", f"/roles/{key}")
    body = {"label": role["label"], "grants": {}, "version": role["version"]}
    await admin.ok("PUT", f"/roles/{key}", body)
    await admin.refused("PUT", f"/roles/{key}", 409, "role_changed", {**body, "grants": role["grants"]})
    await admin.ok("DELETE", f"/roles/{key}")
    await admin.refused("GET", f"/roles/{key}", 404, "unknown_role")
    await admin.refused("DELETE", "/roles/member", 409, "role_standard")


@pytest.mark.parametrize(
    "grant",
    [
        {"scope": "filter"},
        {"scope": "own", "condition": {"field": "name", "op": "eq", "value": "x"}},
        {"scope": "departments"},
        {"scope": "filter", "condition": {"nonsense": 1}},
        {"scope": "everything"},
    ],
)
async def test_grant_that_says_too_little_or_too_much_is_refused(api: Api, grant: dict[str, object]):
    body = {"key": unique("r_"), "label": {"en": "x"}, "grants": {"account": {"read": grant}}}
    await api.administrator.refused("POST", "/roles", 422, json=body)


async def test_change_of_rights_acts_from_the_next_request(api: Api):
    key = await api.role(grants={**LOOK, "account": {"read": "own", "create": "own"}})
    person, admin = await api.person(key), api.administrator
    account = await person.create("account", name=unique("N"))
    role = await admin.ok("GET", f"/roles/{key}")
    body = {"label": role["label"], "grants": {}, "version": role["version"]}
    await admin.ok("PUT", f"/roles/{key}", body)
    await person.refused("GET", f"/records/account/{account['id']}", 404)


@pytest.fixture(scope="module")
async def clerk(api: Api) -> Person:
    """Manages people and nothing else."""
    rights = dict.fromkeys(("read", "create", "update", "delete", "bulk", "import"), "all")
    objects = dict.fromkeys(("user", "department", "position", "user_group"), rights)
    return await api.person(await api.role(powers=["people"], grants=objects))


async def test_nobody_takes_the_account_of_a_mightier_person(api: Api, clerk: Person):
    admin = api.administrator
    auditor, ruler = await api.person(), await api.person("plain_administrator")
    await admin.ok("POST", f"/users/{auditor.id}/access", {"roles": ["auditor"]})
    for actor, victim in ((clerk, ruler), (clerk, auditor), (ruler, auditor)):
        path = f"/users/{victim.id}"
        await actor.refused("POST", f"{path}/access", 403, "person_above_you", {})
        await actor.refused("DELETE", f"{path}/access", 403, "person_above_you")
        await actor.refused("DELETE", f"{path}/sessions", 403, "person_above_you")
        record = await actor.ok("GET", f"/records/user/{victim.id}")
        change = {"version": record["version"], "email": "mine@example.com"}
        await actor.refused("PATCH", f"/records/user/{victim.id}", 403, "person_above_you", change)
        await actor.refused("DELETE", f"/records/user/{victim.id}", 403, "person_above_you")
    await ruler.refused("DELETE", f"/users/{auditor.id}/second-factors", 403, "person_above_you")
    await auditor.ok("GET", "/audit/entries?limit=1")
    # An auditor hands the role on, and lays it down.
    made = await auditor.ok("POST", "/roles/auditor/holders", {"kind": "user", "id": clerk.id})
    await auditor.ok("DELETE", f"/roles/auditor/holders/{made['id']}")


async def test_nobody_moves_into_a_mightier_place(api: Api, clerk: Person):
    admin = api.administrator
    group = await admin.create("user_group", name=unique("g"))
    position = await admin.create("position", name=unique("p"))
    top = await admin.create("department", name=unique("d"))
    below = await admin.create("department", name=unique("d"))
    holdings = []
    for kind, place in (("group", group), ("position", position), ("department", top)):
        made = await admin.ok("POST", "/roles/administrator/holders", {"kind": kind, "id": place["id"]})
        holdings.append(made["id"])
    members = f"/organisation/groups/{group['id']}/members"
    await clerk.refused("PUT", members, 403, "power_not_yours", {"users": [clerk.id]})
    further = {"memberships": [{"department": top["id"]}]}
    path = f"/organisation/people/{clerk.id}/memberships"
    await clerk.refused("PUT", path, 403, "power_not_yours", further)
    record = await clerk.ok("GET", f"/records/user/{clerk.id}")
    for values in ({"position": position["id"]}, {"department": top["id"]}):
        change = {"version": record["version"], **values}
        await clerk.refused("PATCH", f"/records/user/{clerk.id}", 403, "power_not_yours", change)
    moved = {"version": record["version"], "department": below["id"]}
    await clerk.ok("PATCH", f"/records/user/{clerk.id}", moved)
    under = {"version": below["version"], "parent": top["id"]}
    await clerk.refused("PATCH", f"/records/department/{below['id']}", 403, "power_not_yours", under)
    newcomer = {"name": unique("n"), "department": top["id"]}
    await clerk.refused("POST", "/records/user", 403, "power_not_yours", newcomer)
    await clerk.refused("GET", "/security/policy", 403, "power_needed")
    for holding in holdings:
        await admin.ok("DELETE", f"/roles/administrator/holders/{holding}")


async def test_rights_to_the_records_of_people_are_not_the_power_over_them(api: Api):
    person = await api.person("all_data")
    record = await person.ok("GET", f"/records/user/{person.id}")
    change = {"version": record["version"], "title": "CEO"}
    await person.refused("PATCH", f"/records/user/{person.id}", 403, "action_denied", change)
    wide = await api.person(await api.role(grants={"*": dict.fromkeys(("read", "create", "update"), "all")}))
    await wide.refused("PATCH", f"/records/user/{person.id}", 403, "power_needed", change)
    await wide.refused("POST", "/records/department", 403, "power_needed", {"name": unique("d")})


async def test_who_only_gives_roles_gives_no_powers(api: Api):
    giver = await api.person(await api.role(powers=["roles"], grants=LOOK))
    for role in ("administrator", "auditor"):
        await giver.refused("POST", f"/roles/{role}/holders", 403, json={"kind": "user", "id": giver.id})
    await giver.ok("POST", "/roles/reader/holders", {"kind": "user", "id": giver.id})


async def test_handover_gives_no_data_to_who_only_manages_people(
    api: Api, clerk: Person, leaver: Person, member: Person
):
    await clerk.refused(
        "POST", "/organisation/handovers", 403, "power_needed", {"from_user": leaver.id, "to_user": clerk.id}
    )
    to_another = {"from_user": leaver.id, "to_user": member.id}
    await clerk.refused("POST", "/organisation/handovers", 403, "power_needed", to_another)
    await api.administrator.ok("DELETE", f"/users/{leaver.id}/access")
    done = await clerk.ok("POST", "/organisation/handovers", to_another)
    assert done["records"]["account"] == 3


async def test_auditor_role_is_never_left_vacant(api: Api):
    admin = api.administrator
    for each in (await admin.ok("GET", "/role-holders?role=auditor"))["holders"]:
        if each["holder"]["id"] != admin.id:
            await admin.ok("DELETE", f"/roles/auditor/holders/{each['id']}")
    (last,) = (await admin.ok("GET", "/role-holders?role=auditor"))["holders"]
    await admin.refused("DELETE", f"/roles/auditor/holders/{last['id']}", 409, "last_administrator")
