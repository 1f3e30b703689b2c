"""What a run shows at a terminal: how it goes on, how well the system did, and where to look next."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from integrations.simulation.rules.hours import HANOI
from integrations.simulation.service.running import Outcome

SHOWN = 20
STATES = {
    "delivered": "đã trả đúng hẹn / delivered on time",
    "in_transit": "đang chuyển / in transit",
    "at_desk": "chờ tại Bộ phận Một cửa / waiting at a desk",
    "overdue": "quá hạn / overdue",
    "contested": "hai nơi cùng nhận giữ / contested",
    "returned": "đã hoàn sau hai lần mời / returned after two failed invitations",
}


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody of a role signs in."""

    role: str
    name: str
    organisation: str
    login: str
    password: str


class Showcase(msgspec.Struct, frozen=True, kw_only=True):
    """What a finished demo leaves for a person to try; kept in a private file of the data folder."""

    sign_ins: list[SignIn]
    key: str
    codes: dict[str, str]
    summary: list[str]
    reports: dict[str, str] = {}
    pages: dict[str, str] = {}


def console(*, quiet: bool = False) -> Console:
    """Give the terminal, wide enough not to break lines where nobody looks."""
    return Console(width=None if sys.stdout.isatty() else 140, quiet=quiet)


@contextmanager
def progress_bar(terminal: Console, steps: int) -> Iterator[Callable[[datetime, int], None]]:
    """Show how far the world has come, and what time it is there."""
    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=terminal) as bars:
        task = bars.add_task("…", total=steps)

        def lived(instant: datetime, count: int) -> None:
            bars.update(task, advance=count, description=f"{instant.astimezone(HANOI):%a %d/%m %H:%M}")

        yield lived


def summary_of(outcome: Outcome) -> list[str]:
    """Say in one line each how many answers of a kind were right."""
    played = outcome.played
    told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(played.verdicts.items()))
    lines = [f"requests: {played.requests} sent, {len(played.refusals)} refused", f"scans: {told}"]
    lines += [f"{one.name}: {one.right} right, {len(one.wrong)} wrong" for one in outcome.subjects]
    lines.append(
        f"time: {played.seconds:.0f} s for {played.requests} requests with {played.scans} scans; "
        f"{played.scans_a_second:.0f} scans/s overall, {played.busiest_minute:.0f} in the busiest minute"
    )
    lines.append(f"wrong answers: {outcome.wrong_answers}")
    return lines


def show_outcome(terminal: Console, outcome: Outcome) -> None:
    """Print what the system got right, and each difference."""
    for line in summary_of(outcome):
        terminal.print(f"  {line}", highlight=False)
    wrong = [f"refused: {line}" for line in outcome.played.refusals]
    wrong += [f"verdict: {line}" for line in outcome.played.wrong_verdicts]
    wrong += [f"{subject.name}: {line}" for subject in outcome.subjects for line in subject.wrong]
    for line in wrong[:SHOWN]:
        terminal.print(f"  ≠ {line}", style="red", highlight=False, markup=False)
    if len(wrong) > SHOWN:
        terminal.print(f"  … {len(wrong) - SHOWN} more", style="red")


def show_case(terminal: Console, showcase: Showcase, url: str) -> None:
    """Print sign-ins, a key, and codes worth a look."""
    people = Table(title=f"Đăng nhập / sign in: {url}/sign-in", title_justify="left")
    for heading in ("vai trò / role", "đơn vị / organisation", "login", "mật khẩu / password"):
        people.add_column(heading)
    for one in showcase.sign_ins:
        people.add_row(one.role, one.organisation, one.login, one.password)
    terminal.print(people)
    codes = Table(title=f"Tra cứu / track: {url}/", title_justify="left")
    codes.add_column("mã / code")
    codes.add_column("tình trạng / state")
    for state, meaning in STATES.items():
        if state in showcase.codes:
            codes.add_row(showcase.codes[state], meaning)
    terminal.print(codes)
    _addresses(terminal, f"Báo cáo / reports: {url}/reports", f"{url}/reports/", showcase.reports)
    _addresses(terminal, "Xem thêm / worth a look (English: ?lang=en)", url, showcase.pages)
    code = next(iter(showcase.codes.values()), "")
    terminal.print("API:", highlight=False)
    print(f"  curl -H 'Authorization: Bearer {showcase.key}' {url}/api/v1/pieces/{code}", flush=True)  # noqa: T201


def _addresses(terminal: Console, title: str, before: str, meanings: dict[str, str]) -> None:
    if not meanings:
        return
    table = Table(title=title, title_justify="left")
    for heading in ("địa chỉ / address", "nội dung / what it shows"):
        table.add_column(heading)
    for address, meaning in meanings.items():
        table.add_row(f"{before}{address}", meaning)
    terminal.print(table)
