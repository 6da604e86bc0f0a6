"""Texts, Chinese ones too. There is one kind of emptiness: a text of no characters is empty."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from banyan.metadata.formulas.functions.base import (
    Build,
    Entry,
    Lowered,
    Site,
    Sql,
    code,
    entry,
    failing,
    fails,
    first_error,
    plain,
    sited,
    text_bound,
    way,
)

_control = sa.func.control
_EMPTY: Sql = sa.literal_column("''")
_ZERO: Sql = sa.literal_column("0")
_ONE: Sql = sa.literal_column("1")
_TRUE: Sql = sa.literal_column("true")
_FALSE: Sql = sa.literal_column("false")


def _words(make: Callable[..., Sql]) -> Build:
    """A function whose text is empty rather than of no characters."""
    return plain(lambda *values: sa.func.nullif(make(*values), _EMPTY))


def _count(value: Sql) -> Sql:
    return sa.func.greatest(_control.fx_int(value), _ZERO)


def _numeric(value: Sql) -> Sql:
    return sa.cast(value, sa.Numeric)


def _place(text: Sql, part: Sql, start: Sql | None = None) -> Sql:
    """Where `part` stands, counted from 1; 0 where it does not."""
    if start is None:
        return _numeric(sa.func.strpos(text, part))
    begin = sa.func.greatest(_control.fx_int(start), _ONE)
    found = sa.func.nullif(sa.func.strpos(sa.func.substr(text, begin), part), _ZERO)
    return sa.case(
        (
            sa.and_(text.is_not(None), part.is_not(None)),
            _numeric(sa.func.coalesce(found + begin - _ONE, _ZERO)),
        )
    )


def _middle(text: Sql, start: Sql, count: Sql) -> Sql:
    return sa.func.substr(text, sa.func.greatest(_control.fx_int(start), _ONE), _count(count))


def _exchanged(text: Sql, start: Sql, count: Sql, new: Sql) -> Sql:
    begin = sa.func.greatest(_control.fx_int(start), _ONE)
    after = sa.func.substr(text, begin + _count(count))
    return sa.case((text.is_not(None), sa.func.concat(sa.func.left(text, begin - _ONE), new, after)))


@fails
def _substituted(site: Site, args: Sequence[Lowered]) -> Lowered:
    """What is sought or put may be empty; what grows beyond reason is an error."""
    text, old, new = (arg.value for arg in args)
    made = _control.fx_replace(text, sa.func.coalesce(old, _EMPTY), sa.func.coalesce(new, _EMPTY))
    wrong = sa.case((sa.and_(text.is_not(None), made.is_(None)), code("text_too_long")))
    return Lowered(sa.func.nullif(made, _EMPTY), first_error(*(arg.error for arg in args), wrong))


def _found(make: Callable[[Sql, Sql], Sql]) -> Build:
    return plain(lambda text, part: sa.func.coalesce(make(text, part), _FALSE))


def _pattern(text: Sql, pattern: str, put: str, flags: str = "g") -> Sql:
    """A replacement by a pattern of ours, never an author's."""
    return sa.func.regexp_replace(text, text_bound(pattern), text_bound(put), text_bound(flags))


def _masked(text: Sql, before: Sql, after: Sql) -> Sql:
    first, last = _count(before), _count(after)
    stars = _control.fx_repeat(
        text_bound("*"), _numeric(sa.func.greatest(sa.func.length(text) - first - last, _ONE))
    )
    short = sa.func.length(text) <= first + last
    shown = sa.func.concat(sa.func.left(text, first), stars, sa.func.right(text, last))
    return sa.case((short, text), (text.is_not(None), shown))


def _phone(text: Sql) -> Sql:
    return _pattern(text, r"^(\+[0-9]{1,2})?([0-9]{3})[0-9]+([0-9]{4})$", r"\1\2****\3", "")


def _date_shown(site: Site, day: Sql, form: Sql) -> Sql:
    return _control.fx_format_time(sa.cast(day, sa.DateTime()), form)


def _moment_shown(site: Site, moment: Sql, form: Sql) -> Sql:
    return _control.fx_format_time(sa.func.timezone(text_bound(site.context.timezone), moment), form)


def _born(text: Sql) -> Sql:
    card = _control.fx_id_card(text)
    return _control.fx_date_text(sa.func.substr(card, sa.literal_column("7"), sa.literal_column("8")))


