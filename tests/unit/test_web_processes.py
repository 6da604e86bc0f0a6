"""How many web processes there are where nobody says, and how many places each of them has."""

import os

import pytest

from banyan.kernel.errors import InvalidInput
from banyan.kernel.places import Places
from banyan.kernel.settings import Settings


@pytest.mark.parametrize(("processors", "processes"), [(1, 1), (2, 2), (16, 2)])
def test_two_processes_where_there_are_two_processors(monkeypatch, processors: int, processes: int):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(processors)), raising=False)
    found = Settings.from_environment({})
    assert found.web_workers == processes
    assert (found.places == Places()) is (processes == 1)


@pytest.mark.parametrize(("processors", "processes"), [(None, 1), (1, 1), (8, 2)])
def test_where_the_system_does_not_say_which_processors_may_be_used(
    monkeypatch, processors: int | None, processes: int
):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert Settings.from_environment({}).web_workers == processes


def test_each_of_several_has_fewer_places_and_what_was_said_counts():
    several = Settings.from_environment({"BANYAN_WEB_WORKERS": "3"}).places
    assert (several.working, several.working_share) == (6, 4)
    alone = Settings.from_environment({"BANYAN_WEB_WORKERS": "1"}).places
    assert (alone.working, alone.working_share) == (9, 6)
    said = {"BANYAN_WEB_WORKERS": "3", "BANYAN_WORKING": "20", "BANYAN_WORKING_SHARE": "12"}
    given = Settings.from_environment(said).places
    assert (given.working, given.working_share) == (20, 12)
    assert (several.heavy, several.wait_ms) == (alone.heavy, alone.wait_ms)


@pytest.mark.parametrize("text", ["0", "-1", "65"])
def test_a_number_of_processes_that_cannot_be_is_refused(text: str):
    with pytest.raises(InvalidInput) as refused:
        Settings.from_environment({"BANYAN_WEB_WORKERS": text})
    assert refused.value.code == "setting_out_of_range"
    assert refused.value.params["setting"] == "BANYAN_WEB_WORKERS"
