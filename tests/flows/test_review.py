"""The review page: whom it answers, what it shows, and what becomes of the answers, in a real browser."""

import http.client
import json
import os
import re
import select
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import ATTACKS, document, pair, write, write_attacked

from flows.decisions import FILE, read_decisions
from flows.errors import UsageError
from flows.review.estimate import Estimate, Judged, Share
from flows.review.queue import Queue
from flows.review.server import LONGEST_FORM, ReviewServer

SEEDS = Path(__file__).parents[2] / "seeds"
LINE = 0.5


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Four texts and five pairs at several distances from the line, one of them without any doubt."""
    texts = {name: f"The council of {name} met on Friday. It passed the budget. Roads come first." for name in "abcd"}
    passages = [{"kind": "verbatim", "left": [20, 36], "right": [20, 36]}]
    scores = {"ab": 0.9, "ac": 0.52, "ad": 0.45, "bc": 0.2}
    pairs = [
        pair(f"{ends[0]}.txt", f"{ends[1]}.txt", "rewrite" if score > LINE else "related", score, passages=passages)
        for ends, score in scores.items()
    ]
    return write(
        tmp_path / "output",
        documents=[document(f"{name}.txt", text, title=f"Title of {name}") for name, text in texts.items()],
        pairs=[*pairs, pair("c.txt", "d.txt", "duplicate", 1.0)],
    )


@pytest.fixture
def server(output: Path) -> Iterator[ReviewServer]:
    with ReviewServer(Queue.open(output, output / FILE, LINE), "ann") as started:
        threading.Thread(target=started.serve_forever, args=(0.02,), daemon=True).start()
        yield started
        started.shutdown()


def ask(
    server: ReviewServer, method: str, path: str, body: str = "", **headers: str
) -> tuple[int, dict[str, str], str]:
    """A request as somebody who sits at this machine can send it."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    told = {"Host": server.host} | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.putrequest(method, path, skip_host=True)
    for name, value in told.items():
        connection.putheader(name, value)
    if method == "POST" and "Content-Length" not in told:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body.encode())
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read().decode()
    connection.close()
    return found


def cookie(server: ReviewServer) -> str:
    return f"{server.cookie}={server.session}"


def form(server: ReviewServer, what: str = "rewrite", **fields: str) -> str:
    item = server.queue.items[0]
    return urlencode({"form": server.form, "what": what, "left": item.ids[0], "right": item.ids[1]} | fields)


def answered(output: Path) -> list[tuple[str, str, str, str]]:
    found = read_decisions(output / FILE)
    assert not found.broken
    return [(each.left_path[0], each.right_path[0], each.what, each.who) for each in found.answers]


# Whom it answers


def test_the_token_is_traded_for_a_cookie_that_stays_at_home(server: ReviewServer) -> None:
    status, headers, _ = ask(server, "GET", f"/?token={server.token}")
    assert (status, headers["Location"]) == (303, "/")
    assert headers["Set-Cookie"] == f"{cookie(server)}; HttpOnly; SameSite=Strict; Path=/"
    status, headers, page = ask(server, "GET", "/", Cookie=cookie(server))
    assert status == 200
    assert "Title of a" in page
    assert server.token not in page
    assert (headers["Cache-Control"], headers["X-Frame-Options"]) == ("no-store", "DENY")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


STRANGERS: dict[str, tuple[str, str, dict[str, str], int]] = {
    "no-token": ("GET", "/", {}, 403),
    "a-guess": ("GET", "/?token=guess", {}, 403),
    "another-name": ("GET", "/", {"Host": "evil.example", "Cookie": "ours"}, 403),
    "a-name-that-now-leads-here": ("GET", "/?token=ours", {"Host": "evil.example:80"}, 403),
    "another-page": ("GET", "/etc/passwd", {"Cookie": "ours"}, 404),
    "a-path-upwards": ("GET", "/../documents.jsonl", {"Cookie": "ours"}, 404),
    "answer-without-cookie": ("POST", "/answer", {"Origin": "ours"}, 403),
    "answer-from-elsewhere": ("POST", "/answer", {"Origin": "http://evil.example", "Cookie": "ours"}, 403),
    "answer-from-nowhere": ("POST", "/answer", {"Cookie": "ours"}, 403),
    "answer-from-a-sandbox": ("POST", "/answer", {"Origin": "null", "Cookie": "ours"}, 403),
    "answer-across-sites": (
        "POST",
        "/answer",
        {"Origin": "ours", "Cookie": "ours", "Sec_Fetch_Site": "cross-site"},
        403,
    ),
    "answer-to-another-port": (
        "POST",
        "/answer",
        {"Origin": "ours", "Cookie": "ours", "Sec_Fetch_Site": "same-site"},
        403,
    ),
    "answer-under-another-name": ("POST", "/answer", {"Host": "evil.example", "Origin": "ours", "Cookie": "ours"}, 403),
    "too-long": ("POST", "/answer", {"Origin": "ours", "Cookie": "ours", "Content-Length": str(LONGEST_FORM + 1)}, 413),
    "no-length": ("POST", "/answer", {"Origin": "ours", "Cookie": "ours", "Content-Length": "-1"}, 413),
    "another-method": ("DELETE", "/answer", {"Origin": "ours", "Cookie": "ours"}, 501),
}  # fmt: skip


