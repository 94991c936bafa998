"""One Prefect for the flow tests, none for the others."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# A flow that is called by accident must fail at once, and not boot a server of its own.
os.environ["PREFECT_SERVER_EPHEMERAL_ENABLED"] = "false"
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["DO_NOT_TRACK"] = "1"


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for Prefect that the commands under test share, so that its database is made once."""
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture(scope="session")
def environment(prefect_home: Path) -> dict[str, str]:
    """What a command under test finds: that home, no server named, and nothing of the developer's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "COPYDESK"))}
    return {**kept, "PREFECT_HOME": str(prefect_home), "NO_COLOR": "1", "COLUMNS": "100", "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="session")
def copydesk() -> str:
    """The installed command."""
    found = Path(sys.executable).with_name("copydesk.exe" if sys.platform == "win32" else "copydesk")
    assert found.exists(), f"{found} is missing: install the project first (pip install -e .)"
    return str(found)


@pytest.fixture(scope="session")
def prefect() -> Iterator[None]:
    """A real Prefect server for flows that are called in this process."""
    from prefect.testing.utilities import prefect_test_harness

    os.environ["PREFECT_SERVER_EPHEMERAL_ENABLED"] = "true"
    try:
        with prefect_test_harness(server_startup_timeout=300):
            yield
    finally:
        os.environ["PREFECT_SERVER_EPHEMERAL_ENABLED"] = "false"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium; where none is installed the tests are skipped, unless CI asks for it.

    One a module: while it is open an event loop runs in this thread, and Prefect would take tests for coroutines.
    """
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
    if not chromium and not os.environ.get("COPYDESK_REQUIRE_BROWSER"):
        pytest.skip("no Chromium is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()
