"""The process of its own that compares a whole base: Splink on DuckDB, over a file, with a bound on its memory.

Started as `python -m banyan.duplicates.scan_process FOLDER`. It knows no database: rows.csv goes in, pairs.csv comes
out, lines of JSON tell how far it is. The folder is its only place on disk, and who started it throws it away.
"""

import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from banyan.duplicates.scan_weights import BLOCKS, PRIOR, WEIGHINGS, Weighing
from banyan.duplicates.values import code_of, email_of, phone_of
from banyan.metadata.field_types.divisions import short
from banyan.query.comparing import Comparing
from banyan.records.company_names import name_of, sounds

COLUMNS = (
    "unique_id",
    "core",
    "bag",
    "counted",
    "head",
    "tail",
    "place",
    "code",
    "phone",
    "mail",
    "city",
    "person",
)
_TOLD_EVERY = 50_000
_COUNTED = re.compile(r"[0-9零一二三四五六七八九十百东南西北甲乙丙丁]")
_CALLED = re.compile(r"(?:先生|女士|小姐|经理|总监|主任|老板|老师|总|工)$")
_HEAD, _LONG = 3, 5
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def say(**progress: Any) -> None:
    sys.stdout.write(json.dumps(progress) + "\n")
    sys.stdout.flush()


def prepared(row: dict[str, str]) -> list[str]:
    """One record as it is compared; an empty text is no value."""
    name = name_of(row["name"])
    core = name.core
    bag = " ".join(sorted(sounds(core)))
    long = len(core) >= _LONG
    mail = email_of(row["mail"])
    return [
        row["id"],
        core,
        bag,
        "".join(_COUNTED.findall(core)),
        core[:_HEAD] if long else "",
        f"{core[0]}{core[_HEAD:]}" if long else "",
        name.place,
        code_of(row["code"]),
        phone_of(row["phone"]) if row["phone"] else "",
        mail if _MAIL.fullmatch(mail) else "",
        short(row["city"].strip()),
        _CALLED.sub("", row["person"].strip()),
    ]


def prepare(folder: Path, total: int) -> None:
    """rows.csv as prepared.csv, row by row."""
    with (
        (folder / "rows.csv").open(encoding="utf-8", newline="") as rows,
        (folder / "prepared.csv").open("w", encoding="utf-8", newline="") as out,
    ):
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for number, row in enumerate(csv.DictReader(rows), 1):
            writer.writerow(prepared(row))
            if number % _TOLD_EVERY == 0:
                say(phase="reading", done=number, total=total)


def _comparison(weighing: Weighing) -> dict[str, Any]:
    column = weighing.column
    levels: list[dict[str, Any]] = [
        {
            "sql_condition": f'"{column}_l" IS NULL OR "{column}_r" IS NULL',
            "label_for_charts": "not said",
            "is_null_level": True,
        }
    ]
    levels += [
        {
            "sql_condition": level.sql,
            "label_for_charts": level.word or str(place),
            "m_probability": level.m,
            "u_probability": level.u,
        }
        for place, level in enumerate(weighing.levels)
    ]
    return {"output_column_name": column, "comparison_levels": levels}


def compare(folder: Path, threshold: float, memory: str) -> None:
    """prepared.csv as pairs.csv: two ids, the probability, and the level of each comparison."""
    settings = {
        "link_type": "dedupe_only",
        "comparisons": [_comparison(each) for each in WEIGHINGS],
        "probability_two_random_records_match": PRIOR,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
    }
    asked = Comparing(COLUMNS, settings, BLOCKS, tuple(each.column for each in WEIGHINGS), threshold, memory)
    say(phase="comparing")
    asked.run(folder)


def reasons(levels: Iterator[str]) -> list[str]:
    """What agrees, in words of the texts; from the levels that Splink numbers from the last one up."""
    words = []
    for weighing, gamma in zip(WEIGHINGS, levels, strict=True):
        number = int(gamma)
        if number > 0:
            word = weighing.levels[len(weighing.levels) - 1 - number].word
            if word:
                words.append(word)
    return words


def main() -> None:
    folder = Path(sys.argv[1])
    config = json.loads((folder / "config.json").read_text())
    prepare(folder, int(config["total"]))
    compare(folder, float(config["threshold"]), str(config["memory"]))
    say(phase="done")


if __name__ == "__main__":
    main()
