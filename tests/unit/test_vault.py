"""The vault: what is sealed opens for its purpose only, under old keys too."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from banyan.db.vault import Vault, open_vault
from banyan.kernel.errors import StartRefused, Unavailable


def keys(*names: str) -> dict[str, str]:
    return {name: Fernet.generate_key().decode() for name in names}


def test_a_new_key_seals_and_the_old_one_still_opens():
    old = keys("a")
    sealed = Vault(old).seal("purpose", "secret")
    rotated = Vault({**keys("b"), **old})
    assert rotated.open("purpose", sealed) == "secret"
    assert not rotated.is_current(sealed)
    again = rotated.seal("purpose", "secret")
    assert rotated.is_current(again)
    with pytest.raises(Unavailable):
        Vault(old).open("purpose", again)


def test_what_was_sealed_for_one_row_does_not_open_for_another():
    vault = Vault(keys("a"))
    with pytest.raises(Unavailable):
        vault.open("totp 2", vault.seal("totp 1", "secret"))


@pytest.mark.parametrize("nonsense", ["", "a:", "a:xxxx", "zz:gAAAA", ":::"])
def test_nonsense_does_not_open(nonsense: str):
    with pytest.raises(Unavailable):
        Vault(keys("a")).open("purpose", nonsense)


def test_the_key_file_is_made_once_and_closed_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("BANYAN_MASTER_KEYS", raising=False)
    sealed = open_vault(tmp_path).seal("p", "text")
    file = tmp_path / "secrets" / "master-keys"
    assert file.stat().st_mode & 0o077 == 0
    open_vault.cache_clear()
    assert open_vault(tmp_path).open("p", sealed) == "text"
    assert [path.name for path in file.parent.iterdir()] == ["master-keys"]


def test_keys_may_come_from_the_environment_and_broken_ones_stop_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    open_vault.cache_clear()
    given = keys("x")
    monkeypatch.setenv("BANYAN_MASTER_KEYS", f"x:{given['x']}")
    assert Vault(given).open("p", open_vault(tmp_path).seal("p", "text")) == "text"
    assert not (tmp_path / "secrets").exists()
    open_vault.cache_clear()
    monkeypatch.setenv("BANYAN_MASTER_KEYS", "nonsense")
    with pytest.raises(StartRefused):
        open_vault(tmp_path)
    open_vault.cache_clear()
