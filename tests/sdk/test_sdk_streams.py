"""Streams and token counts of the local server, as the SDKs read them: the ground other tests stand on."""

from headroom_nb import user_message
from tests.formats.samples import png

QUESTION = "What is it?"
TOKENS = 100 + len(QUESTION)
SUMMARY = "1 images, 1 texts"


def message(provider):
    return user_message(QUESTION, png(9, 9), provider=provider)


def test_openai_chat_streams_its_text_and_usage(openai_client):
    chunks = list(
        openai_client.chat.completions.create(
            model="gpt-4o", messages=[message("openai")], stream=True, stream_options={"include_usage": True}
        )
    )
    assert chunks[0].choices[0].delta.content == SUMMARY
    assert chunks[-1].usage.prompt_tokens == TOKENS


def test_openai_responses_streams_its_text_and_usage(openai_client):
    events = list(openai_client.responses.create(model="gpt-4o", input=[message("openai_responses")], stream=True))
    assert [event.delta for event in events if event.type == "response.output_text.delta"] == [SUMMARY]
    assert events[-1].response.usage.input_tokens == TOKENS


def test_anthropic_streams_its_text_and_usage(anthropic_client):
    with anthropic_client.messages.stream(
        model="claude-opus-5-5", max_tokens=9, messages=[message("anthropic")]
    ) as events:
        assert "".join(events.text_stream) == SUMMARY
        assert events.get_final_message().usage.input_tokens == TOKENS


def test_google_streams_its_text_and_usage(google_client):
    (chunk,) = google_client.models.generate_content_stream(model="gemini-2.5-flash", contents=[message("google")])
    assert chunk.text == SUMMARY
    assert chunk.usage_metadata.prompt_token_count == TOKENS


def test_tokens_are_counted_before_sending_where_the_provider_offers_it(openai_client, anthropic_client, google_client):
    counts = [
        openai_client.responses.input_tokens.count(model="gpt-4o", input=[message("openai_responses")]).input_tokens,
        anthropic_client.messages.count_tokens(model="claude-opus-5-5", messages=[message("anthropic")]).input_tokens,
        google_client.models.count_tokens(model="gemini-2.5-flash", contents=[message("google")]).total_tokens,
    ]
    assert counts == [TOKENS] * 3
