"""Names of companies as 查重 and 报备 see them: the core without place and legal form, and how near two cores are.

近似: a swapped pair, one character too many or too few, or other characters of the same sound. A character merely
replaced is another company as a rule (第一分公司, 第二分公司), so it is not near; nor are numbers that differ.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from banyan.kernel.collation import is_han, sort_key
from banyan.metadata.field_types.divisions import divisions, short

_ENGLISH_FORM = re.compile(
    r"[\s,.]+(?:co\.?\s*,?\s*ltd\.?|company\s+limited|incorporated|inc\.?|llc|l\.l\.c\.|gmbh|corporation|corp\.?"
    r"|limited|ltd\.?|plc|s\.a\.|ag|b\.?v\.?|pte\.?|pty\.?|company|co\.?|group|holdings?)\s*$"
)
_BRACKETS = re.compile(r"[(\[【〔〈<]([^)\]】〕〉>]*)[)\]】〕〉>]")
_LEGAL = re.compile(r"(?:股份有限责任公司|股份有限公司|有限责任公司|有限公司|股份公司)")
_TAIL = re.compile(r"(?:(?<![分子])公司|集团|控股|股份)$")
_COUNTED = frozenset("0123456789零一二三四五六七八九十百东南西北中上下前后左右甲乙丙丁新老大小")
_SHORTEST_REST, _SHORTEST_NEAR = 2, 3
_MOST = 200
_PROVINCE_ENDS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")
_CITY_ENDS = ("自治州", "地区", "市", "盟", "州")


@dataclass(frozen=True)
class Name:
    """`core` decides; `place` is the region as it is shortened ('' where none is written)."""

    core: str
    place: str


@lru_cache(maxsize=1)
def _places() -> Mapping[str, str]:
    """Written beginnings of names by their short form: provinces, cities, and counties with their ending."""
    found: dict[str, str] = {}
    for province, cities in divisions().items():
        plain = short(province)
        found |= {plain: plain, province: plain} | {f"{plain}{end}": plain for end in _PROVINCE_ENDS}
        for city, inner in cities.items():
            if city:
                town = short(city)
                found |= {town: town, city: town} | {f"{town}{end}": town for end in _CITY_ENDS}
            for district in inner:
                # 朝阳区 is a place, 朝阳 alone may be a name: a county counts with its ending only.
                if len(district) > _SHORTEST_REST:
                    found.setdefault(district, short(district))
                if district.endswith("市") and len(district) > _SHORTEST_REST:  # 义乌 is written for 义乌市
                    found.setdefault(short(district), short(district))
    return found


@lru_cache(maxsize=1)
def _provinces() -> Mapping[str, str]:
    """Short province by short city: 湖南 of 长沙."""
    return {
        short(city): short(province) for province, cities in divisions().items() for city in cities if city
    }


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(map(len, _places()))


def _leading_place(text: str) -> tuple[str, str]:
    """The place `text` begins with in short form, and the rest; a name is never only a place."""
    places = _places()
    for length in range(min(_longest(), len(text) - _SHORTEST_REST), 1, -1):
        found = places.get(text[:length])
        if found is not None:
            return found, text[length:]
    return "", text


@lru_cache(maxsize=32_768)
def name_of(text: str) -> Name:
    """The core of a company's name and its place."""
    folded = unicodedata.normalize("NFKC", text[:_MOST]).casefold().strip()
    place = ""
    for inner in _BRACKETS.findall(folded):
        known = _places().get(inner.strip())
        if known is not None:
            place = known
            folded = re.sub(rf"[(\[【〔〈<]\s*{re.escape(inner.strip())}\s*[)\]】〕〉>]", "", folded)
    while (cut := _ENGLISH_FORM.sub("", folded)) != folded and cut:
        folded = cut
    plain = "".join(char for char in folded if char.isalnum())
    core = _LEGAL.sub("", plain)
    while (cut := _TAIL.sub("", core)) != core and len(cut) >= _SHORTEST_REST:
        core = cut
    core = core or plain
    for _ in range(2):  # 湖南省长沙市…
        found, rest = _leading_place(core)
        if not found:
            break
        place, core = found, rest
    return Name(core, place)


@lru_cache(maxsize=8_192)
def _sound(char: str) -> str:
    if not is_han(char):
        return char
    return (sort_key(char, phrases=False) or char).partition(" ")[0]


def sounds(core: str) -> tuple[str, ...]:
    """How each character is read, without tones."""
    return tuple(map(_sound, core))


def counted_in(core: str) -> str:
    """What counts or tells apart, as it stands there: near names have the same."""
    return "".join(char for char in core if char in _COUNTED)


def places_agree(one: Name, other: Name) -> bool:
    """Whether two names may be of one place: equal, one unsaid, or one in the other."""
    if not one.place or not other.place or one.place == other.place:
        return True
    provinces = _provinces()
    return provinces.get(one.place) == other.place or provinces.get(other.place) == one.place


def same_name(one: Name, other: Name) -> bool:
    return bool(one.core) and one.core == other.core and places_agree(one, other)


def near_name(one: Name, other: Name) -> bool:
    """Equal, a pair swapped, a character missing, or written with other characters of the same sound."""
    a, b = one.core, other.core
    if not a or not b or not places_agree(one, other):
        return False
    if a == b:
        return True
    if min(len(a), len(b)) < _SHORTEST_NEAR:
        return False
    return _swapped_or_sounding(a, b) if len(a) == len(b) else _one_more(a, b)


def _swapped_or_sounding(a: str, b: str) -> bool:
    differing = [place for place in range(len(a)) if a[place] != b[place]]
    if len(differing) == 2:  # noqa: PLR2004 - a pair
        first, second = differing
        if second == first + 1 and a[first] == b[second] and a[second] == b[first]:
            return not (a[first] in _COUNTED and b[first] in _COUNTED)  # 第12 and 第21 are two
    counted = any(a[place] in _COUNTED or b[place] in _COUNTED for place in differing)
    return not counted and all(is_han(a[p]) and is_han(b[p]) for p in differing) and sounds(a) == sounds(b)


def _one_more(a: str, b: str) -> bool:
    """Whether the longer is the shorter with one character more that does not count anything."""
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    if len(longer) != len(shorter) + 1:
        return False
    place = next((p for p in range(len(shorter)) if longer[p] != shorter[p]), len(shorter))
    return longer[place] not in _COUNTED and longer[place + 1 :] == shorter[place:]
