"""GS1 keys in any of their spellings, written as one canonical GS1 Digital Link (CBV 2.0, event hash, rules 17 and 18).

Only what follows GS1's syntax is a key; every other address, ours among them, is left as it is.
"""

import re
from collections.abc import Callable
from urllib.parse import unquote

from msgspec import Struct

RESOLVER = "https://id.gs1.org"
_UNSAFE = {ord(char): f"%{ord(char):02X}" for char in "!()*+,:"}
_SERIAL = r"(?:%[0-9A-Fa-f]{2}|[!')(*+,.0-9:;=A-Za-z_-])+"
_SHORT = {
    "gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017", "gsrn": "8018",
    "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004",
    "cpv": "22", "lot": "10", "ser": "21",
}  # fmt: skip
_FINEST = {"01": ("21", "235", "10"), "8006": ("21", "10"), "414": ("254",), "8010": ("8011",)}
"""The qualifiers that each key may keep, the finest first; of several the first one wins."""

_QUALIFIERS = frozenset({"10", "21", "22", "235", "254", "8011"})
_KEYS = frozenset(_SHORT.values()) - _QUALIFIERS
_DIGITS = {
    "00": 18, "01": 14, "402": 17, "414": 13, "417": 13, "8006": 18, "8017": 18, "8018": 18,
}  # fmt: skip
_LEADING = {"253": 13, "255": 13, "8003": 14}


class _Form(Struct, frozen=True):
    """How an EPC URN of one scheme becomes a key: digits of prefix and reference, and what is made of them."""

    digits: int
    make: Callable[[str, str, str], str]
    serial: bool = True


