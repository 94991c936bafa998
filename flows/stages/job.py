"""A job: the seeds, the output and the options of one run, checked, with the output held and an engine at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows import store
from flows.costs import Cost, Meter
from flows.decisions import Decisions, read_decisions
from flows.engines import Engine, open_engine
from flows.errors import UsageError, explained, printable
from flows.options import RunOptions
from flows.remote import fetch_seed, is_address, mirror_of, sending
from flows.store import Workspace

Progress = Callable[[str, int, int | None, str], None]
"""Called as ``progress(stage, done, total, unit)``, in the driver, now and then; ``total`` is None where unknown."""


def silent(stage: str, done: int, total: int | None, unit: str) -> None:
    """A :data:`Progress` that says nothing."""


@dataclass(frozen=True, slots=True)
class Job:
    """What every stage is given beside the result of the stage before."""

    seeds: tuple[Path, ...]
    output: Path
    options: RunOptions
    workspace: Workspace
    engine: Engine
    started: datetime
    decisions: Decisions = field(default_factory=Decisions)
    """What people had decided when the run began."""
    address: str = ""
    """Where the output goes in the end, where that is elsewhere (:mod:`flows.remote`)."""
    costs: dict[str, Cost] = field(default_factory=dict)
    """What each stage took, filled in by the stages as they end."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a run: a plain function from the result of the stage before to its own."""

    name: str
    doing: str
    """What a person reads while it runs."""
    function: Callable[[Job, Any, Progress], Any]

    def run(self, job: Job, given: Any, progress: Progress = silent) -> Any:
        """The stage's result, with its cost noted in ``job.costs`` and trouble with files put in words."""
        with explained(self.doing.lower(), job.output), Meter() as meter:
            result = self.function(job, given, progress)
        job.costs[self.name] = job.costs.get(self.name, Cost(0.0, 0.0, 0.0)) + meter.cost
        return result


@contextmanager
def open_job(seeds: Sequence[str | Path], output: str | Path, options: RunOptions | None = None) -> Iterator[Job]:
    """Check what was asked for, take the output, open the engine; give everything back at the end.

    Raises :class:`~flows.errors.UsageError` for seeds or an output that cannot be used, before anything is written, and
    :class:`~flows.errors.LockedError` where another run holds the output.
    """
    from flows.inputs import check_seeds
    from flows.outputs import check_output

    options = options or RunOptions()
    options.clean_options()  # steps of the user's own are loaded before anything is written
    folders = check_seeds([fetch_seed(str(seed)) if is_address(str(seed)) else Path(seed) for seed in seeds])
    address = str(output) if is_address(str(output)) else ""
    target = check_output(mirror_of(address) if address else Path(output), folders)
    decisions = options.decisions_file(target)
    if options.decisions and not decisions.is_file():
        raise UsageError(f"the file of decisions {printable(decisions)} does not exist; name one, or leave it out")
    with ExitStack() as held:
        with explained("preparing", target):
            workspace = held.enter_context(store.opened(target))
            engine = held.enter_context(open_engine(options.engine, options.worker_count(), options.engine_address))
            if address:
                held.enter_context(sending(address, target))
        said = read_decisions(decisions)
        yield Job(folders, target, options, workspace, engine, datetime.now(UTC), said, address)
