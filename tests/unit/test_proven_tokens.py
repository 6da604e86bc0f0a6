"""A token counts for a workspace once it has been seen to be true."""

from banyan.api.proven import Proven


def test_only_what_was_proven_counts_and_the_least_recently_seen_goes_first():
    proven = Proven(most=2)
    assert proven.workspace("main.a") is None
    proven.add("main.a", "main")
    proven.add("main.b", "main")
    proven.add("main.a", "main")
    proven.add("other.c", "other")
    assert [proven.workspace(each) for each in ("main.a", "main.b", "other.c", "main.x")] == [
        "main",
        None,
        "other",
        None,
    ]
