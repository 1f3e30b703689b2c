"""The database: one engine, units of work, and helpers that join the open one."""

import os

# Piccolo finds its engine by this name; it must stand before the first Table is used.
os.environ.setdefault("PICCOLO_CONF", "postal.db.piccolo_conf")

from postal.db.engine import (
    ENGINE,
    execute,
    fetch,
    fetch_row,
    fetch_value,
    is_reachable,
    shared_unit_of_work,
    start,
    stop,
    unit_of_work,
)
from postal.db.owner import as_owner
from postal.db.sql import load_sql
from postal.db.statements import count_statements

__all__ = [
    "ENGINE",
    "as_owner",
    "count_statements",
    "execute",
    "fetch",
    "fetch_row",
    "fetch_value",
    "is_reachable",
    "load_sql",
    "shared_unit_of_work",
    "start",
    "stop",
    "unit_of_work",
]
