"""Watched at the sockets: what somebody typed, or their name server says, never leads into our own network."""

import ipaddress

import pytest

from integrations.outgoing.rules import Call, is_public
from integrations.outgoing.service import Client, Refused, Unreached
from tests.factories.hostile import partner, polite, watching
from tests.unit.outgoing.test_outgoing_addresses import REFUSED

MORE = """
https://[::ffff:127.0.0.1]:8443/
https://[0:0:0:0:0:ffff:7f00:1]/
https://[::127.0.0.1]/
https://[64:ff9b:1::a9fe:a9fe]/
https://[2002:a9fe:a9fe::1]/
https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/
https://[fe80::1%eth0]/
https://[fe80::1%2525eth0]/
https://[::1]:443@example.vn/
https://localhost.:443/
https://localhost%2e/
https://127%2e0%2e0%2e1/
https://127。0。0。1/
https://127．0．0．1/
https://１２７.0.0.1/
https://127.0.0.1%00.example.vn/
https://example.vn%00/
https://example.vn/ HTTP/1.1
https://example.vn#@127.0.0.1/
https://example.vn;127.0.0.1/
https://example.vn,127.0.0.1/
https://example.vn\\.127.0.0.1/
https://0x7f.0x0.0x0.0x1/
https://0177.0000.0000.0001/
https://00000177.1/
https://4294967295/
https://[2130706433]/
https://[]/
https://[v1.fe80::a]/
https://example.vn:443:443/
https://example.vn:４４３/
https://example.vn:443 /
https://example.vn:6379/
https://example.vn:5432/
https://example.vn:25/
HTTP://example.vn/
unix:///var/run/docker.sock
https+unix://example.vn/
data:text/plain,x
dict://example.vn:11211/
ldap://example.vn/
//127.0.0.1/
https:127.0.0.1
https:/127.0.0.1/
https://ex_ample.vn/
https://xn--/
https://a.b-/
""".strip("\n").split("\n")


async def never(_host, _port):
    raise AssertionError("nobody asks where this leads")


async def test_nothing_that_is_no_public_https_name_is_resolved_or_connected_to():
    split = [
        "https://example.vn\r\nHost: 127.0.0.1/",
        "https://example.vn/a\r\nX-A: b",
        "https://example.vn/\x00",
    ]
    urls = [*REFUSED, *MORE, *split]
    assert len(urls) >= 100
    client = Client(resolve=never)
    with watching() as watch:
        for url in urls:
            with pytest.raises(Refused):
                await client.call(Call(url=url))
    assert (watch.connected, watch.resolved) == ([], [])


INNER = [
    ["127.0.0.1"], ["127.255.255.254"], ["0.0.0.0"], ["10.1.2.3"], ["172.31.255.255"], ["192.168.0.1"],
    ["169.254.169.254"], ["100.64.0.1"], ["100.127.255.254"], ["192.0.0.8"],
    ["192.88.99.1"], ["3fff::1"], ["fec0::1"], ["198.18.0.1"], ["224.0.0.1"],
    ["239.255.255.250"], ["240.0.0.1"], ["255.255.255.255"], ["::1"], ["::"], ["::ffff:127.0.0.1"],
    ["::ffff:169.254.169.254"], ["::7f00:1"], ["64:ff9b::7f00:1"], ["64:ff9b:1::a00:1"], ["2002:7f00:1::1"],
    ["2002:a9fe:a9fe::1"], ["2001:0:1::1"], ["2001:db8::1"], ["fe80::1%eth0"], ["fe80::1"], ["fd00:ec2::254"],
    ["fc00::1"], ["ff02::1"], ["ff0e::1"], ["8.8.8.8", "10.0.0.1"], ["2606:4700::1111", "::1"],
    ["10.0.0.1", "8.8.8.8"],
]  # fmt: skip


async def test_a_name_that_leads_inside_is_never_connected_to_whatever_it_said_before():
    for answers in INNER:
        said = [["8.8.8.8"], answers]

        async def rebinding(_host, _port, said=said):
            return said.pop(0) if len(said) > 1 else said[0]

        client = Client(resolve=rebinding)
        with watching() as watch:
            with pytest.raises(Unreached) as stopped:
                await client.call(Call(url="https://rebind.example.vn/"))
            with pytest.raises(Refused):
                await client.call(Call(url="https://rebind.example.vn/"))
        assert stopped.value.maybe is False
        assert watch.connected == ["8.8.8.8"], "the address that was checked, and no other"
        assert watch.resolved == []


async def test_the_next_address_of_a_name_is_tried_at_once_where_nothing_reached_the_first():
    async def two(_host, _port):
        return ["8.8.8.8", "2606:4700::1111", "9.9.9.9", "1.1.1.1"]

    with watching() as watch, pytest.raises(Unreached) as stopped:
        await Client(resolve=two).call(Call(url="https://two.example.vn/"))
    assert stopped.value.maybe is False
    assert watch.connected == ["8.8.8.8", "2606:4700::1111", "9.9.9.9"]
    assert all(is_public(ipaddress.ip_address(each)) for each in watch.connected)


async def test_a_redirect_to_an_inner_address_is_an_answer_and_no_way(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://10.0.0.1:3128")
    monkeypatch.setenv("ALL_PROXY", "http://10.0.0.1:3128")

    async def moving(there, reader, writer):
        await there.request(reader)
        writer.write(
            b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n"
        )

    with watching() as watch:
        async with partner(moving) as there:
            client = Client(trusted=(there.origin,))
            answer = await client.call(Call(url=f"{there.origin}/x"))
            await client.close()
    assert answer.status == 302
    assert watch.connected == ["127.0.0.1"]


async def test_what_is_trusted_is_exactly_that_origin():
    async def home(_host, _port):
        return ["127.0.0.1"]

    with watching() as watch:
        async with partner(polite) as there:
            name = f"http://inner.example.vn:{there.port}"
            client = Client(trusted=(name,), resolve=home)
            assert (await client.call(Call(url=f"{name}/x"))).body == b"ok"
            assert there.requests[0][1]["host"] == f"inner.example.vn:{there.port}"
            for other in (there.origin, "http://inner.example.vn", "https://other.example.vn", f"{name}0"):
                with pytest.raises(Refused):
                    await client.call(Call(url=f"{other}/x"))
            await client.close()
    assert watch.connected == ["127.0.0.1"]
