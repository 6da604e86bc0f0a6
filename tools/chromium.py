"""Print the path of a Chromium for the browser tests; install the distribution's package where that is possible."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "BANYAN_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "chromium-browser")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find(environment: Mapping[str, str]) -> str | None:
    """Return a Chromium that is already here: the named one first, then the usual programs."""
    named = environment.get(VARIABLE)
    if named:
        return named if os.access(named, os.X_OK) else None
    for name in NAMES:
        if path := shutil.which(name, path=environment.get("PATH")):
            return path
    return str(MAC) if MAC.exists() else None


def rights() -> list[str] | None:
    """Return the words before a command that needs root: none as root, sudo where it asks nothing, else None."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def install() -> None:
    """Install from the distribution; silent unless it fails, in which case `find` simply finds nothing."""
    prefix = rights()
    if prefix is None or not shutil.which("apt-get"):
        return
    print("Installing Chromium ...", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*prefix, "apt-get", "-qq", "update"], capture_output=True, check=False, env=environment)
    for package in PACKAGES:
        command = [
            *prefix,
            "apt-get",
            "-qq",
            "install",
            "-y",
            "--no-install-recommends",
            package,
            "fonts-noto-cjk",
        ]
        if subprocess.run(command, capture_output=True, check=False, env=environment).returncode == 0:
            return


def main() -> int:
    found = find(os.environ)
    if found is None and not os.environ.get(VARIABLE):
        install()
        found = find(os.environ)
    if found is None:
        print(
            f"banyan: the browser tests need Chromium; install it, or name it with {VARIABLE}=/path/to/chromium.",
            file=sys.stderr,
        )
        return 1
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