def check_digit(digits: str) -> str:
    """Give the check digit of a GS1 key: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _whole(digits: str) -> str:
    return digits + check_digit(digits)


def _indicator_first(prefix: str, reference: str) -> str:
    return _whole(reference[0] + prefix + reference[1:])


def _safe(text: str) -> str:
    return text.translate(_UNSAFE)


def _location(prefix: str, reference: str, extension: str) -> str:
    place = f"414/{_whole(prefix + reference)}"
    return place if extension == "0" else f"{place}/254/{_safe(extension)}"


_FORMS: dict[str, _Form] = {
    "id:sgtin": _Form(13, lambda p, r, s: f"01/{_indicator_first(p, r)}/21/{_safe(s)}"),
    "id:upui": _Form(13, lambda p, r, s: f"01/{_indicator_first(p, r)}/235/{_safe(s)}"),
    "class:lgtin": _Form(13, lambda p, r, s: f"01/{_indicator_first(p, r)}/10/{_safe(s)}"),
    "id:sgln": _Form(12, _location),
    "id:grai": _Form(12, lambda p, r, s: f"8003/{_whole('0' + p + r)}{_safe(s)}"),
    "id:gdti": _Form(12, lambda p, r, s: f"253/{_whole(p + r)}{_safe(s)}"),
    "id:sgcn": _Form(12, lambda p, r, s: f"255/{_whole(p + r)}{_safe(s)}"),
    "id:sscc": _Form(17, lambda p, r, _: f"00/{_indicator_first(p, r)}", serial=False),
    "id:gsrn": _Form(17, lambda p, r, _: f"8018/{_whole(p + r)}", serial=False),
    "id:gsrnp": _Form(17, lambda p, r, _: f"8017/{_whole(p + r)}", serial=False),
    "id:gsin": _Form(16, lambda p, r, _: f"402/{_whole(p + r)}", serial=False),
    "id:pgln": _Form(12, lambda p, r, _: f"417/{_whole(p + r)}", serial=False),
    "idpat:sgtin": _Form(13, lambda p, r, _: f"01/{_indicator_first(p, r)}"),
    "idpat:upui": _Form(13, lambda p, r, _: f"01/{_indicator_first(p, r)}"),
    "idpat:grai": _Form(12, lambda p, r, _: f"8003/{_whole('0' + p + r)}"),
    "idpat:gdti": _Form(12, lambda p, r, _: f"253/{_whole(p + r)}"),
    "idpat:sgcn": _Form(12, lambda p, r, _: f"255/{_whole(p + r)}"),
}
_EPC = re.compile(r"urn:epc:(?P<scheme>(?:id|class|idpat):[a-z]+):(?P<rest>.+)")
_LINK = re.compile(r"https?://[^/?#]+(?P<path>/[^?#]*)(?:\?[^#]*)?(?:#.*)?")


def canonical(value: str) -> str:
    """Write a GS1 key as its constrained canonical Digital Link; give anything else back unchanged."""
    if value.startswith("urn:epc:"):
        return _of_epc(value) or value
    if value.startswith(("http://", "https://")):
        return _of_link(value) or value
    return value


def _of_epc(value: str) -> str | None:
    found = _EPC.fullmatch(value)
    if found is None:
        return None
    scheme, rest = found["scheme"], found["rest"]
    if (key := _loose(scheme, rest)) is not None:
        return f"{RESOLVER}/{key}"
    form = _FORMS.get(scheme)
    if form is None:
        return None
    prefix, _, more = rest.partition(".")
    reference, dot, serial = more.partition(".")
    if not _numbers(prefix, reference, form.digits):
        return None
    if not form.serial:
        # The party's form ends with a dot where the prefix leaves no digit for a reference.
        return None if dot else f"{RESOLVER}/{form.make(prefix, reference, '')}"
    wanted = r"\*" if scheme.startswith("idpat:") else _SERIAL
    return f"{RESOLVER}/{form.make(prefix, reference, serial)}" if re.fullmatch(wanted, serial) else None


def _numbers(prefix: str, reference: str, digits: int) -> bool:
    whole = prefix + reference
    return whole.isascii() and whole.isdigit() and 6 <= len(prefix) <= 12 and len(whole) == digits


def _loose(scheme: str, rest: str) -> str | None:
    """Read the schemes whose reference is text rather than digits, and the one with a count of pieces."""
    prefix, _, reference = rest.partition(".")
    if not (prefix.isascii() and prefix.isdigit() and 6 <= len(prefix) <= 12):
        return None
    if scheme in {"id:giai", "id:ginc"} and re.fullmatch(_SERIAL, reference):
        return f"{'8004' if scheme == 'id:giai' else '401'}/{prefix}{_safe(reference)}"
    if scheme == "id:cpi" and (
        part := re.fullmatch(r"((?:%[0-9A-Fa-f]{2}|[0-9A-Z-])+)\.(\d{1,12})", reference)
    ):
        return f"8010/{_safe(prefix + part[1])}/8011/{part[2]}"
    if scheme == "idpat:cpi" and (part := re.fullmatch(r"((?:%[0-9A-Fa-f]{2}|[0-9A-Z-])+)\.\*", reference)):
        return f"8010/{_safe(prefix + part[1])}"
    if scheme in {"id:itip", "idpat:itip"}:
        part = re.fullmatch(rf"(\d+)\.(\d\d)\.(\d\d)\.({_SERIAL}|\*)", reference)
        if part and len(prefix + part[1]) == 13:
            key = f"8006/{_indicator_first(prefix, part[1])}{part[2]}{part[3]}"
            return key if scheme == "idpat:itip" else f"{key}/21/{_safe(part[4])}"
    return None


def _of_link(value: str) -> str | None:
    found = _LINK.fullmatch(value)
    if found is None:
        return None
    parts = [_SHORT.get(part, part) for part in found["path"].strip("/").split("/")]
    at = next((at for at, part in enumerate(parts[:-1]) if part in _KEYS), None)
    if at is None or (len(parts) - at) % 2:
        return None
    key, number = parts[at], parts[at + 1]
    if key == "01" and number.isdigit() and len(number) in {8, 12, 13}:
        number = number.zfill(14)
    if not _is_key(key, number):
        return None
    qualifiers = dict(zip(parts[at + 2 :: 2], parts[at + 3 :: 2], strict=True))
    if not qualifiers.keys() <= _QUALIFIERS:
        return None
    finest = next((name for name in _FINEST.get(key, ()) if name in qualifiers), None)
    return f"{RESOLVER}/{key}/{number}" + (f"/{finest}/{qualifiers[finest]}" if finest else "")


def _is_key(key: str, number: str) -> bool:
    if key in _DIGITS:
        return number.isdigit() and len(number) == _DIGITS[key]
    if key in _LEADING:
        return number[: _LEADING[key]].isdigit() and len(number) >= _LEADING[key]
    return number[:4].isdigit() and len(unquote(number)) <= 30
