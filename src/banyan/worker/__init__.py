"""The job worker process: what others may use."""

from banyan.worker.run import run

__all__ = ["run"]
