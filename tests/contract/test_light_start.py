"""What a start does not pay for: libraries few requests need, and the shapes of routes nobody has asked for yet."""

import json
import subprocess
import sys

import pytest

from banyan.api.strict import StrictRoute

# Each costs from 30 ms to a second of a start, or tens of megabytes, and is imported where it is used.
NOT_AT_START = {
    "PIL", "alembic", "babel", "calamine", "cbor2", "chinese_calendar", "docx", "duckdb", "ldap3", "liquid", "nh3",
    "numpy", "obstore", "OpenSSL", "openpyxl", "opentelemetry.sdk", "pandas", "phonenumbers", "procrastinate",
    "pypinyin", "python_calamine", "reportlab", "sklearn", "splink", "stdnum", "typst", "webauthn", "xlsxwriter",
}  # fmt: skip
LOOK = """
import json, sys
import banyan.app
routes = [route for router in banyan.app.ROUTERS for route in router.routes]
worked_out = [route.path for route in routes if "dependant" in vars(route)]
print(json.dumps({"modules": sorted(sys.modules), "routes": len(routes), "worked_out": worked_out}))
"""


def test_the_application_is_imported_without_what_few_requests_need():
    said = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True).stdout
    found = json.loads(said)
    assert NOT_AT_START & set(found["modules"]) == set()
    assert found["routes"] > 300
    assert found["worked_out"] == []


def test_a_route_is_worked_out_when_it_is_asked_and_only_once():
    async def read(name: str, limit: int = 5) -> dict[str, str]:
        """What it does."""
        return {name: str(limit)}

    route = StrictRoute("/things/{name}", read, methods=["get"], status_code=201)
    assert (route.path, route.methods, route.endpoint) == ("/things/{name}", {"GET"}, read)
    assert "dependant" not in vars(route)
    assert [each.name for each in route.dependant.query_params] == ["limit"]
    assert (route.status_code, route.description, route.methods) == (201, "What it does.", {"GET"})
    app = route.app
    assert route.path_regex.match("/things/one")
    assert route.app is app
    assert not hasattr(route, "unheard_of")


def test_a_route_that_cannot_be_worked_out_says_so_each_time():
    async def read(name: str) -> dict[str, str]:
        return {"name": name}

    route = StrictRoute("/things/{name}/{name}", read)
    for _ in range(2):
        with pytest.raises(ValueError, match="Duplicated param"):
            _ = route.dependant
