"""Steps and rules of a user's own: loaded by name, and known by the hash of what they say.

A step is a Python function, named as ``file.py:function`` or ``module:function``, that tells what it wants replaced in
a text, as (start, end, replacement, rule):

    def drop_promo(text):
        at = text.find("BUY NOW")
        if at >= 0:
            yield at, at + 7, "", "promo"

It runs behind the shipped steps, again and again with them, until none finds anything; so it must come to an end by
itself.  A file of rules holds what whole lines are like that go (:class:`~cleaners.text.line_rules.LineRule`).
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from numbers import Integral
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from flows.errors import UsageError, printable, reason_of

if TYPE_CHECKING:
    from cleaners.text.clean import CleanOptions
    from cleaners.text.edits import Edit

RULES_STEP = "rules"
"""What the rules of a file are called as a step."""


@dataclass(frozen=True)
class OwnStep:
    """A step by its name; ``digest`` stands for what it does, so that reuse ends where the code changes."""

    name: str
    digest: str
    function: Callable[[str], Iterable[Any]] = field(repr=False, compare=False)
    rules: tuple[str, ...] = ()
    """The names of its rules, where they are known: those of a file are."""

    @property
    def __name__(self) -> str:
        """The name, as functions have it."""
        return self.name

    def __call__(self, text: str, options: CleanOptions) -> Iterator[Edit]:
        """The edits that the function asks for.

        Raises :class:`ValueError`, with the name of the step, for whatever goes wrong in it.
        """
        try:
            given = self.function(text)
            if given is None or isinstance(given, str | bytes) or not isinstance(given, Iterable):
                raise _ShapeError(f"gives {_shape(given)}")
            for at, each in enumerate(given, 1):
                yield self._edit(each, at)
        except _ShapeError as error:
            raise ValueError(f"the step {self.name} {error}; {WANTED}") from None
        except Exception as error:
            raise ValueError(f"the step {self.name}: {type(error).__name__}: {error}") from error

    def _edit(self, given: Any, at: int) -> Edit:
        """The ``at``-th thing that the function gave, as an edit."""
        from cleaners.text.edits import Edit

        parts = (given.start, given.end, given.after, given.rule) if isinstance(given, Edit) else given
        if not isinstance(parts, tuple | list) or len(parts) != 4:
            raise _ShapeError(f"gives {_shape(parts)} as edit {at}")
        for name, value, kinds in zip(("start", "end", "replacement", "rule"), parts, _KINDS, strict=True):
            if not isinstance(value, kinds) or isinstance(value, bool):
                raise _ShapeError(f"gives {_shape(value)} as {name} of edit {at}")
        start, end, after, rule = parts
        return Edit(int(start), int(end), after, rule or self.name)


WANTED = (
    "let it yield (start, end, replacement, rule), two numbers and two texts, for whatever it wants replaced, and "
    "nothing where that is nothing"
)
"""What a step is to do, for its author."""

_KINDS: tuple[type | tuple[type, ...], ...] = (Integral, Integral, str, str)


class _ShapeError(Exception):
    """A function gave something other than edits."""


def _shape(value: Any) -> str:
    """A value briefly, for an error: what it is, and how it begins.

    >>> _shape("The council met on Friday and passed the budget."), _shape(None), _shape((1, 2))
    ("a str ('The council met on Friday and pass…)", 'None', 'a tuple of 2 ((1, 2))')
    """
    if value is None:
        return "None"
    size = f" of {len(value)}" if isinstance(value, tuple | list) else ""
    said = printable(repr(value))
    return f"a {type(value).__name__}{size} ({said if len(said) <= 40 else said[:35] + '…'})"


def load_step(target: str) -> OwnStep:
    """The step that ``file.py:function`` or ``module:function`` names.

    Raises :class:`~flows.errors.UsageError` where there is none.
    """
    place, _, name = target.rpartition(":")
    if not place or not name.isidentifier():
        raise UsageError(
            f"the step {target!r} is no name of a function; give it as file.py:function or module:function"
        )
    try:
        module, source = _module(place)
    except UsageError:
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {printable(error)}"
        raise UsageError(f"the step {target!r} cannot be loaded ({what}); correct it, or leave it out") from error
    function = getattr(module, name, None)
    if not callable(function):
        raise UsageError(f"the step {target!r} cannot be loaded: {printable(place)} has no function {name!r}")
    return OwnStep(name, hashlib.sha256(source).hexdigest()[:8], function)


def _module(place: str) -> tuple[ModuleType, bytes]:
    """A module by its file or by its name, and its source."""
    if not place.endswith(".py"):
        module = importlib.import_module(place)
        return module, Path(module.__file__ or "").read_bytes()
    try:
        source = Path(place).read_bytes()
    except OSError as error:
        raise UsageError(f"the steps in {printable(place)} cannot be read: {reason_of(error)}") from error
    name = f"copydesk_steps_{hashlib.sha256(source).hexdigest()[:16]}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, place)
        assert spec is not None
        assert spec.loader is not None
        made = importlib.util.module_from_spec(spec)
        sys.modules[name] = made  # dataclasses and pickle look a module up while it is made
        try:
            spec.loader.exec_module(made)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name], source


def load_rules(file: str) -> OwnStep:
    """The rules in a TOML file, as one step: a ``[[rule]]`` each, with a name and what a line must be like.

    Raises :class:`~flows.errors.UsageError`, with the number of the rule, where one is wrong.
    """
    from cleaners.text.line_rules import TESTS, LineRule, line_rule_edits

    try:
        content = Path(file).read_bytes()
        given = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise UsageError(f"the rules in {printable(file)} cannot be read: {reason_of(error)}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{printable(file)} is no TOML: {printable(error)}") from error
    found = given.pop("rule", None)
    if given or not isinstance(found, list) or not found:
        raise UsageError(f"{printable(file)} holds no rules; begin each with [[rule]], and give it a name")
    rules = []
    for number, rule in enumerate(found, 1):
        where = f"{printable(file)}, rule {number}"
        if not isinstance(rule, dict) or not all(isinstance(value, str) for value in rule.values()):
            raise UsageError(f"{where}: every value must be a text")
        for key in rule:
            if key not in ("name", *TESTS):
                raise UsageError(f"{where}: unknown key {key!r}; there are name, {', '.join(TESTS)}")
        try:
            rules.append(LineRule(**{"name": "", **rule}))
        except ValueError as error:
            raise UsageError(f"{where}: {error}") from None
    digest = hashlib.sha256(content).hexdigest()[:8]
    names = tuple(rule.name for rule in rules)
    return OwnStep(RULES_STEP, digest, lambda text: line_rule_edits(text, tuple(rules)), names)
