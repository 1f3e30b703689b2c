"""The data folder belongs to one running system at a time."""

import fcntl
import os
from pathlib import Path
from typing import IO

import msgspec

from postal.errors import Conflict

NAME = "postal.lock"


class Holder(msgspec.Struct, frozen=True):
    """Who runs on a folder, and where it answers."""

    pid: int
    url: str


class FolderLock:
    """A lock that the kernel drops with its process, so that nothing stale is left after a kill."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Take the folder; raises Conflict that names the process which has it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = (self._folder / NAME).open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise in_use(self._folder) from error
        self._file = file

    def tell(self, url: str) -> None:
        """Write down where this system answers, for `running`."""
        if self._file is not None:
            self._file.truncate(0)
            self._file.write(msgspec.json.encode(Holder(os.getpid(), url)).decode())
            self._file.flush()

    def release(self) -> None:
        """Give the folder back."""
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None


def running(folder: Path) -> Holder | None:
    """Say which system runs on a folder now, if one does."""
    try:
        with (folder / NAME).open("r", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return msgspec.json.decode(file.read(), type=Holder)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return None


def in_use(folder: Path) -> Conflict:
    """Say who has the folder."""
    holder = running(folder)
    vi = f"tiến trình {holder.pid}, {holder.url}" if holder else "một tiến trình khác"
    en = f"process {holder.pid}, {holder.url}" if holder else "another process"
    return Conflict(
        "system.running",
        vi=f"Hệ thống đang chạy trên thư mục {folder} ({vi}). Hãy dừng nó hoặc chọn --data khác.",
        en=f"A system already runs on {folder} ({en}). Stop it, or choose another --data.",
    )
