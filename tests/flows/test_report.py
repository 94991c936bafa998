"""The report: counts that add up, texts that stay text, and a page that works in a real browser without a network."""

import base64
import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from made import ATTACKS, document, pair, rejected, write, write_attacked

from flows.errors import RunError, UsageError
from flows.report import NEEDED, write_report
from flows.report.gather import CLUSTERS, DOCUMENTS, MEMBERS, REJECTED, RELATED, gather
from flows.report.marking import CUT_SHOWN, TEXT_SHOWN, before_and_after, beside
from flows.report.page import waterfall
from flows.stages import run_plain

SEEDS = Path(__file__).parent.parent.parent / "seeds"

WIRE = "The council met on Friday. It passed the budget. Roads come first."
STORY = "On Friday the council sat down. It passed the budget. Nobody spoke of roads."
PASSAGES = [
    {"kind": "reworded", "left": [0, 26], "right": [0, 31]},
    {"kind": "verbatim", "left": [27, 48], "right": [32, 53]},
    {"kind": "new", "left": None, "right": [54, 76]},
]


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A small output with everything in it."""
    aside, reason = rejected("photo.png", "unsupported", "a PNG image, not text; convert it to text or HTML first")
    return write(
        tmp_path / "output",
        documents=[
            document("a.txt", WIRE, title="Budget passed", cluster="c1", publisher="Wire", language="en"),
            document(
                "b.txt", STORY, status="duplicate", canonical="a.txt", relation="rewrite", cluster="c1", language="en"
            ),
            document("c.txt", "Rain is due.", chars_in=24),
            aside,
        ],
        changes=[
            {
                "path": "c.txt",
                "step": "furniture",
                "rule": "share-bar",
                "start": 12,
                "end": 24,
                "before": "\nShare\nLike!",
                "after": "",
            }
        ],
        pairs=[
            pair("a.txt", "b.txt", "rewrite", 0.75, direction="right-from-left", passages=PASSAGES),
            pair("a.txt", "c.txt", "related", 0.125),
        ],
        clusters=[
            {"cluster": "c1", "canonical": "a.txt", "members": ["a.txt", "b.txt"], "why": "b.txt was made from it"}
        ],
        rejected=[reason],
    )


class Page(HTMLParser):
    """What a page consists of."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.inside = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_data(self, data: str) -> None:
        if self.inside not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def report(output: Path) -> Page:
    return Page(write_report(output).read_text("utf-8"))


# What it says


def test_the_counts_add_up(output: Path) -> None:
    found = gather(output)
    assert found.read == 4
    assert found.statuses == Counter(canonical=2, duplicate=1, rejected=1)
    assert found.relations == Counter(rewrite=1, related=1)
    assert sum(folded + linked for folded, linked in found.bins) == 2
    assert "4 read = 2 canonical + 1 duplicate + 1 rejected" in report(output).text


def test_everything_there_is_to_say_is_said(output: Path) -> None:
    text = report(output).text
    for said in (
        "Budget passed",
        "b.txt was made from it",
        "score 0.750 · b.txt was made from a.txt",
        "Two texts are rarely made.",
        "+0.750",
        "-0.250",
        "furniture share-bar 1 12",
        "Share Like! furniture: share-bar",
        "rewrite of a.txt",
        "photo.png unsupported a PNG image, not text; convert it to text or HTML first",
        "texts/a.txt",
    ):
        assert said in text


def test_the_seeds_have_a_report_in_which_every_cut_can_be_found(tmp_path: Path) -> None:
    run_plain([SEEDS], tmp_path / "output")
    page = Page((tmp_path / "output" / "report.html").read_text("utf-8"))
    text = page.text
    assert ("mark", "reworded") in [(tag, given.get("class")) for tag, given in page.tags if given.get("title")]
    anchors = {given["id"] for _, given in page.tags if given.get("id")}
    assert all(given["href"][1:] in anchors for _, given in page.tags if str(given.get("href")).startswith("#"))
    changes = [json.loads(line) for line in (tmp_path / "output" / "changes.jsonl").open(encoding="utf-8")]
    assert changes
    for change in changes:
        assert change["rule"] in text
        if "furniture" in change["step"] and len(change["before"]) < CUT_SHOWN // 4:
            assert " ".join(change["before"].split()) in text


