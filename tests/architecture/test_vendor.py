"""What we took from others stands in the tree as they published it."""

import base64
import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "postal" / "web" / "static"
VENDOR = STATIC / "vendor"
OF_TESTS = ROOT / "tests" / "integration" / "webhooks" / "vendor"
FREE = {"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD", "Unlicense"}

folders = pytest.mark.parametrize("folder", [VENDOR, OF_TESTS], ids=["served", "tests"])


def packages(folder):
    return tomllib.loads((folder / "vendor.toml").read_text())["package"]


@folders
def test_every_vendored_file_has_the_hash_it_was_published_with(folder):
    for package in packages(folder):
        for name, stated in package["files"].items():
            digest = hashlib.sha384((folder / package["folder"] / name).read_bytes()).digest()
            assert stated == "sha384-" + base64.b64encode(digest).decode(), name


@folders
def test_every_file_of_the_vendor_folder_is_declared(folder):
    declared = {
        folder / package["folder"] / name for package in packages(folder) for name in package["files"]
    }
    assert {path for path in folder.rglob("*") if path.is_file()} == {*declared, folder / "vendor.toml"}


@folders
def test_every_vendored_package_brings_its_version_and_a_free_licence(folder):
    for package in packages(folder):
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert package["licence"] in FREE
        licensed = any(name.startswith("LICENSE") for name in package["files"])
        # One that is published without its text says the licence, and its version, where its kind says them.
        if not licensed:
            said = json.loads((folder / package["folder"] / "package.json").read_text())
            assert (said["license"], said["version"]) == (package["licence"], package["version"])


def test_our_own_assets_name_no_foreign_host():
    for path in STATIC.rglob("*"):
        if path.is_file() and VENDOR not in path.parents and path.suffix in {".css", ".js", ".svg"}:
            text = path.read_text().replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", text), path
