"""Sign-in through a real OpenID Connect provider on loopback, and tokens it never made."""

import base64
import hmac
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from banyan.identity import oidc
from banyan.identity.providers import OidcSettings
from banyan.kernel.errors import NotSignedIn
from factories.api import Api, Document, Person, unique
from factories.identity_provider import CLIENT, SECRET, IdentityProvider, serve_provider

pytestmark = pytest.mark.anyio
NAMES = {
    name: f"{name}@oidc.example.com"
    for name in ("eve", "new", "gone", "taken", "plain", "stranger", "boss", "moved")
}


@pytest.fixture
def server() -> Iterator[IdentityProvider]:
    """One for each test: its store in memory confuses a code nobody came for with later ones."""
    with serve_provider(NAMES) as found:
        yield found


@dataclass
class Door:
    api: Api
    server: IdentityProvider
    id: str

    async def begin(self) -> tuple[httpx.AsyncClient, str]:
        client = self.api.client()
        answer = await client.post("/api/v1/sessions/oidc/start", json={"provider": self.id})
        assert answer.status_code == 200, answer.text
        return client, answer.json()["url"]

    async def sign_in(self, name: str) -> httpx.Response:
        client, url = await self.begin()
        back = self.server.sign_in(url, name)
        return await self.come_back(client, back)

    async def come_back(self, client: httpx.AsyncClient, back: dict[str, str]) -> httpx.Response:
        return await client.post("/api/v1/sessions/oidc", json={"code": back["code"], "state": back["state"]})


def body(server: IdentityProvider, **more: Any) -> Document:
    settings = {
        "kind": "oidc",
        "issuer": server.issuer,
        "client_id": CLIENT,
        "allow_private": True,
        "emails_verified": True,
        **more,
    }
    return {"label": "House", "settings": settings, "secret": SECRET}


@pytest.fixture
async def door(api: Api, server: IdentityProvider) -> AsyncIterator[Door]:
    made = await api.administrator.ok("POST", "/security/providers", body(server))
    yield Door(api, server, made["id"])
    await api.administrator.ok("DELETE", f"/security/providers/{made['id']}")


async def invited(api: Api, name: str) -> str:
    """Somebody with that address who has not chosen a password."""
    record = await api.administrator.create("user", name=name, email=NAMES[name])
    await api.administrator.ok("POST", f"/users/{record['id']}/access", {"roles": ["member"]})
    return str(record["id"])


async def test_somebody_invited_signs_in_and_is_known_by_subject_from_then_on(door: Door):
    person = await invited(door.api, "eve")
    options = await door.api.administrator.ok("GET", "/sign-in-options")
    assert {"id": door.id, "label": "House", "kind": "oidc"} in options["providers"]
    first = await door.sign_in("eve")
    assert first.status_code == 201, first.text
    assert first.json()["user"]["id"] == person
    record = await door.api.administrator.ok("GET", f"/records/user/{person}")
    moved = {"version": record["version"], "email": f"{unique('moved')}@example.com"}
    await door.api.administrator.ok("PATCH", f"/records/user/{person}", moved)
    again = await door.sign_in("eve")
    assert again.status_code == 201, again.text
    assert again.json()["user"]["id"] == person
    history = await door.api.administrator.ok("GET", f"/users/{person}/sign-ins")
    assert history["sign_ins"][0]["method"] == "oidc"


async def test_strangers_are_refused_unless_the_provider_may_make_people(door: Door):
    refused = await door.sign_in("stranger")
    assert (refused.status_code, refused.json()["code"]) == (401, "identity_unknown")
    path = f"/security/providers/{door.id}"
    await door.api.administrator.ok("PUT", path, body(door.server, auto_create=True))
    made = await door.sign_in("stranger")
    assert made.status_code == 201, made.text
    assert (made.json()["user"]["email"], made.json()["user"]["powers"]) == (NAMES["stranger"], [])
    assert (await door.sign_in("stranger")).json()["user"]["id"] == made.json()["user"]["id"]


async def test_an_address_nobody_has_verified_finds_nobody(door: Door):
    await invited(door.api, "plain")
    path = f"/security/providers/{door.id}"
    await door.api.administrator.ok("PUT", path, body(door.server, emails_verified=False))
    assert (await door.sign_in("plain")).json()["code"] == "identity_unknown"


async def test_whoever_holds_powers_is_never_found_by_an_address(door: Door):
    person = await invited(door.api, "boss")
    access = f"/users/{person}/access"
    await door.api.administrator.ok("POST", access, {"roles": ["administrator"]})
    refused = await door.sign_in("boss")
    assert (refused.status_code, refused.json()["code"]) == (401, "identity_not_by_email")
    await door.api.administrator.ok("POST", access, {"roles": ["member"]})
    assert (await door.sign_in("boss")).status_code == 201


async def test_another_issuers_subjects_are_other_people(door: Door):
    admin, path = door.api.administrator, f"/security/providers/{door.id}"
    await invited(door.api, "moved")
    assert (await door.sign_in("moved")).status_code == 201
    await admin.ok("PUT", path, body(door.server, emails_verified=False))
    assert (await door.sign_in("moved")).status_code == 201
    # Another client of the issuer may be told other subjects; the same place again is a new one too.
    await admin.ok("PUT", path, body(door.server, client_id="another", emails_verified=False))
    await admin.ok("PUT", path, body(door.server, emails_verified=False))
    assert (await door.sign_in("moved")).json()["code"] == "identity_unknown"


