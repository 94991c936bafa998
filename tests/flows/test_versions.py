"""The version of a step's code: it changes with whatever the step runs, and with nothing else."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import versions
from flows.stages.candidates import SKETCHING
from flows.stages.cleaning import CLEANING
from flows.stages.comparing import COMPARING
from flows.versions import ROOT, code_version, sources_of

SOURCES = {
    "cleaners/a.py": "from cleaners import b\nimport ftfy\n",
    "cleaners/b.py": "def f():\n    from cleaners.deep.c import (\n        x,\n    )\n",
    "cleaners/deep/__init__.py": "",
    "cleaners/deep/c.py": "x = 1\n",
    "cleaners/deep/weights.json": "1",
    "cleaners/deep/words/en.toml": "2",
    "cleaners/apart.py": "import cleaners.a\n",
}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, content in SOURCES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    monkeypatch.setattr(versions, "ROOT", tmp_path)
    code_version.cache_clear()
    yield tmp_path
    code_version.cache_clear()


def test_the_version_changes_with_whatever_a_module_leans_on(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {code_version("cleaners.a")}
    for number, name in enumerate(("a.py", "b.py", "deep/c.py", "deep/weights.json", "deep/words/en.toml"), 2):
        file = house / "cleaners" / name
        file.write_text(f"{file.read_text()}\n")
        code_version.cache_clear()
        seen.add(code_version("cleaners.a"))
        assert len(seen) == number, name
    monkeypatch.setattr(versions, "version_of", lambda name: f"{name} 99")
    code_version.cache_clear()
    assert code_version("cleaners.a") not in seen


def test_the_version_stays_where_something_else_changes(house: Path) -> None:
    before = code_version("cleaners.a")
    (house / "cleaners/apart.py").write_text("x = 2\n")
    code_version.cache_clear()
    assert code_version("cleaners.a") == before


def test_how_texts_are_compared_makes_no_clean_text_stale_and_the_other_way_round() -> None:
    def rooms(*modules: str) -> set[str]:
        return {".".join(name.split(".")[:2]) for name in sources_of(*modules)}

    assert "cleaners.duplicates" not in rooms(*CLEANING)
    assert "cleaners.text" not in rooms(*COMPARING, *SKETCHING)


EMPTIED = """
import importlib, sys, types
root, kept, modules = sys.argv[1], sys.argv[2].split(), sys.argv[3:]
for package in {name.rpartition(".")[0] for name in kept} | {name.split(".")[0] for name in kept}:
    while package and package not in kept and package not in sys.modules:
        sys.modules[package] = types.ModuleType(package)
        sys.modules[package].__path__ = [f"{root}/{package.replace('.', '/')}"]
        package = package.rpartition(".")[0]
stand_ins = set(sys.modules)
for name in modules:
    importlib.import_module(name)
print(*(set(sys.modules) - stand_ins))
"""


@pytest.mark.slow
@pytest.mark.parametrize("step", [CLEANING, SKETCHING, COMPARING], ids=lambda step: step[0])
def test_a_step_loads_nothing_that_its_version_leaves_out(step: tuple[str, ...]) -> None:
    """What Python really loads, with every package emptied that is only the door to its rooms."""
    kept = sources_of(*step).keys()
    command = [sys.executable, "-c", EMPTIED, str(ROOT), " ".join(kept), *step]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert {name for name in loaded if name.split(".")[0] in versions.ROOMS} <= kept


def test_hashing_the_code_costs_little() -> None:
    code_version.cache_clear()
    begun = time.perf_counter()
    code_version(*CLEANING, *COMPARING)
    assert time.perf_counter() - begun < 1
