"""What a pipeline is, as written in an object's definition: stages in order and what each of them asks."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator, model_validator
from pydantic import Field as Bound

from banyan.kernel.faults import Fault
from banyan.metadata.labels import MAX_LABEL, Label, checked_label

KEY = r"^[a-z0-9_]{1,40}$"
MAX_GUIDANCE = 1_000
MOST_STAGES, MOST_ITEMS, MOST_REQUIRED, MOST_PIPELINES = 30, 30, 30, 30


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChecklistItem(_Part):
    """Something to be done in a stage; a required one before the record goes on from it."""

    key: str = Bound(pattern=KEY)
    label: Label
    required: bool = False

    @field_validator("label")
    @classmethod
    def _label(cls, label: Label) -> Label:
        return checked_label(label, MAX_LABEL)


class Stage(_Part):
    """One stage: `key` is a choice of the stage field.

    `required`: fields that a record in it, or past it, must have. `entry` must hold to come in, `exit` to go on.
    `next`: stages that may follow; none named: any. A record rots after `rot_days` in it.
    """

    key: str = Bound(pattern=KEY)
    probability: Decimal | None = Bound(default=None, ge=0, le=100)
    forecast_category: str | None = Bound(default=None, pattern=KEY)
    rot_days: int | None = Bound(default=None, ge=1, le=3_650)
    required: tuple[str, ...] = Bound(default=(), max_length=MOST_REQUIRED)
    entry: Mapping[str, Any] | None = None
    exit: Mapping[str, Any] | None = None
    checklist: tuple[ChecklistItem, ...] = Bound(default=(), max_length=MOST_ITEMS)
    next: tuple[str, ...] = Bound(default=(), max_length=MOST_STAGES)
    guidance: Label | None = None

    @field_validator("checklist")
    @classmethod
    def _keys_differ(cls, items: tuple[ChecklistItem, ...]) -> tuple[ChecklistItem, ...]:
        if len({item.key for item in items}) != len(items):
            raise Fault("same_key")
        return items

    @field_validator("guidance")
    @classmethod
    def _guidance(cls, text: Label | None) -> Label | None:
        return None if text is None else checked_label(text, MAX_GUIDANCE)


class Reopen(_Part):
    """Who may take a closed record up again, and into which stage (None: any open one)."""

    who: Literal["nobody", "owner", "manager", "roles", "anyone"] = "owner"
    roles: tuple[str, ...] = Bound(default=(), max_length=50)
    into: str | None = Bound(default=None, pattern=KEY)


class Pipeline(_Part):
    """Stages in order. `skipping`: stages may be passed over; else only the next one, or an earlier one, follows."""

    key: str = Bound(pattern=KEY)
    label: Label
    active: bool = True
    stages: tuple[Stage, ...] = Bound(min_length=1, max_length=MOST_STAGES)
    skipping: bool = True
    reopen: Reopen = Reopen()

    @field_validator("label")
    @classmethod
    def _label(cls, label: Label) -> Label:
        return checked_label(label, MAX_LABEL)

    @model_validator(mode="after")
    def _named_stages(self) -> "Pipeline":
        keys = [stage.key for stage in self.stages]
        if len(set(keys)) != len(keys):
            raise Fault("same_key")
        named = [*(key for stage in self.stages for key in stage.next)]
        named += [self.reopen.into] if self.reopen.into else []
        unknown = next((key for key in named if key not in keys), None)
        if unknown is not None:
            raise Fault("no_stage", name=unknown)
        return self

    def stage(self, key: str | None) -> Stage | None:
        return next((stage for stage in self.stages if stage.key == key), None)
