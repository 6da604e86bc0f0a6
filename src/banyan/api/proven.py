"""Tokens that have opened a session in this process: only what is asked with one counts for the workspace it names.

The limiter stands before sign-in, where anybody may name any workspace: a flood of made-up tokens must not use up the
share of the one they name.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from banyan.access.facade import SignedIn

MOST = 20_000  # the least recently seen go first: they are proven anew by their next request


@dataclass(frozen=True)
class _Known:
    workspace: str
    found: SignedIn | None


class Proven:
    """Workspaces by what their members' tokens hash to. A session that ended counts for its workspace still.

    With what was last said of the session, which a request may proceed on while the database is asked whether it is
    still so (`db.proofs`).
    """

    def __init__(self, most: int = MOST) -> None:
        self._keys: OrderedDict[bytes, _Known] = OrderedDict()
        self._most = most

    def add(self, token: str, workspace: str, found: SignedIn | None = None) -> None:
        """`token` was just seen to be of somebody in the workspace of this key."""
        mark = _mark(token)
        self._keys[mark] = _Known(workspace, found)
        self._keys.move_to_end(mark)
        if len(self._keys) > self._most:
            self._keys.popitem(last=False)

    def forget(self, token: str) -> None:
        """The session has ended; its requests still count for its workspace."""
        known = self._keys.get(_mark(token))
        if known is not None:
            self._keys[_mark(token)] = _Known(known.workspace, None)

    def workspace(self, token: str) -> str | None:
        """The key of its workspace, or None for a token nobody has proven here."""
        known = self._keys.get(_mark(token))
        return None if known is None else known.workspace

    def session(self, token: str) -> SignedIn | None:
        """What was last said of the session of this token."""
        known = self._keys.get(_mark(token))
        return None if known is None else known.found


def _mark(token: str) -> bytes:
    return hashlib.blake2b(token.encode(errors="replace"), digest_size=16).digest()
