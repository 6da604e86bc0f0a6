"""Background jobs: what others may use."""

from banyan.jobs.memory import MemoryJobQueue
from banyan.jobs.ports import DEFAULT_ATTEMPTS, Handler, JobKind, JobQueue, JobRegistry, Payload, Round
from banyan.jobs.postgres import PostgresJobQueue, run_worker

__all__ = [
    "DEFAULT_ATTEMPTS",
    "Handler",
    "JobKind",
    "JobQueue",
    "JobRegistry",
    "MemoryJobQueue",
    "Payload",
    "PostgresJobQueue",
    "Round",
    "run_worker",
]
