from __future__ import annotations

import json

import pytest

from headroom_nb import BatchSummary, compress, compress_batch, user_message
from headroom_nb.demo.pdf import Page, make_pdf
from headroom_nb.errors import BatchError, OptionError, UnknownModelError
from tests.batch.lines import OPTIONS, ROUTER, asks, picture, read_lines, write_lines
from tests.support import openai_message


def expected(document):
    return compress(document, model="gpt-4o", router=ROUTER).messages


def test_a_line_with_a_pdf_is_compressed_as_it_is_alone(tmp_path):
    pdf = make_pdf([Page(tuple(f"Berth {n} of the harbour was let to a ferry." for n in range(30)))] * 3)
    documents = [[user_message("What does page 2 say?", pdf, provider="anthropic")], asks(0)]
    choices = {"model": "claude-opus-5-5", "router": ROUTER}
    summary = compress_batch(write_lines(tmp_path / "in.jsonl", documents), tmp_path / "out.jsonl", **choices)
    alone = [compress(document, **choices) for document in documents]
    assert read_lines(tmp_path / "out.jsonl") == [result.messages for result in alone]
    assert alone[0].documents[0].parts
    assert summary.documents == 1
    assert "1 document" in str(summary)
    assert "image tokens" not in str(summary)
    assert summary.original_tokens == sum(result.original_tokens for result in alone)
    assert summary.compressed_tokens == sum(result.compressed_tokens for result in alone)
    assert not summary.errors


def test_each_line_becomes_what_compress_makes_of_it_in_the_same_order(tmp_path):
    documents = [asks(number) for number in range(12)]
    source = write_lines(tmp_path / "in.jsonl", documents)
    summary = compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)
    assert read_lines(tmp_path / "out.jsonl") == [expected(document) for document in documents]
    assert summary.items == 12
    assert summary.images == 8
    alone = [compress(document, model="gpt-4o", router=ROUTER) for document in documents]
    assert summary.compressed_tokens == sum(result.compressed_tokens for result in alone) < summary.original_tokens
    assert summary.techniques == {"full_low": 8}
    sizes = [(result.original_bytes, result.compressed_bytes) for result in alone]
    assert (summary.original_bytes, summary.compressed_bytes) == tuple(map(sum, zip(*sizes, strict=True)))
    assert summary.original_bytes >= summary.compressed_bytes > 0
    lines = read_lines(tmp_path / "out.jsonl.report.jsonl")
    assert [(line["original_bytes"], line["compressed_bytes"]) for line in lines] == sizes
    assert summary.savings_usd == pytest.approx(summary.saved_tokens * 2.5e-6)
    assert not summary.errors
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "in.jsonl",
        "out.jsonl",
        "out.jsonl.report.jsonl",
        "out.jsonl.summary.json",
    ]


OPENAI_LINE = {"custom_id": "a-1", "method": "POST", "url": "/v1/chat/completions"}


@pytest.mark.parametrize(
    "wrap",
    [
        lambda messages: messages,
        lambda messages: messages[0],
        lambda messages: {"model": "gpt-4o", "messages": messages, "seed": 3},
        lambda messages: {**OPENAI_LINE, "body": {"model": "gpt-4o", "messages": messages}},
        lambda messages: {"custom_id": "a-2", "params": {"max_tokens": 8, "messages": messages}},
        lambda messages: {"key": "a-3", "request": {"contents": messages}},
        lambda messages: {"id": 7, "conversation": messages, "split": "test"},
        lambda messages: {"id": 8, "conversation": json.dumps(messages)},
    ],
)
def test_every_wrapping_of_a_conversation_is_read_and_kept(tmp_path, wrap):
    messages = [openai_message("Describe it.", picture())]
    source = write_lines(tmp_path / "in.jsonl", [wrap(messages)])
    summary = compress_batch(source, tmp_path / "out.jsonl", column="conversation", **OPTIONS)
    (after,) = read_lines(tmp_path / "out.jsonl")
    assert not summary.errors
    assert summary.compressed_tokens == 85
    wanted = wrap(expected(messages))
    if isinstance(after, dict) and isinstance(after.get("conversation"), str):
        assert json.loads(after.pop("conversation")) == json.loads(wanted.pop("conversation"))
    assert after == wanted


