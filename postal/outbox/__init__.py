"""Messages written in the transaction of the change that causes them, and run afterwards."""

from postal.outbox.service import drain, publish

__all__ = ["drain", "publish"]
