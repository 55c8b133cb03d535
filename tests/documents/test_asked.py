from __future__ import annotations

from dataclasses import replace

import pytest

from headroom_nb.documents.asked import asked_pages, read_pages
from headroom_nb.documents.pages import PageFacts
from headroom_nb.errors import OptionError

TEXTS = (
    "Contents\nIntroduction ......... 2\nMethods ......... 3\nResults ......... 5\n",
    "1 Introduction\nThe harbour was dredged in 1887 by order of the council of merchants.",
    "2 Methods\nWater was sampled at nine points with a Ruttner bottle. See Table 2 for the points.",
    "Table 2. Points of sampling.\nA 3.1 B 4.7",
    "3 Results\nOxygen fell below two milligrams per litre in August.",
    "Appendix B\nLetters to the harbour master, with thanks.",
    "More letters, and the index of names.",
)
PAGES = [PageFacts(number, (612.0, 792.0), text) for number, text in enumerate(TEXTS, 1)]


def sent(question: str, quality: str = "balanced", pages=PAGES):
    found = asked_pages(question, pages, quality)
    return None if found is None else found.pages


@pytest.mark.parametrize(
    ("question", "pages"),
    [
        ("What does page 3 say?", (3,)),
        ("Summarise pages 2-4.", (2, 3, 4)),
        ("Compare pages 2 and 5", (2, 5)),
        ("What stands on the last page?", (7,)),
        ("What stands on the last page but one?", (6,)),
        ("What does the second-to-last page say?", (6,)),
        ("Read the last but two page.", (5,)),
        ("Translate the first two pages", (1, 2)),
        ("Was steht auf Seite 4?", (4,)),
        ("What is on the second page?", (2,)),
        ("What does the last page but two say?", (5,)),
        ("What does the last-but-three page say?", (4,)),
        ("Summarise the third to last page", (5,)),
        ("the 2nd page from the end", (6,)),
        ("the penultimate page", (6,)),
        ("What stands on the page before the last?", (6,)),
        ("Read pages 3 to 5", (3, 4, 5)),
        ("from page 3 to page 5", (3, 4, 5)),
        ("pages three through five", (3, 4, 5)),
        ("between pages 3 and 5", (3, 4, 5)),
        ("pp. 2-3, 6", (2, 3, 6)),
        ("What is on p. 4?", (4,)),
        ("What is on p4?", (4,)),
        ("Read the first and last page", (1, 7)),
        ("Compare the first page with the last page", (1, 7)),
        ("Compare the first page and the last", (1, 7)),
        ("What do the second and third pages say?", (2, 3)),
        ("Read the last three pages", (5, 6, 7)),
        ("Read the two last pages", (6, 7)),
        ("Summarise the first 4 pages", (1, 2, 3, 4)),
        ("page 5 onwards", (5, 6, 7)),
        ("from page 5 on", (5, 6, 7)),
        ("from page 5 to the end", (5, 6, 7)),
        ("everything up to page 2", (1, 2)),
        ("What comes after page 5?", (5, 6, 7)),
        ("What comes before page 3?", (1, 2, 3)),
        ("the even pages", (2, 4, 6)),
        ("the odd-numbered pages", (1, 3, 5, 7)),
        ("What is on page five?", (5,)),
        ("the 6th page", (6,)),
        ("the cover page", (1,)),
        ("Seite 3 bis 5", (3, 4, 5)),
        ("Was steht auf der vorletzten Seite?", (6,)),
        ("Que dit la dernière page ?", (7,)),
        ("Que dit l'avant-dernière page ?", (6,)),
        ("Résumez les deux dernières pages", (6, 7)),
        ("¿Qué dice la última página?", (7,)),
        ("Cosa dice la prima pagina?", (1,)),
        ("According to page 4, who wrote in 1887?", (4,)),
    ],
)
def test_pages_named_by_number_or_place_are_sent_alone(question, pages):
    assert sent(question) == pages


@pytest.mark.parametrize(
    "question",
    [
        "Read everything but the last page",
        "Summarise all pages except page 3",
        "Translate every second page",
        "Ignore the cover page; who wrote the letters?",
        "What does the last page of section 2 say?",
        "What does appendix B's last page say?",
        "Read the first pages",
        "Summarise in 3 pages",
        "How many pages are there?",
        "the ninth to last page",
        "the last twelve pages",
        "What is on pages 3 and 40?",
        "What does page xii say?",
        "On which page is the harbour master named?",
    ],
)
@pytest.mark.parametrize("quality", ["safe", "balanced"])
def test_pages_that_are_not_to_be_sent_alone_leave_the_whole(question, quality):
    assert sent(question, quality) is None


def test_a_page_is_named_as_the_file_or_its_own_foot_calls_it():
    labelled = [
        replace(page, label=label) for page, label in zip(PAGES, ("i", "ii", "iii", "1", "2", "3", "A-1"), strict=True)
    ]
    assert sent("What does page ii say?", pages=labelled) == (2,)
    assert sent("Read pages i to iii", pages=labelled) == (1, 2, 3)
    assert sent("Read page II", pages=labelled) == (2,)
    assert sent("What is on page A-1?", pages=labelled) == (7,)
    assert sent("What does page 2 say?", pages=labelled) == (2, 5)  # counted, and as it is called
    printed = [replace(page, text=f"{page.text}\nAnnual report {number}") for number, page in enumerate(PAGES, 78)]
    assert sent("What does page 80 say?", pages=printed) == (3,)
    assert sent("Read pages 80-82", pages=printed) == (3, 4, 5)
    assert sent("What is on page 99?", pages=printed) is None


