"""Where page furniture is judged wrong, page by page, on sites that the model never saw.

    python benchmarks/shortfall.py PAGES.jsonl.gz ... [--show N]

Rows of PAGES are as in ``fit_furniture.py``, of which this is the cross-validation: five folds by site.  For every
kind of flattening it prints how much of what keeps the score below 1 is wrongly kept and how much is lost, how it is
spread over the pages, and the pages that account for most of it; then the bodies that lose more than a twentieth.
``--show`` prints the lines behind the first N pages of each list too, for a person to look at: why an annotator drew
the line where it is no command can say.  Needs the extra ``fit`` (LightGBM).
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fit_furniture import cross_validate
from furniture_examples import Example, examples, shingles

from cleaners.text.clean import CleanOptions
from cleaners.text.furniture.judge import judge

SPOILT = 0.05


@dataclass
class Page:
    """What went wrong on one page: shares of the shingles of marked and kept text together, and the lines behind."""

    example: Example
    kept: float
    lost: float
    harm: float
    lines: list[str]

    @property
    def wrong(self) -> float:
        return self.kept + self.lost


def judged(ex: Example, probability: Sequence[float], threshold: float) -> Page:
    """The furniture step on one page of a fold kept back."""
    removed = judge(ex.page, threshold, lambda _page, _claims: probability).removed
    stays = "\n".join(block.text for at, block in enumerate(ex.page.blocks) if at not in removed)
    wanted, got = Counter(shingles(ex.gold)), Counter(shingles(stays))
    both = max((wanted | got).total(), 1)
    gone = sum(ex.page.blocks[at].words for at in removed) / max(sum(block.words for block in ex.page.blocks), 1)
    lines = [
        f"      {'lost' if at in removed else 'kept'} {removed.get(at, ''):24s} {block.text[:110]!r}"
        for at, block in enumerate(ex.page.blocks)
        if block.words > 3 and (ex.share[at] > 0.5) == (at in removed)
    ]
    return Page(ex, (got - wanted).total() / both, (wanted - got).total() / both, gone, lines)


def table(kind: str, pages: list[Page], show: int) -> Iterator[str]:
    """How the error of one kind of input is spread."""
    pages.sort(key=lambda page: (-page.wrong, page.example.id))
    total = sum(page.wrong for page in pages)
    kept = sum(page.kept for page in pages)
    shares = "  ".join(f"{count} pages {sum(p.wrong for p in pages[:count]) / total:.2f}" for count in (5, 10, 20, 40))
    right = sum(page.wrong < SPOILT for page in pages)
    yield f"{kind}: {len(pages)} pages, {right} of them less than {SPOILT:.0%} wrong"
    yield f"   of the error, {kept / total:.2f} is wrongly kept, {1 - kept / total:.2f} lost"
    yield f"   share of the error: {shares}"
    for at, page in enumerate(pages[:20]):
        figures = f"wrong {page.wrong:.3f}  kept {page.kept:.3f}  lost {page.lost:.3f}  share {page.wrong / total:.3f}"
        yield f"   {page.example.id[:12]:12s} {figures}"
        yield from page.lines if at < show else ()


def bodies(pages: list[Page], show: int) -> Iterator[str]:
    """The marked bodies that lose more than a twentieth of their words."""
    spoilt = sorted((page for page in pages if page.harm > SPOILT), key=lambda page: -page.harm)
    total = sum(page.harm for page in pages)
    yield f"bodies: {len(pages)}, {len(spoilt)} lose more than {SPOILT:.0%}; mean loss {total / len(pages):.4f}"
    for at, page in enumerate(sorted(pages, key=lambda page: -page.harm)[:10]):
        yield f"   {page.example.id[:12]:12s} lost {page.harm:.3f}  share {page.harm / total:.3f}"
        yield from page.lines if at < show else ()


def main() -> None:
    """Print the tables from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pages", type=Path, nargs="+")
    parser.add_argument("--show", type=int, default=0, help="print the lines behind so many pages of each list")
    parser.add_argument("--made-up", type=int, default=300, help="made-up pages for each file, as in fitting")
    options = parser.parse_args()
    threshold = CleanOptions().strictness
    every = examples(options.pages, options.made_up)
    found = cross_validate(every, [threshold])
    kinds: dict[str, list[Page]] = defaultdict(list)
    for ex in every:
        if not ex.made_up:
            kinds[f"{ex.collection} {ex.kind}"].append(judged(ex, found[ex.id, ex.kind], threshold))
    for kind, pages in kinds.items():
        print(*(bodies(pages, options.show) if kind.endswith(" gold") else table(kind, pages, options.show)), sep="\n")


if __name__ == "__main__":
    main()
