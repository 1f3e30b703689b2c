"""Signs of life: a process of ours writes one a second to a pipe, and its supervisor reads them.

The sign comes from the event loop that also answers and runs messages, so a process that hangs shows none. It is a
pipe since a socket that several web processes share does not tell which of them answered, and a file needs a disk with
space.
"""

import asyncio
import os
from collections.abc import Callable

EVERY_S = 1.0


class Pulse:
    """The supervisor's end: counts the looks since the last sign.

    Looks are counted and not time: where the whole machine stood still, nobody was silent.
    """

    def __init__(self) -> None:
        self.beats = 0
        self.silent_looks = 0
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)
        asyncio.get_running_loop().add_reader(self._reading, self._read)

    def look(self) -> int:
        """Give how many looks in a row saw nothing new, this one included."""
        self.silent_looks += 1
        return self.silent_looks

    def close_writing(self) -> None:
        """Leave the writing end to the process."""
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1

    def close(self) -> None:
        """Close both ends."""
        self.close_writing()
        asyncio.get_running_loop().remove_reader(self._reading)
        os.close(self._reading)

    def _read(self) -> None:
        try:
            signs = os.read(self._reading, 4096)
        except BlockingIOError:
            return
        if not signs:
            asyncio.get_running_loop().remove_reader(self._reading)
            return
        self.beats += len(signs)
        self.silent_looks = 0


async def beat(descriptor: int) -> None:
    """Show signs of life until cancelled, or until nobody reads them any more."""
    os.set_blocking(descriptor, False)
    while True:
        try:
            os.write(descriptor, b".")
        except BlockingIOError:
            # The supervisor is stopped; it will find enough signs when it goes on.
            pass
        except OSError:
            return
        await asyncio.sleep(EVERY_S)


def beating(descriptor: int) -> tuple[Callable[[], object], Callable[[], object]]:
    """Give what a web application does at its start and at its end to show signs of life between them."""
    tasks: set[asyncio.Task[None]] = set()

    async def begin() -> None:
        tasks.add(asyncio.create_task(beat(descriptor)))

    async def end() -> None:
        for task in tasks:
            task.cancel()

    return begin, end
