"""The simulation's voice: requests over public HTTP, sent again when the network or the server stumbles."""

import asyncio
import re
import uuid
from datetime import datetime
from typing import Any, Self

import httpx
import msgspec

from integrations.simulation.rules.steps import Step
from postal.errors import Conflict

NAME = re.compile(r"@[a-z]+(?::[\w.\-]+)+")
PATIENCE_S = 60.0
OK = 400
BUSY = 429
UNAVAILABLE = 503


class SimulationError(Conflict):
    """The system refused what the simulation needs to go on."""

    def __init__(self, told: str) -> None:
        super().__init__(
            "simulation.refused", vi=f"Mô phỏng dừng lại: {told}", en=f"The simulation stops: {told}"
        )


class Client:
    """Sends steps, with the codes that the server made in place of the names."""

    def __init__(self, http: httpx.AsyncClient, names: dict[str, str]) -> None:
        self.http = http
        self.names = names

    @classmethod
    def to(cls, url: str, key: str) -> Self:
        """Open a client to a server with an administrator's key, on connections that stay open."""
        limits = httpx.Limits(max_connections=16, max_keepalive_connections=16)
        timeout = httpx.Timeout(60.0, connect=5.0)
        return cls(httpx.AsyncClient(base_url=url, limits=limits, timeout=timeout), {"key:admin": key})

    def resolve(self, value: Any) -> Any:
        """Replace every name in a value by what it stands for."""
        if isinstance(value, str):
            return NAME.sub(lambda found: self._named(found.group()), value) if "@" in value else value
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if isinstance(value, dict):
            return {key: self.resolve(item) for key, item in value.items()}
        return value

    def made(self, name: str) -> bool:
        """Tell whether a thing got its code, or the system refused to make it."""
        return not name.startswith("@") or name[1:] in self.names

    def _named(self, name: str) -> str:
        try:
            return self.names[name[1:]]
        except KeyError:
            msg = f"nothing is known as {name}"
            raise SimulationError(msg) from None

    async def send(self, step: Step) -> httpx.Response:
        """Send one step and remember what it names; give the answer, whatever its status."""
        headers = {"Authorization": f"Bearer {self.resolve(step.key)}"} if step.key else {}
        if step.method != "GET" and not step.secret and not step.path.endswith("/scans"):
            headers["Idempotency-Key"] = str(uuid.uuid5(uuid.NAMESPACE_URL, _content_of(step)))
        content = None
        if step.body is not None:
            content = msgspec.json.encode(self.resolve(step.body))
            headers["Content-Type"] = "application/json"
        answer = await self._until_heard(step.method, self.resolve(step.path), headers, content)
        if answer.status_code < OK:
            for name, field in step.saves:
                self.names[name] = _field(answer.json(), field)
        return answer

    async def _until_heard(
        self, method: str, path: str, headers: dict[str, str], content: bytes | None
    ) -> httpx.Response:
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        pause = 0.1
        while True:
            try:
                answer = await self.http.request(method, path, headers=headers, content=content)
            except httpx.TransportError:
                if asyncio.get_running_loop().time() > deadline:
                    raise
            else:
                if (
                    answer.status_code not in {BUSY, UNAVAILABLE}
                    or asyncio.get_running_loop().time() > deadline
                ):
                    return answer
                pause = max(pause, float(answer.headers.get("Retry-After", "0.2")))
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    async def need(self, step: Step) -> Any:
        """Send a step that must succeed; give the decoded answer."""
        answer = await self.send(step)
        if answer.status_code >= OK:
            msg = f"{step.method} {step.path}: {answer.status_code} {answer.text[:500]}"
            raise SimulationError(msg)
        return answer.json() if answer.content else None

    async def get(self, path: str, key: str, **query: str | int) -> Any:
        """Read a resource that must be there."""
        headers = {"Authorization": f"Bearer {self.resolve(key)}"}
        text = str(httpx.URL(self.resolve(path), params=query) if query else self.resolve(path))
        answer = await self._until_heard("GET", text, headers, None)
        if answer.status_code >= OK:
            msg = f"GET {text}: {answer.status_code} {answer.text[:500]}"
            raise SimulationError(msg)
        return answer.json()

    async def pages(self, path: str, key: str, **query: str | int) -> list[Any]:
        """Read a list to its end."""
        items: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.get(path, key, **query, **cursor)
            items += page["items"]
            if not page.get("next_cursor"):
                return items
            cursor = {"cursor": page["next_cursor"]}

    async def move_clock(self, to: datetime, key: str) -> None:
        """Move the system's clock to an instant."""
        step = Step(
            at=to, lane="clock", key=key, method="PUT", path="/api/v1/clock", body={"now": to.isoformat()}
        )
        await self.need(step)

    async def close(self) -> None:
        """Let go of the connections."""
        await self.http.aclose()


def _content_of(step: Step) -> str:
    """Tell a step from every other one, the same way whenever the same world is played."""
    return msgspec.json.encode((step.at, step.path, step.body, step.saves)).decode()


def _field(value: Any, path: str) -> str:
    for part in path.split("."):
        value = value[part]
    return str(value)
