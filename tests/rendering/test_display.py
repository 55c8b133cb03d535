from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from PIL import Image

from headroom_nb.errors import OptionError
from headroom_nb.records import CompressionResult, ImagePart, ImageResult, RouteDecision, Technique
from headroom_nb.rendering import display, plain
from headroom_nb.rendering.display import JSON_MIME
from tests.support import gradient, png

HOSTILE = [
    '"><script>alert(1)</script>',
    "<img src=x onerror=alert(1)>",
    "'; DROP TABLE --\n\n| a | b |",
    "\u202egnp.exe\u202c and \u2066rtl\u2069",
    "{braces} {{double}} $x + $y \\(z\\) \\[w\\]",
    "line\r\nbreak\x00null\x1b[31mred\u2028separator",
    "&lt;b&gt; &amp; `code` **bold** [link](http://x)",
    "\ud800 lone surrogate",
    "مرحبا 这是什么 e\u0301",
]

PICTURE = png(gradient(1000, 700))
SENT = (ImagePart(b"x", "image/png", (300, 200), role="crop"),)


def image(**changes):
    made = ImageResult(
        path=("messages", 0, "content", 1),
        question="What is the total?",
        decision=RouteDecision(Technique.CROP, 0.71, "place words", "rules"),
        technique=Technique.CROP,
        original_tokens=1105,
        compressed_tokens=255,
        original_size=(1000, 700),
        sizes=((300, 200),),
        original_bytes=len(PICTURE),
        free_tokens=270,
        kept_pixels=0.25,
        note="cut to the top right",
        risk=0.012,
        source=PICTURE,
    )
    return replace(made, **changes)


def result(*images, **changes):
    made = CompressionResult([], images, "gpt-4o", "openai", "given", "balanced", 2.5)
    return replace(made, **changes)


