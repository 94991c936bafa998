"""What a run can be told: one frozen object, checked when it is made, plain JSON on the outside.

>>> RunOptions(workers=2).as_json()["workers"]
2
>>> RunOptions.from_json({"wrokers": 2})
Traceback (most recent call last):
flows.errors.UsageError: unknown option 'wrokers'; did you mean 'workers'?
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from flows.errors import UsageError

if TYPE_CHECKING:
    from cleaners.duplicates.find import DuplicateOptions
    from cleaners.text.clean import CleanOptions
    from flows.own_steps import OwnStep

MiB = 1 << 20

ENGINES = ("local", "inline", "threads", "processes", "dask", "ray")
"""Who does the work inside a stage (see :mod:`flows.engines`)."""

KEEP = ("source", "longest", "earliest")
"""What makes a document the canonical one of its cluster before anything else."""

HOW = frozenset({"engine", "engine_address", "workers", "fresh"})
"""Options that say how a run is done; whatever they are, the same bytes come out."""


EMPTY = {"text_field": "field of the records", "id_field": "field of the records", "decisions": "file", "rules": "file"}
"""Options that must name something."""

LISTS = ("prefer_source", "fields", "steps", "off", "also")
"""Options that hold several values."""

ALSO = ("sqlite", "elasticsearch")
"""Other forms that the output can be written in (see :mod:`flows.outputs.also`)."""

STEPS = ("columns", "mojibake", "spacing", "tables", "furniture", "recurring")
"""The shipped steps, as they stand in ``changes.jsonl``; those of web pages' markup cannot be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The options of a run, with the reason beside each default.

    Raises :class:`~flows.errors.UsageError` (a :class:`ValueError`) for a value that makes no sense.
    """

    __pydantic_config__: ClassVar[dict[str, bool]] = {"use_attribute_docstrings": True}
    """What stands below each option here describes it in Prefect's user interface too."""

    text_field: str | None = None
    """The field of a record that holds its text.  None: the usual names are tried (``flows.inputs.TEXT_FIELDS``)."""

    id_field: str | None = None
    """The field of a record that names it.  None: the usual names are tried (``flows.inputs.ID_FIELDS``)."""

    fields: tuple[str, ...] = ()
    """Fields of a record that say more of it, as ``published=pub_date``: title, byline, published, publisher, language
    or url.  The usual names are tried for those that are not named; ``title=`` looks for none
    (``flows.inputs.given.FIELDS``)."""

    max_bytes: int = 10 * MiB
    """Larger documents are set aside (bytes, or a text such as ``20MiB``).  "War and Peace" is 3.2 MB; what is three
    times as long is not an article."""

    max_seconds: int = 120
    """A document that keeps a worker process longer is set aside.  Ten megabytes of prose take a tenth of that."""

    straighten_quotes: bool = False
    """Typography is the author's, so curly quotes stay curly unless asked for."""

    steps: tuple[str, ...] = ()
    """Cleaning steps of one's own, as ``file.py:function`` or ``module:function`` (see :mod:`flows.own_steps`)."""

    rules: str | None = None
    """A TOML file with lines that go, beyond the page furniture that is known (see :mod:`flows.own_steps`)."""

    off: tuple[str, ...] = ()
    """Steps (``furniture``) and rules (``furniture/byline``) that are switched off; none, as each has earned its place
    on texts that people marked."""

    near_duplicates_only: bool = False
    """Mend characters and spacing, and fold texts that share four fifths of their five-word runs: what other tools do,
    in a fraction of the time.  Off, as no furniture goes, no metadata is read and no rewrite is found."""

    keep: str = "source"
    """Which document of a cluster stands for it: ``source``, ``longest`` or ``earliest`` (see ``ClusterOptions``)."""

    prefer_source: tuple[str, ...] = ()
    """Publishers or folders whose documents stand for a cluster before any other; none, as the texts should tell."""

    also: tuple[str, ...] = ()
    """Other forms to write the output in: ``sqlite``, ``elasticsearch``; none, as they say the same again."""

    decisions: str | None = None
    """The file with what people have decided (:mod:`flows.decisions`).  None: ``decisions.jsonl`` in the output, where
    ``copydesk decide`` and ``copydesk review`` write it."""

    engine: str = "local"
    """``local`` starts processes where the work pays for them and does small jobs on the spot."""

    engine_address: str | None = None
    """Of a Dask scheduler or a Ray cluster that runs already.  None: one is started for the run, on this machine."""

    workers: int = 0
    """0: as many as this process may use processors."""

    fresh: bool = False
    """Reuse nothing of earlier runs.  Off, as reuse never changes the result, only the time."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            _check_type(field.name, field.type, getattr(self, field.name))
        if self.engine not in ENGINES:
            raise UsageError(f"unknown engine {self.engine!r}{did_you_mean(self.engine, ENGINES)}")
        if self.engine_address is not None and self.engine not in ("dask", "ray"):
            raise UsageError(
                f"engine_address is {self.engine_address!r}, but only dask and ray have one; name the engine"
            )
        if self.keep not in KEEP:
            raise UsageError(f"unknown policy {self.keep!r} for keep{did_you_mean(self.keep, KEEP)}")
        for form in self.also:
            if form not in ALSO:
                raise UsageError(f"unknown form {form!r} to write{did_you_mean(form, ALSO)}")
        if not 0 <= self.workers <= 1024:
            raise UsageError(f"workers is {self.workers}, but must be 1..1024, or 0 for one per processor")
        if not 1 <= self.max_seconds <= 86_400:
            raise UsageError(f"max_seconds is {self.max_seconds}, but must be 1..86400, a day")
        if not 1 <= self.max_bytes <= 256 * MiB:
            raise UsageError(
                f"max_bytes is {self.max_bytes}, but must be 1..{256 * MiB}: a document is held in memory whole"
            )
        self.named_fields()
        for name, what in EMPTY.items():
            if getattr(self, name) == "":
                raise UsageError(f"{name} is empty; name a {what} or leave the option out")

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> RunOptions:
        """Options from plain JSON, as :meth:`as_json` gives them.  What is not named keeps its default."""
        known = [field.name for field in dataclasses.fields(cls)]
        for name in values:
            if name not in known:
                raise UsageError(f"unknown option {name!r}{did_you_mean(name, known)}")
        if isinstance(size := values.get("max_bytes"), str):
            values = {**values, "max_bytes": parse_size(size)}
        lists = {
            name: tuple(values[name]) for name in LISTS if isinstance(values.get(name), list)
        }  # JSON has no tuples
        return cls(**{**values, **lists})

    def as_json(self) -> dict[str, Any]:
        """Every option under its name, as JSON has it."""
        return {**dataclasses.asdict(self), **{name: list(getattr(self, name)) for name in LISTS}}

    def shaping(self) -> dict[str, Any]:
        """The options that shape the result; the others only say how it is reached."""
        told = {name: value for name, value in self.as_json().items() if name not in HOW}
        own = [f"{step.name} {step.digest}" for step in self.own_steps()]
        files = {name: Path(told[name]).name for name in ("rules", "decisions") if told[name]}
        return {**told, "steps": own, **files}

    def own_steps(self) -> tuple[OwnStep, ...]:
        """The user's own steps, the rules of a file first.

        Raises :class:`~flows.errors.UsageError` where one cannot be loaded, or has the name of another step.
        """
        from flows.own_steps import load_rules, load_step

        found = [load_rules(self.rules)] if self.rules else []
        found += map(load_step, self.steps)
        names = [*STEPS, "html", *(step.name for step in found)]
        for name in names:
            if names.count(name) > 1:
                raise UsageError(f"two steps are called {name!r}; give your own another name")
        return tuple(found)

    def named_fields(self) -> dict[str, str]:
        """The fields of a record that the user has named, by what they hold.

        >>> RunOptions(fields=("published=pub_date", "title=")).named_fields()
        {'published': 'pub_date', 'title': ''}
        """
        from flows.inputs.given import FIELDS

        found: dict[str, str] = {}
        for each in self.fields:
            what, mark, name = each.partition("=")
            if what not in FIELDS:
                raise UsageError(f"nothing is known of {what!r} in the field {each!r}{did_you_mean(what, [*FIELDS])}")
            if not mark:
                raise UsageError(f"the field {each!r} has no name; write {what}=NAME, or {what}= to look for none")
            if what in found:
                raise UsageError(f"two fields are to hold the {what}: {found[what]!r} and {name!r}; name one")
            found[what] = name
        return found

    def clean_options(self) -> CleanOptions:
        """What of these options concerns the cleaning of one text.

        Raises :class:`~flows.errors.UsageError` for a step that cannot be loaded, or none that could be switched off.
        """
        from cleaners.text.clean import CleanOptions

        own = self.own_steps()
        _check_off(self.off, own)
        off = (
            (*self.off, "columns", "tables", "furniture", "recurring", "metadata")
            if self.near_duplicates_only
            else self.off
        )
        return CleanOptions(straighten_quotes=self.straighten_quotes, own=own, off=off)

    def learns(self) -> bool:
        """Whether lines that recur in the texts of one source go: where page furniture goes, unless switched off.

        >>> RunOptions().learns(), RunOptions(off=("recurring",)).learns(), RunOptions(off=("furniture",)).learns()
        (True, False, False)
        """
        switched_off = {"furniture", "recurring", "recurring/recurring-line"} & {*self.off}
        return not (self.near_duplicates_only or switched_off)

    def absolute(self) -> RunOptions:
        """The same options for a process that works in another folder."""
        files: dict[str, Any] = {
            name: str(Path(value).absolute()) for name in ("rules", "decisions") if (value := getattr(self, name))
        }
        steps = (str(Path(step).absolute()) if step.rpartition(":")[0].endswith(".py") else step for step in self.steps)
        return dataclasses.replace(self, **files, steps=tuple(steps))

    def duplicate_options(self) -> DuplicateOptions:
        """What of these options concerns the search for duplicates."""
        from cleaners.duplicates.clusters import ClusterOptions
        from cleaners.duplicates.find import DuplicateOptions

        return DuplicateOptions(clusters=ClusterOptions(keep=cast(Any, self.keep), prefer_source=self.prefer_source))

    def decisions_file(self, output: Path) -> Path:
        """The file with what people have decided about the documents of an output."""
        return Path(self.decisions) if self.decisions else output / "decisions.jsonl"

    def worker_count(self) -> int:
        """How many workers to use: ``workers``, or the processors this process may run on."""
        return self.workers or (
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        )


def _check_off(off: tuple[str, ...], own: tuple[OwnStep, ...]) -> None:
    """Whether there is all that is switched off.  What rules a function of the user's own has nobody can tell."""
    if not off:
        return
    from cleaners.text.rule_names import unknown_rule

    known = (*STEPS, *(step.name for step in own))
    for name in off:
        step, _, rule = name.partition("/")
        if step not in known:
            raise UsageError(f"no step {step!r} could be switched off{did_you_mean(step, known)}")
        named = next((each.rules for each in own if each.name == step), ())
        if "/" not in name or rule in named or (step not in STEPS and not named):
            continue
        near = difflib.get_close_matches(rule, named, n=3) if named else unknown_rule(step, rule)
        if near is not None:
            meant = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
            raise UsageError(
                f"no rule {rule!r} of {step} could be switched off; {meant}{_WHERE_RULES[step not in STEPS]}"
            )


