"""The import contracts of pyproject.toml, and what import-linter cannot see."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("postal", "shipments", "manifests", "integrations")
# Modules that import by name: the composition itself, migrations named by date, and commands loaded when used.
IMPORTING_BY_NAME = {"postal/registry.py", "postal/db/migrations.py", "postal/cli/main.py"}


def sources():
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_imports_keep_the_contracts():
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_only_the_composition_imports_by_name():
    found = {
        str(path.relative_to(ROOT))
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name | ast.Attribute)
        and (node.id if isinstance(node, ast.Name) else node.attr) in {"import_module", "__import__"}
    }
    assert found <= IMPORTING_BY_NAME


def test_nothing_in_a_noun_is_imported_under_its_private_name():
    wrong = [
        f"{path.relative_to(ROOT)}: from {node.module} import {alias.name}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PACKAGES
        for alias in node.names
        if alias.name.startswith("_")
    ]
    assert wrong == []
