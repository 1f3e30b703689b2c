"""What may be attached to what, how large, and whether bytes are what they look like."""

from postal.files.rules.kinds import (
    KINDS,
    About,
    FileKind,
    Subject,
    direct_limit,
    limit_of,
    refuse_size,
    too_large,
)
from postal.files.rules.media import MEDIA, SNIFFED, Sketch, judged, sniffed
from postal.files.rules.model import (
    ATTACHED,
    ERASED,
    Attached,
    Key,
    NewFile,
    NewUpload,
    Secret,
    Upload,
    attached_body,
    digest_commitment,
    erased_body,
)

__all__ = [
    "ATTACHED",
    "ERASED",
    "KINDS",
    "MEDIA",
    "SNIFFED",
    "About",
    "Attached",
    "FileKind",
    "Key",
    "NewFile",
    "NewUpload",
    "Secret",
    "Sketch",
    "Subject",
    "Upload",
    "attached_body",
    "digest_commitment",
    "direct_limit",
    "erased_body",
    "judged",
    "limit_of",
    "refuse_size",
    "sniffed",
    "too_large",
]
