"""What a running world has learned so far, kept in a file so that an interrupted run goes on where it stopped."""

import os
from pathlib import Path

import msgspec


class Record:
    """A private file of names and their codes, a line for each instant that is played; secrets are among them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, str]:
        """Give the names that are known; a torn last line is dropped."""
        names: dict[str, str] = {}
        if not self.path.exists():
            return names
        whole = 0
        for line in self.path.read_bytes().splitlines(keepends=True):
            try:
                names.update(msgspec.json.decode(line, type=dict[str, str]))
            except msgspec.DecodeError:
                os.truncate(self.path, whole)
                break
            whole += len(line)
        return names

    def add(self, names: dict[str, str]) -> None:
        """Keep further names."""
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as opened:
            opened.write(msgspec.json.encode(names) + b"\n")
