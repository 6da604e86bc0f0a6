"""The formula language: text → syntax → checked tree → SQL (docs/adr/0015-build-without-code.md)."""
