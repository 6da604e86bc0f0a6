"""The files of a computer hardware seller and what is true of them."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path


@dataclass(frozen=True)
class Sales:
    """Where the four files are, and the figures an import of them must give."""

    folder: Path
    accounts: int
    products: int
    sellers: int
    managers: int
    offices: int
    deals: int
    stages: dict[str, int]
    won: Decimal
    without_account: int
    subsidiary: str
    parent: str

    def file(self, name: str) -> Path:
        return self.folder / f"{name}.csv"


def real_sales(folder: Path) -> Sales:
    return Sales(
        folder,
        accounts=85,
        products=7,
        sellers=35,
        managers=6,
        offices=3,
        deals=8_800,
        stages={"prospecting": 500, "engaging": 1_589, "won": 4_238, "lost": 2_473},
        won=Decimal(10_005_534),
        without_account=1_425,
        subsidiary="Bluth Company",
        parent="Acme Corporation",
    )


def small_sales(folder: Path) -> Sales:
    """Files of the same form, small enough to count by hand."""
    folder.mkdir(parents=True)

    def write(name: str, head: str, *rows: str) -> None:
        with (folder / f"{name}.csv").open("w", newline="") as target:
            csv.writer(target).writerows([line.split(",") for line in (head, *rows)])

    write(
        "accounts",
        "account,sector,year_established,revenue,employees,office_location,subsidiary_of",
        "Warephase,technolgy,1996,1100.04,2822,United States,",
        "Bluth Company,medical,1999,251.41,495,Kenya,Warephase",
        "Zumgoo,retail,2001,12.5,20,Norway,Umbra Holding",
    )
    write("products", "product,series,sales_price", "GTX Basic,GTX,550", "GTX Pro,GTX,4821")
    write("sales_teams", "sales_agent,manager,regional_office", "Anna Snelling,Dustin Brinkmann,Central",
          "Moses Frase,Dustin Brinkmann,Central", "Darcel Schlecht,Melvin Marxen,West")  # fmt: skip
    write(
        "sales_pipeline",
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value",
        "A1,Moses Frase,GTXPro,Zumgoo,Won,10/20/2016,3/21/2017,1054",
        "A2,Darcel Schlecht,GTXPro,Warephase,Won,10/25/2016,3/11/2017,4514",
        "A3,Darcel Schlecht,GTX Basic,Bluth Company,Lost,10/25/2016,3/7/2017,0",
        "A4,Anna Snelling,GTX Basic,,Engaging,11/25/2016,,",
        "A5,Anna Snelling,GTX Basic,,Prospecting,,,",
        "A6,Anna Snelling,GTX Basic,Zumgoo,Engaging,11/25/2016,,",
        "A7,Anna Snelling,GTX Basic,,Prospecting,,,",
    )
    return Sales(
        folder,
        accounts=4,  # one of them made because a subsidiary names it
        products=2,
        sellers=3,
        managers=2,
        offices=2,
        deals=7,
        stages={"prospecting": 2, "engaging": 2, "won": 2, "lost": 1},
        won=Decimal(5_568),
        without_account=3,
        subsidiary="Bluth Company",
        parent="Warephase",
    )
