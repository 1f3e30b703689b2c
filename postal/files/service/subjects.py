"""What files are attached to, and the key of each."""

from datetime import datetime

from postal import registry
from postal.db import unit_of_work
from postal.errors import Forbidden, Gone, NotFound, Unavailable
from postal.files import repository
from postal.files.cipher import DamagedError, new_key, seal, unseal
from postal.files.rules import About, Key, Subject
from postal.files.vault import Vault
from postal.identifiers import new_id
from postal.identity.rules import Actor


async def subject_of(about: About, code: str, actor: Actor) -> Subject:
    """Find a thing that the actor may see; raises NotFound for any other, and for sorts that nobody brings."""
    finder = registry.file_subjects().get(about)
    if finder is None:
        raise NotFound(
            "file.no_subject",
            vi="Không tìm thấy đối tượng để đính kèm tệp",
            en="There is no such thing that files could be attached to",
        )
    return await finder(code, actor)


def organisation_of(actor: Actor) -> str:
    """Give for whom an actor attaches."""
    if actor.organisation is None:
        raise Forbidden(
            "file.no_organisation",
            vi="Khóa này không thuộc đơn vị nào nên không đính kèm tệp được",
            en="This key acts for no organisation, so it cannot attach files",
        )
    return actor.organisation


async def key_for(about: About, subject: Subject, vault: Vault, now: datetime) -> tuple[Key, bytes]:
    """Give the key of a subject, made when its first file comes; raises Gone where it was dropped."""
    found = await repository.find_key(about, subject.code)
    if found is None:
        found = await _made(about, subject, vault, now)
    return found, opened_key(found, vault)


async def _made(about: About, subject: Subject, vault: Vault, now: datetime) -> Key:
    if await repository.all_erased(subject.dossiers):
        raise gone()
    if await repository.other_master(vault.sign):
        raise _no_master()
    id_ = new_id(now)
    made = Key(
        id=id_,
        about=about,
        subject=subject.code,
        row_code=subject.row,
        dossiers=subject.dossiers,
        wrapped=seal(vault.master, new_key(), b"key" + id_.bytes),
        master=vault.sign,
        erased_at=None,
    )
    async with unit_of_work():
        await repository.add_key(made, now)
    # Another may have come first.
    return await repository.find_key(about, subject.code) or made


def opened_key(key: Key, vault: Vault) -> bytes:
    """Unwrap a key; raises Gone where it was dropped."""
    if key.wrapped is None:
        raise gone()
    try:
        return unseal(vault.master, key.wrapped, b"key" + key.id.bytes)
    except DamagedError as error:
        raise _no_master() from error


def gone() -> Gone:
    """Say that the files of a subject were erased."""
    return Gone(
        "file.erased",
        vi="Tệp của đối tượng này đã được xóa vĩnh viễn theo yêu cầu; dấu xác nhận trong sổ vẫn còn nguyên.",
        en="The files of this were erased for good, as was asked; what the ledger proves about them still holds.",
    )


def _no_master() -> Unavailable:
    return Unavailable(
        "file.other_key",
        vi="Khóa của kho tệp không phải khóa đã dùng; quản trị viên hãy đặt lại files.key hoặc tệp files_key.",
        en="The key of the files is not the one that was used; an operator must put back files.key or files_key.",
        retry_after=60,
    )
