"""How sure the scan is: weights in bits by what agrees and what differs, fixed and written down.

A trained model needs enough true pairs of every kind to learn from, which a small base does not have and a clean one
never will; these weights are the same everywhere, so a score means the same everywhere. m is how often a level is seen
between two records of one customer, u how often between two of different ones; the weight is log2(m / u).
"""

from dataclasses import dataclass

# Of all pairs that are compared at all (they share a key), about so many are one customer.
PRIOR = 1e-5


@dataclass(frozen=True)
class Level:
    """`word` is the reason that is told; '' where it tells nothing. The last level of a comparison is the rest."""

    sql: str
    m: float
    u: float
    word: str = ""


@dataclass(frozen=True)
class Weighing:
    """A column (NULL on either side weighs nothing) and its levels, the first that holds counts."""

    column: str
    levels: tuple[Level, ...]


def _both(column: str) -> str:
    return f'"{column}_l" = "{column}_r"'


_LONG = 5
# 第一分公司 is not 第二分公司.
_COUNTED = '"counted_l" IS NOT DISTINCT FROM "counted_r"'
NAME = Weighing(
    "core",
    (
        Level(f"{_both('core')} AND length(core_l) >= {_LONG}", 0.80, 0.000004, "name"),
        Level(_both("core"), 0.80, 0.00002, "name"),
        # Swapped, one missing, or written by sound: the signatures agree and the figures in the name do not differ.
        Level(f"{_both('bag')} AND {_COUNTED} AND length(core_l) >= 3", 0.10, 0.00001, "near"),
        Level(
            f"damerau_levenshtein(core_l, core_r) <= 1 AND {_COUNTED} AND length(core_l) <> length(core_r) "
            f"AND length(core_l) >= {_LONG} AND length(core_r) >= {_LONG}",
            0.05,
            0.0001,
            "near",
        ),
        Level(f"jaro_winkler_similarity(core_l, core_r) >= 0.92 AND {_COUNTED}", 0.02, 0.002, "alike"),
        Level("ELSE", 0.005, 0.99),
    ),
)
CODE = Weighing("code", (Level(_both("code"), 0.95, 0.000001, "code"), Level("ELSE", 0.0002, 0.999)))
PHONE = Weighing("phone", (Level(_both("phone"), 0.80, 0.00001, "phone"), Level("ELSE", 0.20, 0.999)))
MAIL = Weighing("mail", (Level(_both("mail"), 0.80, 0.00001, "email"), Level("ELSE", 0.20, 0.999)))
PLACE = Weighing(
    "city",
    (
        Level(_both("city"), 0.95, 0.05, "city"),
        Level("ELSE", 0.02, 0.95),
    ),
)
WRITTEN = Weighing(
    "place",
    (
        Level(_both("place"), 0.90, 0.10),
        Level("ELSE", 0.02, 0.90),
    ),
)
PERSON = Weighing(
    "person",
    (
        Level(f"{_both('person')} AND length(person_l) > 1", 0.60, 0.005, "person"),
        # 张总, 李经理: the family name is all there is.
        Level(
            "left(person_l, 1) = left(person_r, 1) AND least(length(person_l), length(person_r)) = 1",
            0.35,
            0.05,
        ),
        Level("ELSE", 0.05, 0.94),
    ),
)
WEIGHINGS = (NAME, CODE, PHONE, MAIL, PLACE, WRITTEN, PERSON)

# Pairs that share none of these are not compared. Each is one hash join. A name with a character missing reaches no
# threshold by its city alone, so its halves are only joined where the person agrees too.
BLOCKS = (
    ("code",),
    ("phone",),
    ("mail",),
    ("core",),
    ("bag",),
    ("head", "person"),
    ("tail", "person"),
)
