"""A small company: departments in a tree, people who report to each other, and an account of each."""

from dataclasses import dataclass, field
from typing import Any

from factories.api import Api, Person, unique

READING = ("read", "export")
WRITING = ("update", "delete", "transfer", "bulk")
LOOK = {"user": {"read": "all"}, "department": {"read": "all"}}


@dataclass
class Company:
    """`east` holds `shanghai`; the boss heads `east` and leads `ann`, who leads `bob`; `cat` works in `west`."""

    api: Api
    departments: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    mark: str = ""

    async def found(self) -> "Company":
        """Build it. Everybody begins with a role of their own that gives nothing."""
        admin, self.mark = self.api.administrator, unique("co")
        for name, parent in (("east", None), ("shanghai", "east"), ("west", None)):
            above = {"parent": self.departments[parent]} if parent else {}
            made = await admin.create("department", name=f"{self.mark}{name}", **above)
            self.departments[name] = made["id"]
        boss = await self.hire("boss", "east", None)
        ann = await self.hire("ann", "shanghai", boss)
        await self.hire("bob", "shanghai", ann)
        await self.hire("cat", "west", None)
        for name, person in self.people.items():
            self.accounts[name] = await admin.create(
                "account", name=f"{self.mark}{name}", owner=person.id, city=f"{self.mark}-{name}", employees=7
            )
        return self

    async def hire(self, name: str, department: str, manager: Person | None) -> Person:
        key = await self.api.role(grants=LOOK)
        values = {"manager": manager.id} if manager else {}
        self.people[name] = await self.api.person(
            key, f"{self.mark}{name}", department=self.departments[department], **values
        )
        return self.people[name]

    async def give(self, name: str, *keys: str) -> None:
        """Exactly these roles, in person."""
        person = self.people[name]
        await self.api.administrator.ok("POST", f"/users/{person.id}/access", {"roles": list(keys)})
        self.people[name] = await self._again(person)

    async def _again(self, person: Person) -> Person:
        """Inviting again ends no session; the token goes on working."""
        return person

    async def scope(self, name: str, scope: Any, actions: tuple[str, ...] = (*READING, *WRITING)) -> str:
        """Give a person one role: `scope` on accounts for `actions`."""
        key = await self.api.role(grants={**LOOK, "account": dict.fromkeys(actions, scope)})
        await self.give(name, key)
        return key

    async def seen(self, name: str) -> set[str]:
        """Whose accounts of this company a person's list shows."""
        where = {"field": "name", "op": "starts_with", "value": self.mark}
        page = await self.people[name].page("account", where=where, select=["name"], limit=100)
        return {row["name"].removeprefix(self.mark) for row in page["records"]}