def test_a_batch_of_anthropic_keeps_its_frame(tmp_path):
    requests = [{"custom_id": f"r-{n}", "params": {"max_tokens": 5, "messages": asks(n)}} for n in range(5)]
    source = tmp_path / "in.json"
    source.write_text(json.dumps({"note": ["kept", {"requests": [0]}], "requests": requests, "last": 1}, indent=2))
    summary = compress_batch(source, tmp_path / "out.json", **OPTIONS)
    after = json.loads((tmp_path / "out.json").read_text())
    assert after["note"] == ["kept", {"requests": [0]}]
    assert after["last"] == 1
    assert after["requests"] == [expected(request) for request in requests]
    assert summary.items == 5
    assert [line["id"] for line in read_lines(summary.report)] == [f"r-{n}" for n in range(5)]


@pytest.mark.parametrize("many", [True, False])
def test_an_array_is_one_conversation_or_many_by_what_it_holds(tmp_path, many):
    content = [asks(0), asks(2), asks(1)] if many else [*asks(0), *asks(2)]
    source = tmp_path / "in.json"
    source.write_text(json.dumps(content))
    summary = compress_batch(source, tmp_path / "out.json", **OPTIONS)
    assert summary.items == (3 if many else 1)
    after = json.loads((tmp_path / "out.json").read_text())
    assert after == ([expected(entry) for entry in content] if many else expected(content))


@pytest.mark.parametrize("content", ["[]", '{"requests": []}', '{"requests": [ ]}'])
def test_an_empty_array_stays_one(tmp_path, content):
    (tmp_path / "in.json").write_text(content)
    summary = compress_batch(tmp_path / "in.json", tmp_path / "out.json", **OPTIONS)
    assert json.loads((tmp_path / "out.json").read_text()) == json.loads(content)
    assert summary.images == 0


def test_an_empty_file_gives_an_empty_file(tmp_path):
    (tmp_path / "in.jsonl").write_bytes(b"")
    assert compress_batch(tmp_path / "in.jsonl", tmp_path / "out.jsonl", **OPTIONS).items == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""


def test_a_folder_becomes_a_folder_of_the_same_names(tmp_path):
    source = tmp_path / "in"
    (source / "deep" / "er").mkdir(parents=True)
    (source / "one.json").write_text(json.dumps(asks(0)))
    (source / "deep" / "er" / "two.json").write_text(json.dumps({"messages": asks(1)}))
    write_lines(source / "deep" / "three.jsonl", [asks(0), asks(1), "{broken"])
    (source / "four.json").write_text(json.dumps({"requests": [{"params": {"messages": asks(0)}}]}))
    (source / "empty.jsonl").write_bytes(b"")
    (source / "readme.txt").write_text("not for us")
    (source / ".hidden.json").write_text("[]")
    summary = compress_batch(source, tmp_path / "out", **OPTIONS)
    out = tmp_path / "out"
    found = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert found == ["deep/er/two.json", "deep/three.jsonl", "empty.jsonl", "four.json", "one.json"]
    assert json.loads((out / "one.json").read_text()) == expected(asks(0))
    assert json.loads((out / "deep" / "er" / "two.json").read_text()) == expected({"messages": asks(1)})
    assert summary.items == 6
    (error,) = summary.errors
    assert (error.source, error.line) == ("deep/three.jsonl", 3)


def test_what_nothing_changed_in_is_written_as_it_came(tmp_path):
    lines = [
        '{"messages":  [ {"role":"user","content":"1e400 é \\u00e9"} ], "n": 1.10, "n": 2}',
        "[ ]",
        '{"messages": []}',
    ]
    source = write_lines(tmp_path / "in.jsonl", lines)
    compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)
    assert (tmp_path / "out.jsonl").read_bytes() == source.read_bytes()


BAD = {
    "{broken": "not JSON",
    "3": "neither a list of messages",
    '"text"': "neither a list of messages",
    "[1, 2]": "neither a list of messages",
    '{"foo": 1}': "no messages in this object with the keys foo",
    '{"messages": NaN}': "NaN is no JSON number",
    "[" * 100_000: "nested too deeply",
    "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"): "not JSON",
}


@pytest.mark.parametrize("on_error", ["keep", "skip"])
def test_a_bad_line_never_stops_the_run_and_is_accounted_for(tmp_path, on_error):
    lines = [json.dumps(asks(0)), *BAD, "", json.dumps(asks(1))]
    source = write_lines(tmp_path / "in.jsonl", lines)
    options = {**OPTIONS, "model": None}
    summary = compress_batch(source, tmp_path / "out.jsonl", on_error=on_error, **options)
    assert summary.error_count == len(BAD)
    assert [error.line for error in summary.errors] == list(range(2, len(BAD) + 2))
    for error, says in zip(summary.errors, BAD.values(), strict=True):
        assert says in error.message
        assert f"line {error.line}: {error.message}" in str(error)
    after = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    assert after[1:-1] == (list(BAD) if on_error == "keep" else [])
    report = read_lines(summary.report)
    assert [line["line"] for line in report] == [*range(1, len(BAD) + 2), len(BAD) + 3]
    assert [line["written"] for line in report].count(False) == (0 if on_error == "keep" else len(BAD))


