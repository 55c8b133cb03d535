"""Files that are written: text of anyone's is data in a script, and leads to no path outside an archive."""

from __future__ import annotations

import ast
import base64
import io
import json
import re
import zipfile

import pytest

from headroom_nb import HeadroomError, ImageCompressor, Technique
from headroom_nb.ocr import FakeOcr
from headroom_nb.rendering.export import FORMATS, render
from tests.support import FixedRouter, gradient, openai_message, png

PAYLOADS = (
    '"""\nimport os\nos.system("x")\n"""',
    "'\nimport os\n'",
    "x' + __import__('os').system('x') + '",
    "\nHEADROOM_REQUEST\nrm -rf /\n",
    "'; rm -rf / #",
    "$(touch /tmp/x) `touch /tmp/x` ${HOME}",
    "\\'\\\"\\\\",
    "\u2028HEADROOM_REQUEST\u2028",
    "../../../etc/passwd",
    "C:\\windows\\x.png",
)


def compressed(document, technique=Technique.FULL_LOW):
    return ImageCompressor(router=FixedRouter(technique), ocr=FakeOcr(["TOTAL"])).run(document)


def hostile(text):
    body = {"model": "gpt-4o", "messages": [openai_message(text, png(gradient(900, 700)))], "user": text, text: text}
    body["messages"][0]["name"] = text
    return compressed(body)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_is_data_in_a_python_script(payload):
    head, request, *rest = ast.parse(render(hostile(payload), "python")).body
    harmless_head, _, *harmless_rest = ast.parse(render(hostile("harmless"), "python")).body
    assert [ast.dump(node) for node in (head, *rest)] == [ast.dump(node) for node in (harmless_head, *harmless_rest)]
    assert ast.literal_eval(request.value)["user"] == payload


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_is_data_in_a_shell_script(payload):
    script = render(hostile(payload), "curl").splitlines()
    harmless = render(hostile("harmless"), "curl").splitlines()
    assert len(script) == len(harmless)
    assert [line for line in script if not line.startswith("{")] == [
        line for line in harmless if not line.startswith("{")
    ]
    (body,) = (line for line in script if line.startswith("{"))
    assert json.loads(body)["user"] == payload


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_model_s_name_stays_in_the_address_of_a_shell_script(payload):
    document = {"model": "gemini-2.5-flash", "contents": [{"role": "user", "parts": [{"text": "x"}]}]}
    result = compressed(document)
    result.messages["model"] = payload
    first = render(result, "curl").splitlines()[0]
    assert first.count("'") == 2
    assert "$" not in first
    assert "`" not in first


@pytest.mark.parametrize("payload", PAYLOADS)
def test_members_of_an_archive_stay_in_their_folders(payload):
    block = {"type": "image", "source": {"type": "base64", "media_type": payload, "data": "R0lGODlh"}}
    shown = {**block, "source": {**block["source"], "data": base64.b64encode(png(gradient(300, 200))).decode()}}
    document = {"body": {"messages": [{"role": payload, "content": [block, shown]}]}}
    members = zipfile.ZipFile(io.BytesIO(render(compressed(document), "zip"))).namelist()
    assert len(members) > 2
    for member in members:
        assert re.fullmatch(r"(original|sent)/[\w-]+\.\w+|report\.txt", member)
        assert member.count("/") <= 1
        assert not set("\\:\0") & set(member)
        assert ".." not in member


@pytest.mark.parametrize("to", sorted(FORMATS))
def test_what_is_nested_without_end_is_written_or_refused(to):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    result = compressed({"model": "gpt-4o", "messages": [openai_message("", png(gradient(30, 20)))], "x": deep})
    try:
        assert render(result, to)
    except HeadroomError as error:
        assert "nested" in str(error) or "recursion" in str(error) or "are for" in str(error)  # noqa: PT017 - either is fine
    finally:
        while deep:
            deep = deep.pop()
