"""Passwords that guessers try first are told by rule."""

import pytest

from banyan.identity.common_passwords import is_common
from banyan.identity.policy import SecurityPolicy
from banyan.identity.secrets import check_password
from banyan.kernel.errors import InvalidInput


@pytest.mark.parametrize(
    "password",
    ["Password2024!", "P@ssw0rd", "qwertyuiop", "1qaz2wsx", "woaini1314", "5201314520", "abcabcabc", "19900101",
     "01.02.1990", "admin@123", "88888888", "qwer1234", "987654321", "!!!letmein!!!"],
)  # fmt: skip
def test_public_passwords_in_disguise_are_known(password: str):
    assert is_common(password)


@pytest.mark.parametrize(
    "password", ["correct horse battery", "Tr0ub4dor&3", "winter morning walk", "榕树下的约定"]
)
def test_others_pass(password: str):
    assert not is_common(password)


@pytest.mark.parametrize(
    "password", ["Ada Admin", "adaadmin", "ada.admin@example.com", "ada.admin", "adaadmin99"]
)
def test_ones_own_name_is_known(password: str):
    assert is_common(password, "Ada Admin", "ada.admin@example.com")


def test_policy_counts_kinds_of_signs():
    asked = SecurityPolicy(character_kinds=4)
    check_password("Blue lamp 7", policy=asked)
    with pytest.raises(InvalidInput):
        check_password("Blue lamp seven", policy=asked)
