"""Ways of comparing values: what lies under which key, what is looked up, and whether two values are the same.

A key only finds candidates; `same` decides, so that neither a collision nor a generous key ever makes a duplicate.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from banyan.metadata.field_types.base import ValueProblem
from banyan.metadata.field_types.phone import e164
from banyan.records.company_names import counted_in, name_of, near_name, same_name, sounds

# Hosts where everybody has an address: the same host says nothing of the same customer.
FREE_HOSTS = frozenset(
    (
        *("qq.com", "foxmail.com", "163.com", "126.com", "yeah.net", "sina.com", "sina.cn", "sohu.com"),
        *("aliyun.com", "139.com", "189.cn", "wo.cn", "tom.com", "21cn.com", "vip.qq.com", "vip.163.com"),
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com"),
        *("yahoo.cn", "yahoo.com.cn", "icloud.com", "me.com", "mac.com", "aol.com", "proton.me"),
        *("protonmail.com", "gmx.com", "gmx.de", "mail.ru", "yandex.ru"),
    )
)
_SECOND_LEVEL = frozenset(["com", "net", "org", "gov", "edu", "ac", "co"])
_CODE = re.compile(r"[^0-9a-z]")
_HEAD = 3
_DUMMY_RUN = 8


@dataclass(frozen=True)
class Way:
    """`selective` orders ways: a rule is looked up by its most selective part, the others are only compared."""

    key: str
    selective: int
    stored: Callable[[str], tuple[str, ...]]
    asked: Callable[[str], tuple[str, ...]]
    same: Callable[[str, str], bool]


def phone_of(text: str) -> str:
    """E.164, or '' for what is no number or one nobody has (13800000000)."""
    try:
        number = e164(text, "CN").partition(";")[0]
    except ValueProblem:
        return ""
    digits = number.lstrip("+")
    return "" if re.search(rf"(\d)\1{{{_DUMMY_RUN - 1}}}|12345678|87654321", digits) else number


def code_of(text: str) -> str:
    return _CODE.sub("", unicodedata.normalize("NFKC", text).casefold())


def email_of(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def domain_of(text: str) -> str:
    """The registered domain of a web or mail address; '' for hosts where everybody has an address."""
    plain = email_of(text)
    host = plain.rpartition("@")[2] if "@" in plain else _host(plain)
    labels = [label for label in host.split(".") if label]
    if len(labels) < 2:  # noqa: PLR2004 - a name and its zone
        return ""
    width = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2  # noqa: PLR2004
    domain = ".".join(labels[-width:])
    return "" if domain in FREE_HOSTS or host in FREE_HOSTS else domain


def _host(text: str) -> str:
    try:
        return urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""


def exact_of(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _one(plain: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    def keys(text: str) -> tuple[str, ...]:
        found = plain(text)
        return (found,) if found else ()

    return keys


def _equal(plain: Callable[[str], str]) -> Callable[[str, str], bool]:
    return lambda one, other: bool(plain(one)) and plain(one) == plain(other)


def _core_keys(text: str) -> tuple[str, ...]:
    core = name_of(text).core
    return (f"c{core}",) if core else ()


def _near_stored(text: str) -> tuple[str, ...]:
    """Sounds in any order (swaps, other characters), the same without the first, the head, and the first with the tail.

    Near names count alike, so what counts is part of the keys: thousands of 某某第…分公司 do not lie under one.
    """
    core = name_of(text).core
    if len(core) <= _HEAD:
        return (_by_sound(core),) if core else ()
    return (_by_sound(core), _by_sound(core[1:]), _by_head(core, len(core)), f"t{core[0]}{core[_HEAD:]}")


def _near_asked(text: str) -> tuple[str, ...]:
    core = name_of(text).core
    if not core:
        return ()
    # Of so short a name nothing but its sounds is stored: each character may be the one that is missing there.
    missing = range(len(core)) if len(core) == _HEAD + 1 else range(1)
    found = {_by_sound(core[:place] + core[place + 1 :]) for place in missing if len(core) > 1}
    found |= {_by_sound(core)}
    found |= {_by_head(core, length) for length in (len(core) - 1, len(core) + 1)}
    found |= {f"t{core[0]}{core[start:]}" for start in (_HEAD - 1, _HEAD + 1) if len(core) > start}
    return tuple(sorted(found))


def _by_sound(core: str) -> str:
    return f"s{' '.join(sorted(sounds(core)))}|{counted_in(core)}"


def _by_head(core: str, length: int) -> str:
    return f"h{core[:_HEAD]}{length}|{counted_in(core)}"


WAYS: Mapping[str, Way] = {
    way.key: way
    for way in (
        Way("code", 0, _one(code_of), _one(code_of), _equal(code_of)),
        Way("phone", 1, _one(phone_of), _one(phone_of), _equal(phone_of)),
        Way("email", 2, _one(email_of), _one(email_of), _equal(email_of)),
        Way("name", 3, _core_keys, _core_keys, lambda a, b: same_name(name_of(a), name_of(b))),
        Way("domain", 4, _one(domain_of), _one(domain_of), _equal(domain_of)),
        Way("near", 5, _near_stored, _near_asked, lambda a, b: near_name(name_of(a), name_of(b))),
        Way("exact", 6, _one(exact_of), _one(exact_of), _equal(exact_of)),
    )
}


def hashed(object_key: str, way: str, key: str) -> int:
    """What stands in the table: no value of a record can be read from it."""
    text = f"{object_key}\x00{way}\x00{key}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)
