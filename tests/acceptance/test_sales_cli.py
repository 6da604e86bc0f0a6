"""The same four files by `banyan import`: equal figures, no browser."""

import csv
from decimal import Decimal

import pytest
from figures import assert_figures

pytestmark = pytest.mark.slow


def import_sales(server, sales) -> dict[str, str]:
    """Run the four imports; returns what each printed."""
    wishes = {
        "sales_teams": ("user", "--create-missing", "manager", "--create-missing", "department"),
        "accounts": ("account", "--create-missing", "parent", "--value", "sector:technolgy=technology"),
        "products": ("product",),
        "sales_pipeline": ("opportunity", "--value", "product:GTXPro=GTX Pro"),
    }
    return {
        name: server.command(
            "import", str(sales.file(name)), "--object", object_name, "--currency", "USD", *options
        )
        for name, (object_name, *options) in wishes.items()
    }


def test_the_command_line_gives_the_same_figures(server, sales):
    admin = server.set_up()
    said = import_sales(server, sales)
    assert f"created {sales.deals:,}, updated 0, rejected 0" in said["sales_pipeline"]
    assert "product → product" in said["sales_pipeline"]
    assert_figures(admin, sales)


def test_each_level_sees_its_own_share_exactly(server, sales):
    """Sellers, managers and heads of offices against a count by hand over the files."""
    admin = server.sign_in()
    team = read(sales.file("sales_teams"))
    deals = read(sales.file("sales_pipeline"))
    of_manager = {
        name: {r["sales_agent"] for r in team if r["manager"] == name}
        for name in {r["manager"] for r in team}
    }
    of_office = {
        name: {r["sales_agent"] for r in team if r["regional_office"] == name}
        for name in {r["regional_office"] for r in team}
    }
    watchers = [("team_lead", name, agents) for name, agents in of_manager.items()]
    watchers += [("member", row["sales_agent"], {row["sales_agent"]}) for row in team[:3]]
    for office, agents in of_office.items():
        found = admin.rows("department", where={"field": "name", "op": "eq", "value": office})
        made = admin.ok("POST", "/records/user", {"name": f"Head of {office}", "department": found[0]["id"]})
        watchers.append(("department_head", made["name"], agents))
    for index, (role, name, agents) in enumerate(watchers):
        person = admin.rows("user", where={"field": "name", "op": "eq", "value": name})[0]
        mail = f"w{index}@example.com"
        admin.ok("PATCH", f"/records/user/{person['id']}", {"version": person["version"], "email": mail})
        admin.invite(person["id"], role)
        theirs = [deal for deal in deals if deal["sales_agent"] in agents]
        assert share(server.sign_in(mail)) == by_hand(theirs), (role, name)


def read(path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def by_hand(deals) -> dict[str, tuple[int, Decimal]]:
    found: dict[str, tuple[int, Decimal]] = {}
    for deal in deals:
        count, total = found.get(deal["deal_stage"].lower(), (0, Decimal(0)))
        found[deal["deal_stage"].lower()] = (count + 1, total + Decimal(deal["close_value"] or 0))
    return found


def share(client) -> dict[str, tuple[int, Decimal]]:
    """What board and funnel are drawn from; the list must hold as many."""
    stages = client.groups("opportunity", "stage", {"fn": "sum", "field": "amount"})
    total = client.ok("POST", "/records/opportunity/query", {"limit": 1, "count": "exact"})["count"]["value"]
    assert total == sum(int(values[0]) for values in stages.values())
    return {
        stage: (int(values[0]), Decimal((values[1] or {}).get("amount") or 0))
        for stage, values in stages.items()
    }


def test_choices_that_are_missing_are_made_when_asked_for(server, open_folder):
    file = open_folder / "sectors.csv"
    file.write_text("account,sector\nOne,shipbuilding\nTwo,retail\n")
    kept = open_folder / "problems.csv"
    dry = server.command(
        "import", str(file), "--object", "account", "--dry-run", "--problems", str(kept), code=2
    )
    assert "to create 1, to update 0, to reject 1" in dry
    assert "One,shipbuilding" in kept.read_text("utf-8-sig")
    server.command("import", str(file), "--object", "account", "--create-choices", "industry")
    admin = server.sign_in()
    found = admin.rows("account", where={"field": "name", "op": "eq", "value": "One"}, select=["industry"])
    assert found[0]["industry"] == "shipbuilding"


def test_an_unknown_column_or_object_is_one_clear_line(server, sales):
    path = str(sales.file("products"))
    server.command("import", path, "--object", "product", "--skip", "colour", code=1)
    server.command("import", path, "--object", "spaceship", code=1)
    server.command("import", f"{path}.gone", "--object", "product", code=1)
