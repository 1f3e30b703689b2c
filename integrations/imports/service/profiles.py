"""Profiles: those that ship, and those of an organisation, which come first."""

from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct

from integrations.imports import repository
from integrations.imports.rules import Kind, Profile, ProfileError, checked, profile_from, read_profile
from postal.db import unit_of_work
from postal.errors import Conflict, NotFound, Unprocessable
from postal.identity.rules import Actor

SHIPPED_VERSION = 0
MOST_PROFILES = 100


class KnownProfile(Struct, frozen=True, kw_only=True):
    """A profile with its version; 0 is one that ships."""

    profile: Profile
    version: int


@cache
def shipped() -> dict[str, Profile]:
    """Give the profiles that come with the program, by code."""
    folder = files("integrations.imports") / "data"
    read = [
        read_profile(each.read_text(encoding="utf-8"))
        for each in folder.iterdir()
        if each.name.endswith(".toml")
    ]
    return {each.code: each for each in sorted(read, key=lambda one: one.code)}


async def known_to(organisation: str) -> dict[str, KnownProfile]:
    """Give every profile that an organisation may read its files by."""
    own = {
        each.code: KnownProfile(profile=profile_from(each.body), version=each.version)
        for each in await repository.profiles_of(organisation)
    }
    ours = {
        code: KnownProfile(profile=profile, version=SHIPPED_VERSION) for code, profile in shipped().items()
    }
    return ours | own


async def find(code: str | None, kind: Kind, organisation: str) -> KnownProfile:
    """Find a profile of a kind by its code; without one, the standard of the kind."""
    wanted = code or f"standard_{kind.value}"
    found = (await known_to(organisation)).get(wanted)
    if found is None:
        raise NotFound(
            "import.profile_not_found",
            vi=f"Không có cấu hình nhập {wanted}; hãy chọn trong danh sách.",
            en=f"There is no profile {wanted}; choose one of the list.",
        )
    if found.profile.kind is not kind:
        raise Unprocessable(
            "import.profile_kind",
            vi="Cấu hình này dùng cho loại tệp khác; hãy chọn lại loại tệp hoặc cấu hình.",
            en="This profile is for another kind of file; choose the other kind or another profile.",
            pointer="/query/profile",
        )
    return found


async def state(profile: Profile, *, actor: Actor, now: datetime) -> KnownProfile:
    """Keep a profile of the actor's organisation, as a further version if its code is known."""
    organisation = actor.organisation or ""
    refuse_unusable(profile)
    if profile.code in shipped():
        raise Conflict(
            "import.profile_ours",
            vi="Mã này là của cấu hình có sẵn; hãy đặt mã khác.",
            en="This code is one that ships with the program; choose another.",
            pointer="/code",
        )
    known = await repository.profiles_of(organisation)
    same = next((each for each in known if each.code == profile.code), None)
    if same is None and len(known) >= MOST_PROFILES:
        raise Conflict(
            "import.profiles_full",
            vi=f"Đơn vị đã có {MOST_PROFILES} cấu hình nhập.",
            en=f"Your organisation has {MOST_PROFILES} profiles.",
        )
    if same is not None and profile_from(same.body) == profile:
        return KnownProfile(profile=profile, version=same.version)
    async with unit_of_work():
        version = await repository.add_profile(organisation, profile, actor.person or actor.id, now)
    return KnownProfile(profile=profile, version=version)


def refuse_unusable(profile: Profile) -> None:
    """Raise for a profile that nothing could be read by."""
    try:
        checked(profile)
    except ProfileError as error:
        raise unusable(error) from error


def unusable(error: Exception, **extra: Any) -> Unprocessable:
    """Build the refusal of a profile."""
    return Unprocessable(
        "import.profile_unusable",
        vi=f"Cấu hình nhập sai: {error}",
        en=f"The profile is wrong: {error}",
        **extra,
    )
