"""Settings as commands read them."""

from banyan.kernel.errors import StartRefused
from banyan.kernel.settings import Settings


def settings_from_environment() -> Settings:
    """Read BANYAN_*; a value that cannot be read is refused by name."""
    try:
        return Settings.from_environment()
    except ValueError as error:
        raise StartRefused("settings_invalid", reason=str(error)) from error
