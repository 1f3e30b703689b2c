"""The words of the Core Business Vocabulary 2.0 that events may use, and how each is written in full."""

CBV = "https://ref.gs1.org/cbv/"
VOC = "https://gs1.org/voc/"
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
CONTEXTS = frozenset(
    {
        CONTEXT,
        "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
        "https://gs1.github.io/EPCIS/epcis-context.jsonld",
    }
)
"""Contexts whose terms are the standard's; nothing is loaded from there."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BIZ_STEPS = _words(
    "accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting"
    " decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting"
    " installing killing loading other packing picking receiving removing repackaging repairing replacing reserving"
    " retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting"
    " unloading unpacking void_shipping"
)
DISPOSITIONS = _words(
    "active available completeness_inferred completeness_verified conformant container_closed container_open damaged"
    " destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class mismatch_instance"
    " mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed"
    " recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable"
    " unknown"
)
TRANSACTION_TYPES = _words("bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt")
PARTY_TYPES = frozenset({"owning_party", "possessing_party", "location"})
ERROR_REASONS = frozenset({"did_not_occur", "incorrect_data"})
ACTIONS = frozenset({"ADD", "OBSERVE", "DELETE"})
EVENT_TYPES = (
    "ObjectEvent",
    "AggregationEvent",
    "TransactionEvent",
    "TransformationEvent",
    "AssociationEvent",
)
STANDARD_PREFIXES = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": CBV,
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": VOC,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
ONLY_WITH_ACTION = {
    "commissioning": "ADD",
    "decommissioning": "DELETE",
    "destroying": "DELETE",
    "killing": "DELETE",
    "packing": "ADD",
    "unpacking": "DELETE",
    "assembling": "ADD",
    "disassembling": "DELETE",
}
"""Steps that begin or end something: the action that says so. Those of containers hold for aggregations alone."""

OF_CONTAINERS = frozenset({"packing", "unpacking", "assembling", "disassembling"})
ONLY_OF_TYPES = {
    "assembling": frozenset({"AggregationEvent", "AssociationEvent"}),
    "disassembling": frozenset({"AggregationEvent", "AssociationEvent"}),
    "unpacking": frozenset({"AggregationEvent", "AssociationEvent"}),
    "installing": frozenset({"AssociationEvent", "AggregationEvent", "ObjectEvent"}),
    "sensor_reporting": frozenset({"ObjectEvent", "AssociationEvent"}),
    "creating_class_instance": frozenset({"ObjectEvent", "TransformationEvent"}),
}
"""Steps that make sense in these events alone."""

_URN = {"bizstep": "BizStep-", "disp": "Disp-", "btt": "BTT-", "sdt": "SDT-", "er": "ER-"}
WORDS: dict[str, tuple[frozenset[str], str]] = {
    "bizStep": (BIZ_STEPS, "BizStep-"),
    "disposition": (DISPOSITIONS, "Disp-"),
    "bizTransactionType": (TRANSACTION_TYPES, "BTT-"),
    "partyType": (PARTY_TYPES, "SDT-"),
    "reason": (ERROR_REASONS, "ER-"),
}
"""For each place: its words, and what stands before a word in its web address."""


def in_full(value: str, place: str) -> str:
    """Write a word of the standard as its web address; anything else stays as it is."""
    words, prefix = WORDS[place]
    bare = bare_word(value, place)
    return f"{CBV}{prefix}{bare}" if bare in words else value


def bare_word(value: str, place: str) -> str:
    """Give the bare word for any of its three spellings (bare, `cbv:` or web address, URN); else the value itself."""
    _, prefix = WORDS[place]
    for start in (f"{CBV}{prefix}", f"cbv:{prefix}"):
        if value.startswith(start):
            return value.removeprefix(start)
    if value.startswith("urn:epcglobal:cbv:"):
        kind, _, word = value.removeprefix("urn:epcglobal:cbv:").partition(":")
        if _URN.get(kind) == prefix:
            return word
    return value


def web_address(value: str) -> str:
    """Write a URN of the vocabulary as its web address, whatever place it stands in."""
    if value.startswith("urn:epcglobal:cbv:"):
        kind, _, word = value.removeprefix("urn:epcglobal:cbv:").partition(":")
        if kind in _URN:
            return f"{CBV}{_URN[kind]}{word}"
    return value
