"""Partners that behave badly: each has one stated outcome, in bounded time and memory."""

import asyncio
import ssl
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integrations.outgoing.rules import MOST_READ, Call
from integrations.outgoing.service import Client, Refused, Unreached
from postal.clock import machine_now
from tests.factories import hostile
from tests.factories.hostile import answering, partner, polite


@pytest.mark.parametrize(
    "behave",
    [
        hostile.hanging,
        hostile.trickling,
        hostile.trickling_headers,
        hostile.going_on_for_ever,
        hostile.half_a_header,
        hostile.cut_answer,
        hostile.nonsense,
        hostile.silent_end,
        hostile.resetting,
        hostile.endless_header,
    ],
)
async def test_what_was_sent_and_not_answered_whole_may_have_arrived(behave):
    async with partner(behave) as there:
        client = Client(trusted=(there.origin,))
        with pytest.raises(Unreached) as ended:
            async with asyncio.timeout(5):
                await client.call(Call(url=f"{there.origin}/x", body=b"{}", whole_s=0.5))
        assert ended.value.maybe is True
        assert len(there.requests) == 1
        # The connection is closed, and not kept for the next call.
        async with asyncio.timeout(5):
            await there.closed.wait()
        await client.close()


async def test_what_nobody_listens_to_did_not_arrive():
    async with partner(polite) as there:
        pass
    with pytest.raises(Unreached) as ended:
        await Client(trusted=(there.origin,)).call(Call(url=f"{there.origin}/x"))
    assert ended.value.maybe is False


async def test_a_long_answer_is_cut_and_its_connection_closed():
    async with partner(hostile.flooding) as there:
        client = Client(trusted=(there.origin,))
        answer = await client.call(Call(url=f"{there.origin}/x"))
        assert (answer.status, answer.cut, len(answer.body)) == (200, True, MOST_READ)
        async with asyncio.timeout(5):
            await there.closed.wait()
        await client.close()


async def test_statuses_are_answers_and_a_retry_after_is_read_both_ways():
    later = (machine_now() + timedelta(seconds=100)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    for status, said, low, high in (
        (503, "Retry-After: 7", 7, 7),
        (429, f"Retry-After: {later}", 90, 101),
        (301, "Location: http://10.0.0.1/", None, None),
        (410, "X: y", None, None),
        (500, "Retry-After: soon", None, None),
        (503, "Retry-After: 99999999999", 604_800, 604_800),
        (503, "Retry-After: Mon, 01 Jan 2001 00:00:00 GMT", 0, 0),
    ):
        async with partner(answering(status, said)) as there:
            client = Client(trusted=(there.origin,))
            answer = await client.call(Call(url=f"{there.origin}/x"))
            assert answer.status == status
            assert (answer.retry_after is None) if low is None else (low <= answer.retry_after <= high)
            await client.close()


async def test_connections_are_kept_for_their_destination_and_methods_say_what_they_do():
    async with partner(polite) as there, partner(polite) as other:
        client = Client(trusted=(there.origin, other.origin))
        for number in range(20):
            await client.call(Call(url=f"{there.origin}/{number}", body=b"{}", headers={"X-A": "b"}))
        await client.call(Call(url=f"{there.origin}/put", body=b"{}", method="PUT"))
        await client.call(Call(url=f"{there.origin}/get?a=b", method="GET"))
        await client.call(Call(url=f"{other.origin}/x"))
        assert (there.connections, len(there.requests), other.connections) == (1, 22, 1)
        assert [each[0] for each in there.requests[-2:]] == ["PUT /put HTTP/1.1", "GET /get?a=b HTTP/1.1"]
        assert there.requests[0][1]["x-a"] == "b"
        await client.close()


async def test_what_would_break_the_form_or_the_limit_is_not_sent():
    async with partner(polite) as there:
        client = Client(trusted=(there.origin,), most_sent=10)
        for odd in (
            Call(url=f"{there.origin}/x", body=b"x" * 11),
            Call(url=f"{there.origin}/x", headers={"X-A": "b\r\nX-Injected: 1"}),
            Call(url=f"{there.origin}/x", headers={"X A": "b"}),
        ):
            with pytest.raises(Refused):
                await client.call(odd)
        spoofed = {
            "Host": "127.0.0.1",
            "Content-Length": "3",
            "Transfer-Encoding": "chunked",
            "Connection": "x",
        }
        await client.call(Call(url=f"{there.origin}/x", body=b"{}", headers=spoofed))
        assert len(there.requests) == 1
        assert there.requests[0][1]["host"] == f"127.0.0.1:{there.port}"
        assert there.requests[0][2] == b"{}"
        await client.close()


def _authority(folder, name):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = machine_now()
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return serving, ssl.create_default_context(cafile=str(folder / "cert.pem"))


async def test_the_certificate_is_that_of_the_name_at_the_address_that_was_checked(tmp_path):
    serving, authorities = _authority(tmp_path, "hook.example.vn")
    asked = []
    serving.sni_callback = lambda _socket, name, _context: asked.append(name)

    async def home(_host, _port):
        return ["127.0.0.1"]

    async with partner(polite, ssl=serving) as there:
        right, wrong = (f"https://{name}.example.vn:{there.port}" for name in ("hook", "other"))
        client = Client(trusted=(right, wrong), resolve=home, authorities=authorities)
        assert (await client.call(Call(url=f"{right}/x"))).status == 200
        with pytest.raises(Unreached) as ended:
            await client.call(Call(url=f"{wrong}/x"))
        assert ended.value.maybe is False
        assert asked == ["hook.example.vn", "other.example.vn"]
        assert there.requests[0][1]["host"] == f"hook.example.vn:{there.port}"
        assert len(there.requests) == 1, "a connection of one name is not used for another"
        await client.close()
