"""The main job on a schedule: a Prefect deployment of the flow, served by this process until it is stopped.

>>> parse_schedule(None, "1h30m")
Every(seconds=5400)
>>> str(parse_schedule("0 6 * * *", None, "Europe/Berlin"))
'at 0 6 * * * (Europe/Berlin)'
>>> parse_schedule(None, "often")
Traceback (most recent call last):
flows.errors.UsageError: --every is 'often', which is no interval; give it as 30s, 15m, 2h, 1d or 1h30m
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flows.errors import UsageError, printable
from flows.options import RunOptions
from flows.prefect_run import check
from flows.prefect_server import SERVED_BY, open_server
from flows.remote import is_address

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Schedule

UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_INTERVAL = re.compile(r"(?=.)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")

LOOK_EVERY = 5
"""Seconds between two looks at what is due, and how far they look ahead.

A run takes its place as soon as it is seen.  With Prefect's ten seconds, a run due soon would often find the place
still taken by the one before, and be dropped though that one ends in time.
"""


SHORTEST = 2 * LOOK_EVERY
"""Seconds of the shortest interval: of runs due more often, every other one would be dropped."""


@dataclass(frozen=True, slots=True)
class Every:
    """At an interval, counted from a fixed midnight: every quarter of an hour means at :00, :15, :30 and :45."""

    seconds: int

    def __str__(self) -> str:
        """As it is given: the largest units first.

        >>> str(Every(5400)), str(Every(86400))
        ('every 1h30m', 'every 1d')
        """
        rest, parts = self.seconds, []
        for unit, size in UNITS.items():
            count, rest = divmod(rest, size)
            parts.append(f"{count}{unit}" if count else "")
        return f"every {''.join(parts)}"

    def for_prefect(self) -> Schedule:
        """The schedule as Prefect has it.  The anchor is fixed, so that serving again shifts nothing."""
        from prefect.schedules import Interval

        zone = local_zone()
        anchor = datetime(2024, 1, 1, tzinfo=ZoneInfo(zone))
        return Interval(timedelta(seconds=self.seconds), anchor_date=anchor, timezone=zone)


@dataclass(frozen=True, slots=True)
class Cron:
    """As cron has it: minute, hour, day of the month, month, day of the week."""

    fields: str
    timezone: str

    def __str__(self) -> str:
        return f"at {printable(self.fields)} ({self.timezone})"

    def for_prefect(self) -> Schedule:
        """The schedule as Prefect has it."""
        from prefect.client.schemas.schedules import CronSchedule
        from prefect.schedules import Cron as PrefectCron

        try:
            CronSchedule(cron=self.fields, timezone=self.timezone)
        except ValueError:
            raise UsageError(
                f"--cron is {self.fields!r}, which cron does not understand; give minute, hour, day of the month, "
                'month and day of the week, as in "0 6 * * *" for every day at six'
            ) from None
        return PrefectCron(self.fields, timezone=self.timezone)


def parse_schedule(cron: str | None, every: str | None, timezone: str | None = None) -> Every | Cron:
    """The schedule of ``copydesk serve``: one of ``--cron`` and ``--every``."""
    if bool(cron) == bool(every):
        raise UsageError('give either --cron, as in --cron "0 6 * * *", or --every, as in --every 15m')
    if cron:
        return Cron(cron, _known_zone(timezone) if timezone else local_zone())
    if timezone:
        raise UsageError("--timezone is for --cron; an interval is the same everywhere")
    assert every is not None
    match = _INTERVAL.fullmatch(every.strip())
    seconds = sum(int(n or 0) * size for n, size in zip(match.groups(), UNITS.values(), strict=True)) if match else 0
    if 0 < seconds < SHORTEST:
        raise UsageError(
            f"--every is {every!r}, but what is due is looked for every {LOOK_EVERY} seconds, and a run takes as "
            f"long to start; give {SHORTEST}s or more"
        )
    if not seconds:
        raise UsageError(f"--every is {every!r}, which is no interval; give it as 30s, 15m, 2h, 1d or 1h30m")
    return Every(seconds)


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, LookupError):
        raise UsageError(f"--timezone is {name!r}, which is no known time zone; give one as in Europe/Berlin") from None


def local_zone() -> str:
    """The name of this machine's time zone; UTC where it does not say."""
    from tzlocal import get_localzone_name

    try:
        return get_localzone_name() or "UTC"
    except (ValueError, OSError, LookupError):
        return "UTC"


