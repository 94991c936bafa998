"""The names of rules are those that the steps give: every literal in their code, and every name that cases bring up."""

import ast
import json
from pathlib import Path

from cleaners.text import mojibake
from cleaners.text.clean import clean
from cleaners.text.mojibake import mojibake_edits
from cleaners.text.rule_names import rule_names, unknown_rule

TEXT = Path(mojibake.__file__).parents[1]
PLACES = {
    "mojibake": sorted(TEXT.glob("mojibake/*.py")),
    "spacing": [TEXT / "spacing.py", TEXT / "wrapping.py"],
    "columns": [TEXT / "columns.py"],
    "tables": [TEXT / "furniture" / "tables.py"],
}
CASES = json.loads(Path(__file__).with_name("cases").joinpath("mojibake.json").read_text("utf-8"))


def literals(file: Path) -> set[str]:
    """The names of rules that stand in the code of a step."""
    calls = (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call))
    last = (
        call.args[-1]
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in ("Edit", "_replaced") and call.args
    )
    found = (node for arg in last for node in ([arg.body, arg.orelse] if isinstance(arg, ast.IfExp) else [arg]))
    return {str(node.value) for node in found if isinstance(node, ast.Constant) and node.value}


def test_every_rule_in_the_code_is_listed_and_no_other() -> None:
    for step, files in PLACES.items():
        found = set().union(*map(literals, files))
        listed = {name for name in rule_names()[step] if " read as " not in name}
        assert {name for name in found if " read as " not in name} == (listed - {"utf-16 read as ucs-2"}), step
    code = (TEXT / "furniture" / "judge.py").read_text("utf-8")
    tree = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
    models = {value for value in tree if isinstance(value, str) and value.startswith("model:")}
    assert models == {name for name in rule_names()["furniture"] if name.startswith("model:")}


def test_every_rule_of_the_cases_is_known() -> None:
    seen = {edit.rule for cases in CASES.values() for case in cases for edit in mojibake_edits(case["before"])}
    assert len(seen) > 20
    assert {rule for rule in seen if unknown_rule("mojibake", rule) is not None} == set()


def test_every_rule_of_the_seeds_is_known() -> None:
    seeds = sorted((TEXT.parents[1] / "seeds").glob("*.txt"))
    found = [change for seed in seeds for change in clean(seed.read_text("utf-8", "replace")).changes]
    assert found
    for change in found:
        if "+" not in change.step:
            rules = change.rule.split("+")
            assert [rule for rule in rules if unknown_rule(change.step, rule) is not None] == []
