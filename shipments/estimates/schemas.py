"""How an estimate is shown: never as a promise, and never without its measured coverage."""

from msgspec import Struct

from postal.instants import Instant
from postal.network.rules import LOCAL
from shipments.estimates.rules import Estimate


class EstimateView(Struct, frozen=True, kw_only=True):
    """From when to when something will probably be there.

    Of `judged` such intervals told of earlier deliveries, `coverage_percent` of a hundred held; `confidence_percent` is
    what they aim at. It is no promise: the legal date stands elsewhere.
    """

    earliest: Instant
    latest: Instant
    confidence_percent: int
    coverage_percent: int
    judged: int
    spans: int
    by_procedure: bool
    by_weekday: bool
    sentence_vi: str
    sentence_en: str


class EstimateAnswer(Struct, frozen=True, kw_only=True):
    """The estimate of a dossier; none where its history is too thin, where it waits for the citizen, or at the end."""

    dossier: str
    estimate: EstimateView | None


def view(found: Estimate) -> EstimateView:
    """Show an estimate."""
    vi, en = sentences(found)
    return EstimateView(
        earliest=found.low,
        latest=found.high,
        confidence_percent=found.confidence_percent,
        coverage_percent=found.coverage_percent,
        judged=found.judged,
        spans=found.spans,
        by_procedure=found.by_procedure,
        by_weekday=found.by_weekday,
        sentence_vi=vi,
        sentence_en=en,
    )


def sentences(found: Estimate) -> tuple[str, str]:
    """Say an estimate in one sentence of each language, by days."""
    low, high = (f"{at.astimezone(LOCAL):%d/%m/%Y}" for at in (found.low, found.high))
    share, judged = found.coverage_percent, found.judged
    when_vi = f"ngày {low}" if low == high else f"từ {low} đến {high}"
    when_en = f"on {low}" if low == high else f"between {low} and {high}"
    vi = (
        f"Theo các hồ sơ trước, kết quả có thể đến {when_vi}; trong {judged} lần ước tính trước, {share}% đúng;"
        " đây là ước tính, không phải hẹn trả."
    )
    en = (
        f"Going by earlier dossiers, the result may arrive {when_en}; of {judged} earlier estimates {share}% held;"
        " this is an estimate and no promise."
    )
    return vi, en
