"""The ``copydesk`` command.

Exit codes: 0 done, 1 the run failed, 2 wrong usage.  What goes wrong is one sentence on the standard error.  Whatever
takes time to import is imported where it is needed, so that ``copydesk --help`` answers at once.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

from flows.command_options import (
    configured,
    debuggable,
    output_option,
    own_steps,
    quiet_option,
    run_options,
    seeds_argument,
)
from flows.errors import CopydeskError, printable

SAID = ("rewrite", "not-a-rewrite", "excerpt", "keep", "undecided")
"""What ``copydesk decide`` can be told."""

INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""


class Commands(click.Group):
    """Commands in the order in which they are written, not of the alphabet, each with the whole of what it does."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """See :class:`click.Group`."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """See :class:`click.MultiCommand`; there a summary is cut off in the middle of a sentence."""
        rows = [(name, " ".join((each.help or "").split("\n\n")[0].split())) for name, each in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: copydesk run FOLDER. Every command has a --help with examples.",
)
@click.version_option(package_name="copydesk", message="copydesk %(version)s")
def cli() -> None:
    """Cleans folders of scraped articles and finds the rewrites among them, with the reason for every cut and match."""


@cli.command(epilog="Examples:  copydesk run articles  |  copydesk run crawl.warc.gz more/ -o clean --workers 4")
@seeds_argument
@output_option
@run_options
@configured
@click.option("--plain", is_flag=True, help="Run the same stages without Prefect: a faster start, the same bytes.")
@click.option("--profile", is_flag=True, help="Say at the end what each stage took: time, processor, memory.")
@quiet_option
@debuggable
def run(
    seeds: tuple[str, ...],
    output: str | None,
    *,
    config: str | None,
    plain: bool,
    profile: bool,
    quiet: bool,
    **told: Any,
) -> None:
    """Clean the articles of SEEDS (files and folders), find the rewrites among them, and write it all to OUTPUT.

    Reads .txt and .html files, and the records of .jsonl, .parquet and .warc files; .jsonl and .warc may be compressed.
    Any other file is read as one text if it holds text, and set aside with a reason if not.
    SEEDS and OUTPUT can be addresses that fsspec knows, such as s3://bucket/articles.
    OUTPUT then holds the clean texts, tables of documents, pairs and clusters, and report.html for people.
    """
    from flows.configuration import settle
    from flows.progress import shown
    from flows.summary import check_any_read, last_line

    settings = settle(told, output, config)
    options, output = settings.options, settings.output
    with shown(quiet) as display:
        if plain:
            from flows.stages import run_plain

            summary = run_plain(seeds, output, options, display)
        else:
            from flows.prefect_run import run_flow

            summary = run_flow(seeds, output, options, display)
    if not quiet:
        click.echo(last_line(summary))
    for complaint in summary.complaints:
        click.echo(f"copydesk: {complaint}", err=True)
    if profile:
        from flows.costs import table

        click.echo(table(summary.costs, summary.counts["read"], summary.megabytes))
    check_any_read(summary, seeds, options, lambda said: click.echo(f"copydesk: {said}", err=True))


@cli.command(epilog="Examples:  copydesk clean page.html > page.txt  |  copydesk clean article.txt --explain")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--explain", is_flag=True, help="Show every change below the text: its rule, before and after.")
@click.option("--straighten-quotes", is_flag=True, default=None, help="Make curly quotes straight.")
@own_steps
@configured
@debuggable
def clean(file: str, *, explain: bool, config: str | None, **told: Any) -> None:
    """Print the clean text of FILE (text or a web page in any encoding; - for the standard input)."""
    from flows.configuration import settle
    from flows.single_files import clean_file
    from flows.terminal import explanation

    found = clean_file(file, settle(told, None, config).options)
    echo_text(found.text)
    if explain:
        click.echo(explanation(found))


@cli.command(epilog="Examples:  copydesk compare release.txt story.txt  |  copydesk compare a.html b.html --json")
@click.argument("left", metavar="A", type=click.Path(allow_dash=True))
@click.argument("right", metavar="B", type=click.Path(allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@configured
@debuggable
def compare(left: str, right: str, *, as_json: bool, config: str | None) -> None:
    """Tell whether one of A and B was made from the other, with the evidence and the matching passages.

    Both are cleaned first, so that what stands around an article neither hides nor feigns a match.
    """
    from flows.configuration import settle
    from flows.single_files import compare_files
    from flows.terminal import show_verdict, verdict_json

    pair = compare_files(left, right, settle({}, None, config).options)
    if as_json:
        click.echo(verdict_json(pair))
    else:
        show_verdict(pair)


@cli.command(epilog='Examples:  copydesk serve inbox --every 15m  |  copydesk serve inbox -o clean --cron "0 6 * * *"')
@seeds_argument
@output_option
@click.option("--cron", metavar="CRON", help='When to run, as five cron fields: "0 6 * * *" is every day at six.')
@click.option("--every", metavar="INTERVAL", help="How often to run: 15m, 2h or 1d; 10s at the least.")
@click.option("--timezone", metavar="ZONE", help="Of --cron, as in Europe/Berlin. [default: this machine's]")
@click.option("--name", help="The name of the deployment. [default: one for each output]")
@run_options
@configured
@debuggable
def serve(
    seeds: tuple[str, ...],
    output: str | None,
    *,
    config: str | None,
    cron: str | None,
    every: str | None,
    timezone: str | None,
    name: str | None,
    **told: Any,
) -> None:
    """Run the same job on SEEDS on a schedule, until stopped with Ctrl-C.

    Only what is new or changed since the last run is read again. Runs never overlap: one that is due while another is
    going on is dropped. Brings its own Prefect server unless PREFECT_API_URL names one.
    """
    from flows.configuration import settle
    from flows.schedule import parse_schedule, serve_flow

    settings = settle(told, output, config)
    when = parse_schedule(cron, every, timezone)
    serve_flow(seeds, settings.output, settings.options, when, name=name, say=click.echo)


@cli.command(
    epilog="Examples:  copydesk decide output rewrite a.txt b.txt  |  copydesk decide output keep wire.txt story.txt"
)
@click.argument("output", type=click.Path())
@click.argument("what", metavar="WHAT", type=click.Choice(SAID))
@click.argument("left", metavar="A")
@click.argument("right", metavar="B")
@click.option("--decisions", metavar="FILE", help="Where to note it down. [default: decisions.jsonl in OUTPUT]")
@click.option("--by", default="", metavar="NAME", help="Who decides. [default: who is logged in]")
@debuggable
def decide(output: str, what: str, left: str, right: str, *, decisions: str | None, by: str) -> None:
    """Tell what A and B are to each other: WHAT is rewrite, not-a-rewrite, excerpt, keep or undecided.

    A and B are paths as in documents.jsonl. "keep" says that both tell one text and A stands for it; "undecided" takes
    back what was said before. The next run honours it, and goes on doing so when files are renamed.
    """
    from flows.decisions import decide as note_down

    file = Path(decisions) if decisions else None
    noted = note_down(Path(output), what, left, right, file=file, who=by)
    click.echo(f"{printable(noted)}; the next copydesk run honours it")


@cli.command("config", epilog="Examples:  copydesk config  |  copydesk config --workers 4")
@output_option
@run_options
@configured
@debuggable
def show_config(output: str | None, *, config: str | None, **told: Any) -> None:
    """Print the settings that a run would have here, and where each comes from.

    They come from the command line, or else from copydesk.toml or the table tool.copydesk of pyproject.toml in this
    folder, or else from the defaults.
    """
    from flows.configuration import settle

    settings = settle(told, output, config)
    settings.options.clean_options()
    click.echo(settings.listing())


@cli.command("review", epilog="Example:  copydesk review output")
@click.argument("output", type=click.Path())
@click.option("--decisions", metavar="FILE", help="Where answers go. [default: decisions.jsonl in OUTPUT]")
@click.option("--by", default="", metavar="NAME", help="Who decides. [default: who is logged in]")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of the page. [default: one that is free]")
@debuggable
def review(output: str, decisions: str | None, by: str, port: int) -> None:
    """Decide on the pairs of a run that are hardest to tell, in a browser.

    Serves a page on this machine, and to nobody else, with two texts side by side and the score's grounds. Answers go
    to decisions.jsonl, and the next run honours them.
    """
    from flows.review import review as serve_review

    serve_review(Path(output), file=Path(decisions) if decisions else None, who=by, port=port, say=click.echo)


@cli.command(epilog="Example:  copydesk report output")
@click.argument("output", type=click.Path())
@debuggable
def report(output: str) -> None:
    """Build OUTPUT/report.html again from the files of the last run."""
    from flows.report import write_report

    click.echo(printable(write_report(Path(output))))


def echo_text(text: str) -> None:
    """A text as it is; on a terminal, without anything a terminal would act upon."""
    if sys.stdout.isatty():
        from flows.terminal import harmless

        text = harmless(text)
    click.echo(text, nl=not text.endswith("\n"))


def main() -> NoReturn:
    """Run the command, say what went wrong in a sentence, and leave with the exit code that fits."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a name no encoding of a terminal knows must not end a run
    sys.exit(_guarded(lambda: cli(standalone_mode=False)))


def _guarded(work: Callable[[], Any]) -> int:
    try:
        result = work()
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)  # nothing went wrong: somebody is looking around
        return 2
    except click.UsageError as error:
        return _fail(f"{error.format_message()} {_help_hint(error)}", 2)
    except click.ClickException as error:
        return _fail(error.format_message(), 1)
    except CopydeskError as error:
        return _fail(error.message, error.exit_code, error)
    except (click.Abort, KeyboardInterrupt):
        return _fail("interrupted; run again to go on from where it was", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone: nothing left to say
        return 0
    except Exception as error:
        what = f"{type(error).__name__}: {printable(str(error).strip() or 'no message')}"
        return _fail(f"something went wrong that should not have ({what}); --debug shows where", 1, error)
    return result if isinstance(result, int) else 0


def _help_hint(error: click.UsageError) -> str:
    return f"(see {error.ctx.command_path} --help)" if error.ctx else "(see copydesk --help)"


def _fail(sentence: str, code: int, error: BaseException | None = None) -> int:
    if error is not None and os.environ.get("COPYDESK_DEBUG"):
        import traceback

        traceback.print_exception(error)
    click.echo(f"copydesk: {sentence}", err=True)
    return code


if __name__ == "__main__":
    main()
