"""Chinese divisions 省市区, and how an address written in one line is taken apart by their names."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources

import orjson

# Between a province and its districts where there is no city: names of the statistics, not of addresses.
NO_CITY = frozenset(("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"))
_SUFFIX = re.compile(
    r"(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|[一-龥]{0,6}族自治州|省|市|地区|盟)$"
)
_SHORTEST = 2


@lru_cache(maxsize=1)
def divisions() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Districts by city by province; of a province without cities the districts stand under the empty name."""
    file = resources.files("banyan.metadata.field_types") / "data" / "divisions.json"
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for province, cities in orjson.loads(file.read_bytes()).items():
        known = found.setdefault(province, {})
        for city, districts in cities.items():
            name = "" if city in NO_CITY else city
            known[name] = (*known.get(name, ()), *districts)
    return found


def short(name: str) -> str:
    """A division as people shorten it: 内蒙古 for 内蒙古自治区."""
    plain = _SUFFIX.sub("", name)
    return plain if len(plain) >= _SHORTEST else name


def districts(province: str, city: str | None) -> Iterable[str]:
    """Districts of a city, or, where no city is named, of the province without one."""
    return divisions().get(province, {}).get(city or "", ())


@lru_cache(maxsize=1)
def _cities() -> Mapping[str, str]:
    """Province by city, for addresses that begin with the city."""
    return {city: province for province, cities in divisions().items() for city in cities if city}


def _leading(text: str, names: Iterable[str]) -> str | None:
    """The longest of `names` that `text` begins with."""
    return max((name for name in names if name and text.startswith(name)), key=len, default=None)


def take_apart(text: str) -> tuple[str | None, str | None, str | None, str]:
    """Province, city, district and the rest of an address in one line, as far as their names are written."""
    province, city, rest = _province(text)
    if province is None:
        return None, None, None, text
    known = divisions()[province]
    if city is None:
        rest = rest.removeprefix(province) if "" in known else rest  # 上海市上海市浦东新区
        city, rest = _city(rest, known)
    district = _leading(rest, known.get(city or "", ()))
    return province, city, district, rest.removeprefix(district or "").strip()


def _province(text: str) -> tuple[str | None, str | None, str]:
    whole = _leading(text, divisions())
    if whole is not None:
        return whole, None, text.removeprefix(whole)
    city = _leading(text, _cities())  # 吉林市 is not the province 吉林
    if city is not None:
        return _cities()[city], city, text.removeprefix(city)
    shortened = {short(name): name for name in divisions()}
    found = _leading(text, shortened)
    if found is not None:
        return shortened[found], None, text.removeprefix(found)
    return None, None, text


def _city(rest: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str | None, str]:
    whole = _leading(rest, known)
    if whole is not None:
        return whole, rest.removeprefix(whole)
    shortened = {short(name): name for name in known if name}
    found = _leading(rest, shortened)
    if found is not None:
        return shortened[found], rest.removeprefix(found)
    return None, rest
