"""A real OpenLDAP server on loopback with a few people, over plain LDAP and over TLS."""

import contextlib
import datetime as dt
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BASE, ROOT_DN, ROOT_SECRET, PASSWORD = (
    "dc=house",
    "cn=admin,dc=house",
    "root secret",
    "password in the directory",
)
TOOL = Path(__file__).resolve().parents[2] / "tools" / "slapd.py"


@dataclass(frozen=True)
class Directory:
    port: int
    tls_port: int
    certificate: str


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _certificate(folder: Path) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    text = made.public_bytes(serialization.Encoding.PEM).decode()
    kind = serialization.PrivateFormat.TraditionalOpenSSL
    secret = key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())
    (folder / "cert.pem").write_text(text)
    (folder / "key.pem").write_bytes(secret)
    return text


@contextlib.contextmanager
def serve_directory(folder: Path, people: dict[str, str]) -> Iterator[Directory]:
    """`people` are e-mail addresses by uid."""
    found = subprocess.run([sys.executable, str(TOOL)], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    root = Path(found.stdout.strip())
    libraries = [str(place) for place in (root / "usr" / "lib").glob("*-linux-gnu*")]
    environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)} if root != Path("/") else None
    certificate = _certificate(folder)
    (folder / "data").mkdir()
    schemas = "".join(
        f"include {root}/etc/ldap/schema/{name}.schema\n" for name in ("core", "cosine", "inetorgperson")
    )
    (folder / "slapd.conf").write_text(
        f"{schemas}modulepath {root}/usr/lib/ldap\nmoduleload back_mdb\n"
        f"TLSCertificateFile {folder}/cert.pem\nTLSCertificateKeyFile {folder}/key.pem\n"
        f'database mdb\nsuffix "{BASE}"\nrootdn "{ROOT_DN}"\nrootpw "{ROOT_SECRET}"\ndirectory {folder}/data\n'
        "access to attrs=userPassword by anonymous auth by * none\naccess to * by dn.exact=cn=admin,dc=house read\n"
    )
    entries = [f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: house\no: House\n"]
    entries += [
        f"dn: uid={uid},{BASE}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid} Directory\nsn: {uid}\n"
        f"mail: {email}\nuserPassword: {PASSWORD}\n"
        for uid, email in people.items()
    ]
    (folder / "people.ldif").write_text("\n".join(entries))
    program, configuration = root / "usr" / "sbin" / "slapd", str(folder / "slapd.conf")
    add = ["slapadd", "-f", configuration, "-l", str(folder / "people.ldif")]
    subprocess.run(add, executable=program, env=environment, check=True, capture_output=True)
    directory = Directory(_free_port(), _free_port(), certificate)
    places = f"ldap://127.0.0.1:{directory.port} ldaps://localhost:{directory.tls_port}"
    with subprocess.Popen(
        [program, "-f", configuration, "-h", places, "-d", "0"], env=environment, stderr=subprocess.DEVNULL
    ) as process:
        _wait_for(directory.port, process)
        yield directory
        process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "slapd did not start"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("slapd does not listen")
