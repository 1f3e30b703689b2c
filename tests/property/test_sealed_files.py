"""Sealed files open as they were, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal.files import cipher
from postal.files.cipher import CHUNK, HEADER, TAG, DamagedError, Opener, Sealer, sealed_size

KEY = bytes(range(32))
SIZES = st.one_of(
    st.integers(0, 200),
    st.integers(-40, 40).map(lambda near: CHUNK + near),
    st.integers(-40, 40).map(lambda near: 3 * CHUNK + near),
)


def plain_of(size):
    return (b"0123456789abcdef" * (size // 16 + 1))[:size]


def sealed(plain, context=b"a", key=KEY, step=None, salt=None):
    sealer = Sealer(key, context, salt)
    step = step or max(1, len(plain))
    return sealer.header + b"".join(
        [sealer.add(plain[at : at + step]) for at in range(0, len(plain), step)] + [sealer.finish()]
    )


def opened(data, context=b"a", key=KEY, step=None):
    opener = Opener(key, context)
    step = step or max(1, len(data))
    parts = [opener.add(data[at : at + step]) for at in range(0, len(data), step)]
    return b"".join([*parts, opener.finish()])


def chunks(data):
    body = data[HEADER:]
    return [body[at : at + CHUNK + TAG] for at in range(0, len(body), CHUNK + TAG)]


@given(SIZES, st.integers(1000, 200_000), st.integers(1000, 200_000))
def test_what_is_sealed_opens_however_it_is_cut(size, step_in, step_out):
    plain = plain_of(size)
    data = sealed(plain, step=step_in)
    assert len(data) == sealed_size(size)
    assert opened(data, step=step_out) == plain
    assert plain[:32] not in data or size < 8


@given(SIZES, st.data())
def test_one_changed_bit_anywhere_is_refused(size, draw):
    data = bytearray(sealed(plain_of(size)))
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at] ^= 1 << draw.draw(st.integers(0, 7))
    with pytest.raises(DamagedError):
        opened(bytes(data))


@given(SIZES, st.data())
def test_any_end_that_is_cut_off_or_put_on_is_refused(size, draw):
    data = sealed(plain_of(size))
    with pytest.raises(DamagedError):
        opened(data[: draw.draw(st.integers(0, len(data) - 1))])
    with pytest.raises(DamagedError):
        opened(data + draw.draw(st.binary(min_size=1, max_size=3 * TAG)))


@given(st.integers(2, 5), st.integers(1, 100), st.data())
def test_whole_chunks_left_out_swapped_repeated_or_appended_are_refused(count, rest, draw):
    data = sealed(plain_of((count - 1) * CHUNK + rest))
    parts = chunks(data)
    assert len(parts) == count
    first, second = draw.draw(st.lists(st.integers(0, count - 1), min_size=2, max_size=2, unique=True))
    swapped = list(parts)
    swapped[first], swapped[second] = parts[second], parts[first]
    for wrong in (
        swapped,
        parts[:first] + parts[first + 1 :],
        parts[: first + 1] + parts[first:],
        [*parts, parts[first]],
        parts[:-1],
    ):
        with pytest.raises(DamagedError):
            opened(data[:HEADER] + b"".join(wrong))


@given(SIZES, st.binary(max_size=8), st.binary(max_size=8))
def test_a_file_opens_in_no_other_place_and_with_no_other_key(size, here, there):
    data = sealed(plain_of(size), context=here)
    other = bytes(reversed(KEY))
    with pytest.raises(DamagedError):
        opened(data, context=here, key=other)
    if here != there:
        with pytest.raises(DamagedError):
            opened(data, context=there)


@given(st.integers(0, 3))
def test_a_chunk_of_another_file_under_the_same_key_is_refused(at):
    one, two = (sealed(plain_of(4 * CHUNK), context=name) for name in (b"one", b"two"))
    mixed = chunks(one)
    mixed[at] = chunks(two)[at]
    with pytest.raises(DamagedError):
        opened(one[:HEADER] + b"".join(mixed), context=b"one")
    # Nor one of the same file, sealed another time.
    again = chunks(sealed(plain_of(4 * CHUNK), context=b"one"))
    mixed[at] = again[at]
    with pytest.raises(DamagedError):
        opened(one[:HEADER] + b"".join(mixed), context=b"one")


@given(st.binary(max_size=100), st.binary(max_size=20), st.data())
def test_small_things_open_with_their_key_and_name_only(plain, name, draw):
    data = cipher.seal(KEY, plain, name)
    assert cipher.unseal(KEY, data, name) == plain
    changed = bytearray(data)
    changed[draw.draw(st.integers(0, len(data) - 1))] ^= 1
    for wrong, called, key in (
        (bytes(changed), name, KEY),
        (data, name + b"x", KEY),
        (data, name, bytes(32)),
        (data[:11], name, KEY),
    ):
        with pytest.raises(DamagedError):
            cipher.unseal(key, wrong, called)


def test_the_same_bytes_never_look_alike_when_sealed():
    assert len({sealed(b"one paper") for _ in range(50)}) == 50
    assert cipher.tag_of(KEY, "x") != cipher.tag_of(bytes(32), "x")
    assert cipher.sign_of(KEY) not in KEY.hex()