async def test_whose_access_has_ended_does_not_come_back(door: Door):
    person = await invited(door.api, "gone")
    assert (await door.sign_in("gone")).status_code == 201
    await door.api.administrator.ok("DELETE", f"/users/{person}/access")
    path = f"/security/providers/{door.id}"
    await door.api.administrator.ok("PUT", path, body(door.server, auto_create=True))
    assert (await door.sign_in("gone")).json()["code"] == "identity_unknown"


async def test_a_journey_belongs_to_the_browser_that_began_it(door: Door):
    client, url = await door.begin()
    back = door.server.sign_in(url, "taken")
    assert (await door.come_back(door.api.client(), back)).json()["code"] == "ticket_spent"
    assert (await door.come_back(client, back)).json()["code"] == "ticket_spent"


async def test_a_journey_is_made_once(door: Door):
    await invited(door.api, "taken")
    client, url = await door.begin()
    back = door.server.sign_in(url, "taken")
    assert (await door.come_back(client, back)).status_code == 201
    assert (await door.come_back(client, back)).json()["code"] == "ticket_spent"


async def test_a_code_of_another_journey_is_worth_nothing(door: Door):
    _, other = await door.begin()
    stolen = door.server.sign_in(other, "taken")
    client, url = await door.begin()
    state = parse_qs(urlsplit(url).query)["state"][0]
    answer = await door.come_back(client, {"code": stolen["code"], "state": state})
    assert (answer.status_code, answer.json()["code"]) == (401, "provider_not_believed")


async def test_a_provider_is_checked_when_it_is_saved_and_its_secret_stays_hidden(door: Door, member: Person):
    admin, path = door.api.administrator, "/security/providers"
    await member.refused("GET", path, 403, "power_needed")
    await member.refused("POST", path, 403, "power_needed", body(door.server))
    inside = body(door.server, allow_private=False, issuer=door.server.issuer.replace("http:", "https:"))
    await admin.refused("POST", path, 422, "remote_private", inside)
    await admin.refused("POST", path, 422, "remote_scheme", body(door.server, allow_private=False))
    await admin.refused("POST", path, 422, json=body(door.server, algorithm="none"))
    slash = body(door.server, issuer=f"{door.server.issuer}/")
    await admin.refused("POST", path, 422, "provider_other_issuer", slash)
    shown = await admin.ok("GET", path)
    assert SECRET not in str(shown)
    (mine,) = [one for one in shown["providers"] if one["id"] == door.id]
    assert mine["has_secret"] is True
    other = {**body(door.server, client_id="another"), "secret": None}
    assert (await admin.ok("PUT", f"{path}/{door.id}", other))["has_secret"] is False


KEY = RSAKey.generate_key(2048, {"kid": "one"})
KEYS = KeySet([KEY]).as_dict()
SETTINGS = OidcSettings(issuer="https://id.example.com", client_id="us")


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    found = {"iss": SETTINGS.issuer, "aud": "us", "sub": "1", "nonce": "n", "iat": now, "exp": now + 60}
    return {name: value for name, value in (found | changes).items() if value is not None}


def test_a_right_token_is_believed():
    token = jwt.encode({"alg": "RS256", "kid": "one"}, claims(), KEY)
    assert oidc.checked(SETTINGS, "n", token, KEYS)["sub"] == "1"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example.com"},
        {"aud": "them"},
        {"aud": ["us", "them"]},
        {"azp": "them"},
        {"nonce": "m"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
    ],
)
def test_a_token_with_one_wrong_claim_is_not(changes: dict[str, Any]):
    token = jwt.encode({"alg": "RS256", "kid": "one"}, claims(**changes), KEY)
    with pytest.raises(NotSignedIn):
        oidc.checked(SETTINGS, "n", token, KEYS)


def confused() -> str:
    """Signed with the public key as if it were a shared secret."""
    payload = jwt.encode({"alg": "RS256"}, claims(), KEY).split(".")[1]
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').rstrip(b"=").decode()
    signature = hmac.digest(KEY.as_pem(private=False), f"{head}.{payload}".encode(), "sha256")
    return f"{head}.{payload}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_a_token_signed_otherwise_is_not():
    other = RSAKey.generate_key(2048, {"kid": "one"})
    tokens = [
        jwt.encode({"alg": "RS256", "kid": "one"}, claims(), other),
        jwt.encode({"alg": "RS512", "kid": "one"}, claims(), KEY, algorithms=["RS512"]),
        confused(),
        jwt.encode({"alg": "RS256", "kid": "one"}, claims(), KEY).rpartition(".")[0] + ".",
        "eyJhbGciOiJub25lIn0." + jwt.encode({"alg": "RS256"}, claims(), KEY).split(".")[1] + ".",
        "nonsense",
        "",
    ]
    for token in tokens:
        with pytest.raises(NotSignedIn):
            oidc.checked(SETTINGS, "n", token, KEYS)
