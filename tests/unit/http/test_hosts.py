"""Names that the system answers to."""

import pytest

from postal.http.hosts import Hosts


def scope(host, path="/", query=b""):
    headers = [] if host is None else [(b"host", host.encode())]
    return {"type": "http", "path": path, "query_string": query, "headers": headers}


@pytest.mark.parametrize(
    ("host", "served"),
    [
        ("buuchinh.gov.vn", True),
        ("BUUCHINH.GOV.VN:443", True),
        ("a.vnpost.vn", True),
        ("a.b.vnpost.vn:8000", True),
        ("vnpost.vn", False),
        ("evilvnpost.vn", False),
        ("buuchinh.gov.vn.evil.com", False),
        ("[::1]:8000", True),
        ("", False),
        (None, False),
    ],
)
def test_only_configured_names_are_served(host, served):
    hosts = Hosts(("buuchinh.gov.vn", "*.vnpost.vn", "[::1]"))
    assert (hosts.refusal(scope(host)) is None) is served


def test_without_configuration_any_name_is_served():
    assert Hosts(()).refusal(scope("whatever")) is None


@pytest.mark.parametrize(("path", "query"), [("/t/A\x00", b""), ("/t", b"code=A%00B")])
def test_a_nul_in_the_address_is_refused(path, query):
    refusal = Hosts(()).refusal(scope("x", path, query))
    assert refusal is not None
    assert refusal.code == "request.nul"
