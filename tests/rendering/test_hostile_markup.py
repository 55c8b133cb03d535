"""Everything that becomes HTML, with text that would rather be markup: nothing can run, and nothing is loaded."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headroom_nb.batch.summary import BatchSummary, ItemError
from headroom_nb.records import (
    BillLine,
    CheckResult,
    CompressionResult,
    ImageResult,
    LimitViolation,
    NotebookBill,
    RouteDecision,
    Technique,
    TokenEstimate,
)
from headroom_nb.records.comparison import Comparison, ModelCost
from headroom_nb.rendering import display, markup, tables
from headroom_nb.rendering.provider_views import ProviderViews, View
from headroom_nb.rendering.tables import Column, Table
from tests.support import gradient, png

TAGS = {
    *("p", "strong", "table", "caption", "thead", "tbody", "tr", "th", "td", "div", "span", "code", "img", "br", "wbr"),
    *("style", "html", "head", "meta", "title", "body", "details", "summary", "b", "main", "h1"),
}
ATTRIBUTES = {
    *("class", "scope", "colspan", "dir", "src", "alt", "width", "height", "lang", "charset", "name", "content"),
    *("align", "valign", "style", "tabindex"),
}
PICTURE = png(gradient(40, 30))
PAYLOADS = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '"onfocus=alert(1) autofocus="',
    "javascript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "<svg/onload=alert(1)>",
    "<iframe src=//x.invalid></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>]]>",
    "{title}{body}{0}{__class__}",
    "$$\\href{javascript:alert(1)}{x}$$ \\(x\\) `$x$`",
    "&lt;script&gt;&#60;script&#62;",
    "\x00<\x00script\x00>",
    "\u202e</p>\u2066<script>",
    "<\ud800script>",
    "]]></td></tr></table><form action=//x.invalid>",
)
hostile = st.one_of(
    st.sampled_from(PAYLOADS),
    st.lists(st.one_of(st.sampled_from([*"<>\"'&=/ \n`$\\{}", "script", "on", "style"]), st.text(max_size=4))).map(
        "".join
    ),
)


class Page(HTMLParser):
    """What a browser would make of a page: its elements, and the text of its styles."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self.styles, self.inside = [], [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, attrs))
        self.inside = tag

    def handle_data(self, data):
        if self.inside == "style":
            self.styles.append(data)

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def unknown_decl(self, data):
        raise AssertionError(f"a declaration: {data}")


def assert_nothing_runs(html):
    page = Page(html)
    for tag, attributes in page.elements:
        assert tag in TAGS, tag
        for name, value in attributes:
            assert name in ATTRIBUTES, (tag, name)
            if name == "src":
                assert re.match(r"data:image/(png|jpeg|webp);base64,[A-Za-z0-9+/=]*$", value), value
            if name in {"align", "valign", "style"}:
                assert re.match(r"[a-z:;-]*$", value), value
    harmless = [style for style in page.styles if "url(" in style or "@import" in style or "expression" in style]
    assert not harmless
    assert html.count("<style") == html.count("</style>") == len(page.styles)


def an_image(text):
    return ImageResult(
        path=("messages", 0, text, 1),
        question=text,
        decision=RouteDecision(Technique.CROP, 0.7, text, text),
        technique=Technique.CROP,
        original_tokens=1105,
        compressed_tokens=255,
        original_size=(40, 30),
        sizes=((4, 3),),
        original_bytes=len(PICTURE),
        media_type=text,
        note=text,
        error=text,
        source=PICTURE,
    )


def a_result(text):
    image = an_image(text)
    left = replace(image, decision=None, note="", source=text.encode("utf-8", "replace"))
    return CompressionResult([text], (image, left), text, text, text, text, 2.5, (text,))


def a_view(text):
    estimate = TokenEstimate(3, exact=False, rule=text, note=text, sent_size=(40, 30))
    return ProviderViews(
        (View(text, (40, 30), gradient(40, 30), estimate, text), View(text, None, None, None, text)), text, text
    )


def a_batch(text):
    error = ItemError(text, 1, 1, 0, text, text)
    return BatchSummary(
        *(text, text, text, 1, 1, 10, 5, 0.5, 0, True, {text: 1}, {text: 1}, (error,), 1, 1),
        skipped_files=(text,),
    )


def a_bill(text):
    line = BillLine(("cells", 0, text), 1, (40, 30), 10, 5, text, text)
    return NotebookBill(text, text, (line, replace(line, size=None)), 2.5)


def a_check(text):
    return CheckResult(text, text, 3, (LimitViolation((0, text), text),), ((1, text),))


def a_comparison(text):
    return Comparison(1, ((40, 30),), (ModelCost(text, text, None, None, False, None, text),), (text,))


def a_table(text):
    return Table(
        headline=text,
        columns=(Column(text), Column(text, figure=True), Column(text, below=True)),
        rows=((text, text, text),),
        caption=text,
        lines=(text,),
        warnings=(text,),
        footnotes=(text,),
    )


PRODUCERS = {
    "result": lambda text: display.to_html(a_result(text)),
    "bundle": lambda text: display.mimebundle(a_result(text))["text/html"],
    "report page": lambda text: markup.page(text, display.to_html(a_result(text))),
    "table": lambda text: tables.to_html(a_table(text)),
    "views": lambda text: a_view(text)._repr_mimebundle_()["text/html"],
    "batch": lambda text: a_batch(text)._repr_html_(),
    "bill": lambda text: a_bill(text)._repr_mimebundle_()["text/html"],
    "comparison": lambda text: a_comparison(text)._repr_mimebundle_()["text/html"],
    "check": lambda text: a_check(text)._repr_mimebundle_()["text/html"],
    "figure": lambda text: markup.root(markup.figure(text)),
    "picture": lambda text: markup.root(markup.picture("data:image/png;base64,AAAA", text, (4, 3))),
}


@pytest.mark.parametrize("name", sorted(PRODUCERS))
@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_in_any_text_stays_text(name, payload):
    assert_nothing_runs(PRODUCERS[name](payload))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PRODUCERS))
def test_no_text_at_all_becomes_markup(name):
    @settings(max_examples=40, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(hostile)
    def run(text):
        assert_nothing_runs(PRODUCERS[name](text))

    run()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_json_form_holds_no_markup_of_its_own_and_thumbnails_are_pictures(payload):
    report = display.to_json(a_result(payload))
    json.dumps(report).encode("ascii")
    for image in report["images"]:
        assert re.match(r"(data:image/(png|jpeg|webp);base64,[A-Za-z0-9+/=]+)?$", image["thumbnail"])


def test_the_check_itself_notices_what_runs():
    for bad in (
        "<script>1</script>",
        '<p onclick="x">',
        '<img src="https://x.invalid">',
        "<a href=x>",
        "<style>@import x</style>",
        "<!-- x -->",
    ):
        with pytest.raises(AssertionError):
            assert_nothing_runs(bad)
