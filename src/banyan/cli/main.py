"""The `banyan` command. Each group registers itself; heavy libraries are imported inside the commands."""

import os
import sys

import typer

from banyan.cli import audits, backups, configuring, demo, imports, keys, maintenance, serving
from banyan.cli.refusals import refusal_line
from banyan.kernel.errors import BanyanError

app = typer.Typer(
    name="banyan",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Banyan 榕: an open-source CRM on a no-code platform.",
)
for group in (serving, imports, demo, backups, audits, configuring, keys, maintenance):
    group.register(app)


def run() -> None:
    """Entry point: every refusal is one line and exit code 1; Ctrl-C is quiet."""
    try:
        app()
    except BanyanError as error:
        sys.stderr.write(f"banyan: {refusal_line(error)}\n")
        if os.environ.get("BANYAN_DEBUG") == "1":
            raise
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
