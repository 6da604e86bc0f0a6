"""Comparing a file with itself: Splink on DuckDB. Statements of another database, in a process that knows no other."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_THREADS = 2


@dataclass(frozen=True)
class Comparing:
    """`settings` are Splink's but for the blocks: pairs that share the columns of one are compared."""

    columns: Sequence[str]
    settings: Mapping[str, Any]
    blocks: Sequence[Sequence[str]]
    weighed: Sequence[str]
    threshold: float
    memory: str

    def run(self, folder: Path) -> None:
        """prepared.csv becomes pairs.csv. DuckDB spills into the folder beyond its bound of memory."""
        import duckdb
        from splink import Linker, SettingsCreator, block_on
        from splink.backends.duckdb import DuckDBAPI

        connection = duckdb.connect(str(folder / "scan.duckdb"))
        connection.execute("SET memory_limit = ?", [self.memory])
        connection.execute("SET threads = ?", [_THREADS])
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET temp_directory = ?", [str(folder / "spill")])
        columns = ", ".join(f"nullif({name}, '') AS {name}" for name in self.columns)
        connection.execute(
            f"CREATE TABLE base AS SELECT {columns} FROM read_csv(?, header = true, all_varchar = true)",
            [str(folder / "prepared.csv")],
        )
        settings = SettingsCreator(
            **self.settings,
            blocking_rules_to_generate_predictions=[block_on(*names) for names in self.blocks],
        )
        linker = Linker(DuckDBAPI(connection=connection).register("base"), settings, log_level=logging.ERROR)
        found = linker.inference.predict(threshold_match_probability=self.threshold)
        levels = ", ".join(f"gamma_{name}" for name in self.weighed)
        connection.execute(
            f"COPY (SELECT unique_id_l, unique_id_r, match_probability, {levels} FROM {found.physical_name}) "
            f"TO '{folder / 'pairs.csv'}' (HEADER false)"
        )