class Outline(HTMLParser):
    """Tags with their attributes, text outside style, and elements left open."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self.open = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in {"img", "br", "meta", "wbr"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)


def test_the_text_form_has_one_line_per_image_under_the_totals():
    other = image(path=(3, "content", 0), technique=Technique.PRESERVE, parts=(), compressed_tokens=1105, free_tokens=0)
    lines = str(result(image(parts=SENT), other)).splitlines()
    assert lines[0] == "Image tokens: 2,210 → 1,360 (−38 %) on gpt-4o, saves $0.0021 each time it is sent"
    assert "Detail was given up in 1 of 2; highest risk of losing an answer 1.2 %." in lines[1]
    header = next(line for line in lines if line.startswith("#"))
    rows = [line for line in lines if re.match(r"\d  message", line)]
    assert len(rows) == 2
    for line in rows:
        assert line.index("What is") == header.index("Question")
    assert re.search(r"part cut out +1,105 → 255 +−77 % +1\.2 %$", rows[0])
    assert re.search(r"unchanged +1,105 +0 % +–$", rows[1])


def test_columns_line_up_with_wide_characters():
    lines = str(result(image(question="这是什么", parts=SENT), image(question="plain", parts=SENT))).splitlines()
    rows = [line for line in lines if re.match(r"\d  message", line)]
    starts = {plain.width(line[: line.index("part cut")]) for line in rows}
    assert len(starts) == 1


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ((0, "body", "messages", 2, "content", 1), "request 1, message 3"),
        ((1, "messages", 0, "content", 0, "content", 1), "request 2, message 1, tool result"),
        ((1, 0, "content", 1), "request 2, message 1"),
        (("body", "messages", 4, "content", 0), "message 5"),
        ((0, "content", 1), "message 1"),
        ((3,), "message 4"),
    ],
)
def test_an_image_of_several_requests_is_called_by_its_request(path, name):
    assert result(image(path=path), names={}).name_of(image(path=path)) == name


def test_an_image_is_called_by_its_file_else_by_its_message():
    made = result(
        image(), image(path=("messages", 0, "content", 2)), image(path=(4, "content", 0, "content", 1)), names={}
    )
    assert [made.name_of(one) for one in made] == ["message 1, image 1", "message 1, image 2", "message 5, tool result"]
    named = replace(made, names={made[0].path: "receipt.png"})
    assert "0  receipt.png" in str(named)
    assert named["receipt.png"] is named[0]


def test_the_details_of_an_image_say_why_where_and_what_it_was():
    text = str(image(parts=SENT))
    for fact in (
        "Part cut out: 1,105 → 255 tokens (−77 %)",
        "Why: place words",
        "messages[0].content[1]",
        "270 tokens",
    ):
        assert fact in text
    assert "1.2 % chance that the answer is lost" in text
    assert len(repr(image(parts=SENT))) < 100


def test_a_choice_of_a_person_is_called_manual():
    decision = RouteDecision(Technique.PRESERVE, 1.0, "chosen", "user", by="user")
    assert "unchanged (manual)" in str(result(image(decision=decision, technique=Technique.PRESERVE)))


def test_what_could_not_be_counted_is_not_known_and_never_nothing():
    unknown = image(original_size=None, original_tokens=0, compressed_tokens=0, free_tokens=0, source=b"", error="gone")
    lines = str(result(unknown)).splitlines()
    assert lines[0].startswith("Image tokens: not known on gpt-4o")
    assert "not known" in next(line for line in lines if line.startswith("0  "))
    assert "1 image not known" in str(result(unknown, image())).splitlines()[0]


def test_rows_are_sorted_and_filtered_on_request():
    small = image(path=(3, "content", 0), original_tokens=300, compressed_tokens=300, free_tokens=0, risk=0.0)
    made = result(small, image(path=(1, "content", 0), risk=0.012))
    assert [row[0] for row in made.table("tokens").rows] == ["1", "0"]
    assert [row[0] for row in made.table(given_up=True).rows] == ["1"]
    with pytest.raises(OptionError, match="tokens, saved, risk"):
        made.table("size")


def test_cells_are_aligned_by_attributes_where_the_style_is_taken_away():
    outline = Outline(display.to_html(result(image())))
    cells = [attrs for tag, attrs in outline.tags if tag in {"td", "th"} and "colspan" not in attrs]
    assert all(attrs["align"] in {"left", "right"} for attrs in cells)
    assert all(f"text-align:{attrs['align']}" in attrs["style"] for attrs in cells)


def test_every_form_names_the_model_and_why_it_was_assumed():
    made = result(image(), model_note="assumed: the default for openai")
    for form in (display.to_text(made), display.to_markdown(made), display.to_html(made)):
        assert "gpt-4o" in form
        assert "assumed: the default for openai" in form


def test_estimates_are_marked_and_explained():
    text = str(result(image(exact=False, original_exact=False)))
    assert "≈1,105 → ≈255" in text
    assert "≈ marks an estimate" in text


def test_a_transcript_s_estimate_does_not_make_the_picture_s_figure_one():
    text = str(result(image(exact=False)))
    assert text.count("1,105 → ≈255") == 2
    assert "≈1,105" not in text


def test_the_html_is_static_accessible_and_well_formed():
    outline = Outline(display.to_html(result(image())))
    assert outline.open == []
    names = {tag for tag, _ in outline.tags}
    assert not names & {"script", "iframe", "link", "object", "form"}
    assert {"table", "caption", "thead", "tbody"} <= names
    assert all(attrs.get("scope") in {"col", "row"} for tag, attrs in outline.tags if tag == "th")
    (picture,) = (attrs for tag, attrs in outline.tags if tag == "img")
    assert picture["alt"] == "messages[0].content[1], 1000×700 px, 1,105 → 255 tokens"
    assert picture["src"].startswith("data:image/")


def test_the_html_reads_without_its_style():
    text = " ".join(Outline(display.to_html(result(image()))).text).replace("\xa0", " ")
    for fact in (
        "What is the total?",
        "crop",
        "−77 %",
        "1,105 → 255",
        "1.2 %",
        "270 tokens: the model sees the same",
        "top right",
    ):
        assert fact in text


def test_every_style_rule_is_scoped_to_our_class():
    style = re.search(r"<style>(.*?)</style>", display.to_html(result(image())), re.DOTALL)[1]
    selectors = re.findall(r"([^{}]+)\{", style.replace("@media print{", ""))
    assert selectors
    for selector in ",".join(selectors).split(","):
        assert ".headroom-nb" in selector


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text_in_every_form(hostile):
    made = result(
        image(question=hostile, note=hostile, error=hostile, path=("messages", 0, hostile)),
        model_note=hostile,
        warnings=(hostile,),
    )
    tags = [tag for tag, _ in Outline(display.to_html(made)).tags]
    plainly = image(question="q", note="n", error="n", path=("messages", 0, "p"))
    tame = result(plainly, model_note="m", warnings=("w",))
    harmless = [tag for tag, _ in Outline(display.to_html(tame)).tags]
    assert [tag for tag in tags if tag not in {"span", "wbr"}] == [
        tag for tag in harmless if tag not in {"span", "wbr"}
    ]
    text = display.to_text(made)
    assert not re.search("[\x00-\x09\x0b-\x1f\u2028\u202a-\u202e\u2066-\u2069]", text)
    for form in display.mimebundle(made).values():
        json.dumps(form).encode()
        str(form).encode("utf-8")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_makes_no_new_markdown_columns_or_rows(hostile):
    def shape(text):
        rows = [line for line in text.splitlines() if line.startswith("|")]
        return [len(re.findall(r"(?<!\\)\|", row)) for row in rows]

    assert shape(display.to_markdown(result(image(question=hostile)))) == shape(display.to_markdown(result(image())))


def test_nothing_in_the_html_is_taken_for_a_formula():
    text_nodes = Outline(display.to_html(result(image(question="$x$ and \\(y\\)", note="$2 to $3")))).text
    assert all("$" not in node or node == "$" for node in text_nodes)
    assert all("\\" not in node or node == "\\" for node in text_nodes)


def test_an_output_is_the_same_every_time():
    made = result(image(), image(path=(2, "content", 0)))
    assert display.mimebundle(made) == display.mimebundle(made)


@pytest.mark.parametrize("count", [1, 8, 40, 100, 1000])
def test_an_output_stays_under_200_kilobytes_however_many_images(count):
    noise = png(Image.effect_noise((300, 300), 90).convert("RGB"))
    made = result(*(image(source=noise, path=(place, "content", 0)) for place in range(count)))
    bundle = display.mimebundle(made)
    assert len(json.dumps(bundle)) < 200_000
    assert len(bundle[JSON_MIME]["images"]) + bundle[JSON_MIME]["hidden_images"] == count
    for entry in bundle[JSON_MIME]["images"]:
        assert len(entry["thumbnail"]) <= 24_000


def test_rows_that_are_left_out_are_still_counted():
    made = result(*(image(path=(place, "content", 0)) for place in range(150)))
    assert re.search(r"… and (50|80|110) more images", str(made))
    assert str(made).startswith("Image tokens: 165,750 → 38,250")


def test_the_json_form_holds_the_facts_and_is_json():
    report = display.to_json(result(image(), warnings=("over 20 MB",)))
    assert json.loads(json.dumps(report)) == report
    assert report["totals"]["free_tokens"] + report["totals"]["traded_tokens"] == 1105 - 255
    assert report["images"][0]["routed"] == "crop"
    assert report["warnings"] == ["over 20 MB"]


def test_a_broken_picture_has_no_preview_and_keeps_its_row():
    html = display.to_html(result(image(source=b"not a picture", error="broken", note="")))
    assert "<img" not in html
    assert "broken" in html


def test_transparent_and_one_pixel_pictures_have_previews():
    clear = io.BytesIO()
    Image.new("RGBA", (1, 1)).save(clear, "PNG")
    assert "<img" in display.to_html(result(image(source=clear.getvalue())))


def test_no_images_is_said_plainly():
    assert str(result()).splitlines()[0] == "No images found: nothing to compress for gpt-4o"


def test_the_repr_is_one_short_line_whatever_the_payload():
    made = result(image(), messages=["x" * 100_000])
    assert len(repr(made)) < 120


def test_thousands_of_warnings_leave_an_output_small_and_its_report_readable():
    warnings = tuple(f"messages[{number}]: a side over 8,000 px is refused: send it smaller" for number in range(5000))
    bundle = display.mimebundle(result(image(), warnings=warnings))
    assert len(json.dumps(bundle)) < 200_000
    for stored in (bundle[JSON_MIME], json.loads(display.to_file(result(image(), warnings=warnings)))):
        assert stored["warnings"][0] == warnings[0]
        assert stored["warnings"][-1] == "… and 4,980 more: see .warnings"
    assert "… and 4,980 more warnings" in bundle["text/plain"]
