"""The review page, served to one person at this machine.

Other people's pages run in the same browser and may send requests to this address too.  So:

- it listens on the loopback interface alone, and answers only to its own name (``Host``), whatever name servers say;
- the address carries a secret token, traded at once for a cookie that no other site's request takes along
  (``SameSite=Strict``) and no script reads;
- an answer counts only from a form of ours (a second secret), sent from our own page (``Origin``, ``Sec-Fetch-Site``);
- the page may load, frame and send nothing elsewhere (``Content-Security-Policy``); its one script and style sheet are
  known by their hashes.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from flows.decisions import WHATS, Answer, What, append
from flows.errors import CopydeskError, UsageError, reason_of
from flows.report.page import environment, vouched
from flows.review.queue import HIGHEST, LOWEST, Queue

LOOPBACK = "127.0.0.1"

LONGEST_FORM = 10_000
"""Bytes of a form; ours have some three hundred."""

PATIENCE = 30.0
"""Seconds to wait for a request to arrive whole."""


class ReviewServer(ThreadingHTTPServer):
    """Serves the queue at :attr:`url` until it is shut down."""

    daemon_threads = True

    def __init__(self, queue: Queue, who: str = "", port: int = 0) -> None:
        try:
            super().__init__((LOOPBACK, port), Handler)
        except OSError as error:
            raise UsageError(f"port {port} cannot be used: {reason_of(error)}; choose another --port") from error
        self.queue, self.who = queue, who
        self.token, self.session, self.form = (secrets.token_urlsafe(32) for _ in range(3))
        self.guard = threading.Lock()
        self.given: list[Answer] = []
        """The answers of this sitting, for taking the last one back."""

    @property
    def host(self) -> str:
        """The name that requests must call this server by."""
        return f"{LOOPBACK}:{self.server_port}"

    @property
    def url(self) -> str:
        """The address that opens the page; it holds the token."""
        return f"http://{self.host}/?token={self.token}"

    @property
    def cookie(self) -> str:
        """The cookie's name.  Cookies do not tell ports apart, so that each server needs one of its own."""
        return f"copydesk-{self.server_port}"

    def page(self) -> tuple[str, str]:
        """The page for the next pair, and its policy."""
        from markupsafe import Markup

        self.queue.refresh()
        answers = self.queue.answers()
        waiting = self.queue.waiting(answers)
        own = files(__package__)
        style = (files("flows.report") / "style.css").read_text("utf-8") + (own / "review.css").read_text("utf-8")
        script = (own / "review.js").read_text("utf-8")
        policy = (
            f"default-src 'none'; style-src {vouched(style)}; script-src {vouched(script)}; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'none'"
        )
        item = waiting[0] if waiting else None
        rows = self.queue.rows(item) if item else None
        markup = (
            environment(__package__)
            .get_template("review.html")
            .render(
                style=Markup(style),
                script=Markup(script),
                form=self.form,
                queue=self.queue,
                lowest=LOWEST,
                highest=HIGHEST,
                item=item,
                rows=rows,
                waiting=len(waiting),
                estimate=self.queue.estimate(answers),
                last=self.given[-1] if self.given else None,
            )
        )
        return markup, policy

    def take(self, fields: dict[str, str]) -> None:
        """Do what a form asks for: note an answer down, skip the pair, or take the last answer back.

        Raises :class:`ValueError` for what no form of ours asks.
        """
        what = fields.get("what", "")
        if what == "undo":
            if self.given:
                last = self.given.pop()
                sides = (last.left, last.right, self.who, "", last.left_path, last.right_path)
                append(self.queue.file, Answer("undecided", *sides))
            return
        item = self.queue.find(fields.get("left", ""), fields.get("right", ""))
        if item is None:
            return  # a run has written the output anew since: the page shows what there is now
        if what == "skip":
            self.queue.skipped.add(item.key)
        elif what in WHATS:
            given = Answer(cast(What, what), *item.ids, self.who, "", item.left, item.right)
            self.given.append(append(self.queue.file, given))
        else:
            raise ValueError(f"{what!r} is no answer")


class Handler(BaseHTTPRequestHandler):
    """One request.  Whatever is not ours gets a short sentence and nothing else."""

    server: ReviewServer
    server_version, sys_version = "Copydesk", ""
    timeout = PATIENCE

    def do_GET(self) -> None:
        """The page; with the token, the cookie first."""
        address = urlsplit(self.path)
        if self.headers.get("Host") != self.server.host:
            return self._refuse(HTTPStatus.FORBIDDEN, "This server answers to its own address only.")
        if address.path != "/":
            return self._refuse(HTTPStatus.NOT_FOUND, "There is nothing here.")
        given = parse_qs(address.query).get("token")
        if given and secrets.compare_digest(given[0].encode(), self.server.token.encode()):
            kept = f"{self.server.cookie}={self.server.session}; HttpOnly; SameSite=Strict; Path=/"
            return self._send(HTTPStatus.SEE_OTHER, "", Location="/", **{"Set-Cookie": kept})
        if not self._known():
            return self._refuse(HTTPStatus.FORBIDDEN, "Open the address that copydesk review has printed.")
        return self._guarded(self._show)

    def do_POST(self) -> None:
        """An answer."""
        if not self._from_our_page():
            return self._refuse(HTTPStatus.FORBIDDEN, "Answers come from the page of this server only.")
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > LONGEST_FORM:
            return self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That is no form of this page.")
        form = parse_qs(self.rfile.read(int(length)).decode("utf-8", "replace"))
        fields = {name: values[0] for name, values in form.items()}
        if not secrets.compare_digest(fields.get("form", "").encode(), self.server.form.encode()):
            return self._refuse(HTTPStatus.FORBIDDEN, "Answers come from the page of this server only.")
        return self._guarded(lambda: self._take(fields))

    def _known(self) -> bool:
        """Whether the request has the cookie."""
        try:
            cookies = SimpleCookie(self.headers.get("Cookie", ""))
        except CookieError:
            return False
        found = cookies.get(self.server.cookie)
        return found is not None and secrets.compare_digest(found.value.encode(), self.server.session.encode())

    def _from_our_page(self) -> bool:
        origin = f"http://{self.server.host}"
        return (
            self.headers.get("Host") == self.server.host
            and self.headers.get("Origin") == origin
            and self.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
            and self.path == "/answer"
            and self._known()
        )

    def _guarded(self, work: Callable[[], None]) -> None:
        """One request at a time, and what goes wrong in a sentence."""
        with self.server.guard:
            try:
                work()
            except CopydeskError as error:
                self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, error.message)
            except OSError as error:
                self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, f"The answer was not written: {reason_of(error)}.")
            except ValueError:
                self._refuse(HTTPStatus.BAD_REQUEST, "That is no answer of this page.")

    def _show(self) -> None:
        markup, policy = self.server.page()
        self._send(HTTPStatus.OK, markup, **{"Content-Security-Policy": policy})

    def _take(self, fields: dict[str, str]) -> None:
        self.server.take(fields)
        self._send(HTTPStatus.SEE_OTHER, "", Location="/")

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        self.close_connection = True
        self._send(status, f"{sentence}\n", **{"Content-Type": "text/plain; charset=utf-8"})

    def _send(self, status: HTTPStatus, content: str, **headers: str) -> None:
        body = content.encode("utf-8", "replace")
        told = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "Cache-Control": "no-store",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "same-origin",  # "no-referrer" would send our own forms with Origin: null
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
        self.send_response(status)
        for name, value in (told | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # as in the base class
        """Say nothing: the token stands in the first line."""
