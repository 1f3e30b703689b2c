"""Use cases of files: attaching them whole or in parts, reading, erasing, checking."""

from postal.files.service.attaching import attach, attached_to
from postal.files.service.checking import Finding, check
from postal.files.service.clearing import clear
from postal.files.service.erasing import Erasure, erase
from postal.files.service.reading import Opened, describe, open_file
from postal.files.service.uploads import append, complete, find_upload, open_upload

__all__ = [
    "Erasure",
    "Finding",
    "Opened",
    "append",
    "attach",
    "attached_to",
    "check",
    "clear",
    "complete",
    "describe",
    "erase",
    "find_upload",
    "open_file",
    "open_upload",
]