@pytest.mark.parametrize("case", STRANGERS)
def test_strangers_get_nothing_and_change_nothing(case: str, server: ReviewServer, output: Path) -> None:
    method, path, headers, status = STRANGERS[case]
    ours = {"Cookie": cookie(server), "Origin": f"http://{server.host}"}
    told = {name: ours[name] if value == "ours" else value for name, value in headers.items()}
    found, headers, page = ask(server, method, path.replace("ours", server.token), form(server), **told)
    assert found == status
    assert "Title of" not in page
    assert "Set-Cookie" not in headers
    assert not (output / FILE).exists()


def test_a_form_that_is_not_ours_is_refused(server: ReviewServer, output: Path) -> None:
    home = {"Cookie": cookie(server), "Origin": f"http://{server.host}"}
    assert ask(server, "POST", "/answer", form(server, form="guess"), **home)[0] == 403
    assert ask(server, "POST", "/answer", form(server, "perhaps"), **home)[0] == 400
    assert ask(server, "POST", "/answer", form(server, left="0" * 64), **home)[0] == 303
    assert not (output / FILE).exists()
    assert ask(server, "POST", "/answer", form(server), **home)[0] == 303
    assert len(answered(output)) == 1


def test_it_listens_on_the_loopback_interface_alone(server: ReviewServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


# In a browser


@pytest.fixture
def visited(server: ReviewServer, browser: Any) -> Iterator[Any]:
    """The page, opened as a person does; nothing may be complained of or asked for elsewhere."""
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda made: None if server.host in made.url else complaints.append(made.url))
    page.goto(server.url)
    yield page
    context.close()
    assert [line for line in complaints if "favicon" not in line] == []


