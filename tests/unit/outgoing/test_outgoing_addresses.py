"""What somebody typed leads into the open Internet or nowhere: in any writing, by any name, at any second answer."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.outgoing.rules import is_public, target_of
from integrations.outgoing.service import Refused, Unreached, post
from tests.factories.gateway import gateway

REFUSED = """
http://example.vn/
ftp://example.vn/
file:///etc/passwd
gopher://example.vn/
https://127.0.0.1/
https://127.1/
https://2130706433/
https://0x7f000001/
https://0x7f.0.0.1/
https://0177.0.0.1/
https://017700000001/
https://0/
https://0.0.0.0/
https://10.0.0.1/
https://172.16.0.1/
https://192.168.1.1/
https://169.254.169.254/latest/meta-data/
https://100.64.0.1/
https://198.18.0.1/
https://224.0.0.1/
https://255.255.255.255/
https://8.8.8.8/
https://[::1]/
https://[::]/
https://[::ffff:127.0.0.1]/
https://[::ffff:7f00:1]/
https://[64:ff9b::7f00:1]/
https://[fe80::1%25eth0]/
https://[fc00::1]/
https://[fd00:ec2::254]/
https://[2001:db8::1]/
https://[2002:7f00:1::]/
https://[ff02::1]/
https://localhost/
https://localhost./
https://LOCALHOST/
https://intern/
https://metadata/
https://kubernetes.default.svc./
https://user@example.vn/
https://user:secret@example.vn/
https://example.vn@127.0.0.1/
https://127.0.0.1@example.vn/
https://example.vn:22/
https://example.vn:80/
https://example.vn:0/
https://example.vn:65536/
https://example.vn:99999/
https://example.vn:-1/
https://exa mple.vn/
https://example.vn\\@127.0.0.1/
https:\\\\127.0.0.1/
https:///127.0.0.1
https://
https://.vn/
https://-a.vn/
https://a..vn/
https://ví-dụ.vn/
https://①②⑦.⓪.⓪.①/
https://example.vn/#frag
https://example.vn/\tx
https://1.2.3.4.5/
https://0x7f.1/
https://127.0.0.1.
//example.vn/
example.vn
javascript:alert(1)
""".strip("\n").splitlines()


@pytest.mark.parametrize("url", REFUSED)
def test_no_writing_of_an_inner_address_is_a_target(url):
    assert target_of(url) is None


def test_public_names_are_targets_and_the_operators_list_is_exact():
    assert target_of("https://hook.example.vn/a?b=c").path == "/a?b=c"
    assert target_of("https://hook.example.vn:8443").port == 8443
    assert target_of("https://xn--v-8ga.vn/").host == "xn--v-8ga.vn"
    trusted = ("http://127.0.0.1:8099",)
    assert target_of("http://127.0.0.1:8099/x", trusted).trusted
    assert target_of("http://127.0.0.1:8098/x", trusted) is None
    assert target_of("https://127.0.0.1:8099/x", trusted) is None


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("10.1.2.3", False), ("100.64.0.1", False),
        ("169.254.169.254", False), ("192.0.2.1", False), ("224.0.0.1", False), ("240.0.0.1", False),
        ("0.0.0.0", False),
        ("::1", False), ("::", False), ("::ffff:10.0.0.1", False), ("::ffff:8.8.8.8", True), ("::7f00:1", False),
        ("64:ff9b::a00:1", False), ("64:ff9b:1::7f00:1", False), ("2002:a00:1::", False), ("2001:0:1::1", False),
        ("fe80::1", False), ("fd00::1", False), ("ff0e::1", False), ("2001:db8::1", False),
    ],
)  # fmt: skip
def test_what_is_public(address, public):
    assert is_public(ipaddress.ip_address(address)) is public


@given(st.ip_addresses(v=4).filter(lambda one: not one.is_global or one.is_multicast))
def test_no_wrapping_makes_an_inner_address_public(inner):
    wrappings = (f"::ffff:{inner}", f"64:ff9b::{inner}", f"::{inner}")
    assert not any(is_public(ipaddress.ip_address(each)) for each in wrappings)


async def answering(*answers):
    asked = list(answers)

    async def resolve(_host, _port):
        return asked.pop(0)

    return resolve, asked


async def test_a_name_is_resolved_once_and_one_inner_answer_refuses_all():
    for answers in (["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:169.254.169.254"], ["fe80::1%eth0"]):
        resolve, left = await answering(answers, ["8.8.8.8"])
        with pytest.raises(Refused):
            await post("https://rebind.example.vn/", b"{}", {}, resolve=resolve)
        assert len(left) == 1, "asked once"
    resolve, _ = await answering([])
    with pytest.raises(Unreached):
        await post("https://rebind.example.vn/", b"{}", {}, resolve=resolve)


async def test_no_redirect_is_followed_and_nobody_waits_for_ever():
    async with gateway() as there:
        there.says = [(302, "Location: http://169.254.169.254/\r\n"), (503, "Retry-After: 7\r\n")]
        trusted = (there.origin,)
        moved = await post(f"{there.origin}/a", b"{}", {"x-a": "b"}, trusted=trusted)
        busy = await post(f"{there.origin}/a", b"{}", {}, trusted=trusted)
        assert (moved.status, busy.status, busy.retry_after) == (302, 503, 7)
        assert len(there.calls) == 2
        assert there.calls[0][1]["x-a"] == "b"
    with pytest.raises(Unreached) as refused:
        await post(f"{there.origin}/a", b"{}", {}, trusted=trusted)
    assert refused.value.maybe is False
