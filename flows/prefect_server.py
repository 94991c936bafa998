"""Prefect with nothing to start and nothing to configure, and nothing left running afterwards.

A run reports to the server that ``PREFECT_API_URL`` names.  Where none is named it brings its own: a process of its own
(:mod:`flows.server_process`) that boots while this one imports, keeps its state in the user's cache folder or where
``PREFECT_HOME`` says, and ends with this process however that ends.

Where the time goes, on two cores, warm (``benchmarks/start_up.py``): the server needs 4.5 s to import itself, .5 s to
make its application and .1 s to start; this process imports Prefect and the stages meanwhile.  Then a flow run costs
about 1 s, most of it the server's first answers.  Hence the settings below: every service, request and check that a
single run has no use for is off.
"""

from __future__ import annotations

import atexit
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from flows.errors import RunError, printable

Notice = Callable[[str], None]
"""Takes a sentence that says what is being waited for."""

QUIET = {
    # Nothing leaves this machine: no telemetry, no look at what version is the newest.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # Prefect's own 20 s are not enough for a fresh home on a busy machine.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300",
    # One sentence is ours to say where a run fails; --debug and PREFECT_LOGGING_LEVEL bring Prefect's lines back.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
}
"""Settings for any server.  What the environment says already stays as it is."""

LEAN_CLIENT = {
    "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false",  # the server is ours, on loopback, and asks for no token
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",  # and of this very version
    "PREFECT_LOGGING_TO_API_ENABLED": "false",  # the terminal and run.json have it all
}
"""Settings of a run that brings its own server: requests it can do without."""

LEAN_SERVER = {
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_REGISTER_ON_START": "false",  # block types: nothing here uses blocks
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_EVENT_LOGGER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "orphans",
    # It is stopped in the middle of things by design, and says so at length.
    "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
}
"""Settings of the server itself when it serves one run: only what records flow and task runs."""

SERVED_BY = "COPYDESK_SERVED_BY"
"""The environment variable by which a scheduled run knows the process that serves it (:func:`end_with`)."""

SETTINGS_FILES = ("prefect.toml", ".env")
"""Files of the working folder in which Prefect looks for settings."""


def prefect_home() -> Path:
    """Where Prefect keeps its state: ``PREFECT_HOME``, or the user's cache folder."""
    if home := os.environ.get("PREFECT_HOME"):
        return Path(home).expanduser().absolute()
    from platformdirs import user_cache_path

    return user_cache_path("copydesk") / "prefect"


def configured_server() -> str | None:
    """The API URL of the server that the environment, a profile or a settings file names; none: ``None``.

    Prefect itself is asked only where there is something for it to read, as asking takes half a second.
    """
    if url := os.environ.get("PREFECT_API_URL"):
        return url
    files = (prefect_home() / "profiles.toml", *map(Path, SETTINGS_FILES))
    if not any(file.exists() for file in files):
        return None
    from prefect.settings import get_current_settings

    return get_current_settings().api.url


@contextmanager
def open_server(*, services: bool = False) -> Iterator[Server]:
    """A server to run flows on: the configured one, or one of our own that ends with the ``with`` block.

    Returns at once; import what takes time while the server boots, then :meth:`Server.wait`.  With ``services`` our own
    is a full server with a scheduler and a user interface.
    """
    os.environ["PREFECT_HOME"] = str(prefect_home())
    settle(QUIET)
    url = configured_server()
    server = ConfiguredServer(url) if url else OwnServer(services)
    try:
        yield server
    finally:
        server.stop()


def end_with(served_by: str | None) -> None:
    """End this process when the one that serves it has ended, even by a kill -9."""

    def watch(parent: int) -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    if served_by and os.getppid() == int(served_by):
        threading.Thread(target=watch, args=(int(served_by),), daemon=True).start()


