"""Tokens that have opened a session in this process: only what is asked with one counts for the workspace it names.

The limiter stands before sign-in, where anybody may name any workspace: a flood of made-up tokens must not use up the
share of the one they name.
"""

import hashlib
from collections import OrderedDict

MOST = 20_000  # the least recently seen go first: they are proven anew by their next request


class Proven:
    """Workspaces by what their members' tokens hash to. A session that ended counts for its workspace still."""

    def __init__(self, most: int = MOST) -> None:
        self._keys: OrderedDict[bytes, str] = OrderedDict()
        self._most = most

    def add(self, token: str, workspace: str) -> None:
        """`token` was just seen to be of somebody in the workspace of this key."""
        mark = _mark(token)
        self._keys[mark] = workspace
        self._keys.move_to_end(mark)
        if len(self._keys) > self._most:
            self._keys.popitem(last=False)

    def workspace(self, token: str) -> str | None:
        """The key of its workspace, or None for a token nobody has proven here."""
        return self._keys.get(_mark(token))


def _mark(token: str) -> bytes:
    return hashlib.blake2b(token.encode(errors="replace"), digest_size=16).digest()
