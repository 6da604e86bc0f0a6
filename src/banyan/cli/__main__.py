"""`python -m banyan.cli` is the same as `banyan`."""

from banyan.cli.main import run

run()
