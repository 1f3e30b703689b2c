"""`python -m tests.benchmarks [NAME…]`: measure, print a table, write build/bench.json."""

import gc
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import uvloop
from rich.console import Console
from rich.table import Table

from tests.benchmarks import (
    capturing,
    disk,
    dossiers,
    leading,
    logs,
    machine,
    portal,
    printing,
    pure,
    reconciling,
    scans,
    servers,
    tracking,
    verifying,
    webhooks,
)
from tests.benchmarks.measuring import FULL, Figure, Size
from tests.benchmarks.stage import Stage, staged

Benchmark = Callable[[Stage, Size], Awaitable[Figure | list[Figure]]]
BENCHMARKS: dict[str, Benchmark] = {
    "batch": scans.batch,
    "single": scans.single,
    "alone": scans.alone,
    "tracking": tracking.tracking,
    "page": tracking.page,
    "reconciling": reconciling.reconciling,
    "working_time": pure.working_time,
    "fold": pure.folding,
    "printing": printing.printing,
    "verifying": verifying.verifying,
    "disk": disk.disk,
    "durations": logs.durations,
    "clocking": dossiers.clocking,
    "exporting": dossiers.exporting,
    "portal": portal.portal,
    "leading": leading.leading,
    "epcis": capturing.capturing,
    "webhooks": webhooks.webhooks,
}
# Run by name alone: they inform a decision, not a claim.
FURTHER: dict[str, Benchmark] = {"servers": servers.servers}
OUTPUT = Path(__file__).parents[2] / "build" / "bench.json"


async def run(names: Sequence[str], size: Size, say: Callable[[str], None]) -> dict[str, Any]:
    """Run benchmarks one after the other on one stage; gives the machine and the figures."""
    folder = Path(tempfile.mkdtemp(prefix="postal-bench-"))
    try:
        async with staged(folder) as stage:
            described = await machine.described(stage.dsn)
            figures: list[Figure] = []
            for name in names:
                begun = perf_counter()
                gc.collect()
                gc.freeze()
                measured = await (BENCHMARKS | FURTHER)[name](stage, size)
                figures += measured if isinstance(measured, list) else [measured]
                say(f"{name}: {perf_counter() - begun:.0f} s")
            return {"machine": described, "figures": figures}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shown(report: dict[str, Any]) -> Table:
    """Lay the figures out for eyes."""
    table = Table("", "ours", "raw limit", "", "ratio", "quartiles", "rounds", "reach", "wanted", "", "more")
    for figure in report["figures"]:
        table.add_row(
            figure.name,
            _number(figure.ours),
            _number(figure.raw),
            figure.unit,
            _number(figure.ratio),
            f"{_number(figure.low)}-{_number(figure.high)}" if figure.low is not None else "",
            str(figure.rounds),
            _number(figure.reach),
            _number(figure.wanted),
            figure.mark,
            ", ".join(f"{name} {value}" for name, value in figure.more.items()),
        )
    return table


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def main() -> None:
    """Run what was named, or everything."""
    names = sys.argv[1:] or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS | FURTHER]:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS | FURTHER)}")
    console = Console(width=170 if not sys.stdout.isatty() else None)
    report = uvloop.run(run(names, FULL, lambda line: console.print(line, style="dim")))
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    console.print(shown(report))
    for name, value in report["machine"].items():
        console.print(f"{name}: {value}", style="dim")
    console.print(f"written to {OUTPUT}")


if __name__ == "__main__":
    main()
