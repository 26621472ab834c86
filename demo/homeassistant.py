"""A real Home Assistant of our own on this machine: started, onboarded, and spoken to as its frontend does."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
import itertools
import json
from pathlib import Path
import signal
import sys
import time
from typing import Any

import aiohttp

ROOT = Path(__file__).resolve().parent.parent
USER = "demo"
PASSWORD = "demo-demo"
_STARTS_WITHIN = 120.0  # s; a first start compiles, on a slow machine
_ENDS_WITHIN = 20.0  # s

_CONFIGURATION = """\
homeassistant:
  name: Demo house
  time_zone: Europe/Amsterdam
  unit_system: metric
  currency: EUR
  country: NL
frontend:
history:
logbook:
energy:
recorder:
  commit_interval: 5
logger:
  default: warning
  logs:
    custom_components.fusewise: info
"""


class HomeAssistantError(Exception):
    """Home Assistant did not do what was asked; the message says what it said."""


class HomeAssistant:
    """One instance: a process, its configuration folder, and a session of its owner."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.base = f"http://127.0.0.1:{port}"
        self.log = folder / "home-assistant.out"
        self._process: asyncio.subprocess.Process | None = None
        self._session: aiohttp.ClientSession | None = None
        self.tokens: dict[str, Any] = {}

    @property
    def pid(self) -> int:
        """The id of its process."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start the process; returns when it answers. Raises HomeAssistantError if it ends instead."""
        self._prepare()
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                Path(sys.executable).parent / "hass",
                "--skip-pip",  # everything is in the lock; hass would install into the environment
                "--config",
                self.folder,
                stdout=log,
                stderr=log,
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for us; we end it in our own order
            )
        if self._session is None:
            self._session = aiohttp.ClientSession(self.base)
        ends = time.monotonic() + _STARTS_WITHIN
        while time.monotonic() < ends:
            if self._process.returncode is not None:
                raise HomeAssistantError(f"Home Assistant ended at once; its log is {self.log}")
            with contextlib.suppress(aiohttp.ClientError):
                async with self._session.get("/api/onboarding") as answer:
                    # 404: everything was onboarded in an earlier run
                    if answer.status in (200, 404):
                        return
            await asyncio.sleep(0.3)
        raise HomeAssistantError(
            f"Home Assistant did not answer within {_STARTS_WITHIN:g} s; its log is {self.log}"
        )

    def _prepare(self) -> None:
        storage = self.folder / ".storage"
        storage.mkdir(parents=True, exist_ok=True)
        (self.folder / "configuration.yaml").write_text(_CONFIGURATION)
        link = self.folder / "custom_components"
        if not link.exists():
            link.symlink_to(ROOT / "custom_components")
        http = storage / "http"
        # `http:` in YAML is only on trial in 2026.11: after five minutes it would return to port 8123.
        stable = {
            "server_port": self.port,
            "server_host": ["127.0.0.1"],
            "cors_allowed_origins": ["https://cast.home-assistant.io"],
            "login_attempts_threshold": -1,
            "ip_ban_enabled": True,
            "ssl_profile": "intermediate_v6",
            "use_x_frame_options": True,
            "created_at": "2026-11-20T00:00:00+00:00",
            "error": None,
            "error_message": None,
        }
        data = {"stable": stable, "pending": None, "yaml_migration_done": True}
        http.write_text(json.dumps({"version": 3, "minor_version": 1, "key": "http", "data": data}))

    async def kill(self) -> None:
        """End the process as a power cut would; `start` brings it back."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def stop(self) -> None:
        """End the process and the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(_ENDS_WITHIN):
                    await self._process.wait()
            except TimeoutError:
                await self.kill()

    # --- the owner's session -----------------------------------------------------------------------

    async def log_in(self) -> None:
        """Onboard a fresh instance, or log in to one that was onboarded before."""
        code = await self._onboard() if await self._is_fresh() else await self._password_login()
        self.tokens = await self._call(
            "POST",
            "/auth/token",
            data={"grant_type": "authorization_code", "code": code, "client_id": self._client},
        )
        if await self._is_half_onboarded():
            await self.post("/api/onboarding/core_config")
            await self.post("/api/onboarding/analytics")
            await self.post(
                "/api/onboarding/integration",
                {"client_id": self._client, "redirect_uri": f"{self.base}/?auth_callback=1"},
            )

    @property
    def _client(self) -> str:
        return f"{self.base}/"

    async def _steps(self) -> list[dict[str, Any]]:
        try:
            steps: list[dict[str, Any]] = await self._call("GET", "/api/onboarding")
        except HomeAssistantError:
            return []
        return steps

    async def _is_fresh(self) -> bool:
        return any(step["step"] == "user" and not step["done"] for step in await self._steps())

    async def _is_half_onboarded(self) -> bool:
        return any(not step["done"] for step in await self._steps())

    async def _onboard(self) -> str:
        answer = await self._call(
            "POST",
            "/api/onboarding/users",
            json={
                "client_id": self._client,
                "name": "Demo",
                "username": USER,
                "password": PASSWORD,
                "language": "en",
            },
        )
        return str(answer["auth_code"])

    async def _password_login(self) -> str:
        flow = await self._call(
            "POST",
            "/auth/login_flow",
            json={
                "client_id": self._client,
                "handler": ["homeassistant", None],
                "redirect_uri": self._client,
            },
        )
        answer = await self._call(
            "POST",
            f"/auth/login_flow/{flow['flow_id']}",
            json={"client_id": self._client, "username": USER, "password": PASSWORD},
        )
        return str(answer["result"])

    def browser_tokens(self) -> str:
        """What the frontend keeps in its local storage as `hassTokens`."""
        expires = int((time.time() + self.tokens["expires_in"]) * 1000)
        return json.dumps(
            {**self.tokens, "hassUrl": self.base, "clientId": self._client, "expires": expires}
        )

    async def get(self, path: str) -> Any:
        """Ask its HTTP interface."""
        return await self._call("GET", path, headers=self._bearer)

    async def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Tell its HTTP interface."""
        return await self._call("POST", path, json=body or {}, headers=self._bearer)

    @property
    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    async def _call(self, method: str, path: str, **more: Any) -> Any:
        assert self._session is not None
        async with self._session.request(method, path, **more) as answer:
            text = await answer.text()
            if answer.status >= 400:
                raise HomeAssistantError(f"{method} {path}: {answer.status} {text[:300]}")
            return json.loads(text) if text else None

    async def flow(
        self, handler: str, *answers: dict[str, Any], kind: str = "flow"
    ) -> dict[str, Any]:
        """Walk through a config flow as a user would (an 'options/flow' of an entry); returns its last step."""
        step = await self.post(f"/api/config/config_entries/{kind}", {"handler": handler})
        return await self.continue_flow(step, *answers, kind=kind)

    async def continue_flow(
        self, step: dict[str, Any], *answers: dict[str, Any], kind: str = "flow"
    ) -> dict[str, Any]:
        """Give the next answers. Raises HomeAssistantError where the form finds fault with one."""
        for answer in answers:
            step = await self.post(f"/api/config/config_entries/{kind}/{step['flow_id']}", answer)
            if step.get("errors"):
                raise HomeAssistantError(f"{step['step_id']}: {step['errors']}")
        return step

    @contextlib.asynccontextmanager
    async def socket(self) -> AsyncIterator[Socket]:
        """A websocket connection as the frontend has one."""
        assert self._session is not None
        async with self._session.ws_connect("/api/websocket", max_msg_size=0) as line:
            await line.receive_json()
            await line.send_json({"type": "auth", "access_token": self.tokens["access_token"]})
            if (await line.receive_json())["type"] != "auth_ok":
                raise HomeAssistantError("the websocket did not take the owner's token")
            yield Socket(line)


class Socket:
    """Commands over the frontend's websocket."""

    def __init__(self, line: aiohttp.ClientWebSocketResponse) -> None:
        self._line = line
        self._ids = itertools.count(1)

    async def __call__(self, command: str, **fields: Any) -> Any:
        """Send a command and return its result."""
        number = next(self._ids)
        await self._line.send_json({"id": number, "type": command, **fields})
        while True:
            answer = await self._line.receive_json()
            if answer.get("id") == number and answer["type"] == "result":
                if not answer["success"]:
                    raise HomeAssistantError(f"{command}: {answer['error']}")
                return answer["result"]