def test_the_same_output_gives_the_same_bytes_and_no_time_of_day(output: Path, tmp_path: Path) -> None:
    first = write_report(output).read_bytes()
    (output / "run.json").write_text('{"run": {"started": "2001-02-03T04:05:06"}}', "utf-8")
    elsewhere = shutil.copytree(output, tmp_path / "elsewhere")
    assert write_report(elsewhere).read_bytes() == first
    assert b"2001" not in first


def test_empty_states_say_so(tmp_path: Path) -> None:
    text = report(write(tmp_path / "output")).text
    for said in (
        "0 read = 0 canonical + 0 duplicate + 0 rejected",
        "No document with a text was read.",
        "No two documents tell the same text.",
        "No two documents are linked without being folded.",
        "Every input was read.",
    ):
        assert said in text


def test_what_is_no_output_of_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not the output of a run: it has no documents\.jsonl"):
        write_report(tmp_path)


def test_a_broken_file_is_named_with_its_line(output: Path) -> None:
    with (output / "pairs.jsonl").open("a", encoding="utf-8") as lines:
        lines.write('{"left": "a.txt", ')
    with pytest.raises(RunError, match=r"line 3 of .*pairs\.jsonl is not JSON; run copydesk run again"):
        write_report(output)
    assert not (output / "report.html").exists()


# Segments


def test_a_document_is_told_without_a_character_lost() -> None:
    changes = [
        {"step": "furniture", "rule": "a", "start": 0, "end": 5, "before": "Share", "after": ""},
        {"step": "mojibake", "rule": "b", "start": 6, "end": 8, "before": "â€", "after": "“"},
    ]
    found = list(before_and_after(" “Good” news", changes))
    assert "".join(s.text for s in found if s.kind in ("same", "added")) == " “Good” news"
    assert "".join(s.text for s in found if s.kind in ("same", "removed")) == "Share â€Good” news"


def test_markup_is_counted_but_not_listed() -> None:
    changes = [
        {"step": "html", "rule": "markup", "start": 0, "end": 3, "before": "<p>", "after": ""},
        {"step": "html", "rule": "entity", "start": 8, "end": 13, "before": "&amp;", "after": "&"},
    ]
    assert [(s.kind, s.text) for s in before_and_after("Jack &", changes)] == [
        ("same", "Jack "),
        ("removed", "&amp;"),
        ("added", "&"),
    ]


def test_passages_that_overlap_are_shown_once() -> None:
    passages = [
        {"kind": "verbatim", "left": [0, 10], "right": [0, 10]},
        {"kind": "reworded", "left": [5, 15], "right": [20, 30]},
        {"kind": "reworded", "left": [2, 8], "right": [40, 50]},
    ]
    found = list(beside("0123456789abcdefghij", passages, "left"))
    assert "".join(segment.text for segment in found) == "0123456789abcdefghij"
    assert [(s.kind, s.numbers) for s in found] == [("verbatim", (1, 3)), ("reworded", (2,)), ("same", ())]


def test_long_texts_are_cut_and_say_so() -> None:
    text = "x" * (TEXT_SHOWN + 1234)
    shown, rest = before_and_after(text, [])
    assert len(shown.text) == TEXT_SHOWN
    assert rest.text == "… and 1,234 more characters"
    late = [{"kind": "verbatim", "left": [TEXT_SHOWN + 1, TEXT_SHOWN + 9], "right": [0, 8]}]
    assert [s.kind for s in beside(text, late, "left")] == ["same", "more"]


def test_a_waterfall_ends_at_the_score() -> None:
    found = list(waterfall(pair("a", "b", "rewrite", 0.75)))
    assert [(bar.start, bar.width) for bar in found] == [(0.0, 25.0), (25.0, 75.0), (75.0, 25.0)]
    assert sum(bar.weight for bar in found) == 0.75


# Large runs


