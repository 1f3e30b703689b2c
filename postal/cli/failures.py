"""Errors as a person at a terminal wants them: one sentence in each language and a status."""

from postal.config import SettingsError
from postal.db.embedded import EmbeddedError
from postal.errors import BadInput, PostalError, Unavailable
from postal.jobs.embedded import EmbeddedValkeyError

FAILED = 1
WRONG_USE = 2
UNAVAILABLE = 3


def sentence_of(error: Exception) -> str:
    """Say what went wrong, Vietnamese first."""
    if isinstance(error, PostalError):
        return f"{error.vi}\n{error.en} [{error.code}]"
    if isinstance(error, SettingsError):
        return f"Cấu hình sai: {error}\nWrong settings: {error}"
    if isinstance(error, (EmbeddedError, EmbeddedValkeyError)):
        return f"Máy chủ nhúng không chạy được: {error}\nAn embedded server does not run: {error}"
    if isinstance(error, OSError):
        return f"Lỗi hệ thống: {error}\nThe system says: {error}"
    if isinstance(error, ExceptionGroup):
        return sentence_of(error.exceptions[0])
    name = type(error).__name__
    return f"Lỗi không lường trước ({name}); chạy lại với --debug để xem chi tiết.\nUnexpected error ({name}): {error}"


def status_of(error: Exception) -> int:
    """Give the exit status of an error."""
    if isinstance(error, ExceptionGroup):
        return status_of(error.exceptions[0])
    if isinstance(error, (Unavailable, EmbeddedError, EmbeddedValkeyError, OSError)):
        return UNAVAILABLE
    if isinstance(error, (BadInput, SettingsError)):
        return WRONG_USE
    return FAILED
