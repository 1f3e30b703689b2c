"""The simulated province: post offices, a hub, a carrier, one-stop desks, specialist units, and their people."""

from datetime import date
from random import Random

import msgspec

HUB = "TTKT-24"
CARRIER = "VC-24"
PROVINCE = "SO-24"
OPERATOR = "VN"

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ")
MIDDLE = ("Thị", "Văn", "Minh", "Thu", "Quang", "Ngọc", "Hữu", "Thanh")
GIVEN = (
    "An",
    "Bình",
    "Chi",
    "Dũng",
    "Giang",
    "Hà",
    "Hạnh",
    "Khoa",
    "Lan",
    "Linh",
    "Mai",
    "Nam",
    "Phúc",
    "Sơn",
    "Yến",
)
PLACES = (
    "Cẩm Bình",
    "Hà Trung",
    "Lộc Sơn",
    "Thạch Bàn",
    "Tân Hòa",
    "Yên Mỹ",
    "Kim Liên",
    "Phú Thọ Hòa",
    "Đông Sơn",
    "Mỹ Lộc",
)


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How large a world is; `quirks` says how many dossiers meet each special fate.

    `counts` are the times of day at which every place takes stock; the hub and the carrier work in `crews`.
    So many `lanes` ask side by side while the world is played.
    """

    name: str
    offices: int
    desks: int
    dossiers: int
    days: int
    start: date
    quirks: int
    crews: int = 1
    lanes: int = 4
    counts: tuple[str, ...] = ()


SIZES = {
    "small": Size(name="small", offices=2, desks=2, dossiers=18, days=5, start=date(2026, 11, 16), quirks=1),
    "demo": Size(name="demo", offices=6, desks=4, dossiers=205, days=5, start=date(2026, 10, 26), quirks=3),
    "province": Size(
        name="province",
        offices=120,
        desks=60,
        dossiers=10_000,
        days=5,
        start=date(2026, 11, 16),
        quirks=20,
        crews=12,
        lanes=12,
        counts=("07:11", "07:41", "09:11", "10:11", "12:11", "13:31", "15:21", "17:11"),
    ),
}


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """One organisation of the province."""

    code: str
    name: str
    kind: str
    level: str
    parent: str | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One member of staff, with one role at one organisation."""

    code: str
    name: str
    login: str
    role: str
    organisation: str


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """The province as it is loaded before the first day."""

    organisations: tuple[Organisation, ...]
    people: tuple[Person, ...]
    offices: tuple[str, ...]
    desks: tuple[str, ...]
    units: dict[str, str]

    def near(self, office: str) -> str:
        """Give the one desk that an office's own couriers serve."""
        return self.desks[self.offices.index(office) % len(self.desks)]

    def gate(self, office: str, desk: str) -> str:
        """Give the organisation that faces a desk for an office: the office itself, or the sorting hub."""
        return office if self.near(office) == desk else HUB


def invented_name(rng: Random) -> str:
    """Invent the name of a person who does not exist."""
    return f"{rng.choice(FAMILY)} {rng.choice(MIDDLE)} {rng.choice(GIVEN)}"


def build_network(rng: Random, size: Size) -> Network:
    """Lay out the province of a size."""
    offices = tuple(f"BC-{number:02}" for number in range(1, size.offices + 1))
    desks = tuple(f"MC-{number:02}" for number in range(1, size.desks + 1))
    units = {desk: desk.replace("MC", "PB") for desk in desks}
    organisations = [
        Organisation(code=PROVINCE, name="Sở mô phỏng", kind="authority", level="province"),
        Organisation(code=HUB, name="Trung tâm khai thác mô phỏng", kind="hub", level="province"),
        Organisation(code=CARRIER, name="Đội vận chuyển mô phỏng", kind="carrier", level="province"),
    ]
    for number, office in enumerate(offices):
        place = PLACES[number % len(PLACES)]
        organisations.append(
            Organisation(code=office, name=f"Bưu cục {place}", kind="post_office", level="commune")
        )
    for number, desk in enumerate(desks):
        place = PLACES[number % len(PLACES)]
        organisations.append(
            Organisation(
                code=desk, name=f"Bộ phận Một cửa {place}", kind="desk", level="commune", parent=PROVINCE
            )
        )
        organisations.append(
            Organisation(
                code=units[desk], name=f"Phòng chuyên môn {place}", kind="unit", level="commune", parent=desk
            )
        )
    return Network(
        organisations=tuple(organisations),
        people=tuple(_people(rng, offices, desks, units, size.crews)),
        offices=offices,
        desks=desks,
        units=units,
    )


def crew_name(name: str, number: int) -> str:
    """Name what belongs to a crew; the first crew is the one that small provinces have."""
    return f"{name}-{number + 1}" if number else name


def _people(
    rng: Random, offices: tuple[str, ...], desks: tuple[str, ...], units: dict[str, str], crews: int
) -> list[Person]:
    posts = [(office, role) for office in offices for role in ("clerk", "courier")]
    posts += [(offices[0], "supervisor"), *[(HUB, "sorter")] * crews, *[(CARRIER, "courier")] * crews]
    posts += [(desk, "desk") for desk in desks] + [(desks[0], "post_desk"), (desks[0], "agency_head")]
    posts += [(unit, "specialist") for unit in units.values()]
    posts += [(PROVINCE, "control"), (PROVINCE, "regulator"), (OPERATOR, "admin")]
    people: list[Person] = []
    for organisation, role in posts:
        crew = sum(one.role == role for one in people if one.organisation == organisation)
        login = crew_name(f"{role}.{organisation}".lower().replace("_", "-"), crew)
        people.append(
            Person(
                code=f"NV-{len(people) + 1:03}",
                name=invented_name(rng),
                login=login,
                role=role,
                organisation=organisation,
            )
        )
    return people
