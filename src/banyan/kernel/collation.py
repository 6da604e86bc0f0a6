"""Order and search keys of short texts: Chinese sorts and is found by pinyin.

The embedded PostgreSQL has no ICU, so the key is stored beside the text. `sort_key` is the pinyin (or the
case-folded text) followed by the text itself, so that equal sounds fall back to code points within one column.
"""

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

KEY_LENGTH = 96
MAX_READINGS = 6
_SEPARATOR = "\x01"
_RARE_HAN = (("\u3400", "\u4dbf"), ("\U00020000", "\U000323af"))


def is_han(char: str) -> bool:
    """Whether `char` is a CJK unified ideograph (basic block and extensions A to H)."""
    return "\u4e00" <= char <= "\u9fff" or any(low <= char <= high for low, high in _RARE_HAN)


def fold(text: str) -> str:
    """Full-width forms to half-width, then case-folded."""
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=32_768)
def _readings(char: str) -> tuple[str, ...]:
    """Plain readings of one character, the usual one first."""
    from pypinyin import Style, pinyin

    found = pinyin(char, style=Style.NORMAL, heteronym=True)
    return tuple(dict.fromkeys(part.lower() for part in found[0])) if found else (char,)


def _phrase(text: str) -> list[str]:
    """Reading of each character of a run of Han, with the readings that phrases ask for (银行 → yin hang)."""
    from pypinyin import Style, lazy_pinyin

    return [part.lower() for part in lazy_pinyin(text, style=Style.NORMAL)]


def _runs(text: str) -> Iterable[tuple[bool, str]]:
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or is_han(text[index]) != is_han(text[start]):
            yield is_han(text[start]), text[start:index]
            start = index


class _Spelling(dict[int, str | None]):
    """A translation table that spells Han characters as they first appear; others stay or go."""

    def __init__(self, spell: Callable[[str], str], *, keep_others: bool) -> None:
        super().__init__()
        self._spell = spell
        self._keep = keep_others

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        found = self._spell(char) if is_han(char) else (char if self._keep else None)
        self[code] = found
        return found


_SOUNDS = _Spelling(lambda char: f"{_readings(char)[0]} ", keep_others=True)
_FULL = _Spelling(lambda char: _readings(char)[0], keep_others=False)
_INITIALS = _Spelling(lambda char: _readings(char)[0][:1], keep_others=False)


def sort_key(text: str | None, *, phrases: bool = True) -> str | None:
    """Key by which `text` sorts in code-point order. `phrases=False` is for bulk: 50 times faster."""
    if text is None:
        return None
    if text.isascii():
        return f"{text.lower()}{_SEPARATOR}{text}"[:KEY_LENGTH]
    folded = fold(text[:KEY_LENGTH])
    spelled = _spelled(folded) if phrases else folded.translate(_SOUNDS)
    return f"{spelled[: KEY_LENGTH - 32]}{_SEPARATOR}{text[:31]}"


def _spelled(folded: str) -> str:
    parts: list[str] = []
    for han, run in _runs(folded):
        parts.extend(f"{sound} " for sound in _phrase(run)) if han else parts.append(run)
    return "".join(parts)


def search_key(text: str | None, *, phrases: bool = True) -> str | None:
    """Pinyin and initials under which `text` is found, likely readings of polyphones too; None without Han.

    With `phrases` the readings that phrases ask for are looked up; without, the second reading of each polyphone is
    tried in turn, which needs no dictionary of phrases.
    """
    if text is None or text.isascii():
        return None
    cut = text[:64]
    full = cut.translate(_FULL)
    if not full:
        return None
    keys = [full, cut.translate(_INITIALS)]
    if phrases:
        spoken = _phrase("".join(filter(is_han, cut)))
        keys += ["".join(spoken), "".join(sound[:1] for sound in spoken)]
    for char in [char for char in dict.fromkeys(cut) if _is_polyphone(char)][:MAX_READINGS]:
        usual, other = _readings(char)[:2]
        parts = cut.split(char)
        keys.append(other.join(part.translate(_FULL) for part in parts))
        if usual[:1] != other[:1]:
            keys.append(other[:1].join(part.translate(_INITIALS) for part in parts))
    return " ".join(dict.fromkeys(keys))


@lru_cache(maxsize=32_768)
def _is_polyphone(char: str) -> bool:
    return is_han(char) and len(_readings(char)) > 1