def test_a_bad_line_stops_the_run_where_that_is_wished(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", [asks(0), asks(1), "{broken", asks(2)])
    with pytest.raises(BatchError, match=r"in\.jsonl, line 3: this is not JSON"):
        compress_batch(source, tmp_path / "out.jsonl", on_error="raise", **OPTIONS)
    assert not (tmp_path / "out.jsonl").exists()


def test_a_line_over_the_bound_comes_through_without_being_held(tmp_path):
    long = json.dumps([{"role": "user", "content": "x" * 5000}])
    source = write_lines(tmp_path / "in.jsonl", [asks(2), long, asks(2)])
    summary = compress_batch(source, tmp_path / "out.jsonl", max_item_bytes=1000, **OPTIONS)
    assert "more than max_item_bytes=1,000" in summary.errors[0].message
    assert (tmp_path / "out.jsonl").read_text() == source.read_text()


def test_an_image_that_cannot_be_read_is_reported_and_its_item_goes_on(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", [[openai_message("Describe it.", b"no picture", picture())]])
    summary = compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)
    assert summary.failed_images == 1
    assert summary.error_count == 0
    assert summary.compressed_tokens == 85
    (line,) = read_lines(summary.report)
    assert line["image_errors"][0].startswith("messages[0].content[1]: ")
    assert "1 image could not be read" in str(summary)


def test_what_compressing_warned_of_is_in_the_report_and_counted(tmp_path):
    (tmp_path / "file").write_text("")
    source = write_lines(tmp_path / "in.jsonl", [asks(0), asks(2)])
    summary = compress_batch(source, tmp_path / "out.jsonl", cache=tmp_path / "file" / "folder", **OPTIONS)
    for line in read_lines(summary.report):
        assert line["warnings"][0].startswith("nothing is cached on disk: ")
    assert summary.warned == 2
    assert "2 items came with warnings; see the report" in str(summary)
    assert compress_batch(source, tmp_path / "other.jsonl", **OPTIONS).warned == 0


def test_a_finished_batch_is_not_done_again(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", [asks(0), asks(1)])
    first = compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)
    stamp = (tmp_path / "out.jsonl").stat().st_mtime_ns
    again = compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)
    assert (again.items, again.resumed_items) == (first.items, first.items)
    assert (tmp_path / "out.jsonl").stat().st_mtime_ns == stamp
    compress_batch(source, tmp_path / "out.jsonl", overwrite=True, **OPTIONS)
    assert (tmp_path / "out.jsonl").stat().st_mtime_ns > stamp


def test_nothing_is_written_over_unasked(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", [asks(0)])
    sink = tmp_path / "out.jsonl"
    sink.write_text("mine")
    with pytest.raises(BatchError, match="exists; name another sink"):
        compress_batch(source, sink, **OPTIONS)
    assert sink.read_text() == "mine"
    compress_batch(source, sink, **OPTIONS, overwrite=True)
    assert read_lines(sink) == [expected(asks(0))]
    write_lines(source, [asks(1)])
    with pytest.raises(BatchError, match="exists; name another sink"):
        compress_batch(source, sink, **OPTIONS)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"source": "missing.jsonl"}, BatchError, "no file or folder"),
        ({"source": "in.txt"}, BatchError, r"ends in none of \.jsonl"),
        ({"sink": "in.jsonl"}, BatchError, "outside of the source"),
        ({"source": ".", "sink": "below/out"}, BatchError, "outside of the source"),
        ({"on_error": "ignore"}, OptionError, "keep, skip, raise"),
        ({"executor": "dask"}, OptionError, "a Dask client"),
        ({"executor": 0}, OptionError, "number of processes"),
        ({"quality": "best"}, OptionError, "quality='best'"),
        ({"progress": 3}, OptionError, "progress=3"),
        ({"progress": []}, OptionError, r"progress=\[\]"),
        ({"model": "gpt-99", "strict": True}, UnknownModelError, "gpt-99"),
        ({"source": "nosuch://x/in.jsonl"}, OptionError, "nosuch:// cannot be used"),
        ({"source": "zip://in.jsonl"}, OptionError, "zip:// cannot be used"),
        ({"colour": "red"}, OptionError, "colour"),
    ],
)
def test_a_mistake_is_said_before_anything_is_written(tmp_path, monkeypatch, change, error, says):
    monkeypatch.chdir(tmp_path)
    write_lines(tmp_path / "in.jsonl", [asks(2)])
    (tmp_path / "in.txt").write_text("")
    arguments = {"source": "in.jsonl", "sink": "out.jsonl", **OPTIONS, **change}
    with pytest.raises(error, match=says):
        compress_batch(**arguments)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "in.txt"]