def pressed(page: Any, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


@pytest.mark.slow
def test_answers_by_key_and_by_click_nearest_pair_first(visited: Any, output: Path) -> None:
    page = visited
    assert "token" not in page.url
    titles = page.locator("h5").all_inner_texts()
    assert titles == ["Title of a", "Title of c"], ".52 is nearest to .5"
    assert page.locator(".sides mark.verbatim").count() == 2
    assert page.locator(".waterfall tbody tr").count() == 3
    pressed(page, "n")
    assert page.locator("h5").all_inner_texts() == ["Title of a", "Title of d"]
    with page.expect_navigation():
        page.click("text=keep the second")
    pressed(page, "s")
    assert page.locator("h5").all_inner_texts() == ["Title of a", "Title of b"], "what is skipped comes back last"
    pressed(page, "u")
    pressed(page, "r")
    assert answered(output) == [
        ("a", "c", "not-a-rewrite", "ann"),
        ("a", "d", "keep-right", "ann"),
        ("a", "d", "undecided", "ann"),
        ("a", "d", "rewrite", "ann"),
    ]
    assert "0 of 1" in page.locator(".estimate").inner_text(), "precision: the one pair that was called is none"
    for key in ("e", "r"):
        pressed(page, key)
    assert page.locator("h1").inner_text() == "Nothing left to decide"


@pytest.mark.slow
def test_a_key_held_down_answers_one_pair(visited: Any, output: Path) -> None:
    with visited.expect_navigation():
        visited.evaluate("""() => {
            for (const repeat of [false, false, true])
                document.dispatchEvent(new KeyboardEvent("keydown", {key: "r", repeat}))
        }""")
    assert len(answered(output)) == 1


@pytest.mark.slow
def test_another_site_in_the_same_browser_can_neither_answer_nor_look(
    visited: Any, server: ReviewServer, output: Path
) -> None:
    """The other site has even found out the secret of the form."""
    pairs = [each.split("=") for each in form(server).split("&")]
    evil = f"""
        <iframe src="http://{server.host}/"></iframe>
        <form method=post action="http://{server.host}/answer">
        {"".join(f'<input name="{name}" value="{value}">' for name, value in pairs)}
        </form>"""
    page = visited.context.new_page()
    page.route("http://evil.example/", lambda route: route.fulfill(body=evil, content_type="text/html"))
    page.goto("http://evil.example/")
    with page.expect_navigation():
        page.evaluate("document.forms[0].submit()")
    assert "Answers come from the page of this server only." in page.content()
    assert not (output / FILE).exists()
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize(("width", "pairs"), [(1200, 4), (360, len(ATTACKS))])
def test_attacks_stay_text_and_nothing_sticks_out(width: int, pairs: int, browser: Any, tmp_path: Path) -> None:
    output = write_attacked(tmp_path / "attacked")
    with ReviewServer(Queue.open(output, output / FILE, 0.7)) as started:
        threading.Thread(target=started.serve_forever, args=(0.02,), daemon=True).start()
        page = browser.new_page(viewport={"width": width, "height": 900})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(started.url)
        looked_at = 0
        assert len(started.queue.items) == len(ATTACKS)
        while looked_at < pairs:
            assert page.title() == "Copydesk review"
            assert page.locator("script").count() == 1
            assert page.locator("iframe, img, base, link").count() == 0
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            pressed(page, "s")
            looked_at += 1
        page.close()
        started.shutdown()
    assert [line for line in said if "favicon" not in line] == []


# The real command


@pytest.mark.slow
def test_answers_of_the_page_are_honoured_by_the_next_run(
    copydesk: str, environment: dict[str, str], browser: Any, tmp_path: Path
) -> None:
    def run() -> str:
        done = subprocess.run(
            [copydesk, "run", str(SEEDS), "--plain"],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    assert "1 duplicate" in run()
    desk = subprocess.Popen(
        [copydesk, "review", "output", "--by", "maria"],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert desk.stdout
    try:
        assert select.select([desk.stdout], [], [], 60)[0]
        assert desk.stdout.readline().startswith("5 pairs to look at")
        page = browser.new_page()
        page.goto(desk.stdout.readline().strip())
        for _ in range(5):
            pressed(page, "n")
        assert page.locator("h1").inner_text() == "Nothing left to decide"
        page.close()
    finally:
        desk.send_signal(signal.SIGINT)
        rest, _ = desk.communicate(timeout=60)
    assert (desk.returncode, rest) == (0, "the next copydesk run honours what was decided\n")
    assert "0 duplicate" in run()
    told = json.loads((tmp_path / "output" / "run.json").read_text("utf-8"))["decisions"]
    assert (told["standing"], told["honoured"]) == (5, 5)
    assert "maria" in (tmp_path / "output" / "report.html").read_text("utf-8")


def test_what_is_no_output_and_a_port_that_is_taken(tmp_path: Path, server: ReviewServer) -> None:
    with pytest.raises(UsageError, match=r"is not the output of a run: it has no documents\.jsonl"):
        Queue.open(tmp_path, tmp_path / FILE, LINE)
    with pytest.raises(UsageError, match=rf"port {server.server_port} cannot be used: .*choose another --port"):
        ReviewServer(server.queue, "", server.server_port)


def test_pairs_without_doubt_are_not_offered(tmp_path: Path) -> None:
    """Nor are answers asked for that the run cannot give."""
    texts = [document(f"{name}.txt", f"The council of {name} met on Friday.") for name in "abcd"]
    scores = {"ab": 0.005, "ac": 0.999, "ad": 0.3, "bc": 0.0999, "bd": 0.99}
    pairs = [pair(f"{x}.txt", f"{y}.txt", "related", score) for (x, y), score in scores.items()]
    output = write(tmp_path / "near", documents=texts, pairs=pairs)
    with ReviewServer(Queue.open(output, output / FILE, 0.85), "ann") as server:
        assert {item.score for item in server.queue.items} == {0.3, 0.99}
        assert (
            "more answers would settle the line to five points either way; this run has 2 pairs left."
            in (server.page()[0])
        )
        for item in server.queue.items:
            fields = {"what": "rewrite", "left": item.ids[0], "right": item.ids[1]}
            server.take(fields)
        page = server.page()[0]
        assert "Every pair near the line has an answer." in page
        assert "more answers" not in page
    output = write(tmp_path / "far", documents=texts, pairs=pairs[:2])
    with ReviewServer(Queue.open(output, output / FILE, 0.85), "ann") as server:
        page = server.page()[0]
        assert (
            "No pair of this run is near the decision line: all of their scores are below 0.100 or above 0.990." in page
        )
        assert "honoured" not in page


def test_a_run_that_ends_meanwhile_is_seen(server: ReviewServer, output: Path) -> None:
    written = json.loads((output / "documents.jsonl").read_text("utf-8").splitlines()[0])
    write(output, documents=[written, document("z.txt", "new")], pairs=[pair("a.txt", "z.txt", "related", 0.4)])
    os.utime(output / "pairs.jsonl", ns=(1, 1))
    page = ask(server, "GET", "/", Cookie=cookie(server))[2]
    assert re.findall(r"Title of (\w)|>(z)\.txt", page)
    assert [(item.left, item.right) for item in server.queue.items] == [("a.txt", "z.txt")]


# The estimate


judged = st.lists(st.builds(Judged, st.sampled_from([0.1, 0.4, 0.5, 0.6, 0.9]), st.booleans(), st.booleans()))


@given(judged)
def test_the_best_line_is_the_best_of_all_lines(found: list[Judged]) -> None:
    estimate = Estimate.of(found)
    lines = [0.0, 0.2, 0.45, 0.55, 0.7, 1.0]
    agreeing = [sum((each.score >= line) == each.true for each in found) for line in lines]
    assert estimate.best_agreeing == max(agreeing)
    if estimate.best_line is not None:
        assert sum((each.score >= estimate.best_line) == each.true for each in found) == max(agreeing)


@given(st.integers(0, 3000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_intervals_hold_the_share_and_enough_answers_settle_it(counts: tuple[int, int]) -> None:
    share = Share(*counts)
    low, high = share.interval
    assert 0 <= low <= share.value <= high <= 1
    more = share.missing()
    assert (more == 0) == (high - low <= 0.1)
