"""Order and search keys of short texts: Chinese sorts and is found by pinyin.

The embedded PostgreSQL has no ICU, so the key is stored beside the text. `sort_key` is the pinyin (or the
case-folded text) followed by the text itself, so that equal sounds fall back to code points within one column.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

KEY_LENGTH = 96
MAX_READINGS, NEIGHBOURS = 4, 3
_SEPARATOR = "\x01"
_RARE_HAN = (("\u3400", "\u4dbf"), ("\U00020000", "\U000323af"))


def is_han(char: str) -> bool:
    """Whether `char` is a CJK unified ideograph (basic block and extensions A to H)."""
    return "\u4e00" <= char <= "\u9fff" or any(low <= char <= high for low, high in _RARE_HAN)


def fold(text: str) -> str:
    """Full-width forms to half-width, then case-folded."""
    return unicodedata.normalize("NFKC", text).casefold()


# Characters that names really read in two ways, the way of places and companies first. Dictionaries list hundreds
# more, with readings nobody types; each would lengthen the search index of every name it stands in.
_PAIRS = (
    "长chang,zhang 厦xia,sha 行hang,xing 重chong,zhong 乐le,yue 单dan,shan 曾zeng,ceng 解jie,xie 仇qiu,chou "
    "区qu,ou 查cha,zha 朴pu,piao 召zhao,shao 盖gai,ge 种zhong,chong 朝chao,zhao 都du,dou 藏cang,zang 参can,shen "
    "省sheng,xing 调diao,tiao 会hui,kuai 还hai,huan 降jiang,xiang 角jiao,jue 率lv,shuai 便bian,pian 差cha,chai "
    "传chuan,zhuan 弹dan,tan 给gei,ji 卷juan,quan 模mo,mu 强qiang,jiang 宿su,xiu 系xi,ji 尉wei,yu 乘cheng,sheng "
    "畜xu,chu 见jian,xian 劲jin,jing 隽juan,jun 露lu,lou 绿lv,lu 秘mi,bi 娜na,nuo 泊bo,po 色se,shai 殷yin,yan "
    "柏bai,bo 缪miao,mou 蚌beng,bang 莘shen,xin 涡wo,guo 铅qian,yan 番fan,pan 阿a,e 车che,ju 六liu,lu "
    "覃qin,tan 翟zhai,di 盛sheng,cheng"
)
_TWO_READINGS: Mapping[str, tuple[str, str]] = {
    pair[0]: (pair[1:].partition(",")[0], pair[1:].partition(",")[2]) for pair in _PAIRS.split()
}


@lru_cache(maxsize=32_768)
def _reading(char: str) -> str:
    """The usual plain reading of one character."""
    from pypinyin import Style, lazy_pinyin

    if char in _TWO_READINGS:
        return _TWO_READINGS[char][0]
    found = lazy_pinyin(char, style=Style.NORMAL)
    return found[0].lower() if found else char


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


_SOUNDS = _Spelling(lambda char: f"{_reading(char)} ", keep_others=True)
_FULL = _Spelling(_reading, keep_others=False)
_INITIALS = _Spelling(lambda char: _reading(char)[:1], keep_others=False)


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
    """Pinyin and initials under which `text` is found, the other reading of polyphones too; None without Han.

    With `phrases` the readings that phrases ask for are looked up; without, that dictionary is passed over.
    """
    if text is None or text.isascii():
        return None
    cut = text[:64]
    full = cut.translate(_FULL)
    if not full:
        return None
    initials = cut.translate(_INITIALS)
    keys = [full, initials]
    if phrases:
        spoken = _phrase("".join(filter(is_han, cut)))
        keys += ["".join(spoken), "".join(sound[:1] for sound in spoken)]
    if not _TWO_READINGS.keys().isdisjoint(cut):
        keys += _other_readings([char for char in cut if is_han(char)], initials)
    return " ".join(dict.fromkeys(keys))


def _other_readings(han: list[str], initials: str) -> list[str]:
    """Each polyphone read its other way between its neighbours, and the initials it then gives."""
    keys = []
    places = [place for place, char in enumerate(han) if char in _TWO_READINGS][:MAX_READINGS]
    for place in places:
        other = _TWO_READINGS[han[place]][1]
        before = "".join(map(_reading, han[max(0, place - NEIGHBOURS) : place]))
        after = "".join(map(_reading, han[place + 1 : place + 1 + NEIGHBOURS]))
        keys.append(f"{before}{other}{after}")
        if other[:1] != initials[place]:
            keys.append(f"{initials[:place]}{other[:1]}{initials[place + 1 :]}")
    return keys
