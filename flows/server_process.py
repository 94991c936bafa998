"""What runs inside the process of Copydesk's own Prefect server, and ends with the process that started it.

Started by :mod:`flows.prefect_server` as a script, apart from the package, so that nothing here imports ``flows``.
The two talk over pipes: this process says on its standard output which ``port`` it will listen on, when its database is
being made (``database``), and when it is ``ready``; its standard input is the lifeline: it is never written to, and the
system closes it when the other process ends, however that ends.
"""

from __future__ import annotations

import gc
import importlib.metadata
import os
import socket
import sqlite3
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any

STAMP = "migrated-by-copydesk"
"""The file beside the database that names the Prefect version and the schema revision it was last brought up to."""

OTHER_DATABASE = ("PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL")
"""Settings that put Prefect's database elsewhere; how it gets its tables is then Prefect's own affair."""

ATTEMPTS = 3
"""Starts of the server: SQLite may be locked by another one just then."""

GRACE = 5.0
"""Seconds between the end of the lifeline and the end of this process, whatever still stands in the way."""


def main() -> None:
    """Serve until the lifeline closes."""
    gc.disable()  # a fifth of the time it takes to import a server goes into looking for garbage that is not there
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    port = listener.getsockname()[1]
    _say(f"port {port}")
    os.environ.setdefault("PREFECT_UI_API_URL", f"http://127.0.0.1:{port}/api")  # or the user interface asks port 4200
    lifeline = Lifeline()
    home = Path(os.environ["PREFECT_HOME"]).expanduser()
    home.mkdir(parents=True, exist_ok=True)
    first = one_at_a_time(home)  # held until this process serves, or ends
    if not any(name in os.environ for name in OTHER_DATABASE):
        prepare_database(home)

    import uvicorn
    from prefect.server.api.server import create_app

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                gc.enable()
                gc.freeze()
                remember_migrated(home)
                if first:
                    first.close()
                _say("ready")

    for _ in range(ATTEMPTS):
        app = create_app(ephemeral="--services" not in sys.argv, ignore_cache=True)
        server = Server(uvicorn.Config(app, log_level="error", lifespan="on", timeout_graceful_shutdown=1))
        lifeline.server = server
        server.run(sockets=[listener])
        if server.started:
            break
        time.sleep(1)


class Lifeline(threading.Thread):
    """Waits for the standard input to close and then ends this process."""

    server: Any = None

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.start()

    def run(self) -> None:
        """End: a server with services in good order, one for a single run at once (SQLite holds what was committed)."""
        while os.read(0, 64):
            pass
        if "--services" not in sys.argv or self.server is None or not self.server.started:
            os._exit(0)
        self.server.should_exit = True
        timer = threading.Timer(GRACE, os._exit, (1,))
        timer.daemon = True
        timer.start()


def one_at_a_time(home: Path) -> IO[str] | None:
    """On a fresh home the first server writes what the others find: a lock that is held until it is closed.

    None where there is nothing to wait for, or the system knows no such lock.
    """
    if is_migrated(home):
        return None
    try:
        import fcntl
    except ImportError:
        return None
    handle = (home / "first-start.lock").open("w")
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def prepare_database(home: Path) -> None:
    """See that Prefect's migrations, which take seconds, run once for a database and not at every start."""
    if is_migrated(home):
        os.environ["PREFECT_SERVER_DATABASE_MIGRATE_ON_START"] = "false"
    elif not (home / "prefect.db").exists():
        _say("database")
        make_database(home)


def is_migrated(home: Path) -> bool:
    """Whether this very Prefect has brought this very database up to date before, so that it need not look again."""
    try:
        return (home / STAMP).read_text("utf-8") == _state_of(home)
    except (OSError, sqlite3.Error):
        return False


def remember_migrated(home: Path) -> None:
    """Remember that the database is up to date; where that cannot be kept, the next start looks again."""
    try:
        (home / STAMP).write_text(_state_of(home), "utf-8")
    except (OSError, sqlite3.Error):
        return


def _state_of(home: Path) -> str:
    database = sqlite3.connect(f"{(home / 'prefect.db').resolve().as_uri()}?mode=ro", uri=True)
    try:
        revision = database.execute("SELECT version_num FROM alembic_version").fetchall()
    finally:
        database.close()
    return f"prefect {importlib.metadata.version('prefect')}, schema {revision}\n"


def make_database(home: Path) -> None:
    """Make Prefect's database by Prefect's own migrations, in a third of the time Prefect takes over it.

    Prefect runs its hundred migrations through aiosqlite, at two thread switches a statement; here they run over a
    plain connection, into a file beside, which is then put in place, whole.  When two do this at once the first wins.
    Whatever goes wrong is left to Prefect: it finds no database and makes one.
    """
    handle, name = tempfile.mkstemp(prefix="prefect-", suffix=".new", dir=home)
    os.close(handle)
    made = Path(name)
    try:
        _migrate(made)
        with made.open("rb+") as file:
            os.fsync(file.fileno())
        os.link(made, home / "prefect.db")
    except Exception as error:
        print(f"the quick way to a database failed, Prefect makes it: {error!r}", file=sys.stderr)
    finally:
        made.unlink(missing_ok=True)


def _migrate(path: Path) -> None:
    import warnings

    import sqlalchemy
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory
    from prefect.server.database import provide_database_interface
    from prefect.server.database.alembic_commands import alembic_config

    interface = provide_database_interface()
    config = alembic_config()
    scripts = ScriptDirectory.from_config(config)
    scripts.version_locations = [str(interface.orm.versions_dir)]

    def steps(revision: Any, context: Any) -> Any:
        return scripts._upgrade_revs("heads", revision)

    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    with (
        warnings.catch_warnings(action="ignore"),
        EnvironmentContext(config, scripts, fn=steps, destination_rev="heads") as environment,
        engine.connect() as connection,
    ):
        # As prefect/server/database/_migrations/env.py has it.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        connection.commit()
        environment.configure(
            connection=connection,
            target_metadata=interface.Base.metadata,
            include_schemas=True,
            render_as_batch=True,
            transaction_per_migration=True,
        )
        with environment.begin_transaction():
            environment.run_migrations()
    engine.dispose()


def _say(line: str) -> None:
    """Tell the process that started this one; where it is gone, so is this one soon."""
    try:
        print(line, flush=True)
    except OSError:
        os._exit(0)


if __name__ == "__main__":
    main()
