"""A run as the command line makes it: checked first, then Prefect started, then the flow, then Prefect ended."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from flows.options import RunOptions
from flows.prefect_server import open_server
from flows.progress import Display

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

    from flows.stages import RunSummary

RECORDED_WITHIN = 2.0
"""Seconds that a server of our own is given to note down the last tasks of a run before it is ended."""


def run_flow(seeds: Sequence[str], output: str, options: RunOptions, display: Display) -> RunSummary:
    """Run the flow on the configured Prefect server, or on one of our own.

    Raises :class:`~flows.errors.CopydeskError` with a sentence for whatever keeps the run from its end.
    """
    with open_server() as server:
        display.waiting("starting Prefect" if server.ours else "asking the Prefect server")
        gc.disable()  # as in the server: imports make no garbage
        from flows.clean_folder import clean_folder, shown_by

        gc.enable()
        gc.freeze()
        server.wait(display.waiting)
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        # The heartbeat's thread takes a second to end, and nobody waits for a sign of life from a run at a terminal.
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}), shown_by(display):
            try:
                state: State[RunSummary] = clean_folder(list(seeds), output, options, return_state=True)
            finally:
                _send_events()
        if server.ours:
            _wait_for_records(state.state_details.flow_run_id)
    return state.result()


def _send_events() -> None:
    """Send what the tasks have to report, which Prefect does in the background."""
    from prefect.events.worker import EventsWorker

    EventsWorker.drain_all(timeout=RECORDED_WITHIN)


def _wait_for_records(run: UUID | None) -> None:
    """Wait until the server has noted down the end of every task it has heard of."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    chosen = FlowRunFilter(id=FlowRunFilterId(any_=[run] if run else []))
    deadline = time.monotonic() + RECORDED_WITHIN
    with get_client(sync_client=True) as client:
        while time.monotonic() < deadline:
            runs = client.read_task_runs(flow_run_filter=chosen)
            if all(run.state and run.state.is_final() for run in runs):
                return
            time.sleep(0.05)
