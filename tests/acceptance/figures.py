"""What an import of the sales files must give, however it was done."""

from decimal import Decimal


def assert_figures(client, sales):
    """What an import of the four files must give, by `/aggregate`."""
    stages = client.groups("opportunity", "stage", {"fn": "sum", "field": "amount"})
    assert {stage: int(values[0]) for stage, values in stages.items()} == sales.stages
    assert Decimal(stages["won"][1]["amount"]) == sales.won
    assert stages["won"][1]["currency"] == "USD"
    assert client.count("account") == sales.accounts
    assert client.count("product") == sales.products
    assert client.count("opportunity", {"field": "account", "op": "is_empty"}) == sales.without_account
    assert client.count("opportunity", {"field": "product", "op": "is_empty"}) == 0
    assert client.count("user", {"field": "manager", "op": "is_not_empty"}) == sales.sellers
    assert client.count("user") == sales.sellers + sales.managers + 1
    assert client.count("department") == sales.offices
    below = client.rows("account", where={"field": "parent.name", "op": "eq", "value": sales.parent})
    assert sales.subsidiary in {row["name"] for row in below}
