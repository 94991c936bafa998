"""A text prepared for comparison: words, sentences, quotations, names, figures, hashed runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.duplicates.lexicon import Lexicon, language_of
from cleaners.duplicates.quotations import quoted_spans
from cleaners.duplicates.shingles import Profile, combine, distinct, find, profile
from cleaners.duplicates.words import scan

HASHES = st.lists(st.integers(0, 30), max_size=40).map(lambda some: np.array(some, dtype=np.uint64))

# origin, text, its words
WORDS = [
    ("apostrophe", "the boys' bikes weren't Mali’s", ["the", "boys", "bikes", "weren't", "Mali’s"]),
    ("arabic", "قال الوزير إنّ ١٢ جنديا", ["قال", "الوزير", "إنّ", "١٢", "جنديا"]),
    ("chinese", "联合国安理会", ["联合", "合国", "国安", "安理", "理会"]),
    ("emoji", "good ❤️ day", ["good", "day"]),
    ("figures", "13,000 men, 2.5 km, 10-day, 3rd", ["13,000", "men", "2.5", "km", "10", "day", "3rd"]),
    ("hindi", "संयुक्त राष्ट्र", ["संयुक्त", "राष्ट्र"]),
    ("hyphen", "COVID-19 - a test-run", ["COVID-19", "a", "test-run"]),
    ("japanese", "国連のPKO", ["国連", "連の", "PKO"]),
    ("khmer", "កម្ពុជា", ["កម", "ម្", "្ព", "ពុ", "ុជ", "ជា"]),
    ("one character", "是 a", ["是", "a"]),
    ("thai", "มาลี", ["มา", "าล", "ลี"]),
    ("urdu", "اقوامِ متحدہ کی", ["اقوامِ", "متحدہ", "کی"]),
]


@pytest.mark.parametrize(("text", "words"), [case[1:] for case in WORDS], ids=[case[0] for case in WORDS])
def test_words_are_found_in_every_script(text: str, words: list[str]) -> None:
    assert [text[start:end] for start, end in scan(text).words.tolist()] == words


WRAPPED = "It was a long and windy night on the quay when\n" * 6 + "they came. So it was."

# origin, text, its sentences by their first words
SENTENCES = [
    ("abbreviation", "Mr. Smith met Gov. Lee. They left.", ["Mr", "They"]),
    ("closing mark", "“We go.” He left.", ["We", "He"]),
    ("devanagari", "पहला वाक्य। दूसरा वाक्य।", ["पहला", "दूसरा"]),
    ("figure", "It cost 2.5 million. Nobody paid.", ["It", "Nobody"]),
    ("full width", "第一句。第二句。", ["第一", "第二"]),
    ("headline", "Bridge shut\nDivers found a crack.", ["Bridge", "Divers"]),
    ("initials", "U.S. envoy J. Doe spoke. Nobody came.", ["U", "Nobody"]),
    ("line end in wrapped text", WRAPPED, ["It", "So"]),
    ("urdu", "یہ پہلا ہے۔ یہ دوسرا ہے۔", ["یہ", "یہ"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "first"), [case[1:] for case in SENTENCES], ids=[case[0] for case in SENTENCES])
def test_sentences_end_where_a_reader_would_end_them(text: str, first: list[str]) -> None:
    prepared = profile(text)
    assert [prepared.word(low) for low, _ in prepared.sentences.tolist()] == first


# origin, text, what it quotes
QUOTATIONS = [
    ("british", "He said: ‘I don't know the boys' names.’ She left.", ["I don't know the boys' names."]),
    ("continued", "“One.\n\n“Two.” End.", ["One.", "Two."]),
    ("corner", "彼は「行こう」と言った。", ["行こう"]),
    ("german", "Er sagte: „Wir gehen.“ Dann ging er.", ["Wir gehen."]),
    ("guillemets", "Il a dit : « Nous partons ».", [" Nous partons "]),
    ("inches", 'A 5" pipe and a 6" pipe.', []),
    ("mixed marks", 'She said “we go," and left.', ["we go,"]),
    ("nobody", "'Tis the season; the '90s are back.", []),
    ("straight", 'He said: "We go." Then "why not"?', ["We go.", "why not"]),
    ("swedish", "Hon sade: ”Vi går.” Sedan gick hon.", ["Vi går."]),
    ("unclosed", "“We go and never", ["We go and never"]),
    ("urdu", "ترجمان نے کہا ”مشن ختم ہو گیا ہے“ اور چلے گئے۔", ["مشن ختم ہو گیا ہے"]),
    ("whole text", '"Everything here is in quotation marks and quotes nobody at all"', []),
    ("wire", "He said: ``We don't\ngo.'' So.", ["We don't\ngo."]),
]


@pytest.mark.parametrize(("text", "quoted"), [case[1:] for case in QUOTATIONS], ids=[case[0] for case in QUOTATIONS])
def test_quotations_are_what_stands_between_the_marks(text: str, quoted: list[str]) -> None:
    if text.startswith("“We go and never"):
        text = "The minister stood at the quay in the rain and said to all of us: " + text
    assert [text[start:end] for start, end in quoted_spans(text, scan(text).quotes)] == quoted


def test_a_stray_mark_swallows_no_page() -> None:
    page = "A 5' wall. " + "Nothing was quoted here. " * 400 + "“But this was.”"
    assert [page[start:end] for start, end in quoted_spans(page, scan(page).quotes)] == ["But this was."]


def test_names_are_capitals_that_no_sentence_start_explains() -> None:
    prepared = profile("The envoy saw Bamako. Bamako was quiet. Yesterday he left.\nALL THE NEWS IN CAPITALS")
    assert [prepared.word(at) for at in prepared.names] == ["Bamako", "Bamako"]


def test_figures_are_the_same_however_they_are_spelled() -> None:
    spellings = ["1,500", "1500", "١٥٠٠", "１５００"]
    assert len({int(profile(spelling).hashes[0]) for spelling in spellings}) == 1
    assert profile("2.5").hashes[0] != profile("25").hashes[0]


def test_a_word_is_the_same_in_any_case_and_form() -> None:
    for left, right in [("MALI", "Mali’s"), ("Straße", "STRASSE"), ("ﬁne", "fine"), ("café", "cafe\u0301")]:
        assert profile(left).hashes.tolist() == profile(right).hashes.tolist(), (left, right)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Der Rat hat am Freitag die Steuern und den Haushalt beschlossen, wie es in der Stadt heißt."),
        ("en", "The council met on Friday and passed the budget for the city, as it was said."),
        ("ja", "安全保障理事会は金曜日にマリでの平和維持活動を終了することを決定した。"),
        ("ru", "Совет в пятницу принял бюджет, и в городе не было ни одного человека, который это понял."),
        ("ur", "سلامتی کونسل نے جمعہ کو مالی میں امن مشن کے خاتمے کا فیصلہ کیا اور یہ اس کی آخری قرارداد ہے۔"),
        ("zh", "安理会周五决定结束在马里的维和行动，所有人员将在六个月内撤离。"),
        (None, "Xylo vorpal quux blarg frobnicate."),
    ],
)
def test_the_language_is_told_by_its_commonest_words(language: str | None, text: str) -> None:
    assert profile(text).language == language


def test_the_language_of_a_headline_in_capitals_is_found_too() -> None:
    assert language_of(["THE", "COUNCIL", "MET", "AND", "PASSED", "THE", "BUDGET", "OF", "THE", "CITY"]) == "en"


def test_rare_words_weigh_more_in_every_language() -> None:
    for language, common, rare in [("en", "the", "peacekeepers"), ("de", "und", "Blauhelme"), ("ur", "اور", "تابکاری")]:
        lexicon = Lexicon.of(language)
        low, high = lexicon.rarity[lexicon.rows([common, rare])]
        assert low < 0.5, language
        assert high > 2, language


def test_a_lexicon_that_forgets_gives_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Peacekeepers left Bamako, Gao and Kidal on Friday; the last of them flew home."
    before = profile(text)
    monkeypatch.setattr("cleaners.duplicates.lexicon.MOST_REMEMBERED", 3)
    for _ in range(2):
        after = profile(text)
        assert before.stems.tolist() == after.stems.tolist()
        assert before.rarity.tolist() == after.rarity.tolist()


@given(HASHES, st.integers(1, 5))
def test_combined_hashes_depend_on_every_word_and_its_place(hashes: np.ndarray, size: int) -> None:
    runs = [tuple(hashes[i : i + size].tolist()) for i in range(len(hashes) - size + 1)]
    combined = combine(hashes, size).tolist()
    assert len(combined) == len(runs)
    assert len(set(combined)) == len(set(runs))
    assert len(set(zip(combined, runs, strict=True))) == len(set(runs))


@given(HASHES, HASHES)
def test_the_fast_sets_agree_with_the_obvious_ones(left: np.ndarray, right: np.ndarray) -> None:
    assert distinct(left).tolist() == sorted(set(left.tolist()))
    held, places = find(left, distinct(right))
    assert held.tolist() == [value in set(right.tolist()) for value in left.tolist()]
    assert (distinct(right)[places[held]] == left[held]).all()


@pytest.mark.parametrize("closing", ["”", ",”", ".”", "”."])
def test_the_last_word_of_a_quotation_belongs_to_it(closing: str) -> None:
    prepared = profile(f"The envoy said “we shall leave by June{closing} Then he left.")
    ((low, high),) = prepared.quotations.tolist()
    assert (prepared.word(low), prepared.word(high - 1)) == ("we", "June")


@given(st.text(max_size=300))
def test_any_text_can_be_prepared(text: str) -> None:
    prepared = profile(text)
    spans = prepared.spans
    assert spans.shape == (len(prepared), 2)
    assert (spans[:, 0] < spans[:, 1]).all()
    assert (np.diff(spans[:, 0]) > 0).all()
    assert len(prepared.stems) == len(prepared.rarity) == len(prepared.digits) == len(prepared)
    assert _covers(prepared.sentences.tolist(), len(prepared))
    assert all(0 <= low < high <= len(prepared) for low, high in prepared.quotations.tolist())
    assert _is_consistent(prepared)


def _covers(ranges: list[list[int]], count: int) -> bool:
    return [at for low, high in ranges for at in range(low, high)] == list(range(count))


def _is_consistent(prepared: Profile) -> bool:
    prints = prepared.fingerprint
    return prints.words == len(prepared) and prints.stems.tolist() == sorted(set(prepared.stems.tolist()))
