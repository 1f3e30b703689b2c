"""Tell a slow statement from a lost connection, by asking the server what it does for us.

From here both look alike: nothing comes. A limit short enough for a lost server (its clients are promised an answer
within two seconds) would kill honest long statements. So a statement that takes long is asked about over a fresh
connection: while its backend works it may go on; when its backend waits for us, the answer is lost; and when nobody
answers at all, the server is. What is lost is given up at once, and its caller may send the same request again.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from time import monotonic
from typing import Any

import asyncpg
import structlog

from postal.db.connection import PULSE, UNDER_WAY

LOOK_S = 0.1
PATIENCE_S = 0.6
GRACE_S = 0.2
AGAIN_S = 1.0

# A backend between the parts of one statement is active, and waits for us all the same. The asking backend itself is
# among them, unless a pooler stands between and the numbers mean nothing.
STATES = """
SELECT pid, state LIKE 'idle%' OR wait_event IS NOT DISTINCT FROM 'ClientRead' AS waits_for_us
FROM pg_stat_activity
WHERE pid = ANY($1::int[]) OR pid = pg_backend_pid()
"""
END = """
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE pid = ANY($1::int[]) AND usename = current_user AND application_name = $2
"""

log = structlog.get_logger("postal.db")


class Lifeline:
    """Watches the statements of one pool; lives from its start to its end."""

    def __init__(self, pool: Any, options: Mapping[str, Any]) -> None:
        self._pool = pool
        # Our own connections count their statements; a question of the lifeline is none of the product's.
        self._options = {**options, "connection_class": asyncpg.Connection}
        self._name = str(options["server_settings"]["application_name"])
        self._suspected: dict[Any, float] = {}
        self._left: set[int] = set()
        self._watching = asyncio.create_task(self._watch())

    async def end(self) -> None:
        """Stop watching."""
        self._watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._watching

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            now = monotonic()
            overdue = {each: due for each in self._open() if (due := UNDER_WAY.get(each, now)) < now}
            if overdue or self._left:
                await self._ask(overdue)

    def _open(self) -> list[Any]:
        holders = self._pool._holders  # noqa: SLF001 - the pool shows its connections to nobody
        return [holder._con for holder in holders if holder.is_connected()]  # noqa: SLF001 - the same

    async def _ask(self, overdue: dict[Any, float]) -> None:
        begun = monotonic()
        asking = asyncio.create_task(self._asked(overdue))
        try:
            # In two parts: a process that was busy has an answer lying there, and reads it in the second.
            for part in (PATIENCE_S, GRACE_S):
                await asyncio.wait({asking}, timeout=part)
            if asking.done():
                await asking
                return
        except OSError:
            log.info("server could not be reached")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            # It answers, be it that it is full or starting.
            log.info("server could not be asked", error=type(error).__qualname__)
            return
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        if overdue and PULSE.heard < begun:
            PULSE.missed(begun)
            self._give_up(self._open(), "server does not answer")

    async def _asked(self, overdue: Mapping[Any, float]) -> None:
        asking = await asyncpg.connect(**self._options)
        try:
            await self._judge(asking, overdue)
            await asking.close()
        finally:
            asking.terminate()

    async def _judge(self, asking: Any, overdue: Mapping[Any, float]) -> None:
        asked = {each.get_server_pid() for each in overdue} | self._left
        waits = {row["pid"]: row["waits_for_us"] for row in await asking.fetch(STATES, list(asked))}
        if asking.get_server_pid() not in waits:
            return
        suspected, self._suspected = self._suspected, {}
        lost = []
        for connection, due in overdue.items():
            if UNDER_WAY.get(connection) != due:
                continue
            # One that is gone is as good as waiting; one whose state is not tracked gets the benefit of the doubt.
            if not waits.get(connection.get_server_pid(), True):
                UNDER_WAY[connection] = monotonic() + AGAIN_S
            elif suspected.get(connection) == due:
                lost.append(connection)
            else:
                # Its answer may be on the way; the next look tells.
                self._suspected[connection] = due
        if lost:
            # Connections that lie idle went the same way and may be as dead.
            self._give_up(lost, "answer was lost")
            for holder in self._pool._holders:  # noqa: SLF001 - as above
                if holder.is_idle():
                    holder.terminate()
        if left := self._left & waits.keys():
            # They would hold their locks until the server notices that we are gone.
            await asking.fetch(END, list(left), self._name)
        self._left.clear()

    def _give_up(self, connections: list[Any], why: str) -> None:
        log.warning("connections given up", reason=why, count=len(connections))
        for connection in connections:
            self._left.add(connection.get_server_pid())
            connection.terminate()