def settle(settings: dict[str, str]) -> None:
    """Give Prefect the settings that nobody else gave it.  To be done before Prefect is imported."""
    if "PREFECT_LOGGING_LEVEL" in os.environ:
        settings = {name: value for name, value in settings.items() if not name.startswith("PREFECT_LOGGING_HANDLERS")}
    for name, value in settings.items():
        os.environ.setdefault(name, value)


class Server(ABC):
    """A Prefect server as a run sees it."""

    url: str
    ours: bool

    @abstractmethod
    def wait(self, notice: Notice) -> None:
        """Return when the server answers; :class:`~flows.errors.RunError` where it does not."""

    @abstractmethod
    def stop(self) -> None:
        """Leave nothing of ours running."""


class ConfiguredServer(Server):
    """A server that someone else runs."""

    ours = False

    def __init__(self, url: str) -> None:
        self.url = url

    def wait(self, notice: Notice) -> None:
        """See :class:`Server`."""
        from prefect.client.orchestration import get_client

        with get_client(sync_client=True) as client:
            failure = client.api_healthcheck()
        if failure:
            raise RunError(
                f"the Prefect server at {printable(self.url)} does not answer ({printable(failure)}); start it, unset "
                "PREFECT_API_URL to let Copydesk bring its own, or run with --plain to go without"
            )

    def stop(self) -> None:
        """It is not ours to stop."""


class OwnServer(Server):
    """A server process of our own, on a free port of the loopback interface."""

    ours = True
    url = ""

    def __init__(self, services: bool) -> None:
        self.timeout = float(os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"])
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (closed by stop())
        self._process = _start(self._errors, services)
        atexit.register(self.stop)
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()
        port = self._line(self.timeout).removeprefix("port ")
        self.url = f"http://127.0.0.1:{port}/api"
        os.environ["PREFECT_API_URL"] = self.url
        _keep_off_proxies()
        settle({} if services else LEAN_CLIENT)

    def wait(self, notice: Notice) -> None:
        """See :class:`Server`."""
        while (line := self._line(self.timeout)) != "ready":
            if line == "database":
                notice("making Prefect's database, which happens once")

    def stop(self) -> None:
        """Close the lifeline; the process has five seconds to end, and is then made to."""
        process = self._process
        if process.poll() is None:
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._errors.close()
        if os.environ.get("PREFECT_API_URL") == self.url:
            del os.environ["PREFECT_API_URL"]
        atexit.unregister(self.stop)

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line.decode().strip())
        self._lines.put("")

    def _line(self, timeout: float) -> str:
        """The next thing the process says."""
        try:
            line = self._lines.get(timeout=timeout)
        except queue.Empty:
            self.stop()
            raise RunError(
                f"Prefect's server did not start within {timeout:g} s; give it more with "
                "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS, or run with --plain to go without Prefect"
            ) from None
        if not line:
            self._process.wait()
            self._errors.seek(0)
            said = self._errors.read().decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
            self.stop()
            raise RunError(
                f"Prefect's server ended while it was starting ({printable(said[-1].strip())}); "
                f"see whether {printable(prefect_home())} can be written to, or run with --plain to go without Prefect"
            )
        return line


def _start(errors: IO[bytes], services: bool) -> subprocess.Popen[bytes]:
    """The server process, in a session of its own: a Ctrl-C at the terminal is for us, and we end it."""
    from flows import server_process

    # -P: a folder named like one of Prefect's modules in the user's working folder must not be taken for it.
    return subprocess.Popen(
        [sys.executable, "-P", server_process.__file__, *(["--services"] if services else [])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**({} if services else LEAN_SERVER), **os.environ},
        start_new_session=True,
    )


def _keep_off_proxies() -> None:
    """A proxy of the environment is not for the loopback interface."""
    for name in ("NO_PROXY", "no_proxy"):
        others = [host for host in os.environ.get(name, "").split(",") if host]
        if "127.0.0.1" not in others:
            os.environ[name] = ",".join([*others, "127.0.0.1"])