def test_links_out_of_a_folder_are_not_followed(tmp_path):
    secret = write_lines(tmp_path / "secret.jsonl", [asks(2)])
    source = tmp_path / "in"
    source.mkdir()
    write_lines(source / "good.jsonl", [asks(0)])
    (source / "bad.jsonl").symlink_to(secret)
    (source / "also.jsonl").symlink_to(source / "good.jsonl")
    summary = compress_batch(source, tmp_path / "out", **OPTIONS)
    assert summary.skipped_files == ("bad.jsonl",)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["also.jsonl", "good.jsonl"]
    assert "1 file or link of the folder was not read: bad.jsonl" in str(summary)


def test_the_summary_names_the_models_it_counted_for_and_tells_like_errors_once(tmp_path):
    other = {"model": "gpt-5.6-sol", "messages": asks(0)}
    source = write_lines(tmp_path / "in.jsonl", [asks(0), "{", other, *["{"] * 4, "[", asks(1)])
    summary = compress_batch(source, tmp_path / "out.jsonl", default_model="gpt-4o", **{**OPTIONS, "model": None})
    text = str(summary)
    assert "Counted for gpt-4o (2 items with images) and gpt-5.6-sol (1 item with images)" in text
    assert "in.jsonl, line 2 and 4 more, the last line 7: this is not JSON: Expecting property name" in text
    assert "in.jsonl, line 8: this is not JSON: Expecting value" in text
    assert text.count("in.jsonl, line") == 2


def test_the_summary_survives_json_and_reads_well_everywhere(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", [asks(0), "<script>", asks(1)])
    summary = compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)
    assert BatchSummary.from_dict(json.loads(json.dumps(summary.to_dict()))) == summary
    text, page = str(summary), summary._repr_html_()
    assert "Done: " in text
    assert "full_low" in text
    assert "in.jsonl, line 2: this is not JSON" in text
    assert "<script>" not in page
    assert "2 images" in page


def test_an_item_that_takes_too_long_is_an_error_and_the_others_go_on(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", [asks(0), asks(2)])
    summary = compress_batch(source, tmp_path / "out.jsonl", max_item_seconds=1e-9, **OPTIONS)
    assert (summary.items, summary.error_count) == (2, 1)
    assert "max_item_seconds" in summary.errors[0].message
    assert read_lines(tmp_path / "out.jsonl") == [asks(0), asks(2)]


def test_a_model_that_nobody_knows_is_a_warning_of_its_item_and_with_strict_its_error(tmp_path):
    source = write_lines(
        tmp_path / "in.jsonl", [{"model": name, "messages": asks(1)} for name in ("my-deployment", "gpt-4o")]
    )
    options = {"router": ROUTER, "progress": False}
    summary = compress_batch(source, tmp_path / "out.jsonl", **options)
    assert (summary.items, len(summary.errors)) == (2, 0)
    report = read_lines(tmp_path / "out.jsonl.report.jsonl")
    assert "my-deployment" in " ".join(report[0]["warnings"])
    strict = compress_batch(source, tmp_path / "strict.jsonl", strict=True, **options)
    assert strict.items == 2
    report = read_lines(tmp_path / "strict.jsonl.report.jsonl")
    assert "my-deployment" in report[0]["error"]
    assert report[1]["error"] is None


def test_the_summary_names_files_below_the_working_folder_as_they_stand_there(tmp_path, monkeypatch):
    source = write_lines(tmp_path / "in.jsonl", [asks(0)])
    summary = compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)
    assert f"Written to {tmp_path / 'out.jsonl'}" in str(summary)
    monkeypatch.chdir(tmp_path)
    assert "Written to out.jsonl; one line per item in out.jsonl.report.jsonl" in str(summary)


def test_a_file_that_holds_no_conversations_is_told_where_to_go(tmp_path):
    (tmp_path / "report.pdf").write_bytes(make_pdf([Page(("A berth.",))]))
    with pytest.raises(BatchError, match="compress"):
        compress_batch(tmp_path / "report.pdf", tmp_path / "out.jsonl")
