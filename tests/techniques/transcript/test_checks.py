import pytest
from PIL import ImageDraw

from headroom_nb.techniques.transcript.letters import language_of
from headroom_nb.techniques.transcript.sums import check_sums
from tests.techniques.ocr_pages import text_page
from tests.techniques.transcript.transcripts import transcript

RECEIPT = [
    "CORNER SHOP",
    "Bread 2.40",
    "Milk 1.15",
    "Cheese 6.05",
    "Subtotal 9.60",
    "Tax 0.77",
    "TOTAL 10.37",
    "Cash 20.00",
    "Change 9.63",
]


def test_a_receipt_whose_amounts_agree_is_confirmed():
    sums = check_sums(RECEIPT)
    assert sums.agree is True
    assert sums.total == "10.37"


@pytest.mark.parametrize("wrong", ["110.37", "10.87", "0.37"])
def test_a_total_with_a_wrong_digit_is_contradicted(wrong):
    sums = check_sums([line.replace("10.37", wrong) for line in RECEIPT])
    assert sums.agree is False
    assert wrong in sums.sentence


def test_amounts_that_cannot_be_compared_say_nothing():
    assert check_sums(["TOTAL 12.00"]).agree is None
    assert check_sums(["Bread 2.40", "no more"]).agree is None


def test_a_contradiction_makes_a_transcript_not_exact():
    lines = [line.replace("10.37", "110.37") for line in RECEIPT]
    result = transcript(text_page(lines, size=24))
    assert result.exact < 0.5
    assert any("contradict" in note for note in result.notes)
    assert transcript(text_page(RECEIPT, size=24)).exact > 0.9


def test_ink_that_was_not_read_is_reported_with_its_place():
    image = text_page(["The meeting is on the second floor.", "Bring the papers and the keys."], size=22)
    draw = ImageDraw.Draw(image)
    for at in range(6):
        draw.line((600 + 22 * at, 40, 612 + 22 * at, 58), fill="black", width=3)
        draw.line((612 + 22 * at, 40, 600 + 22 * at, 58), fill="black", width=3)
    result = transcript(image)
    assert result.unread_ink > 0.05 or "X" in result.text.upper()
    assert transcript(text_page(["All of this was read.", "Nothing else is here."])).unread_ink < 0.01


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Příliš žluťoučký kůň", "Czech or Slovak"),
        ("Það er gott, þegar sólin skín", "Icelandic"),
        ("yağız şoföre çabucak güvendi", "Turkish"),
        ("Glāžšķūņa rūķīši", "Latvian"),
        ("Perché la città è così bella", None),
        ("Árvíztűrő tükörfúrógép", None),
    ],
)
def test_languages_whose_letters_are_confused_are_known(text, language):
    found = language_of(text)
    assert (found.name if found else None) == language


def test_a_confused_language_makes_a_transcript_not_exact():
    result = transcript(text_page(["Účet zaplaťte nejpozději ve středu večer.", "Děti měly k večeři řízky."]))
    assert result.exact < 0.8
    assert any("Czech" in note for note in result.notes)