def test_a_large_run_is_counted_whole_and_shown_in_part(tmp_path: Path) -> None:
    many = 600
    paths = [f"{number:04d}.txt" for number in range(many)]
    asides = [rejected(f"x{number}.bin", "binary", "no text") for number in range(REJECTED + 5)]
    output = write(
        tmp_path / "output",
        documents=[document(path, "word " * 2000) for path in paths] + [row for row, _ in asides],
        changes=[
            {
                "path": path,
                "step": "furniture",
                "rule": f"rule-{at % 60}",
                "start": 0,
                "end": at,
                "before": "x" * at,
                "after": "",
            }
            for at, path in enumerate(paths)
        ],
        pairs=[pair(paths[0], path, "rewrite", 0.75) for path in paths[1:100]]
        + [pair(paths[100], path, "related", 0.25) for path in paths[101:]],
        clusters=[{"cluster": "big", "canonical": paths[0], "members": paths[:100], "why": "longest"}]
        + [
            {"cluster": f"c{at}", "canonical": paths[at], "members": paths[at : at + 2], "why": "longest"}
            for at in range(100, many - 1, 2)
        ],
        rejected=[row for _, row in asides],
    )
    found = gather(output)
    assert (found.documents.total, len(found.documents.shown)) == (many, DOCUMENTS)
    assert (found.clusters.total, len(found.clusters.shown)) == (251, CLUSTERS)
    assert (found.clusters.shown[0].members.total, len(found.clusters.shown[0].members.shown)) == (99, MEMBERS)
    assert (found.related.total, len(found.related.shown)) == (many - 101, RELATED)
    assert (found.rejected.total, len(found.rejected.shown)) == (REJECTED + 5, REJECTED)
    assert [view.row["path"] for view in found.documents.shown] == paths[-DOCUMENTS:], "those with most removed"
    page = write_report(output)
    assert page.stat().st_size < 8_000_000
    assert f"{many} documents in all, page by page" in Page(page.read_text("utf-8")).text
    names = [file.name for file in sorted((output / "report").iterdir())]
    pages = [f"documents-{number:04d}.html" for number in range(1, 7)]
    assert names == [*(f"clusters-{number:04d}.html" for number in range(1, 8)), *pages, "search.html"]
    last = Page((output / "report" / pages[-1]).read_text("utf-8"))
    assert [given["id"] for tag, given in last.tags if tag == "details"] == [f"n{at}" for at in range(500, 600)]
    assert "furniture: rule-59" in last.text, "before and after, as in the report"
    write(output, documents=[document("a.txt", "one")])
    write_report(output)
    assert not (output / "report").exists(), "pages of an earlier run go"


def test_a_run_beyond_all_pages_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, value in (("DOCUMENTS", 3), ("PAGED", 150)):
        monkeypatch.setattr(f"flows.report.gather.{limit}", value)
    monkeypatch.setattr("flows.report.side.PAGED", 150)
    paths = [f"{number:04d}.txt" for number in range(160)]
    output = write(
        tmp_path / "output",
        documents=[document(path, f"Text of {path}.") for path in paths],
        pairs=[pair(paths[0], paths[159], "related", 0.3)],
    )
    page = report(output)
    assert "The first 150 of 160 documents, page by page" in page.text
    assert [file.name for file in sorted((output / "report").iterdir())] == [
        "documents-0001.html", "documents-0002.html", "search.html"
    ]  # fmt: skip
    assert "report/documents-0001.html#n0" in [given.get("href") for _, given in page.tags]
    assert paths[159] in page.text, "without a link, as it has no page"


def test_side_pages_leave_alone_what_is_not_theirs(output: Path) -> None:
    (output / "report").mkdir()
    for name in ("notes.txt", "documents-0001.html", "documents-0001.html.bak"):
        (output / "report" / name).write_text("mine", "utf-8")
    write_report(output)
    assert sorted(file.name for file in (output / "report").iterdir()) == ["documents-0001.html.bak", "notes.txt"]
    shutil.rmtree(output / "report")
    (output / "report").symlink_to(output.parent)
    with pytest.raises(RunError, match="is a link, so pages would land outside the output"):
        write_report(output)
    assert not list(output.glob(".report-*"))


# Hostile text


@pytest.fixture
def attacked(tmp_path: Path) -> Path:
    """An output in which every attack stands in every place where a text from outside can."""
    return write_attacked(tmp_path / "output")


ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "article", "footer", "figure",
    "figcaption", "h1", "h2", "h3", "h5", "p", "a", "b", "i", "small", "span", "bdi", "code", "br", "ul", "li", "dl",
    "div", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "svg", "g", "rect", "details",
    "summary", "mark", "del", "ins", "label", "input", "select", "option", "output", "kbd", "script", "line", "h4",
    "ol",
}  # fmt: skip


