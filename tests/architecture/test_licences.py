"""What runs beside us: nothing under GPL or AGPL; weak copyleft by name only."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Weak copyleft that we accept, unmodified and used as libraries.
WEAK = {
    "certifi": "MPL-2.0: a list of certificates, unchanged",
    "pathspec": "MPL-2.0: comes with the formatter that Piccolo's migrations ask for, unchanged",
}
# Packages whose metadata name no licence that a program understands; read by a person.
READ = {}
FREE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|Unlicense|0BSD|CC0|HPND|PostgreSQL|Public Domain|CNRI)",
    re.IGNORECASE,
)
STRONG = re.compile(r"\bA?GPL\b|GNU (Affero )?General Public", re.IGNORECASE)
LESSER = re.compile(
    r"\bLGPL|Lesser General Public|\bMPL\b|Mozilla Public|\bEPL\b|Eclipse Public|\bCDDL", re.IGNORECASE
)


def locked():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("==")[0].split("[")[0] for line in lines if re.match(r"^[a-z0-9]", line)]


def licence_of(name):
    """Give what a package says about itself, the short statements before the long text."""
    try:
        metadata = distribution(name).metadata
    except PackageNotFoundError:
        return None
    classifiers = [each for each in metadata.get_all("Classifier") or [] if each.startswith("License ::")]
    stated = [metadata.get("License-Expression") or "", *classifiers, (metadata.get("License") or "")[:200]]
    return " | ".join(each for each in stated if each)


def installed():
    found = {name: licence_of(name) for name in locked()}
    # Locked for other systems only.
    return {name: licence for name, licence in found.items() if licence is not None}


def test_nothing_that_runs_is_under_a_strong_copyleft():
    assert {
        name: said for name, said in installed().items() if STRONG.search(said) and not FREE.search(said)
    } == {}


def test_weak_copyleft_is_named_here():
    assert {
        name for name, said in installed().items() if LESSER.search(said) and not FREE.search(said)
    } <= set(WEAK)


def test_every_licence_is_known():
    unknown = {
        name: said
        for name, said in installed().items()
        if not FREE.search(said) and name not in WEAK and name not in READ
    }
    assert unknown == {}


def test_nearly_everything_locked_is_installed_and_was_read():
    assert len(installed()) > 0.8 * len(locked())
