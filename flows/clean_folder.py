"""The main job as a Prefect flow: folders of articles in, clean canonical articles out.

The stages are the plain functions of :mod:`flows.stages`; each is one Prefect task in this process.  Inside a task the
engine maps plain functions over chunks of documents, so no worker knows Prefect, and tasks hand on the names of files
and never texts.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from prefect import Flow, flow, get_run_logger, runtime
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import FlowRun, State, TaskRun
from prefect.settings import get_current_settings
from prefect.states import Completed
from prefect.tasks import Task
from prefect.utilities.annotations import quote
from pydantic import BeforeValidator, Field

from flows.options import RunOptions
from flows.prefect_server import SERVED_BY, end_with
from flows.stages import STAGES, Progress, RunSummary, Stage, finish, open_job
from flows.summary import as_markdown, clusters_table, served_line

PASSING = {errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.ECONNRESET}
"""What a file system on a network may answer today and not a moment later; anything else is worth no second try."""

RETRY_DELAYS = [1.0, 10.0]
"""Seconds to wait before a stage is tried again."""

TELL_EVERY = 2.0
"""Seconds between two updates of the progress on the server, but for the ends of stages."""

DISPLAY: ContextVar[Progress | None] = ContextVar("display", default=None)
"""Where progress goes.  A flow's parameters are data, so what shows its progress comes another way."""


def _as_options(given: Any) -> Any:
    return RunOptions.from_json(given) if isinstance(given, Mapping) else given


Seeds = Annotated[list[str], Field(min_length=1, description="Folders and files to read, on the machine that runs it")]
Output = Annotated[str, Field(min_length=1, description="The folder to write to; it is made where it is missing")]
Options = Annotated[RunOptions, BeforeValidator(_as_options), Field(description="What the run is told beyond that")]


def run_name() -> str:
    """What a flow run is called: its first seed and its output, by their last names.

    >>> _named(["articles/2023", "more"], "clean/")
    '2023 and 1 more to clean'
    """
    given = runtime.flow_run.parameters
    return _named(given["seeds"], given["output"])


def _named(seeds: list[str], output: str) -> str:
    first, *more = (Path(name).name or name for name in seeds)
    return f"{first}{f' and {len(more)} more' if more else ''} to {Path(output).name or output}"


def tell_failure(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Emit an event on a run that failed or crashed, for automations to act upon."""
    if watched():
        emit(
            "copydesk.run.failed",
            str(flow_run.parameters.get("output", "")),
            {"message": state.message or state.name or ""},
        )


@flow(
    name="clean-folder",
    flow_run_name=run_name,
    persist_result=False,
    on_failure=[tell_failure],
    on_crashed=[tell_failure],
)
def clean_folder(seeds: Seeds, output: Output = "output", options: Options = RunOptions()) -> RunSummary:  # noqa: B008
    """Clean the articles of the seeds, find the rewrites among them, and write everything to the output folder.

    Args:
        seeds: Folders and files to read, on the machine that runs the flow.
        output: The folder to write to; it is made where it is missing.
        options: Everything else a run can be told; see ``copydesk run --help``.
    """
    end_with(os.environ.get(SERVED_BY))
    progress = followed(DISPLAY.get() or log_progress)
    with open_job(seeds, output, options) as job:
        result: Any = None
        for stage in STAGES:
            result = as_task(stage)(quote(job), quote(result), quote(progress))
        summary = finish(job, result)
    publish(summary)
    if DISPLAY.get() is None:
        print(served_line(summary, datetime.now()), flush=True)
        for complaint in summary.complaints:
            print(complaint, flush=True)
    return Completed(message=f"{summary.sentence}; {summary.picked_up}", data=summary)  # type: ignore[return-value]  # Prefect unpacks it


def as_task(stage: Stage) -> Task[Any, Any]:
    """A stage as Prefect sees it.  Nothing is cached or persisted: what can be reused is the stage's own affair."""
    return Task(
        stage.run,
        name=stage.doing,
        task_run_name=stage.doing,
        description=stage.function.__doc__,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=len(RETRY_DELAYS),
        retry_delay_seconds=list(RETRY_DELAYS),
        retry_condition_fn=will_pass,
    )


def will_pass(task: Task[Any, Any], run: TaskRun, state: State[Any]) -> bool:
    """Whether a stage failed of something that may be gone a moment later."""
    error: BaseException | None = state.data if isinstance(state.data, BaseException) else None
    while error is not None:
        if isinstance(error, OSError) and error.errno in PASSING:
            return True
        error = error.__cause__
    return False


def log_progress(stage: str, done: int, total: int | None, unit: str) -> None:
    """Progress for a run nobody watches at a terminal: the log of the flow run."""
    if done == total:
        get_run_logger().info("%s: %s %s", stage, f"{done:,}", unit)


@contextmanager
def shown_by(display: Progress) -> Iterator[None]:
    """Show the progress of the flow runs of the block on ``display``."""
    token = DISPLAY.set(display)
    try:
        yield
    finally:
        DISPLAY.reset(token)


def watched() -> bool:
    """Whether the server is one that people look at, and not one that ends with this run (see ``LEAN_CLIENT`` in
    :mod:`flows.prefect_server`)."""
    return bool(get_current_settings().logging.to_api.enabled)


def followed(progress: Progress) -> Progress:
    """The same progress, shown on the server too where people look there: one artifact, from 0 to 100 %."""
    if not watched():
        return progress
    from prefect.artifacts import create_progress_artifact, update_progress_artifact

    names = [stage.name for stage in STAGES]
    artifact: Any = create_progress_artifact(0.0, key="copydesk-progress", description="Waiting to begin")
    said = time.monotonic()

    def follow(stage: str, done: int, total: int | None, unit: str) -> None:
        nonlocal said
        progress(stage, done, total, unit)
        ended = total is not None and done >= total
        if not ended and time.monotonic() - said < TELL_EVERY:
            return
        said = time.monotonic()
        part = done / total if total else float(ended)
        share = (names.index(stage) + min(1.0, part)) / len(names)
        of = f" of {total:,}" if total is not None else ""
        update_progress_artifact(artifact, round(100 * share, 1), description=f"{stage}: {done:,}{of} {unit}")

    return follow


def publish(summary: RunSummary) -> None:
    """Leave counts and clusters on the server as artifacts, and an event for automations, where people look there."""
    if not watched():
        return
    from prefect.artifacts import create_markdown_artifact, create_table_artifact

    create_markdown_artifact(as_markdown(summary), key="copydesk-run", description=summary.sentence)
    clusters = clusters_table(summary.output)
    if clusters:
        shown = f"The largest {len(clusters):,} of {summary.counts['clusters']:,} clusters"
        create_table_artifact(clusters, key="copydesk-clusters", description=shown)
    emit("copydesk.run.completed", str(summary.output), {**summary.counts, **summary.inputs})


def emit(event: str, output: str, payload: dict[str, Any]) -> None:
    """Emit an event about an output; automations can be triggered by its name and its resource."""
    from prefect.events import emit_event

    path = Path(output)
    resource = {
        "prefect.resource.id": f"copydesk.output.{path.as_posix()}",
        "prefect.resource.name": path.name or output,
    }
    emit_event(event, resource=resource, payload=payload)