@pytest.fixture
def attacked_pages(attacked: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The report on it and all its side pages, which a small limit brings about."""
    monkeypatch.setattr("flows.report.gather.DOCUMENTS", 3)
    monkeypatch.setattr("flows.report.gather.CLUSTERS", 3)
    found = [write_report(attacked), *sorted((attacked / "report").iterdir())]
    assert [page.name for page in found[1:]] == ["clusters-0001.html", "documents-0001.html", "search.html"]
    return found


ADDRESS = re.compile(
    r"#[\w-]+|run\.json|(\.\./)?texts/[\w%./~-]+|(\.\./report|(report/)?(documents|clusters)-\d{4}|report/search)\.html(#n\d+)?"
)


def assert_harmless(page: Page) -> None:
    assert {tag for tag, _ in page.tags} <= ALLOWED
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "action", "srcdoc"):
            if value := attributes.get(name):
                assert ADDRESS.fullmatch(value), (tag, name, value)


def test_hostile_text_adds_nothing_to_the_side_pages(attacked_pages: list[Path]) -> None:
    for file in attacked_pages:
        markup = file.read_text("utf-8")
        assert_harmless(Page(markup))
        assert markup.count("<script") == (2 if file.name == "search.html" else 1)
        assert "\x1b" not in markup


def test_hostile_text_adds_no_element_no_handler_and_no_address(attacked: Path) -> None:
    page = report(attacked)
    assert_harmless(page)
    assert sum(tag == "meta" for tag, _ in page.tags) == 5
    assert [tag for tag, _ in page.tags].count("style") == 1
    assert [tag for tag, _ in page.tags].count("title") == 2 + sum(map(any, gather(attacked).bins))
    assert "\x1b" not in (attacked / "report.html").read_text("utf-8")
    assert "<script>document.title='owned'</script>" in page.text, "it stays readable as the text it is"
    assert "{{ 7 * 7 }}" in page.text


def test_the_policy_lets_nothing_in_but_the_one_style_sheet_and_script(output: Path) -> None:
    markup = write_report(output).read_text("utf-8")
    digest, code = (
        base64.b64encode(hashlib.sha256(re.findall(rf"<{tag}>(.*?)</{tag}>", markup, re.DOTALL)[0].encode()).digest())
        for tag in ("style", "script")
    )
    [policy] = [
        attributes["content"]
        for tag, attributes in Page(markup).tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest.decode()}'; script-src 'sha256-{code.decode()}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert " style=" not in markup
    assert "http://" not in markup
    assert "https://" not in markup


# In a browser


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """Opens a page; at the end nothing must have been complained of, asked for or gone to."""
    complaints: list[str] = []
    context = browser.new_context(offline=True)

    def visit(file: Path, **options: Any) -> Any:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url) if request.url != file.as_uri() else None)
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.set_viewport_size({"width": options.get("width", 1200), "height": 900})
        page.emulate_media(color_scheme=options.get("scheme", "light"))
        page.goto(file.as_uri())
        return page

    yield visit
    context.close()
    assert complaints == []


@pytest.mark.slow
def test_hostile_text_does_nothing_in_a_browser(attacked: Path, opened: Any) -> None:
    page = opened(write_report(attacked))
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    page.wait_for_timeout(300)
    assert page.title() == "Copydesk report"
    assert page.url.startswith("file://")
    assert page.evaluate("document.querySelectorAll('iframe, img, form, base, link').length") == 0
    assert page.evaluate("document.querySelectorAll('script').length") == 1
    assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none", "the style sheet applies"


@pytest.mark.slow
def test_hostile_text_does_nothing_on_side_pages(attacked_pages: list[Path], opened: Any) -> None:
    for file in attacked_pages:
        page = opened(file)
        page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        page.wait_for_timeout(100)
        assert page.title().startswith("Copydesk report")
        assert page.url == file.as_uri()
        assert page.evaluate("document.querySelectorAll('iframe, img, form, base, link').length") == 0
    found = page.locator(".found li")
    assert found.count() == 2 * len(ATTACKS)
    page.fill("input", "onload")
    assert 0 < found.count() < len(ATTACKS)
    assert page.locator(".found svg").count() == 0


@pytest.mark.slow
def test_search_filters_and_keys(output: Path, opened: Any) -> None:
    page = opened(write_report(output))
    shown = page.locator("[data-card]:visible")
    everything = shown.count()
    page.keyboard.press("/")
    page.keyboard.type("rain IS")
    assert shown.all_inner_texts()[0].startswith("c.txt")
    assert page.locator(".find output").inner_text() == f"1 of {everything} shown"
    page.keyboard.press("Escape")
    assert shown.count() == everything
    page.select_option("[name=source]", "Wire")
    assert all("Budget passed" in text for text in shown.all_inner_texts())
    page.keyboard.press("Escape")
    page.select_option("[name=rule]", "furniture/share-bar")
    assert [text[:5] for text in shown.all_inner_texts()] == ["c.txt"]
    page.keyboard.press("Escape")
    page.select_option("[name=relation]", "rewrite")
    assert shown.count() == 2, "the cluster and the document that was folded"
    page.keyboard.press("Escape")
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("o")
    assert page.locator("details.document[open]").get_attribute("id") is not None
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.matches('.cluster')")


TITLES = {
    "he.txt": "\u200fהַתַּקְצִיב אושר\u200f",  # with points of vowels and marks of direction
    "fr.txt": "Le Sénégal s’en va",
    "long.txt": f"Budget {'very ' * 60}needle",
}


@pytest.mark.slow
@pytest.mark.parametrize("paged", [False, True])
def test_titles_are_found_as_people_type_them(
    paged: bool, opened: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [document(name, f"A text of {title[-3:]}.", title=title) for name, title in sorted(TITLES.items())]
    output = write(tmp_path / "output", documents=documents)
    if paged:
        monkeypatch.setattr("flows.report.gather.DOCUMENTS", 1)
    file = write_report(output)
    page = opened(output / "report" / "search.html" if paged else file)
    found = page.locator(".found li" if paged else "[data-card]:visible")
    for words, path in (("התקציב", "he.txt"), ("senegal", "fr.txt"), ("needle", "long.txt")):
        page.fill("input", words)
        assert [path in text for text in found.all_inner_texts()] == [True], words
        assert not paged or all(len(text) < 200 for text in found.all_inner_texts())


@pytest.mark.slow
def test_a_search_without_a_match_leaves_no_bare_heading(output: Path, opened: Any) -> None:
    page = opened(write_report(output))
    headings = page.locator("main h2:visible")
    before = headings.all_inner_texts()
    page.fill("[name=words]", "nothing is like this")
    assert headings.all_inner_texts() == ["Overview"]
    assert page.locator(".find output").inner_text() == "nothing on this page fits"
    page.keyboard.press("Escape")
    assert headings.all_inner_texts() == before


@pytest.mark.slow
@pytest.mark.parametrize("width", [1200, 390])
def test_small_things_look_right(width: int, opened: Any, tmp_path: Path) -> None:
    """The fields of the search on one line, no italics in a reason, room for the name of an input."""
    reasons = [("a-long-name-of-a-file.txt", "empty"), ("b.txt", "no-text")]
    output = write(
        tmp_path / "output",
        documents=[document("c.txt", "One.", publisher="Wire"), document("d.txt", "Two.", publisher="Post")],
        rejected=[
            {"path": path, "reason": reason, "detail": "why it is so, at length " * 9} for path, reason in reasons
        ],
    )
    page = opened(write_report(output), width=width)
    assert page.locator(".chip.empty").evaluate("e => getComputedStyle(e).fontStyle") == "normal"
    [cell] = page.locator("table.rejected tbody tr:first-child th").all()
    assert cell.bounding_box()["width"] > 0.35 * page.locator("table.rejected").bounding_box()["width"]
    fields = [each.bounding_box() for each in page.locator(".find input, .find select").all()]
    assert len({round(box["height"]) for box in fields}) == 1
    if width == 1200:
        assert len({round(box["y"]) for box in fields}) == 1


@pytest.mark.slow
def test_a_passage_over_paragraphs_leaves_no_stub_on_the_blank_line(opened: Any, tmp_path: Path) -> None:
    text = "The council met.\n\nIt passed the budget."
    passages = [{"kind": "reworded", "left": [0, len(text)], "right": [0, len(text)]}]
    output = write(
        tmp_path / "output",
        documents=[
            document("a.txt", text, cluster="1"),
            document("b.txt", text, status="duplicate", canonical="a.txt", relation="rewrite", cluster="1"),
        ],
        pairs=[pair("a.txt", "b.txt", "rewrite", 0.9, passages=passages)],
        clusters=[{"cluster": "1", "canonical": "a.txt", "members": ["a.txt", "b.txt"], "why": "Kept."}],
    )
    page = opened(write_report(output))
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    widths = page.locator("mark.reworded").nth(1).evaluate("e => [...e.getClientRects()].map(r => r.width)")
    assert len(widths) >= 2
    assert all(width == 0 or width > 10 for width in widths), widths


@pytest.mark.slow
def test_a_link_opens_the_document_it_leads_to(output: Path, opened: Any) -> None:
    page = opened(write_report(output))
    page.click(".cluster .members a")
    assert page.locator("details.document[open] .title").inner_text() == "b.txt"


@pytest.mark.slow
def test_without_script_everything_is_there_but_the_search(output: Path, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(write_report(output).as_uri())
    assert page.locator(".find").is_hidden()
    assert page.locator("[data-card]:visible").count() == 6
    context.close()


@pytest.mark.slow
def test_the_policy_would_stop_a_script_that_got_through(output: Path, browser: Any) -> None:
    markup = write_report(output).read_text("utf-8")
    injected = "<script>document.title = 'owned'</script><img src='x.png' onerror=\"document.title = 'owned'\">"
    (output / "report.html").write_text(markup.replace("</main>", f"</main>{injected}"), "utf-8")
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto((output / "report.html").as_uri())
    page.wait_for_timeout(200)
    assert page.title() == "Copydesk report"
    assert sum("Content Security Policy" in line for line in said) == 3, said
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", [1200, 800, 360])
def test_nothing_sticks_out_of_the_page(width: int, output: Path, opened: Any) -> None:
    rows = [json.loads(line) for line in (output / "documents.jsonl").open(encoding="utf-8")]
    rows[0] |= {"title": "Averyveryverylongword" * 20, "byline": "a name " * 60, "publisher": "P" * 200}
    rows[2] |= {"title": "قوات حفظ السلام تنسحب", "text": "قوات حفظ السلام تنسحب من مالي."}
    write(output.parent / "wide", documents=rows, **{
        name.removesuffix(".jsonl"): [json.loads(line) for line in (output / name).open(encoding="utf-8")]
        for name in NEEDED if name != "documents.jsonl"
    })  # fmt: skip
    page = opened(write_report(output.parent / "wide"), width=width)
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert outside == 0
    assert page.evaluate("getComputedStyle(document.querySelector('.text[dir=auto]')).whiteSpace") == "pre-wrap"


@pytest.mark.slow
def test_passages_lead_to_each_other(output: Path, opened: Any) -> None:
    page = opened(write_report(output))
    page.click("text=The texts side by side")
    assert page.locator("mark.verbatim:visible").count() == 3, "the key and one on either side"
    assert page.locator("mark.new:visible").count() == 2
    link = page.locator(".sides mark.reworded a.to").first
    target = link.get_attribute("href")
    link.click()
    assert page.url.endswith(target)
    assert page.locator("mark:has(:target)").inner_text().startswith("On Friday the council sat down.")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_contrast_is_enough_to_read_by(scheme: str, output: Path, opened: Any) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 between every text and what lies behind it."""
    page = opened(write_report(output), scheme=scheme)
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    colours = page.evaluate("""() => {
        const behind = e => {
            for (; e; e = e.parentElement) {
                const found = getComputedStyle(e).backgroundColor
                if (!/, 0\\)$|^transparent/.test(found)) return found
            }
            return getComputedStyle(document.documentElement).backgroundColor
        }
        return [...document.querySelectorAll('body *')]
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
            .filter(e => !e.closest('svg'))
            .map(e => [e.tagName + '.' + e.className, getComputedStyle(e).color, behind(e)])
    }""")
    assert len(colours) > 50
    poor = {(what, fore, back) for what, fore, back in colours if contrast(fore, back) < 4.5}
    assert not poor


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, "contrast ratio" and "relative luminance")."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
