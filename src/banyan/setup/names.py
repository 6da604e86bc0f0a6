"""Names for generated data: companies and people that sound right and belong to nobody."""

import random

CITIES = (
    ("上海市", "上海市"), ("北京市", "北京市"), ("广东省", "深圳市"), ("广东省", "广州市"), ("浙江省", "杭州市"),
    ("江苏省", "苏州市"), ("江苏省", "南京市"), ("四川省", "成都市"), ("湖北省", "武汉市"), ("陕西省", "西安市"),
    ("山东省", "青岛市"), ("福建省", "厦门市"), ("重庆市", "重庆市"), ("天津市", "天津市"), ("湖南省", "长沙市"),
)  # fmt: skip
_FRONT = (
    "华晟", "恒远", "启明", "鼎新", "博雅", "瑞泽", "安捷", "云帆", "远景", "金禾", "嘉诚", "盛世", "蓝海", "晨光",
    "长风", "天行", "德信", "众合", "佳禾", "海纳", "智汇", "星辰", "宏图", "锦程", "立诚", "万象", "凌云", "和美",
)  # fmt: skip
_TRADES = (
    ("科技", "technology"), ("软件", "software"), ("通信技术", "telecommunications"), ("机械制造", "manufacturing"),
    ("商贸", "wholesale"), ("零售连锁", "retail"), ("医疗器械", "medical"), ("教育咨询", "education"),
    ("物流", "logistics"), ("建筑工程", "construction"), ("新能源", "energy"), ("文化传媒", "entertainment"),
)  # fmt: skip
_FORMS = ("有限公司", "股份有限公司", "集团有限公司")
_LATIN = (
    "Aster",
    "Birch",
    "Cobalt",
    "Delta",
    "Ember",
    "Fjord",
    "Granite",
    "Harbor",
    "Iris",
    "Juniper",
    "Kestrel",
)
_LATIN_TRADES = (
    ("Systems", "technology"),
    ("Retail", "retail"),
    ("Medical", "medical"),
    ("Logistics", "logistics"),
)
_FAMILY = tuple("王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗")
_FAMILY_LATIN = (
    "wang", "li", "zhang", "liu", "chen", "yang", "huang", "zhao", "zhou", "wu", "xu", "sun", "ma", "zhu", "hu",
    "guo", "he", "gao", "lin", "luo",
)  # fmt: skip
_GIVEN = (
    ("伟", "wei"), ("芳", "fang"), ("敏", "min"), ("静", "jing"), ("磊", "lei"), ("洋", "yang"), ("勇", "yong"),
    ("艳", "yan"), ("杰", "jie"), ("娟", "juan"), ("涛", "tao"), ("明", "ming"), ("超", "chao"), ("霞", "xia"),
    ("子涵", "zihan"), ("雨桐", "yutong"), ("浩然", "haoran"), ("思远", "siyuan"), ("佳琪", "jiaqi"),
)  # fmt: skip
_LATIN_SHARE = 0.18


def company(source: random.Random, index: int) -> tuple[str, str]:
    """A company's name and its industry. `index` keeps names apart."""
    if source.random() < _LATIN_SHARE:
        trade, industry = source.choice(_LATIN_TRADES)
        return f"{source.choice(_LATIN)} {trade} {index + 1} Ltd.", industry
    city = source.choice(CITIES)[1].removesuffix("市")
    trade, industry = source.choice(_TRADES)
    front = source.choice(_FRONT) + source.choice(_FRONT)[0]
    return f"{city}{front}{trade}{source.choice(_FORMS)}", industry


def place_in(name: str) -> tuple[str, str] | None:
    """The province and city that a company's name begins with."""
    return next((place for place in CITIES if name.startswith(place[1].removesuffix("市"))), None)


def person(source: random.Random) -> tuple[str, str]:
    """A name and its Latin spelling."""
    family = source.randrange(len(_FAMILY))
    given, latin = source.choice(_GIVEN)
    return _FAMILY[family] + given, f"{latin}.{_FAMILY_LATIN[family]}"


def phone(source: random.Random) -> str:
    """A mobile number in a range that is valid in form."""
    return f"+861{source.choice('3578')}{source.randrange(10**9):09d}"
