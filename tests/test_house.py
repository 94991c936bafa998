"""Who may import whom, and nothing else: the house as its rooms promise it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(path for room in ("cleaners", "flows") for path in (ROOT / room).rglob("*.py"))

FORBIDDEN = {
    "cleaners.documents": ("cleaners.", "flows"),
    "cleaners.text": ("cleaners.duplicates", "flows"),
    "cleaners.duplicates": ("cleaners.text", "flows"),
    "cleaners": ("flows", "prefect", "dask", "ray", "fsspec", "click", "rich"),
}
"""What a room must never import.  The pure library knows no engine, no terminal and no flow."""

FILES = {"open", "os.remove", "os.replace"}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; say the full name, so that the rooms can be read off it"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_rooms_import_only_what_they_may(path: Path) -> None:
    name = name_of(path)
    for room, banned in FORBIDDEN.items():
        if name != room and not name.startswith(room + "."):
            continue
        wrong = [
            imported
            for imported in imports_of(path)
            if any(imported == b or imported.startswith(b.rstrip(".") + ".") for b in banned)
            and not imported.startswith("cleaners.documents")
        ]
        assert not wrong, f"{name} imports {wrong}, and {room} must not know {banned}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_prefect_modules_know_prefect(path: Path) -> None:
    """Stages, readers and writers stay plain functions; what starts without Prefect must not import it at its top."""
    name = name_of(path)
    top = [
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]
    if any(imported and imported.split(".")[0] == "prefect" for imported in top):
        assert name in {"flows.clean_folder", "flows.schedule"}


def test_the_library_opens_no_file_but_its_own_data() -> None:
    """``cleaners`` is pure: it may read the data shipped beside it (importlib.resources), and nothing else."""
    for path in MODULES:
        if not name_of(path).startswith("cleaners"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                assert ast.unparse(node.func) not in FILES, f"{path}:{node.lineno} opens a file"


def test_every_promise_of_security_names_a_test_that_exists() -> None:
    told = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "SECURITY.md").read_text("utf-8"))
    assert len(told) > 20
    for file, name in told:
        assert re.search(rf"^def {name}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE), f"{file} has no {name}"
