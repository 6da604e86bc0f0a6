"""Print the folder of an OpenLDAP server for the tests of LDAP sign-in: an installed one, else unpacked packages.

Nothing is installed or started on the machine: the packages are unpacked under `.tools/slapd`, as any user.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / ".tools" / "slapd"
PACKAGES = ("slapd", "libltdl7", "libodbc2", "libsasl2-2", "libldap-2.5-0", "libwrap0")
FAULT = (
    "banyan: the tests of LDAP sign-in need slapd; install it, or make `apt-get download` work for this user."
)


def find() -> Path | None:
    """Return the root under which usr/sbin/slapd stands."""
    for root in (PLACE, Path("/")):
        if (root / "usr" / "sbin" / "slapd").exists():
            return root
    return None


def unpack() -> None:
    """Fetch the packages one by one: names differ between releases, and one that is missing may not be needed."""
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        return
    PLACE.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        subprocess.run(["apt-get", "-qq", "download", package], cwd=PLACE, capture_output=True, check=False)
    for file in PLACE.glob("*.deb"):
        subprocess.run(["dpkg", "-x", file.name, "."], cwd=PLACE, capture_output=True, check=False)
        file.unlink()


def main() -> int:
    if find() is None:
        unpack()
    found = find()
    print(found or FAULT, file=sys.stdout if found else sys.stderr)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
