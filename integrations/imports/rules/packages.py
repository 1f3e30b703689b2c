"""What a spreadsheet file is, judged before anything in it is opened."""

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from integrations.imports.rules.model import MIB, FileError, Format

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MOST_PARTS = 1_000
MOST_UNPACKED = 400 * MIB
MOST_STRINGS = 64 * MIB
MOST_RATIO = 200
SMALL = MIB
"""Below this no ratio is judged: a small part that repeats itself is no bomb."""

HEAD = 4_096
_UNSAFE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


def format_of(data: bytes) -> Format:
    """Tell what sort of file it is by its first bytes; raises FileError for those that are none of ours."""
    if data.startswith(b"PK\x03\x04"):
        return Format.XLSX
    if data.startswith(OLE):
        raise _encrypted() if ENCRYPTED in data else _old()
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff")):
        raise FileError(
            "import.not_a_table",
            vi="Tệp không phải bảng dữ liệu; hãy gửi tệp CSV, XLSX hoặc JSON.",
            en="The file is no table; send CSV, XLSX or JSON.",
        )
    head = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return Format.JSON if head[:1] in {b"[", b"{"} else Format.CSV


def refuse_package(data: bytes) -> None:
    """Raise FileError for an XLSX that must not be opened: bombs, macros, links to elsewhere, locked or broken."""
    try:
        with ZipFile(BytesIO(data)) as package:
            parts = package.infolist()
            _refuse_sizes(parts)
            names = [part.filename.lower() for part in parts]
            if "[content_types].xml" not in names or not any(n.startswith("xl/workbook") for n in names):
                raise _broken()
            if any(name.endswith("vbaproject.bin") for name in names):
                raise FileError(
                    "import.macros",
                    vi="Tệp có macro nên không nhận; hãy lưu lại thành .xlsx không có macro rồi gửi.",
                    en="The file has macros; save it as .xlsx without them.",
                )
            if any("externallinks/" in name for name in names):
                raise FileError(
                    "import.external_links",
                    vi="Tệp có liên kết tới tệp khác; hãy chép sang tệp mới bằng “Dán giá trị” rồi gửi.",
                    en="The file links to other files; copy it into a new one as values.",
                )
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    with package.open(part) as opened:
                        if _UNSAFE.search(opened.read(HEAD)):
                            raise _broken()
    except (BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise _broken() from error


def _refuse_sizes(parts: list[ZipInfo]) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise _encrypted()
    strings = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    if (
        len(parts) > MOST_PARTS
        or sum(part.file_size for part in parts) > MOST_UNPACKED
        or strings > MOST_STRINGS
        or any(
            part.file_size > SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1)
            for part in parts
        )
    ):
        raise FileError(
            "import.bomb",
            vi="Tệp nén quá mức bình thường, mở ra sẽ quá lớn; hãy chép dữ liệu sang tệp mới, hoặc gửi CSV.",
            en="The file would unpack to far more than a table needs; copy the data into a new file, or send CSV.",
        )


def _encrypted() -> FileError:
    return FileError(
        "import.encrypted",
        vi="Tệp đặt mật khẩu; hãy bỏ mật khẩu (Lưu thành… không mật khẩu) rồi gửi lại.",
        en="The file is locked by a password; save it without one.",
    )


def _old() -> FileError:
    return FileError(
        "import.old_spreadsheet",
        vi="Tệp .xls đời cũ không đọc được; hãy lưu lại thành .xlsx hoặc CSV UTF-8.",
        en="This is an old .xls file; save it as .xlsx or as CSV in UTF-8.",
    )


def _broken() -> FileError:
    return FileError(
        "import.broken",
        vi="Tệp hỏng hoặc không phải .xlsx; hãy mở bằng chương trình bảng tính, lưu lại rồi gửi.",
        en="The file is damaged or no .xlsx; open it in a spreadsheet program, save it again and send that.",
    )
