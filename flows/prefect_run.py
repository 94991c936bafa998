"""A run as the command line makes it: checked first, then Prefect started, then the flow, then Prefect ended."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from flows.options import RunOptions
from flows.prefect_server import open_server, prefect_home
from flows.progress import Display

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

    from flows.stages import RunSummary

RECORDED_WITHIN = 5.0
"""Seconds that a server of our own is given to note down the last tasks of a run before it is ended."""


def run_flow(seeds: Sequence[str], output: str, options: RunOptions, display: Display) -> RunSummary:
    """Run the flow on the configured Prefect server, or on one of our own.

    Raises :class:`~flows.errors.CopydeskError` with a sentence for whatever keeps the run from its end.
    """
    with open_server() as server:
        check(seeds, output, options)
        display.waiting("starting Prefect" if server.ours else "asking the Prefect server")
        gc.disable()  # as in the server: imports make no garbage
        from flows.clean_folder import clean_folder, shown_by

        warm_up()
        gc.enable()
        gc.freeze()
        server.wait(display.waiting)
        if server.ours:
            clean_folder = clean_folder.with_options(result_storage=prefect_home() / "storage")  # or it asks where
        from prefect import tags
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        # The heartbeat's thread takes a second to end, and nobody waits for a sign of life from a run at a terminal.
        # For a tag, every task asks the server for a limit on it: worth it only where people look for runs by tag.
        named = () if server.ours else ("copydesk",)
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}), tags(*named), shown_by(display):
            try:
                state: State[RunSummary] = clean_folder(list(seeds), output, options, return_state=True)
            finally:
                _send_events()
        if server.ours and state.is_completed():
            _wait_for_records(state.state_details.flow_run_id)
    return state.result()


def check(seeds: Sequence[str], output: str, options: RunOptions) -> None:
    """Refuse what makes no sense before anybody waits for anything."""
    options.clean_options()
    from flows.inputs import check_seeds
    from flows.outputs.checks import check_output
    from flows.remote import Remote, is_address

    there = [Remote.of(name) for name in (*seeds, output) if is_address(name)]
    if not there:
        check_output(Path(output), check_seeds([Path(seed) for seed in seeds]))


def warm_up() -> None:
    """Import and load what the stages will need, while there is nothing to do but wait for the server."""
    from cleaners.duplicates.compare import compare
    from cleaners.text.clean import clean
    from cleaners.text.decoding import decode
    from flows.report.page import render  # noqa: F401

    text = clean(decode(b"The council met on Friday and passed the budget.").text)
    compare(text, text)


def _send_events() -> None:
    """Send what the tasks have to report, which Prefect does in the background."""
    from prefect.events.worker import EventsWorker

    EventsWorker.drain_all(timeout=RECORDED_WITHIN)


def _wait_for_records(run: UUID | None) -> None:
    """Wait until the server has noted down the end of every task of a run."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    from flows.stages import STAGES

    chosen = FlowRunFilter(id=FlowRunFilterId(any_=[run] if run else []))
    deadline = time.monotonic() + RECORDED_WITHIN
    with get_client(sync_client=True) as client:
        while time.monotonic() < deadline:
            runs = client.read_task_runs(flow_run_filter=chosen)
            if sum(bool(run.state and run.state.is_final()) for run in runs) == len(STAGES):
                return
            time.sleep(0.05)
