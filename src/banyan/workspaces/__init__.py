"""Workspaces: what others may use."""

from banyan.workspaces.facade import (
    DEFAULT_KEY,
    Workspace,
    complete_set_up,
    list_workspaces,
    load,
    new_setup_token,
    provision,
)

__all__ = [
    "DEFAULT_KEY",
    "Workspace",
    "complete_set_up",
    "list_workspaces",
    "load",
    "new_setup_token",
    "provision",
]