_WHERE_RULES = ("docs/reference/rules.md lists them all", "the file of --rules names them")


def _check_type(name: str, annotation: Any, value: Any) -> None:
    if annotation == "tuple[str, ...]":
        if not isinstance(value, tuple) or not all(isinstance(each, str) for each in value):
            raise UsageError(f"{name} is {value!r}, but must be a list of names")
        return
    allowed = {"str": str, "int": int, "bool": bool, "None": type(None)}
    wanted = tuple(allowed[part] for part in str(annotation).split(" | "))
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        raise UsageError(f"{name} is {value!r}, but must be {str(annotation).replace(' | ', ' or ')}")


def parse_size(text: str) -> int:
    """A size in bytes as people write it; ``k``, ``M`` and ``G`` with or without ``B``, those with ``i`` binary.

    >>> parse_size("10MiB"), parse_size("1.5 kB"), parse_size("4096")
    (10485760, 1500, 4096)
    >>> parse_size("much")
    Traceback (most recent call last):
    flows.errors.UsageError: max_bytes is 'much', which is no size; give bytes, or as in 500kB or 20MiB
    """
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise UsageError(f"max_bytes is {text[:80]!r}, which is no size; give bytes, or as in 500kB or 20MiB")
    power = " kmg".index((found[2] or " ").lower())
    return int(float(found[1]) * float(1024 if found[3] else 1000) ** power + 0.5)


_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?) ?(?:([kmg])(i)?)?b?", re.IGNORECASE)


def did_you_mean(name: str, known: Sequence[str], most: int | None = None) -> str:
    """What may have been meant, or else what there is: the first ``most``, if not all.

    >>> did_you_mean("wrokers", ["workers", "fresh"]), did_you_mean("x", ["workers", "fresh"], most=1)
    ("; did you mean 'workers'?", '; there are workers and 1 more')
    """
    if near := difflib.get_close_matches(str(name), known, n=1):
        return f"; did you mean {near[0]!r}?"
    more = f" and {len(known) - most:,} more" if most is not None and most < len(known) else ""
    return f"; there are {', '.join(known[:most])}{more}"
