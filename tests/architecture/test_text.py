"""Text of the repository: NFC, UTF-8, no tabs where spaces are meant, nothing of the machine it was written on."""

import subprocess
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUFFIXES = {".py", ".sql", ".md", ".toml", ".html", ".css", ".js", ".csv", ".txt", ".json", ".yml", ""}
# Vendored files are as their authors wrote them.
FOREIGN = ("postal/web/static/", "tests/integration/webhooks/vendor/")


def texts():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in listed:
        path = ROOT / name
        if name and path.is_file() and path.suffix in SUFFIXES and not name.startswith(FOREIGN):
            yield name, path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def repository():
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    return list(texts())


def test_text_is_in_nfc(repository):
    assert [name for name, text in repository if not unicodedata.is_normalized("NFC", text)] == []


def test_lines_end_with_a_newline_and_without_spaces(repository):
    wrong = [
        name
        for name, text in repository
        if text
        and (
            not text.endswith("\n")
            or "\r" in text
            or any(line != line.rstrip() for line in text.split("\n") if not name.endswith(".csv"))
        )
    ]
    assert [name for name in wrong if not name.endswith(".csv")] == []


def test_no_path_of_a_machine_is_written_down(repository):
    homes = ("/home/", "/Users/", "/" + "work/")
    wrong = [
        name
        for name, text in repository
        for home in homes
        if home in text and name != "tests/architecture/test_text.py"
    ]
    assert wrong == []
