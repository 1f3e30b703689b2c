"""The reference implementation of the event hash, asked without any network."""

import socket
import warnings
from copy import deepcopy
from unittest.mock import patch

from epcis_event_hash_generator import hash_generator, json_to_py

from tests.factories.epcis import NAMES, document

BETWEEN = "\x7f"
"""Between the parts, where they are wanted apart: it sorts behind what addresses are made of, as names of fields do."""


def _no_network(*_, **__):
    raise AssertionError("the reference went to the network")


def pre_hashes(*events, names=NAMES) -> list[list[str]]:
    """Give the parts of the reference's canonical strings; it has the standard's context in its wheel."""
    json_to_py._namespaces.clear()
    with warnings.catch_warnings():
        # It opens its files by a way that Python gives up.
        warnings.simplefilter("ignore", DeprecationWarning)
        # A copy, since it writes words in full where they stand.
        return _read_without_network(deepcopy(document(*events, names=names)))


def _read_without_network(text: dict) -> list[list[str]]:
    with (
        patch.object(socket.socket, "connect", _no_network),
        patch.object(socket, "getaddrinfo", _no_network),
    ):
        read = json_to_py.event_list_from_epcis_document_json(text)
        return [text.split(BETWEEN) for text in hash_generator.derive_prehashes_from_events(read, BETWEEN)]


def hashes(*events, names=NAMES) -> list[str]:
    """Give the ids that the reference makes."""
    texts = ["".join(parts) for parts in pre_hashes(*events, names=names)]
    return hash_generator.calculate_hashes_from_pre_hashes(texts)


LISTS = ("bizTransactionList", "sourceList", "destinationList")


def as_the_table_says(parts: list[str]) -> str:
    """Put the reference's parts of three lists where the standard's table has them.

    Release 1.9.3 writes business transactions, sources and destinations behind everything, by the alphabet; the table
    of CBV 2.0 has them, in this order, behind the places and before what sensors measured.
    """
    blocks: dict[str, list[str]] = {name: [] for name in LISTS}
    rest: list[str] = []
    current: str | None = None
    for part in parts:
        opened = next((name for name in LISTS if part.startswith(name)), None)
        if opened is not None:
            current = opened
        elif current is not None and not part.startswith(_MEMBERS):
            current = None
        (blocks[current] if current else rest).append(part)
    at = next(
        (at for at, part in enumerate(rest) if part.startswith(("sensorElement", "ilmd", "{"))), len(rest)
    )
    return "".join([*rest[:at], *(each for name in LISTS for each in blocks[name]), *rest[at:]])


_MEMBERS = ("type=", "bizTransaction=", "source=", "destination=")