def test_the_neighbours_go_along_where_little_risk_is_taken():
    assert sent("What does page 3 say?", "safe") == (2, 3, 4)


def test_a_page_that_does_not_exist_names_nothing():
    assert sent("What does page 40 say?", "safe") is None


def test_tables_appendices_and_contents_are_found_by_their_captions_with_their_neighbours():
    assert set(sent("What is in Table 2 for point B?")) >= {3, 4}
    assert set(sent("Who wrote in Appendix B?")) >= {6, 7}
    assert 1 in sent("Show the table of contents")


def test_a_part_goes_out_up_to_where_the_next_begins():
    texts = (
        "1 Start\nWords.",
        "2 Methods\nWords.",
        "More words.",
        "Even more.",
        "2.1 Points\nWords.",
        "3 End\nWords.",
        "A B",
    )
    pages = [PageFacts(number, (612.0, 792.0), text) for number, text in enumerate((*texts, *texts[2:4], "C"), 1)]
    assert set(sent("What does chapter 2 conclude?", pages=pages)) == {1, 2, 3, 4, 5, 6, 7}  # and its neighbours
    assert set(sent("What does section 2.1 say?", pages=pages)) == {4, 5, 6, 7}


def test_pages_that_cannot_be_read_go_along_with_a_caption_that_they_may_hold():
    scan = PageFacts(8, (612.0, 792.0), "", scanned=True)
    assert 8 in sent("What is in Table 2 for point B?", pages=[*PAGES, scan])
    assert sent("What does page 3 say?", pages=[*PAGES, scan]) == (3,)


def test_what_is_named_and_not_found_leaves_everything():
    assert sent("What does Table 9 show about the oxygen in August?", "safe") is None


def test_questions_in_other_languages_are_searched_for_and_those_about_the_whole_are_not():
    texts = (
        "Le port a été dragué en 1887 par ordre du conseil des marchands.",
        "L'eau a été prélevée en neuf points avec une bouteille.",
        "L'oxygène est tombé sous deux milligrammes par litre dans le port.",
    )
    pages = [PageFacts(number, (612.0, 792.0), text) for number, text in enumerate(texts, 1)]
    assert sent("Quand est-ce que le port a été dragué par le conseil ?", pages=pages) == (1,)
    assert sent("Résumez ce que le conseil a dragué dans le port.", pages=pages) is None
    assert sent("Combien de points et de bouteilles ont été prélevés dans le port ?", pages=pages) is None


def test_a_question_about_one_fact_is_searched_for():
    found = asked_pages("When was the harbour dredged by the council?", PAGES, "balanced")
    assert found is not None
    assert 2 in found.pages
    assert len(found.pages) < len(PAGES)
    assert 0 < found.risk <= 0.02
    assert "search" in found.why


def test_nothing_is_searched_for_where_no_risk_is_taken():
    assert sent("When was the harbour dredged by the council?", "safe") is None


@pytest.mark.parametrize(
    "question",
    [
        "Summarise the report.",
        "How many letters are there?",
        "",
        "What is the main result?",
        "List every name.",
        "zyx qwv",
    ],
)
def test_questions_about_the_whole_get_the_whole(question):
    assert sent(question) is None


def test_pages_that_cannot_be_searched_stay():
    scan = PageFacts(8, (612.0, 792.0), "", scanned=True)
    assert 8 in sent("When was the harbour dredged by the council?", pages=[*PAGES, scan])


def test_pages_are_read_from_text():
    assert read_pages("3-5,9", 12) == (3, 4, 5, 9)
    assert read_pages(" 2 – 3 ", 12) == (2, 3)
    assert read_pages("11-40", 12) == (11, 12)
    for wrong in ("", "a", "5-3", "0", "1-2-3", "40"):
        with pytest.raises(OptionError, match="pages="):
            read_pages(wrong, 12)


@pytest.mark.parametrize("text", ["²", "1-²", "9" * 5000])
def test_what_is_no_page_number_is_refused_with_our_error(text):
    with pytest.raises(OptionError, match="list of pages"):
        read_pages(text, 5)


HOSTILE = {
    "dots": "." * 200_000 + "x",
    "lines": "a" + "\n" * 200_000 + "x",
    "spaces": "table" + " " * 200_000 + "x",
    "digits": "...." + "1" * 200_000 + "x",
    "words": "1 " * 100_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    "question",
    ["the table of contents", "section 4.1", "table 4", "page " + " " * 200_000, "page ix", "page " + "1 and " * 9_000],
)
def test_no_page_or_question_makes_the_patterns_walk_it_again_and_again(text, question):
    """Ten times as long took hours where a pattern is quadratic: this test would not end."""
    assert sent(question, pages=[PageFacts(number, (612.0, 792.0), text) for number in (1, 2)]) is None


def test_a_question_with_more_captions_than_anyone_names_is_about_the_whole_document():
    assert sent(" and ".join(f"table {number}" for number in range(1, 5000))) is None
