"""Benchmarks do not rot: each runs at its smallest size. How fast anything is, `make bench` says."""

import pytest
import uvloop

from tests.benchmarks.__main__ import BENCHMARKS, run, shown
from tests.benchmarks.measuring import SMOKE


@pytest.mark.slow
def test_every_benchmark_runs_and_measures_something() -> None:
    report = uvloop.run(run(list(BENCHMARKS), SMOKE, lambda _: None))
    assert report["machine"]["postgres"]["fsync"] == "on"
    assert len(report["figures"]) >= len(BENCHMARKS)
    for figure in report["figures"]:
        assert figure.ours > 0, figure.name
        assert figure.raw is None or figure.raw > 0, figure.name
    assert shown(report).row_count == len(report["figures"])
