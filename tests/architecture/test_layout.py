"""Whoever knows one room of the house knows them all (design 3)."""

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("postal", "shipments", "manifests", "integrations")
TOP = {
    *PACKAGES,
    "tests",
    "pyproject.toml",
    "requirements.txt",
    "requirements-dev.txt",
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
}
# Files that a noun may have; a long one is a folder of the same name.
ROOMS = {
    *(
        "rules",
        "tables",
        "repository",
        "service",
        "schemas",
        "api",
        "pages",
        "tasks",
        "cli",
        "templates",
        "data",
    ),
    "figures",  # what metrics tell of the noun
    "projection",  # the noun's projector: its part of the ledger, folded and stored
}
# Folders of the platform that are machinery, not nouns: each has parts of its own.
MACHINERY = {"cli", "db", "http", "jobs", "observability", "printing", "supervision", "web"}
AT_TOP_OF_A_PACKAGE = {"__init__.py", "plugin.py", "piccolo_app.py", "piccolo_migrations", "py.typed"}
# Single files of the platform that everything stands on.
GROUND = {
    "app.py",
    "clock.py",
    "config.py",
    "errors.py",
    "identifiers.py",
    "instants.py",
    "proportions.py",
    "registry.py",
    "together.py",
}
# Further parts of single nouns, with the reason why they are none of the rooms.
FURTHER = {
    "postal/audit": {"looks"},  # what one request shows of people, until it is written
    "postal/backup": {"files"},  # files of the disk, which no other noun writes
    "postal/files": {"cipher", "storage", "vault"},  # cryptography, files of the disk, and both together
    "postal/identity": {
        "access",
        "cookies",
        "keys",
        "middleware",
        "passwords",
    },  # doors of HTTP, and cryptography
    "postal/ledger": {
        "partitions",
        "positions",
        "projections",
        "verification",
    },  # work on the ledger as a whole
    "postal/network": {"units"},  # reads the list that ships in data/
    "postal/proof": {
        "exporting",
        "signing",
        "standalone",
        "verification",
    },  # keys on the disk; a program that stands alone; work on the log as a whole
    "shipments/clocks": {
        "loading",
        "recounting",
    },  # gathers facts from many nouns; a job through all open clocks
    "shipments/dossiers": {
        "reading",
        "closing",
        "undoing",
        "papers",
        "judging",
        "batches",
    },  # parts of the service, each a side of its own
    "shipments/privacy": {"holdings"},  # what the package holds about a person, given out and forgotten
    "shipments/tracking": {
        "sentences",
        "sections",
    },  # what rules say in both languages; what packages above add
    "integrations/case_logs": {"profiles"},  # a profile is a file of data
}
LONGEST = 400
PLUGIN_NAMES = {"HANDLERS", "PROJECTORS", "PROJECTIONS", "OUTBOX_HANDLERS", "COMMANDS", "TABLES"}


def nouns():
    for package in PACKAGES:
        for folder in sorted((ROOT / package).iterdir()):
            if folder.is_dir() and not folder.name.startswith(("__", "piccolo_")):
                yield package, folder


def sources():
    places = [*PACKAGES, "tests"]
    return [
        path
        for place in places
        for path in sorted((ROOT / place).rglob("*"))
        if path.suffix in {".py", ".sql"}
    ]


def test_the_top_level_holds_what_such_a_project_always_has():
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    # Made by installing, ignored by git.
    found -= {"build", "dist", *(name for name in found if name.endswith(".egg-info"))}
    assert found <= TOP


def test_a_package_holds_nouns_and_its_fixed_files():
    wrong = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).iterdir()
        if path.is_file()
        and path.name not in AT_TOP_OF_A_PACKAGE | (GROUND if package == "postal" else set())
    ]
    assert wrong == []


def test_a_noun_holds_only_files_of_fixed_names():
    wrong = []
    for package, folder in nouns():
        if package == "postal" and folder.name in MACHINERY:
            continue
        allowed = ROOMS | FURTHER.get(f"{package}/{folder.name}", set())
        for path in folder.iterdir():
            name = path.stem if path.suffix in {".py", ".sql"} else path.name
            if name.startswith("__") or path.suffix == ".sql" or name in allowed:
                continue
            wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []


def test_sql_files_stand_beside_a_repository_or_a_migration():
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources()
        if path.suffix == ".sql"
        and not path.is_relative_to(ROOT / "tests")
        and path.parent.name not in {"piccolo_migrations", "repository"}
        and not (path.parent / "repository.py").exists()
        and not (path.parent / "repository").exists()
    ]
    assert wrong == []


def test_every_migration_is_a_pair():
    folders = [ROOT / package / "piccolo_migrations" for package in PACKAGES]
    stems = {
        suffix: {path.with_suffix("") for folder in folders for path in folder.glob(f"20*{suffix}")}
        for suffix in (".py", ".sql")
    }
    assert stems[".py"] == stems[".sql"]


def test_no_file_is_longer_than_a_reader_can_hold():
    assert [
        str(path.relative_to(ROOT)) for path in sources() if len(path.read_text().splitlines()) > LONGEST
    ] == []


def test_no_function_of_ours_is_longer_than_two_screens():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources()
        if path.suffix == ".py" and not path.is_relative_to(ROOT / "tests")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.body[0].lineno >= 60
    ]
    assert long == []


def test_names_say_what_a_thing_is():
    vague = {"utils", "helpers", "common", "misc", "manager", "base"}
    assert [str(path) for path in sources() if path.stem in vague] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_plugin_offers_every_fixed_name(package):
    plugin = importlib.import_module(f"{package}.plugin")
    assert PLUGIN_NAMES - set(vars(plugin)) == set()
