"""Measurements of a real server over HTTP, beside the bare database in the same run. `python -m bench`."""