def serve_flow(
    seeds: Sequence[str],
    output: str,
    options: RunOptions,
    when: Every | Cron,
    *,
    name: str | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Serve the flow on its schedule until this process is told to stop, by Ctrl-C or SIGTERM.

    Both are an orderly end at any moment, while it starts too: a supervisor that stops it sees no failure.  Where no
    Prefect server is configured it brings its own, with a scheduler and a user interface.
    """
    with suppress(KeyboardInterrupt), _sigterm_as_ctrl_c(), open_server(services=True) as server:
        check(seeds, output, options)
        if server.ours:
            say("starting a Prefect server")
        deployment = deploy(seeds, output, options, when, name)
        server.wait(say)
        say(f"serving {', '.join(map(printable, seeds))} to {printable(output)}, {when}; stop with Ctrl-C")
        say(f"Prefect shows the runs at {server.url.removesuffix('/api')}")
        say("one run at a time: one that falls due while another goes on is dropped, as the next sees all that is new")
        say(f"{datetime.now():%Y-%m-%d %H:%M:%S} waiting; the first run is due at {first_due(deployment)}")
        os.environ[SERVED_BY] = str(os.getpid())
        _serve(deployment, alone=server.ours)
    say("stopped")


@contextmanager
def _sigterm_as_ctrl_c() -> Iterator[None]:
    """Meanwhile SIGTERM interrupts as Ctrl-C does.  Only the main thread may say so; elsewhere nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def deploy(
    seeds: Sequence[str], output: str, options: RunOptions, when: Every | Cron, name: str | None = None
) -> RunnerDeployment:
    """The flow as a deployment.  A run that falls due while another goes on is dropped: the next one sees it all."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import RunnerDeployment
    from prefect.types.entrypoint import EntrypointType

    from flows.clean_folder import clean_folder

    parameters: dict[str, Any] = {
        "seeds": [whole(seed) for seed in seeds],
        "output": whole(output),
        "options": options.absolute().as_json(),
    }
    return RunnerDeployment.from_flow(
        clean_folder,
        name=name or deployment_name(output),
        parameters=parameters,
        description=(
            f"{clean_folder.description}\n\nRuns {when}, one at a time: a run that falls due while another goes on is "
            "cancelled (concurrency limit 1, collision strategy CANCEL_NEW), as the next one sees everything that is "
            "new. Each works on what was added or changed since the one before; its state says what that was."
        ),
        schedule=when.for_prefect(),
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        tags=["copydesk"],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def first_due(deployment: RunnerDeployment) -> str:
    """When the first run of a deployment falls due, in the time zone of its schedule."""
    import asyncio

    from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule

    told = deployment.schedules[0].schedule if deployment.schedules else None
    kind = CronSchedule if hasattr(told, "cron") else IntervalSchedule
    due = asyncio.run(kind.model_validate(told.model_dump()).get_dates(1)) if told else []
    return f"{due[0]:%Y-%m-%d %H:%M:%S %Z}" if due else "no time"


def whole(name: str) -> str:
    """A file or folder as a process that works elsewhere finds it; addresses stay as they are."""
    return name if is_address(name) else str(Path(name).absolute())


def deployment_name(output: str) -> str:
    """The name of a deployment that is given none: one for each output, as one output takes one run at a time.

    >>> deployment_name("/srv/clean")
    'clean-b58297'
    """
    path = Path(output).absolute()
    return f"{path.name or 'output'}-{hashlib.sha256(os.fsencode(path)).hexdigest()[:6]}"


def _serve(deployment: RunnerDeployment, *, alone: bool) -> None:
    """Start what is due until stopped, then pause the schedule: nothing piles up while nobody serves."""
    import asyncio

    from prefect.runner import Runner

    async def serve() -> None:
        loop, serving = asyncio.get_running_loop(), asyncio.current_task()

        class Serving(Runner):
            def handle_sigterm(self, *args: Any, **kwargs: Any) -> None:
                """End as at Ctrl-C.  Prefect's own way leaves the schedule active."""
                if serving:
                    loop.call_soon_threadsafe(serving.cancel)

        runner = Serving(name="copydesk", query_seconds=LOOK_EVERY, prefetch_seconds=LOOK_EVERY, pause_on_shutdown=True)
        known_as = await runner.aadd_deployment(deployment)
        if alone:
            await _write_off(known_as)
        await runner.start()

    with suppress(KeyboardInterrupt, asyncio.CancelledError), _runs_spared_from_ctrl_c():
        asyncio.run(serve())


@contextmanager
def _runs_spared_from_ctrl_c() -> Iterator[None]:
    """Meanwhile SIGINT, which a terminal sends to all processes of a group, stops this one and none that it starts.

    It ends those itself; on their own they would say at length where they were interrupted.  A process inherits what
    the thread that starts it blocks, so this thread blocks the signal and another takes it.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where every process is told apart
        yield
        return
    over = threading.Event()
    threading.Thread(target=over.wait, name="takes SIGINT", daemon=True).start()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        over.set()


async def _write_off(deployment: UUID) -> None:
    """Note that runs which an earlier server left unfinished have crashed.

    A server that was killed in the middle of a run takes that run for running ever after, and every new one would be
    dropped for its sake.  Only a server of our own is asked: nobody else runs the deployment there.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import (
        DeploymentFilter,
        DeploymentFilterId,
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    going_on = FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING, StateType.CANCELLING])
    async with get_client() as client:
        runs = await client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment])),
            flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=going_on)),
        )
        for run in runs:
            await client.set_flow_run_state(run.id, Crashed(message="the process that served it ended"), force=True)
