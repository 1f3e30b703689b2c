"""One step of an import: short, so that nothing else waits for it, and followed by the next."""

from typing import Any
from uuid import UUID

from integrations.imports import repository
from integrations.imports.rules import RowError, State
from integrations.imports.service.applying import apply_on
from integrations.imports.service.intake import go_on
from integrations.imports.service.reading import forget, read_on
from postal import clock


async def step(payload: dict[str, Any]) -> None:
    """Go on with an import where it stands; its progress is kept or lost together with what it wrote."""
    now = await clock.now()
    job = await repository.hold(UUID(payload["import"]))
    if job is None or not job.under_way:
        if job is not None:
            await forget(job.id)
        return
    if job.wrapped is None:
        gone = RowError(row=0, code="import.erased", vi="Tệp đã bị xóa.", en="The file was erased.")
        await repository.end(job.id, State.FAILED, now, gone)
        return
    if job.state is State.READING:
        await read_on(job, now)
    else:
        await apply_on(job, now)
    await go_on(job)
