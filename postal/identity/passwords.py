"""Passwords: the few rules that help, and argon2id off the event loop."""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from postal.errors import Unprocessable

SHORTEST = 8
LONGEST = 128
AT_ONCE = 2

# OWASP's second parameter set. Each hash takes 19 MiB and 30 ms of a core: two threads bound what a flood of
# sign-ins can take from everybody else.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_threads = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="argon2")


def check_password(password: str, login: str | None) -> None:
    """Refuse a password that is too short, too long, the login itself, or among the most common ones.

    There are no rules of composition and no forced change: both make passwords worse.
    """
    normal = unicodedata.normalize("NFC", password)
    if not SHORTEST <= len(normal) <= LONGEST:
        raise Unprocessable(
            "identity.password_length",
            vi=f"Mật khẩu phải dài từ {SHORTEST} đến {LONGEST} ký tự",
            en=f"A password has {SHORTEST} to {LONGEST} characters",
            pointer="/password",
        )
    if normal.casefold() in _common() or (login is not None and normal.casefold() == login.casefold()):
        raise Unprocessable(
            "identity.password_common",
            vi="Mật khẩu này quá dễ đoán, hãy chọn mật khẩu khác",
            en="This password is too easy to guess",
            pointer="/password",
        )


async def hash_password(password: str) -> str:
    """Hash a password with argon2id."""
    normal = unicodedata.normalize("NFC", password)
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, normal)


async def verify_password(stored: str | None, password: str) -> bool:
    """Verify a password; without a stored hash the same work is done in vain, so that time tells nothing."""
    normal = unicodedata.normalize("NFC", password)
    right = await asyncio.get_running_loop().run_in_executor(_threads, _verify, stored, normal)
    return right and stored is not None


def _verify(stored: str | None, password: str) -> bool:
    try:
        return _hasher.verify(stored or _decoy(), password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy() -> str:
    return _hasher.hash("nobody has this password")


@cache
def _common() -> frozenset[str]:
    text = (files(__package__) / "data" / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line.casefold() for line in text.splitlines() if line and not line.startswith("#"))
