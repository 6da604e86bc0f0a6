"""Secrets the application must read again (second factors, passwords of mail servers), encrypted at rest.

The master keys stand outside of the database: in BANYAN_MASTER_KEYS, or in `secrets/master-keys` of the home,
made at first use. Each line is `id:key`; the first seals, all open, so a key is changed by putting a new
line first. A sealed text is bound to its purpose: moved to another row it does not open.
"""

import os
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from banyan.kernel.errors import StartRefused, Unavailable

VARIABLE = "BANYAN_MASTER_KEYS"
FILE = "master-keys"


class Vault:
    """Seals and opens texts. Sealed: `id:token`."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = {name: Fernet(key) for name, key in keys.items()}
        self._current = next(iter(keys))

    def seal(self, purpose: str, text: str) -> str:
        sealed = self._keys[self._current].encrypt(f"{purpose}\0{text}".encode())
        return f"{self._current}:{sealed.decode()}"

    def open(self, purpose: str, sealed: str) -> str:
        """The text. Raises Unavailable `secret_unreadable` when its key is gone or it was sealed for something else."""
        name, _, token = sealed.partition(":")
        try:
            found, _, text = self._keys[name].decrypt(token.encode()).decode().partition("\0")
        except (KeyError, InvalidToken) as error:
            raise Unavailable("secret_unreadable") from error
        if found != purpose:
            raise Unavailable("secret_unreadable")
        return text

    def is_current(self, sealed: str) -> bool:
        """Whether the newest key sealed it; what is not is sealed again when it is next used."""
        return sealed.partition(":")[0] == self._current


@lru_cache(maxsize=8)
def open_vault(home: Path) -> Vault:
    """The vault of an installation. Its keys are read once per process."""
    text = os.environ.get(VARIABLE, "").replace(",", "\n") or _file(home / "secrets" / FILE)
    keys = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, key = line.partition(":")
        keys[name.strip()] = key.strip()
    try:
        return Vault(keys)
    except (ValueError, StopIteration) as error:
        raise StartRefused("settings_invalid", reason=VARIABLE) from error


def _file(path: Path) -> str:
    """The text of the key file, made where it is missing: whoever comes second reads what the first wrote."""
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = f"{secrets.token_hex(4)}:{Fernet.generate_key().decode()}\n"
    staging = path.with_name(f"{FILE}.{secrets.token_hex(4)}")
    descriptor = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(fresh)
        file.flush()
        os.fsync(file.fileno())
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(staging, owner.st_uid, owner.st_gid)
    try:
        os.link(staging, path)
    except FileExistsError:
        pass
    finally:
        staging.unlink()
    return path.read_text(encoding="ascii")
