"""One person who imports files, below the API."""

from pathlib import Path
from typing import Any

from banyan.imports import store
from banyan.imports.facade import Imports
from banyan.imports.mapping import ColumnMapping, ImportMapping
from banyan.jobs import MemoryJobQueue
from banyan.kernel.actor import Actor
from factories.house import House


class Desk:
    """One person who imports files."""

    def __init__(self, house: House, folder: Path, actor: Actor) -> None:
        self.house, self.actor = house, actor
        self.imports = Imports(house.database, MemoryJobQueue(), house.bus, house.changes, folder)

    async def upload(self, object_name: str, content: bytes) -> store.Import:
        session = await self.house.session(self.actor)
        import_id, path = self.imports.new_place(self.house.schema)
        path.write_bytes(content)
        return await self.imports.analyse(session, session.catalog.object(object_name), import_id, "file.csv")

    async def again(self, record: store.Import) -> store.Import:
        async with self.house.database.reader() as connection:
            return await store.read_import(connection, self.house.schema, record.id, None, all_users=True)

    async def decide(self, record: store.Import, key: str | None = None, **columns: dict[str, Any]) -> None:
        """The suggestion, with what is said of a field over it; `column` names a further column by its header."""
        index = {column["name"]: column["index"] for column in record.data["columns"]}
        chosen = {item["field"]: item for item in record.data["mapping"]["columns"]}
        for name, wish in columns.items():
            place = {"column": index[wish.pop("column")]} if "column" in wish else {}
            chosen = {f: item for f, item in chosen.items() if item["column"] != place.get("column")}
            chosen[name] = {**chosen.get(name, {"field": name}), **place, **wish}
        mapping = ImportMapping(
            columns=tuple(ColumnMapping.model_validate(item) for item in chosen.values()),
            key=key,
            currency="USD",
        )
        await self.imports.set_mapping(await self.house.session(self.actor), record, mapping)

    async def work(self, record: store.Import, *, load: bool = True) -> store.Import:
        session = await self.house.session(self.actor)
        await self.imports.start(session, await self.again(record), load=load)
        await self.imports.execute(session, await self.again(record), load=load)
        return await self.again(record)

    async def load(self, object_name: str, content: bytes | str, **wishes: Any) -> dict[str, Any]:
        text = content.encode() if isinstance(content, str) else content
        record = await self.upload(object_name, text)
        await self.decide(record, **wishes)
        done = await self.work(record)
        assert done.state == "done", done.error
        assert done.report is not None
        return done.report
