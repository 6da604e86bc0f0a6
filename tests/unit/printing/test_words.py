"""Amounts in words: what banks write, places left empty, tenths and hundredths, other currencies."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banyan.printing.words import in_words

# The first six are the examples of 正确填写票据和结算凭证的基本规定.
CHINESE = {
    "1409.50": "壹仟肆佰零玖元伍角",
    "6007.14": "陆仟零柒元壹角肆分",
    "1680.32": "壹仟陆佰捌拾元零叁角贰分",
    "107000.53": "壹拾万柒仟元零伍角叁分",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "325.04": "叁佰贰拾伍元零肆分",
    "0": "零元整",
    "0.01": "壹分",
    "0.10": "壹角",
    "0.11": "壹角壹分",
    "1": "壹元整",
    "10": "壹拾元整",
    "100": "壹佰元整",
    "1005": "壹仟零伍元整",
    "1010": "壹仟零壹拾元整",
    "10000": "壹万元整",
    "10005": "壹万零伍元整",
    "100000.05": "壹拾万元零伍分",
    "1000000": "壹佰万元整",
    "10010010": "壹仟零壹万零壹拾元整",
    "100000000": "壹亿元整",
    "100010001.01": "壹亿零壹万零壹元零壹分",
    "100100000": "壹亿零壹拾万元整",
    "200001000": "贰亿零壹仟元整",
    "1234567890.12": "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元零壹角贰分",
    "1000010000000": "壹万亿壹仟万元整",
    "0.005": "壹分",
}
ENGLISH = {
    "0": "zero",
    "0.07": "zero and 07/100",
    "13": "thirteen",
    "20": "twenty",
    "21.5": "twenty-one and 50/100",
    "100": "one hundred",
    "1001": "one thousand one",
    "1000000": "one million",
    "123456.78": "one hundred twenty-three thousand four hundred fifty-six and 78/100",
}


@pytest.mark.parametrize("amount", list(CHINESE))
def test_chinese_capitals(amount: str):
    assert in_words(Decimal(amount), "CNY", "zh-CN") == f"人民币{CHINESE[amount]}"


@pytest.mark.parametrize("amount", list(ENGLISH))
def test_english(amount: str):
    assert in_words(Decimal(amount), "USD", "en") == f"US dollars {ENGLISH[amount]} only"


def test_other_currencies_signs_and_ends():
    assert in_words(Decimal(1200), "JPY", "zh-CN") == "日元壹仟贰佰元整"
    assert in_words(Decimal("-5.5"), "CNY", "zh-CN") == "人民币负伍元伍角"
    assert in_words(Decimal("-0.001"), "CNY", "zh-CN") == "人民币零元整"
    assert in_words(Decimal(5), "CHF", "en") == "CHF five only"
    assert in_words(Decimal(10) ** 16, "CNY", "zh-CN") == ""


_DIGITS = {word: digit for digit, word in enumerate("零壹贰叁肆伍陆柒捌玖")}
_UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read_back(words: str) -> int:
    """What a person would read: whole units only."""
    total = group = digit = 0
    for char in words:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _UNITS:
            group, digit = group + digit * _UNITS[char], 0
        elif char == "万":
            total, group, digit = total + (group + digit) * 10**4, 0, 0
        else:  # 亿
            total, group, digit = (total + group + digit) * 10**8, 0, 0
    return total + group + digit


@given(st.integers(min_value=0, max_value=10**16 - 1))
def test_what_is_written_reads_back_as_the_same(number: int):
    words = in_words(Decimal(number), "CNY", "zh-CN").removeprefix("人民币").removesuffix("元整")
    assert read_back(words) == number
    assert "零零" not in words


@pytest.mark.parametrize(
    ("amount", "currency", "chinese", "english"),
    [
        ("1.235", "KWD", "KWD壹元贰角叁分伍厘", "KWD one and 235/1000 only"),
        ("0.105", "KWD", "KWD壹角零伍厘", "KWD zero and 105/1000 only"),
        ("1000", "VND", "VND壹仟元整", "VND one thousand only"),
    ],
)
def test_amounts_are_spelled_to_the_minor_unit_of_their_currency(
    amount: str, currency: str, chinese: str, english: str
) -> None:
    assert in_words(Decimal(amount), currency, "zh-CN") == chinese
    assert in_words(Decimal(amount), currency, "en") == english
