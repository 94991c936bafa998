"""What a project sets once for all its runs: ``copydesk.toml``, or ``[tool.copydesk]`` in ``pyproject.toml``.

The file is looked for in the working folder and nowhere else, so that no file further up decides what code runs here.
Its keys are those of :class:`~flows.options.RunOptions`, with hyphens, and ``output``; whatever the command line says
outranks it.

>>> found = parse('workers = 4\\nprefer-source = ["Wire"]\\n', Path("copydesk.toml"))
>>> found.values, found.lines["prefer_source"]
({'workers': 4, 'prefer_source': ['Wire']}, 2)
>>> parse('[tool.copydesk]\\nworkers = "4"\\n', Path("pyproject.toml"))
Traceback (most recent call last):
flows.errors.UsageError: pyproject.toml, line 2: workers is '4', but must be int
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from flows.errors import UsageError, printable, reason_of
from flows.options import LISTS, RunOptions, did_you_mean

FILE = "copydesk.toml"
SHARED = "pyproject.toml"
SECTION = "tool.copydesk"
"""The table of :data:`SHARED` that is ours."""

OUTPUT = "output"
"""The one key that is no run option."""

PATHS = ("rules", "decisions", OUTPUT)
"""Keys that name files, from the folder of the configuration."""

_TABLE = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?")
_KEY = re.compile(r"""\s*["']?([\w-]+)["']?\s*=""")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a file sets: options by name, and the line of each."""

    file: Path | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def source(self, name: str) -> str:
        """Where an option is set."""
        return f"{printable(self.file)}, line {self.lines[name]}"


def find_configuration(told: str | None = None) -> Configuration:
    """The configuration: of the file that was named, or of the working folder; an empty one where there is none.

    Raises :class:`~flows.errors.UsageError`, with the key and its line, for what makes no sense.
    """
    if told is not None:
        return _read(Path(told))
    if Path(FILE).is_file():
        return _read(Path(FILE))
    shared = Path(SHARED)
    return _read(shared) if shared.is_file() and SECTION in _text(shared) else Configuration()


def _read(file: Path) -> Configuration:
    return parse(_text(file), file)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"the configuration {printable(file)} cannot be read: {reason_of(error)}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the configuration {printable(file)} is not UTF-8: {error.reason}") from error


def parse(text: str, file: Path) -> Configuration:
    """The configuration that a text holds."""
    try:
        given: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{printable(file)} is no TOML: {printable(error)}") from error
    section = SECTION if file.name == SHARED else ""
    for part in section.split(".") if section else ():
        given = given.get(part, {}) if isinstance(given, dict) else {}
    if not isinstance(given, dict):
        raise UsageError(f"{printable(file)}: {SECTION} is no table; write [{SECTION}]")
    lines = _lines(text, section)
    values: dict[str, Any] = {}
    for key, value in given.items():
        name = key.replace("-", "_")
        where = f"{printable(file)}, line {lines.get(name, '?')}"
        if name in values:
            raise UsageError(f"{where}: {key} is set twice, with a hyphen and with an underscore")
        values[name] = _checked(name, key, value, where)
    return Configuration(file, {name: _placed(name, value, file) for name, value in values.items()}, lines)


def _checked(name: str, key: str, value: Any, where: str) -> Any:
    """A value that its option takes."""
    known = [OUTPUT, *(each.name for each in fields(RunOptions))]
    if name not in known:
        raise UsageError(f"{where}: unknown key {key!r}{did_you_mean(name, known).replace('_', '-')}")
    if name == OUTPUT:
        if not isinstance(value, str) or not value:
            raise UsageError(f"{where}: output is {value!r}, but must be the name of a folder")
        return value
    try:
        RunOptions.from_json({name: value})
    except UsageError as error:
        raise UsageError(f"{where}: {error.message}") from None
    return value


def _placed(name: str, value: Any, file: Path) -> Any:
    """Files are named from the folder in which the configuration lies."""
    if name in PATHS:
        return str(file.parent / value)
    if name == "steps":
        return [str(file.parent / each) if each.rpartition(":")[0].endswith(".py") else each for each in value]
    return value


def _lines(text: str, section: str) -> dict[str, int]:
    """The line on which each key of a table stands; TOML's own reader does not tell."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := _TABLE.fullmatch(line):
            table = match[1].replace(" ", "").replace('"', "")
        elif table == section and (match := _KEY.match(line)):
            found.setdefault(match[1].replace("-", "_"), number)
    return found


@dataclass(frozen=True, slots=True)
class Settings:
    """The options that hold for a command, and where each comes from."""

    options: RunOptions
    output: str
    sources: Mapping[str, str]

    def listing(self) -> str:
        """Every setting as a line of TOML, with its source behind it."""
        told = {OUTPUT: self.output, **self.options.as_json()}
        pairs = [(_setting(name.replace("_", "-"), value), self.sources[name]) for name, value in told.items()]
        width = min(60, max(len(setting) for setting, _ in pairs))
        return "\n".join(f"{setting:<{width}}  # {source}" for setting, source in pairs)


def settle(told: Mapping[str, Any], output: str | None = None, file: str | None = None) -> Settings:
    """The options of a command: the defaults, then the configuration, then what the command line said."""
    configuration = find_configuration(file)
    known = [OUTPUT, *(each.name for each in fields(RunOptions))]
    sources = dict.fromkeys(known, "default") | {name: configuration.source(name) for name in configuration.values}
    given = {name: value for name, value in told.items() if value not in (None, ())}
    values = {name: value for name, value in configuration.values.items() if name != OUTPUT} | given
    sources |= {name: f"--{_FLAGS.get(name, name.replace('_', '-'))}" for name in given}
    if output is not None:
        sources[OUTPUT] = "--output"
    lists = {name: list(values[name]) for name in LISTS if name in values}
    options = RunOptions.from_json({**values, **lists})
    if options.off:
        _check_off(options, sources["off"])
    return Settings(options, output or configuration.values.get(OUTPUT, "output"), sources)


def _check_off(options: RunOptions, source: str) -> None:
    """What is switched off can be told only with the user's own steps at hand; an error says where it stands."""
    options.own_steps()
    try:
        options.clean_options()
    except UsageError as error:
        raise UsageError(f"{source}: {error.message}") from None


_FLAGS = {"steps": "step", "fields": "field"}
"""Options whose flag has another name, as it is given once for each value."""


def _setting(key: str, value: Any) -> str:
    """A key with its value; TOML has no word for what is not set."""
    return f"# {key} is not set" if value is None else f"{key} = {_toml(value)}"


def _toml(value: Any) -> str:
    r"""A value as TOML has it.

    >>> _toml(["a\n"]), _toml(True)
    ('["a\\n"]', 'true')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{printable(escaped)}"'
    return str(value)
