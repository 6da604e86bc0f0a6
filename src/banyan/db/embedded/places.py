"""Which folders the embedded server uses, and that the user who runs it can reach them."""

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from banyan.db.embedded.binaries import RELOCATED_ROOT
from banyan.db.embedded.service_user import ServiceUser, give_to, running_as_root, service_user_for
from banyan.kernel.errors import StartRefused
from banyan.kernel.settings import Settings

MAJOR_FOLDER = "data-18"
PORT = 5432
# sun_path holds 108 bytes with its end mark; the socket's own name takes 14 and its separator one.
LONGEST_SOCKET_FOLDER = 107 - len(f"/.s.PGSQL.{PORT}")


@dataclass(frozen=True)
class Places:
    """Every folder of one installation. `user` is None when the server runs as ourselves."""

    home: Path
    database: Path
    sockets: Path
    backups: Path
    user: ServiceUser | None

    @property
    def data(self) -> Path:
        return self.database / MAJOR_FOLDER

    @property
    def log(self) -> Path:
        return self.database / "postgres.log"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"

    @property
    def locks(self) -> Path:
        return self.home / "locks"

    @property
    def wal_archive(self) -> Path:
        return self.backups / "wal"

    @property
    def bases(self) -> Path:
        return self.backups / "base"


def prepare_places(settings: Settings) -> Places:
    """Make the folders of the installation, owned by whoever needs them, and say where they are."""
    with _told_in_one_line(settings):
        return _prepare(settings)


def prepare_home(settings: Settings) -> Path:
    """Make only the home with its folders for secrets and locks: all a managed database needs here."""
    with _told_in_one_line(settings):
        return _prepare_home(settings.home)


@contextlib.contextmanager
def _told_in_one_line(settings: Settings) -> Iterator[None]:
    try:
        yield
    except (PermissionError, NotADirectoryError, FileExistsError) as error:
        raise StartRefused("home_not_usable", path=str(error.filename or settings.home)) from error
    except OSError as error:
        if error.errno in _FULL:
            raise StartRefused("disk_full", path=str(settings.home)) from error
        raise


_FULL = (28, 122)  # ENOSPC, EDQUOT


def _prepare(settings: Settings) -> Places:
    home = _prepare_home(settings.home)
    user = service_user_for(home / "database" / MAJOR_FOLDER)
    database = _service_folder(home / "database", user, "database")
    backups = _service_folder(settings.backups, user, "backups")
    for folder in (backups / "wal", backups / "base"):
        folder.mkdir(mode=0o700, exist_ok=True)
        give_to(user, folder)
    return Places(home, database, _socket_folder(database, user), backups, user)


def _prepare_home(home: Path) -> Path:
    home.mkdir(parents=True, exist_ok=True, mode=0o711)
    if not running_as_root() and home.stat().st_uid != os.geteuid():
        raise StartRefused("home_belongs_to_other", path=str(home))
    for name in ("secrets", "locks"):
        folder = home / name
        folder.mkdir(mode=0o700, exist_ok=True)
        _keep_owner(home, folder)
    return home


def _keep_owner(home: Path, path: Path) -> None:
    """What root makes in the home of an ordinary user belongs to that user, or they are locked out of it."""
    facts = home.stat()
    if running_as_root() and path.stat().st_uid != facts.st_uid:
        os.chown(path, facts.st_uid, facts.st_gid)


def _service_folder(wanted: Path, user: ServiceUser | None, purpose: str) -> Path:
    """Make a folder the server owns.

    At `wanted`, or behind a link there when its parents are closed to it.
    """
    if wanted.is_symlink():
        actual = wanted.resolve()
    elif wanted.exists() or user is None or user.can_enter(wanted.parent):
        actual = wanted
    else:
        mark = hashlib.sha256(str(wanted).encode()).hexdigest()[:16]
        actual = RELOCATED_ROOT / mark / purpose
        RELOCATED_ROOT.mkdir(mode=0o755, parents=True, exist_ok=True)
        actual.parent.mkdir(mode=0o755, exist_ok=True)
        wanted.parent.mkdir(parents=True, exist_ok=True)
        wanted.symlink_to(actual)
    actual.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user is not None and actual.stat().st_uid != user.uid:
        give_to(user, actual)
    if user is not None and not user.can_enter(actual):
        raise StartRefused("folder_closed_to_service_user", path=str(actual), user=user.name)
    return actual


def _socket_folder(database: Path, user: ServiceUser | None) -> Path:
    folder = database / "run"
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        mark = hashlib.sha256(os.fsencode(database.resolve())).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"banyan-{mark}"
        if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
            folder = Path("/tmp") / f"banyan-{mark}"  # noqa: S108 - owner and mode are checked below
    folder.mkdir(mode=0o700, exist_ok=True)
    facts = folder.lstat()
    expected = os.geteuid() if user is None else user.uid
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in (expected, os.geteuid()):
        raise StartRefused("socket_folder_taken", path=str(folder))
    folder.chmod(0o700)
    give_to(user, folder)
    return folder
