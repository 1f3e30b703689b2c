"""The keys under which files of agencies lie."""

from uuid import UUID

from postal.config import Settings
from postal.errors import Gone, Unavailable
from postal.files.cipher import DamagedError, new_key, seal, unseal
from postal.files.vault import vault_of


def fresh_key(settings: Settings, job: UUID) -> tuple[bytes, bytes]:
    """Make the key of an import; give it, and as it is kept."""
    key = new_key()
    return key, seal(vault_of(settings).master, key, b"import" + job.bytes)


def opened_key(settings: Settings, job: UUID, wrapped: bytes | None) -> bytes:
    """Unwrap the key of an import; raises Gone where it was erased."""
    if wrapped is None:
        raise Gone(
            "import.erased",
            vi="Nội dung tệp đã hết hạn lưu và được xóa; chỉ còn số liệu. Hãy gửi lại tệp nếu cần.",
            en="What the file held was kept for its time and erased; the counts remain. Send the file again if needed.",
        )
    try:
        return unseal(vault_of(settings).master, wrapped, b"import" + job.bytes)
    except DamagedError as error:
        raise Unavailable(
            "file.other_key",
            vi="Khóa của kho tệp không phải khóa đã dùng; quản trị viên hãy đặt lại files.key hoặc tệp files_key.",
            en="The key of the files is not the one that was used; an operator must put back files.key or files_key.",
            retry_after=60,
        ) from error


def place_of(job: UUID, what: bytes, number: int = 0) -> bytes:
    """Say what is sealed, so that nothing opens in the place of something else."""
    return what + job.bytes + number.to_bytes(4, "big")
