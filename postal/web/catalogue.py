"""The catalogue of problem codes, read from where they are raised.

A list kept beside the code would be out of date the day after. Each refusal states its code and both sentences as
literals at its raise, so the sources are the list: one walk over them, at the first question.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from postal import errors
from postal.http.failures import stock_refusals
from postal.registry import PACKAGES

ROOT = Path(__file__).parents[2]
_STATUS = {
    name: kind.status
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.PostalError) and kind is not errors.PostalError
}


class ProblemCode(msgspec.Struct, frozen=True, kw_only=True):
    """One code: its status and its sentences; `…` stands for what the occasion fills in."""

    code: str
    status: int
    vi: str
    en: str
    package: str


@cache
def catalogue() -> dict[str, ProblemCode]:
    """Give every code that the system can answer with, sorted."""
    found = {
        refusal.code: ProblemCode(
            code=refusal.code, status=refusal.status, vi=refusal.vi, en=refusal.en, package="postal.http"
        )
        for refusal in stock_refusals()
    }
    for code in raised():
        found.setdefault(code.code, code)
    return dict(sorted(found.items()))


def raised() -> Iterator[ProblemCode]:
    """Walk over the sources and give each refusal that is built with a literal code."""
    for package in ("postal", *PACKAGES):
        for path in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).parts[:-1])
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and (code := _code_of(node, module)) is not None:
                    yield code


def _code_of(call: ast.Call, module: str) -> ProblemCode | None:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name not in _STATUS or not call.args:
        return None
    code = _text(call.args[0])
    if code is None or "…" in code:
        return None
    words = {
        keyword.arg: _text(keyword.value) or "…" for keyword in call.keywords if keyword.arg in {"vi", "en"}
    }
    return ProblemCode(
        code=code, status=_STATUS[name], vi=words.get("vi", "…"), en=words.get("en", "…"), package=module
    )


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "…" for part in node.values)
    return None
