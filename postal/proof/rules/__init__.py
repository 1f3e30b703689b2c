"""What is hashed, how it is proven, and what is signed; see the modules."""

from postal.proof.rules.entries import entry
from postal.proof.rules.notes import Checkpoint, checkpoint_text, key_id, short, signed, verifier_key
from postal.proof.rules.promises import CLASSES, Promise, Side, promise_text, signed_promise
from postal.proof.rules.tree import Frontier, leaf_hash, root_of

__all__ = [
    "CLASSES",
    "Checkpoint",
    "Frontier",
    "Promise",
    "Side",
    "checkpoint_text",
    "entry",
    "key_id",
    "leaf_hash",
    "promise_text",
    "root_of",
    "short",
    "signed",
    "signed_promise",
    "verifier_key",
]
