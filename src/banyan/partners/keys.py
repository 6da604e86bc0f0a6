"""Under what a customer is found again: its credit code, and the core of its name without place and legal form."""

import re
import unicodedata

from banyan.records.company_names import name_of

_NOT_IN_CODES = re.compile(r"[^0-9a-z]")


def code_of(text: str | None) -> str:
    """A credit code as it is compared; '' for none."""
    return _NOT_IN_CODES.sub("", unicodedata.normalize("NFKC", text or "").casefold())


def core_of(customer: str | None) -> str:
    """A name as it is compared; '' for one that says nothing."""
    return name_of(customer or "").core


def keys_of(customer: str | None, credit_code: str | None) -> tuple[str, ...]:
    """Two registrations with a key in common speak of one customer."""
    code, core = code_of(credit_code), core_of(customer)
    return (*((f"c:{code}",) if code else ()), *((f"n:{core}",) if core else ()))
