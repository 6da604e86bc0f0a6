"""Sign-in against a real directory: bound as the entry found, over TLS that is verified."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from factories.api import Api, Document
from factories.directory import BASE, PASSWORD, ROOT_DN, ROOT_SECRET, Directory, serve_directory

pytestmark = pytest.mark.anyio
EMAIL, OTHER, IDA = "lea@ldap.example.com", "max@ldap.example.com", "ida@ldap.example.com"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    folder = tmp_path_factory.mktemp("slapd")
    with serve_directory(
        folder, {"lea": EMAIL, "max": OTHER, "ida": IDA, "twin1": "t@x.cn", "twin2": "t@x.cn"}
    ) as found:
        yield found


def body(directory: Directory, **more: Any) -> Document:
    settings = {
        "kind": "ldap", "host": "localhost", "port": directory.tls_port, "security": "tls", "bind_dn": ROOT_DN,
        "base": BASE, "certificate": directory.certificate, "allow_private": True,
        "emails_verified": True, **more,
    }  # fmt: skip
    return {"label": "Directory", "settings": settings, "secret": ROOT_SECRET}


@pytest.fixture
async def provider(api: Api, directory: Directory) -> AsyncIterator[str]:
    await api.forget_attempts()
    made = await api.administrator.ok("POST", "/security/providers", body(directory))
    yield made["id"]
    await api.administrator.ok("DELETE", f"/security/providers/{made['id']}")


async def sign_in(api: Api, provider: str, email: str, password: str = PASSWORD) -> httpx.Response:
    async with api.client() as client:
        given = {"email": email, "password": password, "provider": provider}
        return await client.post("/api/v1/sessions", json=given)


async def test_a_person_signs_in_with_the_directorys_password(api: Api, provider: str):
    record = await api.administrator.create("user", name="Lea", email=EMAIL)
    await api.administrator.ok("POST", f"/users/{record['id']}/access", {"roles": ["member"]})
    answer = await sign_in(api, provider, EMAIL)
    assert answer.status_code == 201, answer.text
    assert answer.json()["user"]["id"] == record["id"]


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "wrong"), (EMAIL, ""), ("nobody@x.cn", PASSWORD), ("*", PASSWORD), ("t@x.cn", PASSWORD), ("", PASSWORD),
     ("lea@ldap.example.com)(mail=*", PASSWORD)],
)  # fmt: skip
async def test_wrong_unknown_ambiguous_and_crafted_names_are_refused_alike(
    api: Api, provider: str, email: str, password: str
):
    answer = await sign_in(api, provider, email, password)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")


async def test_somebody_of_the_directory_alone_is_nobody_here(api: Api, provider: str):
    assert (await sign_in(api, provider, OTHER)).json()["code"] == "identity_unknown"


async def test_an_address_of_the_directory_finds_nobody_without_somebodys_word(
    api: Api, provider: str, directory: Directory
):
    record = await api.administrator.create("user", name="Ida", email=IDA)
    await api.administrator.ok("POST", f"/users/{record['id']}/access", {"roles": ["member"]})
    path = f"/security/providers/{provider}"
    await api.administrator.ok("PUT", path, body(directory, emails_verified=False))
    assert (await sign_in(api, provider, IDA)).json()["code"] == "identity_unknown"
    await api.administrator.ok("PUT", path, body(directory))
    assert (await sign_in(api, provider, IDA)).status_code == 201


async def test_a_certificate_nobody_vouches_for_is_refused(api: Api, provider: str, directory: Directory):
    path = f"/security/providers/{provider}"
    await api.administrator.ok("PUT", path, body(directory, certificate=""))
    assert (await sign_in(api, provider, EMAIL)).json()["code"] == "directory_refused"


async def test_an_inner_directory_must_be_allowed(api: Api, provider: str, directory: Directory):
    path = f"/security/providers/{provider}"
    await api.administrator.ok("PUT", path, body(directory, allow_private=False))
    assert (await sign_in(api, provider, EMAIL)).json()["code"] == "remote_private"
