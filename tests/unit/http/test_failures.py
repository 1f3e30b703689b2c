"""Every exception has an answer, and an unexpected one tells nothing."""

import asyncpg
import pytest
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)

from postal.errors import Conflict, TooMany, Unauthenticated, Unavailable
from postal.http.failures import is_outage, refusal_for

SECRET = "Nguyễn Văn A 0912345678"


def words(kind):
    return kind("a.b", vi="vi", en="en")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (words(Conflict), 409, "a.b"),
        (words(Unavailable), 503, "a.b"),
        (NotFoundException(), 404, "request.not_found"),
        (MethodNotAllowedException(), 405, "request.method"),
        (HTTPException(status_code=418), 418, "request.bad"),
        (HTTPException(status_code=500, detail=SECRET), 500, "system.failure"),
        (ValidationException(detail=SECRET), 400, "request.invalid"),
        (ConnectionRefusedError(SECRET), 503, "system.unavailable"),
        (TimeoutError(), 503, "system.unavailable"),
        (asyncpg.ConnectionDoesNotExistError(SECRET), 503, "system.unavailable"),
        (asyncpg.CannotConnectNowError(SECRET), 503, "system.unavailable"),
        (asyncpg.TooManyConnectionsError(SECRET), 503, "system.unavailable"),
        (asyncpg.DiskFullError(SECRET), 503, "system.unavailable"),
        (asyncpg.DeadlockDetectedError(SECRET), 503, "system.unavailable"),
        (asyncpg.InterfaceError("connection is closed"), 503, "system.unavailable"),
        (asyncpg.InterfaceError("another operation is in progress"), 500, "system.failure"),
        (asyncpg.UniqueViolationError(SECRET), 500, "system.failure"),
        (KeyError(SECRET), 500, "system.failure"),
        (RuntimeError(SECRET), 500, "system.failure"),
    ],
)
def test_every_error_is_reduced_to_a_status_and_a_code(error, status, code):
    refusal = refusal_for(error)
    assert (refusal.status, refusal.code) == (status, code)
    assert SECRET not in repr(refusal)


def test_headers_that_the_status_asks_for():
    assert refusal_for(words(Unavailable)).headers["Retry-After"] == "2"
    assert refusal_for(ConnectionRefusedError()).headers["Retry-After"] == "2"
    assert refusal_for(words(Unauthenticated)).headers["WWW-Authenticate"] == "Bearer"
    assert refusal_for(TooMany("a.b", vi="", en="", retry_after=7)).headers["Retry-After"] == "7"


def test_a_wrong_use_of_the_driver_is_no_outage():
    assert not is_outage(asyncpg.InterfaceError("cannot perform operation: another operation is in progress"))
