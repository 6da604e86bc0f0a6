"""What the application registers of notifications."""

from banyan.db.database import Database
from banyan.db.vault import open_vault
from banyan.jobs import JobQueue, JobRegistry
from banyan.kernel.settings import Settings
from banyan.notifications import mail, password_reset


def register_jobs(registry: JobRegistry, database: Database, queue: JobQueue, settings: Settings) -> None:
    """Jobs of mail, for the worker."""
    vault = open_vault(settings.home)
    registry.register(mail.JOB, mail.Mailer(database, vault).work)
    resets = password_reset.PasswordResets(database, queue, vault, settings.public_url)
    registry.register(password_reset.JOB, resets.work)
