"""The options that commands of ``copydesk`` have in common."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

output_option = click.option("--output", "-o", type=click.Path(), help="The folder to write to. [default: output]")
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Say nothing unless something goes wrong.")


def debuggable(command: Command) -> Command:
    """Add ``--debug``."""

    def remember(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value:
            os.environ["COPYDESK_DEBUG"] = "1"
            os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO")

    return click.option(
        "--debug", is_flag=True, expose_value=False, callback=remember, help="Show tracebacks and Prefect's own log."
    )(command)


def _own_steps() -> tuple[Callable[[Command], Command], ...]:
    """Options that change what is done to a text."""
    return (
        click.option(
            "--step",
            "steps",
            multiple=True,
            metavar="FILE.py:FUNCTION",
            help="A cleaning step of your own. Repeatable.",
        ),
        click.option("--rules", metavar="FILE", help="A TOML file with rules for lines that go."),
        click.option(
            "--off",
            multiple=True,
            metavar="NAME",
            help="Switch a step or a rule off, as in furniture/byline. Repeatable.",
        ),
    )


def own_steps(command: Command) -> Command:
    """Add the options that change what is done to a text."""
    for option in reversed(_own_steps()):
        command = option(command)
    return command


def configured(command: Command) -> Command:
    """Add ``--config``."""
    return click.option(
        "--config",
        metavar="FILE",
        help="Settings for all runs. [default: copydesk.toml or pyproject.toml, if one is here]",
    )(command)


def run_options(command: Command) -> Command:
    """Add an option for everything in :class:`~flows.options.RunOptions`."""
    for option in reversed(
        (
            click.option("--text-field", metavar="NAME", help="The field of a record that holds its text."),
            click.option("--id-field", metavar="NAME", help="The field of a record that names it."),
            click.option(
                "--field",
                "fields",
                multiple=True,
                metavar="WHAT=NAME",
                help="The field of a record that holds its title, byline, published, publisher, language or url. "
                "Repeatable.",
            ),
            click.option(
                "--max-seconds", type=int, metavar="N", help="Set documents aside that take longer. [default: 120]"
            ),
            click.option(
                "--max-bytes",
                metavar="SIZE",
                help="Set larger documents aside: bytes, 500kB or 20MiB. [default: 10MiB]",
            ),
            click.option(
                "--straighten-quotes", is_flag=True, default=None, help="Turn “curly” quotes into straight ones."
            ),
            *_own_steps(),
            click.option(
                "--near-duplicates-only",
                is_flag=True,
                default=None,
                help="Mend characters and fold texts with the same wording; leave furniture and rewrites alone.",
            ),
            click.option(
                "--keep",
                metavar="POLICY",
                help="Which document stands for its cluster: source, longest or earliest. [default: source]",
            ),
            click.option(
                "--prefer-source",
                multiple=True,
                metavar="NAME",
                help="A publisher or folder whose documents stand for a cluster before any other. Repeatable.",
            ),
            click.option(
                "--also", multiple=True, metavar="FORM", help="Write sqlite or elasticsearch as well. Repeatable."
            ),
            click.option(
                "--decisions",
                metavar="FILE",
                help="What people have decided on pairs. [default: decisions.jsonl in OUTPUT, if it is there]",
            ),
            click.option(
                "--engine",
                metavar="NAME",
                help="Who does the work inside a stage: local, inline, threads, processes, dask or ray. "
                "[default: local]",
            ),
            click.option("--engine-address", metavar="ADDRESS", help="Of a Dask or Ray cluster that runs already."),
            click.option("--workers", type=int, metavar="N", help="How many at once. [default: one per processor]"),
            click.option("--fresh", is_flag=True, default=None, help="Reuse nothing of earlier runs."),
        )
    ):
        command = option(command)
    return command


def seeds_argument(command: Command) -> Command:
    """Add ``SEEDS...``; whether they exist is checked where they are read."""
    return click.argument("seeds", nargs=-1, required=True, type=click.Path())(command)
