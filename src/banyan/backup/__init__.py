"""Backup and restore of the embedded database: what others may use."""

from banyan.backup.base import BaseBackup, list_bases, prune, take_base
from banyan.backup.restore import Proof, Restored, last_proof, restore, verify

__all__ = [
    "BaseBackup",
    "Proof",
    "Restored",
    "last_proof",
    "list_bases",
    "prune",
    "restore",
    "take_base",
    "verify",
]
