"""An amount in words: 大写 as banks take it (支付结算办法), and in English. Exact: Decimals, no float on the way."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from banyan.kernel.money import digits

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_THOUSANDTHS = 3
_BEYOND = 10**16  # money of no document; not spelled
_CHINESE = {
    "CNY": "人民币", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "HKD": "港币", "JPY": "日元", "SGD": "新加坡元",
    "TWD": "新台币", "KRW": "韩元", "AUD": "澳元",
}  # fmt: skip
_ENGLISH = {
    "CNY": "Chinese yuan", "USD": "US dollars", "EUR": "euros", "GBP": "pounds sterling", "HKD": "Hong Kong dollars",
    "JPY": "Japanese yen", "SGD": "Singapore dollars", "TWD": "New Taiwan dollars", "KRW": "Korean won",
    "AUD": "Australian dollars",
}  # fmt: skip
_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_THOUSANDS = ("", " thousand", " million", " billion", " trillion", " quadrillion")


class Amount(str):
    """An amount as it is printed, which remembers what it is: for `in_words`."""

    __slots__ = ("amount", "currency")
    amount: Decimal
    currency: str

    @classmethod
    def of(cls, shown: str, amount: Decimal, currency: str) -> "Amount":
        made = cls(shown)
        made.amount, made.currency = amount, currency
        return made


def in_words(amount: Decimal, currency: str, language: str) -> str:
    """Empty for an amount too large to be spelled."""
    places = digits(currency)
    minor = 10**places
    cents = int((abs(amount) * minor).to_integral_value(rounding=ROUND_HALF_UP))
    whole, rest = divmod(cents, minor)
    if whole >= _BEYOND:
        return ""
    below = amount < 0 and cents > 0
    if language == "en":
        return _english(whole, rest, minor, _ENGLISH.get(currency, currency), below=below)
    name = _CHINESE.get(currency, currency) + ("负" if below else "")
    if places == _THOUSANDTHS:
        rest, mills = divmod(rest, 10)
        return name + (_chinese(whole, rest) if not mills else _with_mills(whole, rest, mills))
    return name + _chinese(whole, rest)


def _with_mills(whole: int, cents: int, mills: int) -> str:
    """With thousandths (厘); a zero stands where the hundredths are none."""
    said = _chinese(whole, cents).removesuffix("整") if whole or cents else ""
    return f"{said}{_DIGITS[0] if said and cents % 10 == 0 else ''}{_DIGITS[mills]}厘"


def _chinese(whole: int, cents: int) -> str:
    """Whole units and hundredths. 整 ends what has no hundredths and no tenths."""
    tenths, hundredths = divmod(cents, 10)
    said = f"{_whole(whole)}元" if whole or not cents else ""
    if not cents:
        return f"{said}整"
    if tenths:
        # A zero stands before the tenths where the units are one: 壹佰伍拾元零叁角.
        said += ("零" if whole and whole % 10 == 0 else "") + f"{_DIGITS[tenths]}角"
    elif whole:
        said += "零"
    return said + (f"{_DIGITS[hundredths]}分" if hundredths else "")


def _whole(number: int) -> str:
    """Zero alone is said; a zero also stands where places are left empty."""
    for unit, name in ((10**8, "亿"), (10**4, "万")):
        if number >= unit:
            high, low = divmod(number, unit)
            gap = _DIGITS[0] if 0 < low < unit // 10 else ""
            return _whole(high) + name + gap + (_whole(low) if low else "")
    return _group(number) or _DIGITS[0]


def _group(group: int) -> str:
    said, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit == 0:
            gap = gap or bool(said)
            continue
        said += (_DIGITS[0] if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return said


def _english(whole: int, rest: int, minor: int, unit: str, *, below: bool) -> str:
    said = " ".join(_thousands(whole)) or _ONES[0]
    cents = f" and {rest:0{len(str(minor)) - 1}d}/{minor}" if minor > 1 and rest else ""
    words = f"{'minus ' if below else ''}{said}{cents}"
    return f"{unit[0].upper()}{unit[1:]} {words} only"


def _thousands(number: int) -> Iterator[str]:
    for place in range(len(_THOUSANDS) - 1, -1, -1):
        group = number // 1_000**place % 1_000
        if group:
            yield f"{_hundreds(group)}{_THOUSANDS[place]}"


def _hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    said = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest:
        said.append(_below_hundred(rest))
    return " ".join(said)


def _below_hundred(number: int) -> str:
    if number < len(_ONES):
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