def _gender(text: Sql) -> Sql:
    digit = sa.func.substr(_control.fx_id_card(text), sa.literal_column("17"), _ONE)
    odd = sa.func.strpos(text_bound("13579"), digit) > _ZERO
    return sa.case((odd, text_bound("男")), (digit.is_not(None), text_bound("女")))


_CARD = "not_id_card"

ENTRIES: tuple[Entry, ...] = (
    entry("LEN 文本长度", "text", "字符数，空文本为 0；一个汉字算一个", "How many characters; 0 for nothing; a Chinese character is one", [('LEN("榕树a")', "3"), ('LEN("")', "0")],
          way("LEN", "text:scalar", "number", plain(lambda text: _numeric(sa.func.coalesce(sa.func.length(text), _ZERO))))),
    entry("LEFT 左侧", "text", "开头的若干字符", "The first characters", [('LEFT("榕树公司", 2)', "榕树"), ('LEFT("a", -1)', None)],
          way("LEFT", "text:scalar, count:number?", "text", _words(lambda text, count=_ONE: sa.func.left(text, _count(count))))),
    entry("RIGHT 右侧", "text", "末尾的若干字符", "The last characters", [('RIGHT("榕树公司", 2)', "公司")],
          way("RIGHT", "text:scalar, count:number?", "text", _words(lambda text, count=_ONE: sa.func.right(text, _count(count))))),
    entry("MID 中间", "text", "从第几个字符起的若干字符", "Characters from a place on", [('MID("abcdef", 2, 3)', "bcd")],
          way("MID", "text:scalar, start:number, count:number", "text", _words(_middle))),
    entry("FIND 查找", "text", "一段文本的位置（区分大小写），没有为 0", "Where a part stands, case counting; 0 where it does not", [('FIND("b", "abc")', "2"), ('FIND("x", "abc")', "0"), ('FIND("a", "aba", 2)', "3")],
          way("FIND", "part:text, text:text, start:number?", "number", plain(lambda part, text, start=None: _place(text, part, start)))),
    entry("SEARCH 搜索", "text", "一段文本的位置（不区分大小写），没有为 0", "Where a part stands, case aside; 0 where it does not", [('SEARCH("B", "abc")', "2")],
          way("SEARCH", "part:text, text:text, start:number?", "number", plain(lambda part, text, start=None: _place(sa.func.lower(text), sa.func.lower(part), start)))),
    entry("SUBSTITUTE 替换文本", "text", "把一段文本全部换成另一段", "Puts one part in place of another, everywhere", [('SUBSTITUTE("a-b-c", "-", "+")', "a+b+c"), ('SUBSTITUTE("a-b", "-", "")', "ab")],
          way("SUBSTITUTE", "text:text, old:text, new:text", "text", _substituted)),
    entry("REPLACE 替换位置", "text", "从第几个字符起的若干字符换成另一段", "Puts a text in place of characters from a place on", [('REPLACE("abcdef", 2, 3, "X")', "aXef")],
          way("REPLACE", "text:text, start:number, count:number, new:text", "text", _words(_exchanged))),
    entry("TRIM 去空格", "text", "去掉首尾空格，中间多个空格变一个", "Without blanks at both ends, with one blank between words", [('TRIM("  a   b ")', "a b")],
          way("TRIM", "text:text", "text", _words(lambda text: sa.func.btrim(_pattern(text, r"[\s　]+", " "))))),
    entry("CLEAN 去控制符", "text", "去掉不可见的控制字符", "Without control characters", [('CLEAN("a" & CHAR(10) & "b")', "ab")],
          way("CLEAN", "text:text", "text", _words(lambda text: _pattern(text, r"[\x01-\x1f\x7f]", "")))),
    entry("UPPER 大写", "text", "变为大写", "In capitals", [('UPPER("ab")', "AB")], way("UPPER", "text:text", "text", plain(sa.func.upper))),
    entry("LOWER 小写", "text", "变为小写", "In small letters", [('LOWER("AB")', "ab")], way("LOWER", "text:text", "text", plain(sa.func.lower))),
    entry("PROPER 首字母大写", "text", "每个词首字母大写", "Each word with a capital", [('PROPER("ada lovelace")', "Ada Lovelace")], way("PROPER", "text:text", "text", plain(sa.func.initcap))),
    entry("CONCAT 连接 CONCATENATE", "text", "把几个值连成文本；空值跳过", "Joins values as text; empty ones add nothing", [('CONCAT("a", 1, "", TRUE)', "a1TRUE")],
          way("CONCAT", "[value:scalar]", "text", _words(sa.func.concat))),
    entry("REPT 重复", "text", "重复若干次，结果最多 4000 字", "A text several times, 4,000 characters at most", [('REPT("ab", 3)', "ababab"), ('REPT("a", 1000000)', {"error": "text_too_long"})],
          way("REPT", "text:text, times:number", "text", failing(_control.fx_repeat, "text_too_long"))),
    entry("CONTAINS 包含", "text", "是否含有一段文本（不区分大小写）", "Whether a part stands in a text, case aside", [('CONTAINS("Banyan CRM", "crm")', True)],
          way("CONTAINS", "text:text, part:text", "boolean", _found(lambda text, part: sa.func.strpos(sa.func.lower(text), sa.func.lower(part)) > _ZERO))),
    entry("STARTSWITH 开头是", "text", "是否以一段文本开头", "Whether a text begins with a part", [('STARTSWITH("上海分公司", "上海")', True)],
          way("STARTSWITH", "text:text, part:text", "boolean", _found(sa.func.starts_with))),
    entry("ENDSWITH 结尾是", "text", "是否以一段文本结尾", "Whether a text ends with a part", [('ENDSWITH("a.pdf", ".pdf")', True)],
          way("ENDSWITH", "text:text, part:text", "boolean", _found(lambda text, part: sa.func.right(text, sa.func.length(part)) == part))),
    entry("SAMETEXT 文本相同", "text", "忽略大小写后是否相同", "Whether two texts are the same, case aside", [('SAMETEXT("Ab", "aB")', True)],
          way("SAMETEXT", "left:text, right:text", "boolean", _found(lambda a, b: sa.func.lower(a) == sa.func.lower(b)))),
    entry("SPLITPART 取段", "text", "按分隔符切开后的第几段；负数从后数", "The part at a place after splitting; a negative place counts from the end", [('SPLITPART("a/b/c", "/", 2)', "b"), ('SPLITPART("a/b", "/", -1)', "b")],
          way("SPLITPART", "text:text, separator:text, place:number", "text",
              _words(lambda text, by, place: sa.func.split_part(text, by, sa.func.coalesce(sa.func.nullif(_control.fx_int(place), _ZERO), _ONE))))),
    entry("PADLEFT 左补齐", "text", "在左边补到指定长度", "Filled on the left to a width", [('PADLEFT("7", 3, "0")', "007")],
          way("PADLEFT", "text:scalar, width:number, fill:text", "text", failing(lambda text, width, fill: _control.fx_pad(text, width, fill, _TRUE), "text_too_long"))),
    entry("PADRIGHT 右补齐", "text", "在右边补到指定长度", "Filled on the right to a width", [('PADRIGHT("7", 3, ".")', "7..")],
          way("PADRIGHT", "text:scalar, width:number, fill:text", "text", failing(lambda text, width, fill: _control.fx_pad(text, width, fill, _FALSE), "text_too_long"))),
    entry("REVERSE 倒序", "text", "把字符倒过来", "The characters backwards", [('REVERSE("abc")', "cba")], way("REVERSE", "text:text", "text", plain(sa.func.reverse))),
    entry("DIGITS 取数字", "text", "只留数字", "The digits alone", [('DIGITS("电话 010-8")', "0108")], way("DIGITS", "text:text", "text", _words(lambda text: _pattern(text, "[^0-9]", "")))),
    entry("CHAR 字符", "text", "编码对应的字符", "The character of a code", [("CHAR(27029)", "榕"), ("CHAR(0)", {"error": "out_of_range"})],
          way("CHAR", "code:number", "text", failing(_control.fx_char, "out_of_range"))),
    entry("CODE 字符编码", "text", "第一个字符的编码", "The code of the first character", [('CODE("榕")', "27029")], way("CODE", "text:text", "number", plain(lambda text: _numeric(sa.func.ascii(text))))),
    entry("HALFWIDTH 半角", "text", "全角变半角", "Full-width characters made half-width", [('HALFWIDTH("ＡＢ１")', "AB1")], way("HALFWIDTH", "text:text", "text", plain(_control.fx_halfwidth))),
    entry("FULLWIDTH 全角", "text", "半角变全角", "Half-width characters made full-width", [('FULLWIDTH("AB1")', "ＡＢ１")], way("FULLWIDTH", "text:text", "text", plain(_control.fx_fullwidth))),
    entry("VALUE 转数值", "text", "把文本读成数字", "A text read as a number", [('VALUE("1,234.50")', "1234.5"), ('VALUE("abc")', {"error": "not_a_number"})],
          way("VALUE", "text:text", "number", failing(_control.fx_number, "not_a_number"))),
    entry("ISNUMBER 是否数字", "text", "文本是否能读成数字", "Whether a text reads as a number", [('ISNUMBER("12")', True), ('ISNUMBER("x")', False)],
          way("ISNUMBER", "text:text", "boolean", plain(lambda text: _control.fx_number(text).is_not(None)))),
    entry("TEXT 转文本", "text", "按格式写成文本：数字 0.00、#,##0.00、0.0%；日期 YYYY-MM-DD HH:MI、YYYY年M月D日、星期W",
          "Written as text by a format: numbers 0.00, #,##0.00, 0.0%; dates YYYY-MM-DD HH:MI, D/M/YYYY",
          [('TEXT(1234.5, "#,##0.00")', "1,234.50"), ('TEXT(0.256, "0.0%")', "25.6%"), ('TEXT(7, "000")', "007"), ('TEXT(DATE(2026, 3, 5), "YYYY年M月D日")', "2026年3月5日"), ("TEXT(1.50)", "1.5")],
          way("TEXT", "value:number, format:text", "text", failing(_control.fx_format_number, "unknown_format")),
          way("TEXT", "value:only date, format:text", "text", sited(_date_shown, "unknown_format")),
          way("TEXT", "value:only datetime, format:text", "text", sited(_moment_shown, "unknown_format")),
          way("TEXT", "value:scalar", "text", plain(lambda text: text))),
    entry("RMBUPPER 人民币大写", "text", "金额的大写", "An amount in Chinese capitals",
          [("RMBUPPER(1005.5)", "壹仟零伍元伍角整"), ("RMBUPPER(100000000)", "壹亿元整"), ("RMBUPPER(10.05)", "壹拾元零伍分"), ("RMBUPPER(0)", "零元整")],
          way("RMBUPPER", "amount:number", "text", failing(_control.fx_rmb, "out_of_range"))),
    entry("CNNUM 中文数字", "text", "写成中文数字", "A number in Chinese", [("CNNUM(10305)", "一万零三百零五"), ("CNNUM(12.5)", "十二点五")],
          way("CNNUM", "value:number", "text", failing(_control.fx_cn, "out_of_range"))),
    entry("IDBIRTHDAY 身份证生日", "text", "居民身份证上的出生日期", "The birthday in a Chinese identity card number", [('IDBIRTHDAY("11010519491231002X")', "1949-12-31"), ('IDBIRTHDAY("1")', {"error": _CARD})],
          way("IDBIRTHDAY", "card:text", "date", failing(_born, _CARD))),
    entry("IDGENDER 身份证性别", "text", "居民身份证上的性别", "The gender in a Chinese identity card number (男 or 女)", [('IDGENDER("11010519491231002X")', "女")],
          way("IDGENDER", "card:text", "text", failing(_gender, _CARD))),
    entry("IDVALID 身份证有效", "text", "居民身份证号是否正确（含校验位）", "Whether a Chinese identity card number is right, its check digit included", [('IDVALID("11010519491231002X")', True), ('IDVALID("110105194912310021")', False)],
          way("IDVALID", "card:text", "boolean", plain(lambda text: _control.fx_id_card(text).is_not(None)))),
    entry("MASKPHONE 手机脱敏", "text", "隐藏号码中间的数字", "Hides the middle of a phone number", [('MASKPHONE("13800138000")', "138****8000")], way("MASKPHONE", "phone:text", "text", plain(_phone))),
    entry("MASKTEXT 文本脱敏", "text", "只留开头和末尾若干字符", "Shows some characters at both ends only", [('MASKTEXT("张三丰", 1, 0)', "张**")],
          way("MASKTEXT", "text:text, before:number, after:number", "text", plain(_masked))),
    entry("EMAILDOMAIN 邮箱域名", "text", "邮箱 @ 后的部分", "What follows the @ of an address", [('EMAILDOMAIN("a@b.cn")', "b.cn")],
          way("EMAILDOMAIN", "email:text", "text", _words(lambda text: sa.func.split_part(text, text_bound("@"), sa.literal_column("2"))))),
)  # fmt: skip
