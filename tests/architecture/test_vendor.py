"""What we took from others stands in the tree as they published it."""

import base64
import hashlib
import re
import tomllib
from pathlib import Path

STATIC = Path(__file__).parents[2] / "postal" / "web" / "static"
VENDOR = STATIC / "vendor"
PACKAGES = tomllib.loads((VENDOR / "vendor.toml").read_text())["package"]


def test_every_vendored_file_has_the_hash_it_was_published_with():
    for package in PACKAGES:
        for name, stated in package["files"].items():
            digest = hashlib.sha384((VENDOR / package["folder"] / name).read_bytes()).digest()
            assert stated == "sha384-" + base64.b64encode(digest).decode(), name


def test_every_file_of_the_vendor_folder_is_declared():
    declared = {VENDOR / package["folder"] / name for package in PACKAGES for name in package["files"]}
    assert {path for path in VENDOR.rglob("*") if path.is_file()} == {*declared, VENDOR / "vendor.toml"}


def test_every_vendored_package_brings_its_version_and_a_free_licence():
    for package in PACKAGES:
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert package["licence"] in {"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD"}
        assert any(name.startswith("LICENSE") for name in package["files"])


def test_our_own_assets_name_no_foreign_host():
    for path in STATIC.rglob("*"):
        if path.is_file() and VENDOR not in path.parents and path.suffix in {".css", ".js", ".svg"}:
            text = path.read_text().replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", text), path
