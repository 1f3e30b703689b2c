"""The arq worker: hears the doorbell and runs messages."""

import asyncio
import logging
from typing import Any
from uuid import UUID

import structlog
from arq.worker import Worker, func

from postal.jobs.queue import FUNCTION, PATIENCE_S, QUEUE, connection, pack, unpack
from postal.outbox.rules import RUN_LIMIT
from postal.outbox.service import give_back, run

BEGIN_WITHIN_S = 1.0
"""A job begins messages for so long, and gives the others back."""

JOB_TIMEOUT_S = BEGIN_WITHIN_S + RUN_LIMIT.total_seconds() + 1
"""Short, because arq leaves a killed worker's job alone for this and ten seconds more."""

log = structlog.get_logger("postal.jobs")
# Two lines for each job would bury everything else; what became of a message stands in the outbox.
logging.getLogger("arq").setLevel(logging.WARNING)


async def run_message(ctx: dict[Any, Any], *identifiers: str, **_: Any) -> list[str]:  # noqa: ARG001 - arq's form
    """Run messages of the outbox one after the other; those behind a slow one are given back."""
    loop = asyncio.get_running_loop()
    until = loop.time() + BEGIN_WITHIN_S
    outcomes: list[str] = []
    for identifier in identifiers:
        if outcomes and loop.time() > until:
            await give_back([UUID(left) for left in identifiers[len(outcomes) :]])
            break
        outcomes.append(await run(UUID(identifier)))
    return outcomes


async def hear(dsn: str, *, at_once: int) -> None:
    """Run what is rung for, until cancelled; raises when the queue breaks, for arq does not survive that itself."""
    worker = Worker(
        functions=[func(run_message, name=FUNCTION, timeout=JOB_TIMEOUT_S, keep_result=0, max_tries=1)],
        redis_settings=connection(dsn),
        queue_name=QUEUE,
        job_serializer=pack,
        job_deserializer=unpack,
        handle_signals=False,
        poll_delay=0.1,
        max_jobs=at_once,
        log_results=False,
    )
    try:
        await worker.main()
    finally:
        await _ended(worker)


async def _ended(worker: Worker) -> None:
    for task in worker.tasks.values():
        task.cancel()
    await asyncio.gather(*worker.tasks.values(), return_exceptions=True)
    worker.tasks.clear()
    if worker._pool is None:  # noqa: SLF001  # `Worker.close` waits for tasks that are gone and calls redis-py by old names
        return
    try:
        async with asyncio.timeout(PATIENCE_S):
            await worker.pool.aclose(close_connection_pool=True)
    except Exception as error:  # noqa: BLE001  # an error here would take the place of a cancellation
        log.info("queue was gone before the worker", error=type(error).__qualname__)
