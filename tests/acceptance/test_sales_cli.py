"""The same four files by `banyan import`: equal figures, no browser."""

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
