"""A real OpenID Connect provider (Canaille) on loopback, in a process of its own.

Run as a program it serves until its standard input closes; the first line it prints says where.
"""

import contextlib
import json
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

CLIENT, SECRET, PASSWORD = "banyan", "client secret", "password at the provider"
CALLBACK = "http://test/sign-in/callback"


@dataclass(frozen=True)
class IdentityProvider:
    issuer: str

    def sign_in(self, url: str, name: str, password: str = PASSWORD) -> dict[str, str]:
        """Walk through the provider's own pages as a browser does; returns what it sends back to us."""
        with httpx.Client(follow_redirects=False, timeout=20) as browser:
            answer = browser.get(url)
            for _ in range(12):
                place = answer.headers.get("location", "")
                if place.startswith(CALLBACK):
                    return {key: values[0] for key, values in parse_qs(urlsplit(place).query).items()}
                if place:
                    answer = browser.get(answer.url.join(place))
                elif answer.url.path.endswith("/login"):
                    answer = browser.post(answer.url, data={"login": name})
                elif answer.url.path.endswith("/auth/password"):
                    answer = browser.post(answer.url, data={"password": password})
                else:
                    answer = browser.post(answer.url, data={"answer": "accept"})
        raise AssertionError(f"the provider never sent us back: {answer.url} {answer.text[:500]}")


@contextlib.contextmanager
def serve_provider(people: dict[str, str]) -> Iterator[IdentityProvider]:
    """`people` are e-mail addresses by user name."""
    program = [sys.executable, __file__, json.dumps(people)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        line = process.stdout.readline()
        assert line, "the identity provider did not start"
        yield IdentityProvider(line.strip())
        process.stdin.close()
        process.wait(timeout=20)


def _main(people: dict[str, str]) -> None:
    import socket
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    warnings.simplefilter("ignore")
    from canaille import create_app
    from canaille.app import models
    from canaille.backends.memory.backend import MemoryBackend
    from joserfc.jwk import RSAKey

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = create_app(
        {
            "SECRET_KEY": "only for this test",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "WTF_CSRF_ENABLED": False,
            "TESTING": True,
            "CANAILLE": {"JAVASCRIPT": False, "DATABASE": "memory", "LOGGING": {"version": 1}},
            "CANAILLE_OIDC": {"ACTIVE_JWKS": [RSAKey.generate_key(2048).as_dict(private=True)]},
        },
        backend=MemoryBackend({"CANAILLE": {}}),
    )
    with app.app_context():
        backend = MemoryBackend.instance
        for name, email in people.items():
            given = {"user_name": name, "formatted_name": f"{name} Provider", "family_name": name}
            backend.save(models.User(**given, emails=[email], password=PASSWORD))
        client = models.Client(
            client_id=CLIENT,
            client_secret=SECRET,
            client_name="Banyan",
            client_uri="http://127.0.0.1/",
            redirect_uris=[CALLBACK],
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "email", "profile"],
            token_endpoint_auth_method="client_secret_basic",
            id_token_signed_response_alg="RS256",
        )
        backend.save(client)
        client.audience = [client]
        backend.save(client)
    server = make_server("127.0.0.1", port, app, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    sys.path = [entry for entry in sys.path if entry != str(Path(__file__).parent)]
    _main(json.loads(sys.argv[1]))
