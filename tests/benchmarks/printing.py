"""A manifest as PDF: from its lines to the bytes, against typst alone on the same page."""

import itertools
from time import perf_counter

import typst

from manifests.documents.rules import Form
from manifests.documents.rules.sheets import Data, manifest_data
from manifests.documents.service.setting import layout
from manifests.manifests.rules import Manifest
from postal.printing.typesetting import files_of, pdf
from tests.benchmarks.measuring import Figure, Size, compared
from tests.benchmarks.stage import Stage
from tests.factories.sheets import AT, NAMES, manifest_of, pieces_of, template

LAYOUT = layout("manifest")


async def printing(_: Stage, size: Size) -> list[Figure]:
    """Print manifests, each with other codes, so that nothing is left over from the one before.

    The raw limit is given the barcodes and the JSON: it only sets the page, without tags and without PDF/A.
    """
    made = itertools.count(1)
    sizes: list[int] = []

    async def ours() -> float:
        manifest = manifest_of(size.batch, seed=next(made))
        begun = perf_counter()
        content = pdf(LAYOUT, _filled(manifest), AT)
        spent = (perf_counter() - begun) * 1000
        sizes.append(len(content))
        return spent

    async def raw() -> float:
        files = files_of(LAYOUT, _filled(manifest_of(size.batch, seed=next(made))))
        begun = perf_counter()
        typst.compile(files, format="pdf", ignore_system_fonts=True, pdf_tags=False)
        return (perf_counter() - begun) * 1000

    name = f"PDF of {size.batch} lines"
    figure = await compared(name, "ms", ours, raw, rounds=size.rounds, reach=1 / 3)
    return [figure, Figure(name=f"{name}, size", unit="kB", ours=max(sizes) / 1000, reach=350)]


def _filled(manifest: Manifest) -> Data:
    inside = {code: (f"H57.01-20261122-{n:07}",) for n, code in enumerate(manifest.pieces)}
    return manifest_data(template(Form.MANIFEST), manifest, NAMES, pieces_of(manifest), inside)
