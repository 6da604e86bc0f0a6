"""PostgreSQL refuses to run as root, so a root process runs it as a system user of its own."""

import contextlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from banyan.kernel.errors import StartRefused

NAME = "banyan"


@dataclass(frozen=True)
class ServiceUser:
    """The system user that owns the data folder and runs the server."""

    uid: int
    gid: int
    name: str

    def can_enter(self, folder: Path) -> bool:
        """Whether every existing folder on the way to (and including) `folder` may be passed through."""
        return all(self._allows(part, 0o1) for part in (folder, *folder.parents) if part.exists())

    def can_read(self, file: Path) -> bool:
        """Whether an existing file can be reached and read."""
        return self.can_enter(file.resolve().parent) and self._allows(file.resolve(), 0o4)

    def _allows(self, path: Path, bit: int) -> bool:
        facts = path.stat()
        if facts.st_uid == self.uid:
            return bool(facts.st_mode & bit << 6)
        if facts.st_gid == self.gid:
            return bool(facts.st_mode & bit << 3)
        return bool(facts.st_mode & bit)


def running_as_root() -> bool:
    """Whether this process must give up its rights before starting PostgreSQL."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def service_user_for(data: Path) -> ServiceUser | None:
    """Return the user to run the server as, or None to run it as ourselves.

    A data folder made earlier by an ordinary user keeps that user, so that root may help out with
    `banyan` commands.
    """
    if not running_as_root():
        return None
    with contextlib.suppress(FileNotFoundError):
        owner = data.stat().st_uid
        if owner != 0:
            entry = _entry_by_id(owner)
            return ServiceUser(owner, entry.pw_gid, entry.pw_name)
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        _create()
        entry = pwd.getpwnam(NAME)
    if entry.pw_uid == 0:
        raise StartRefused("service_user_is_root", user=NAME)
    return ServiceUser(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _entry_by_id(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError as error:
        raise StartRefused("service_user_unknown", uid=uid) from error


def _create() -> None:
    if useradd := shutil.which("useradd", path=f"{os.defpath}:/usr/sbin:/sbin"):
        command = [
            useradd,
            "--system",
            "--user-group",
            "--no-create-home",
            "--shell",
            "/usr/sbin/nologin",
            NAME,
        ]
    elif adduser := shutil.which("adduser", path=f"{os.defpath}:/usr/sbin:/sbin"):
        command = [adduser, "-S", "-D", "-H", "-s", "/sbin/nologin", NAME]
    else:
        raise StartRefused("service_user_impossible", user=NAME)
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed arguments
    try:
        pwd.getpwnam(NAME)  # Another command may have been quicker; only the result counts.
    except KeyError as error:
        raise StartRefused("service_user_impossible", user=NAME, reason=done.stderr.strip()) from error


def process_arguments(user: ServiceUser | None) -> dict[str, Any]:
    """Return the keyword arguments that make `subprocess` run a program as `user`."""
    if user is None:
        return {"umask": 0o077}
    return {"user": user.uid, "group": user.gid, "extra_groups": [], "umask": 0o077}


def give_to(user: ServiceUser | None, path: Path) -> None:
    """Hand a file or folder to the service user; nothing to do when we are that user."""
    if user is not None:
        os.chown(path, user.uid, user.gid)
