"""Passwords that guessers try first, told by rule instead of by a long list: no network, no data file.

The heads of public breach lists are few words in many disguises: with digits and signs around them, letters
swapped for digits, repeated, walked along a keyboard, or a date. So the disguise is taken off and the rest
looked up. What is refused is guessed within the first millions of tries; what passes is not thereby strong.
"""

import re
from datetime import date

_WORDS = frozenset(
    """
    password passwort passwd pass secret letmein welcome login admin administrator root user guest test tester
    testing default changeme access master manager system server oracle mysql postgres public private temp
    temporary hello hellokitty iloveyou loveyou lovely love loveme sunshine princess prince football baseball
    basketball soccer hockey superman batman spiderman pokemon starwars matrix dragon monkey tiger eagle shadow
    ninja killer hunter ranger trustno mustang ferrari porsche mercedes corvette harley yamaha computer internet
    samsung google apple android iphone microsoft windows facebook twitter linkedin whatever freedom flower
    summer winter spring autumn january february march april june july august september october november
    december monday friday sunday michael jordan jennifer jessica ashley charlie daniel andrew thomas robert
    william george joshua matthew anthony nicole michelle hannah amanda melissa diamond silver golden orange
    purple yellow banana cheese chocolate cookie pepper ginger maggie buster cowboy angel jesus christ blessed
    family mother father friends forever company office business sales crm banyan customer qwerty qwert
    qwertyuiop asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm qaz qazwsx wsx edc qweasd qweasdzxc abc abcd abcde
    abcdef abcdefg abcdefgh aa aaa a q qq ww z zz woaini woaiwo woaiwojia woaizhongguo nihao nihaoma aini ainio
    zhongguo china beijing shanghai shenzhen guangzhou mima wodemima guanliyuan yonghu gongsi xiaoshou wang
    zhang li liu chen yang zhao huang zhou wu xiaoming wangwei zhangwei liwei lili laopo laogong baobao baobei
    qinaide haha hehe xixi dearbook taobao alibaba tencent weixin weibo baidu huawei xiaomi anquan rongshu
    """.split()  # noqa: SIM905 - hundreds of words read as text
)
_DIGITS = frozenset(
    """
    123 1234 12345 123456 1234567 12345678 123456789 1234567890 0123456789 5201314 1314520 7758521 7758258
    5201314520 110110 112233 11223344 102030 147258 147258369 159357 159753 123321 12344321 741852963 963852741
    31415926
    """.split()  # noqa: SIM905 - hundreds of words read as text
)
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn",
         "qazwsxedcrfvtgbyhn", "1q2w3e4r5t6y7u8i9o0p", "!@#$%^&*()")  # fmt: skip
_WALKS = tuple(walk for row in _ROWS for walk in (row, row[::-1]))
_PLAIN = str.maketrans("@4301!5$7", "aaeoiisst")
_AROUND = re.compile(r"^[^a-z]+|[^a-z]+$")
_SHORTEST_STEP, _MOST_STEPS, _LONGEST_UNIT = 3, 3, 4


def is_common(password: str, *personal: str) -> bool:
    """Whether a guesser would try it early: a public password in disguise, or the person's own name or address."""
    text = password.lower()
    forms = {text, text.translate(_PLAIN), _AROUND.sub("", text), _AROUND.sub("", text.translate(_PLAIN))}
    forms |= {_AROUND.sub("", text).translate(_PLAIN)}
    own = {part for name in personal for part in _parts(name)}
    if forms & own or forms & _WORDS or text in _DIGITS:
        return True
    return _repeats(text) or _walks(text) or _is_date(text)


def _parts(name: str) -> set[str]:
    """A name, an address, what stands before its @, and both without gaps."""
    lower = name.lower().strip()
    found = {lower, lower.partition("@")[0], lower.replace(" ", "")}
    return {part for part in found if len(part) >= _SHORTEST_STEP}


def _repeats(text: str) -> bool:
    """One short piece said again and again."""
    return any(
        len(text) > unit and (text[:unit] * (len(text) // unit + 1)).startswith(text)
        for unit in range(1, _LONGEST_UNIT + 1)
    )


def _walks(text: str) -> bool:
    """A few straight walks along a keyboard or an alphabet, and nothing else."""
    steps, rest = 0, text
    while rest and steps < _MOST_STEPS:
        longest = max((_common_start(rest, walk) for walk in _WALKS), default=0)
        if longest < _SHORTEST_STEP:
            return False
        rest, steps = rest[longest:], steps + 1
    return not rest


def _common_start(text: str, walk: str) -> int:
    """How many characters of `text` from its first on lie along `walk`."""
    length = 0
    while length < len(text) and text[: length + 1] in walk:
        length += 1
    return length


def _is_date(text: str) -> bool:
    digits = re.sub(r"[-/. ]", "", text)
    if not re.fullmatch(r"\d{8}", digits):
        return False
    for year, month, day in ((digits[:4], digits[4:6], digits[6:]), (digits[4:], digits[2:4], digits[:2])):
        try:
            date(int(year), int(month), int(day))
        except ValueError:
            continue
        if 1900 <= int(year) <= 2100:  # noqa: PLR2004 - years somebody lives in
            return True
    return False
