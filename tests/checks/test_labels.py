"""What a block says its bytes are: found where it is wrong, and put right."""

import base64
import io

import pytest

from headroom_nb import check, compress, user_message
from headroom_nb.checks.fit import fit_limits
from headroom_nb.formats import find_images
from tests.support import gradient, png

PNG = png(gradient(40, 30))
B64 = base64.b64encode(PNG).decode()
LARGE = png(gradient(3000, 2400))


def jpeg(size=(200, 150)):
    out = io.BytesIO()
    gradient(*size).save(out, "JPEG")
    return out.getvalue()


def anthropic(media_type, data=B64):
    source = {"type": "base64", "data": data} | ({} if media_type is None else {"media_type": media_type})
    return {"type": "image", "source": source}


WRONG = {
    "anthropic": anthropic("image/jpeg"),
    "image/jpg": anthropic("image/jpg", base64.b64encode(jpeg()).decode()),
    "octet-stream": anthropic("application/octet-stream"),
    "missing": anthropic(None),
    "bedrock": {"image": {"format": "jpeg", "source": {"bytes": PNG}}},
    "mcp": {"type": "image", "data": B64, "mimeType": "image/webp"},
    "data URL": {"type": "image_url", "image_url": {"url": f"data:image/gif;base64,{B64}"}},
    "bare data URL": {"type": "input_image", "image_url": f"data:;base64,{B64}"},
}


def conversation(block):
    return [{"role": "user", "content": [block, {"type": "text", "text": "What is it?"}]}]


@pytest.mark.parametrize("kind", WRONG)
def test_check_names_a_label_that_is_not_what_the_bytes_are(kind):
    (found,) = check(conversation(WRONG[kind]), "gpt-4o").violations
    assert found.path == (0, "content", 0)
    assert "its bytes are image/" in found.message
    assert found.fixable


def test_google_s_labels_are_read_too():
    part = {"inlineData": {"mimeType": "image/jpeg", "data": B64}}
    (found,) = check([{"role": "user", "parts": [part]}], "gemini-2.5-flash").violations
    assert "labelled image/jpeg, but its bytes are image/png" in found.message


def test_right_labels_are_not_remarked_on():
    for provider in ("openai", "openai_responses", "anthropic", "google", "bedrock", "ollama"):
        assert check([user_message("What?", PNG, provider=provider)], "gpt-4o").ok


@pytest.mark.parametrize("kind", WRONG)
def test_enforcing_the_limits_puts_every_label_right(kind):
    messages = conversation(WRONG[kind])
    result = compress(messages, model="gpt-4o", router="rules", enforce_limits=True)
    assert check(result.messages, "gpt-4o").ok
    (before,), (after,) = find_images(messages), find_images(result.messages)
    assert after.load() == before.load()
    fitted, verdict = fit_limits(messages, "gpt-4o")
    assert verdict.ok
    assert find_images(fitted)[0].load() == before.load()


def test_a_message_that_is_touched_gets_its_labels_right_and_no_other_does():
    wrong = anthropic("image/jpeg")
    large = user_message("Is it sunny?", LARGE, provider="anthropic")
    touched = {**large, "content": [wrong, *large["content"]]}
    alone = {"role": "user", "content": [wrong, {"type": "text", "text": "And this?"}]}
    result = compress(
        [touched, {"role": "assistant", "content": "Yes."}, alone], model="claude-opus-5-5", router="rules"
    )
    assert result.images[1].parts, "the large one is rewritten"
    assert result.messages[0]["content"][0]["source"] == {"type": "base64", "media_type": "image/png", "data": B64}
    assert result.messages[2] is alone


@pytest.mark.parametrize("cut", [0.5, 0.9, 0.99])
def test_check_names_an_image_that_ends_too_early(cut):
    for data in (png(gradient(300, 200)), jpeg((300, 200))):
        broken = data[: int(len(data) * cut)]
        found = check([user_message("What?", PNG, provider="openai"), image_of(broken)], "gpt-4o").violations
        assert [violation.path for violation in found] == [(1, "content", 0)]
        assert "decoded" in found[0].message or "read" in found[0].message


def image_of(data):
    kind = "png" if data[:4] == b"\x89PNG" else "jpeg"
    url = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    return {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}


def test_check_names_a_pixel_stream_that_is_broken():
    data = bytearray(png(gradient(300, 200)))
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    (found,) = check([image_of(bytes(data))], "gpt-4o").violations
    assert "cannot be" in found.message
