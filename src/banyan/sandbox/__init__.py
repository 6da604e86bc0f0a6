"""Sandboxes 沙箱: a copy of a workspace to try changes in, with its configuration and perhaps masked records."""
