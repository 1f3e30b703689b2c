"""One clock port (design 2.8): nothing else reads the time, neither code nor SQL."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("postal", "shipments", "manifests", "integrations")
READERS = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
OWNERS = {"datetime", "date", "time"}
SQL_TIME = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(|"
    r"\b(current_timestamp|current_date|current_time|localtimestamp|localtime)\b",
    re.IGNORECASE,
)


def python_sources():
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [path for path in found if path != ROOT / "postal/clock.py"]


def test_no_code_reads_the_time():
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in READERS
        and isinstance(node.value, ast.Name | ast.Attribute)
        and (node.value.id if isinstance(node.value, ast.Name) else node.value.attr) in OWNERS
        # `time.time` the function; `datetime.time` is a type.
        and not (node.attr == "time" and isinstance(node.value, ast.Name) and node.value.id == "datetime")
    ]
    assert wrong == []


def test_no_sql_file_reads_the_time():
    wrong = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.sql")):
            text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
            wrong += [f"{path.relative_to(ROOT)}: {found.group()}" for found in SQL_TIME.finditer(text)]
    assert wrong == []


def test_no_statement_in_code_reads_the_time():
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"\b(SELECT|INSERT|UPDATE|DELETE)\b", node.value)
        and SQL_TIME.search(node.value)
    ]
    assert wrong == []
