"""Writes docs/reference from the code: commands, settings, rules, columns.  Run: python docs/generate.py"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
from pathlib import Path
from textwrap import dedent

import click

from cleaners.text.rule_names import rule_names
from flows.command_line import cli
from flows.options import HOW, RunOptions
from flows.outputs.also import ALSO
from flows.outputs.schema import COLUMNS, VERSION

FOLDER = Path(__file__).parent / "reference"
MADE = "<!-- Made by docs/generate.py from the code; change it there. -->\n"


def commands() -> str:
    """Every command with its help, as it is printed at 100 columns."""
    parts = [f"# Commands\n\n{MADE}\nExit codes: 0 done, 1 the run failed, 2 wrong usage.\n"]
    for name, command in cli.commands.items():
        width = {"max_content_width": 100, "terminal_width": 100}
        above = click.Context(cli, info_name="copydesk", **cli.context_settings)
        context = click.Context(command, info_name=name, parent=above, **width)
        parts.append(f"## copydesk {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def settings() -> str:
    """Every option of a run, with its type, default and reason."""
    reasons = docstrings(RunOptions)
    rows = [
        f"| `{field.name.replace('_', '-')}` | {shown_type(str(field.type))} | {shown(field.default)} "
        f"| {reasons[field.name]}{'' if field.name not in HOW else ' *Changes no byte of the result.*'} |"
        for field in dataclasses.fields(RunOptions)
    ]
    told = (
        "Keys of `copydesk.toml`, of `[tool.copydesk]` in `pyproject.toml`, and of `options` in a deployment (there "
        "with underscores). The same words with `--` are options of `copydesk run`, `serve` and `config`; `steps` is "
        "`--step` and `fields` is `--field`. `output` can be set too."
    )
    return (
        f"# Settings\n\n{MADE}\n{told}\n\n| key | type | default | |\n| --- | --- | --- | --- |\n"
        + "\n".join(rows)
        + "\n"
    )


def docstrings(kind: type) -> dict[str, str]:
    """What stands below each field of a class, on one line."""
    [body] = ast.parse(dedent(inspect.getsource(kind))).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, said in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(said, ast.Expr):
            words = " ".join(str(ast.literal_eval(said.value)).split())
            found[field.target.id] = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", words.replace("``", "`"))
    return found


def shown_type(annotation: str) -> str:
    """A type in words."""
    names = {"str": "text", "int": "number", "bool": "true or false", "tuple[str, ...]": "list of texts"}
    return names[annotation.removesuffix(" | None")]


def shown(value: object) -> str:
    """A default as TOML has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return "`[]`" if value == () else f"`{value}`".replace("'", '"')


def documents() -> str:
    """The columns of documents.parquet."""
    rows = [f"| `{each.name}` | {each.type} | {'yes' if each.nullable else 'no'} | {each.holds} |" for each in COLUMNS]
    forms = ", ".join(f"`--also {form}` (`{name}`)" for form, (name, _) in ALSO.items())
    return (
        f"# documents.parquet\n\n{MADE}\nVersion {VERSION}, which the file tells in its metadata as `copydesk.schema`. "
        "Within a version columns are neither removed nor renamed nor given another type; new ones come at the end. "
        "`documents.jsonl` has the same keys in the same order. Rows are sorted by path, one for every input. "
        f"The same in other forms: {forms}.\n\n"
        "| column | type | can be null | holds |\n| --- | --- | --- | --- |\n" + "\n".join(rows) + "\n"
    )


def rules() -> str:
    """Every rule of the shipped steps."""
    parts = [
        f"# Rules\n\n{MADE}\nWhat the shipped steps change, as `changes.jsonl`, the report and `copydesk clean "
        "--explain` name it: step and rule, with a stroke between them in `--off furniture/byline`. The names of "
        "encodings can be followed by how often, or by what else was lost: `utf-8 read as cp1252, twice`.\n"
    ]
    for step, names in rule_names().items():
        rows = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in names.items())
        parts.append(f"## {step}\n\n| rule | |\n| --- | --- |\n{rows}\n")
    return "\n".join(parts)


PAGES = {"commands.md": commands, "settings.md": settings, "documents.md": documents, "rules.md": rules}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, made in PAGES.items():
        (FOLDER / name).write_text(made(), "utf-8")
