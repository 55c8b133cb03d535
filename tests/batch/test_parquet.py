from __future__ import annotations

import json

import pytest

from headroom_nb import compress, compress_batch
from headroom_nb.errors import BatchError, OptionError
from tests.batch.lines import OPTIONS, ROUTER, asks, picture, read_lines
from tests.support import openai_message

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def write_table(path, column, *, group=4, kind=None):
    table = pa.table(
        {
            "id": pa.array(range(len(column)), pa.int16()),
            "messages": pa.array(column, kind),
            "tag": pa.array([f"row {number}" for number in range(len(column))]).dictionary_encode(),
        }
    ).replace_schema_metadata({"origin": "a test"})
    pq.write_table(table, path, row_group_size=group)
    return path


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr("headroom_nb.batch.sources.LEAST_PART", 1000)


@pytest.mark.parametrize("group", [1, 4, 100])
def test_rows_keep_their_place_their_columns_and_their_types(tmp_path, small_parts, group):
    column = [json.dumps(asks(number)) for number in range(10)]
    column[4], column[6] = "{broken", None
    source = write_table(tmp_path / "in.parquet", column, group=group)
    summary = compress_batch(source, tmp_path / "out.parquet", **OPTIONS)
    before, after = pq.read_table(source), pq.read_table(tmp_path / "out.parquet")
    assert after.schema.equals(before.schema, check_metadata=True)
    assert after.drop(["messages"]).equals(before.drop(["messages"]))
    for number, value in enumerate(after["messages"].to_pylist()):
        if number in {4, 6}:
            assert value == column[number]
        else:
            assert json.loads(value) == compress(asks(number), model="gpt-4o", router=ROUTER).messages
    assert [error.offset for error in summary.errors] == [4, 6]
    assert "row holds no conversation" in summary.errors[1].message
    assert [line["row"] for line in read_lines(summary.report)] == list(range(10))


@pytest.mark.parametrize("codec", ["NONE", "ZSTD", "GZIP"])
def test_compression_is_kept_and_small_parts_make_one_row_group(tmp_path, small_parts, codec):
    source = tmp_path / "in.parquet"
    pq.write_table(pa.table({"messages": [json.dumps(asks(number)) for number in range(6)]}), source, compression=codec)
    compress_batch(source, tmp_path / "out.parquet", **OPTIONS)
    before, after = pq.ParquetFile(source).metadata, pq.ParquetFile(tmp_path / "out.parquet").metadata
    assert after.num_row_groups == 1
    assert after.row_group(0).column(0).compression == before.row_group(0).column(0).compression


def test_bad_rows_can_be_left_out(tmp_path):
    source = write_table(tmp_path / "in.parquet", [json.dumps(asks(0)), "{broken", json.dumps(asks(2))])
    compress_batch(source, tmp_path / "out.parquet", on_error="skip", **OPTIONS)
    assert pq.read_table(tmp_path / "out.parquet")["id"].to_pylist() == [0, 2]


def test_nested_lists_stay_nested(tmp_path):
    question = {"type": "text", "text": "Describe it."}
    block = openai_message("", picture())["content"][0]
    rows = [
        [{"role": "user", "content": [question, {**block, "image_url": {**block["image_url"], "detail": "auto"}}]}],
        [{"role": "user", "content": [question]}],
    ]
    source = write_table(tmp_path / "in.parquet", rows)
    summary = compress_batch(source, tmp_path / "out.parquet", **OPTIONS)
    assert not summary.errors
    after = pq.read_table(tmp_path / "out.parquet")["messages"].to_pylist()
    assert after[0][0]["content"][1]["image_url"]["detail"] == "low"
    assert after[0][0]["content"][0] == {**question, "image_url": None}
    assert summary.compressed_tokens == 85


def test_what_a_columns_type_would_drop_is_kept_and_said(tmp_path):
    rows = [[openai_message("Describe it.", picture())]]  # the type has no place for "detail"
    source = write_table(tmp_path / "in.parquet", rows)
    summary = compress_batch(source, tmp_path / "out.parquet", **OPTIONS)
    assert "no place for a key" in summary.errors[0].message
    assert pq.read_table(tmp_path / "out.parquet").equals(pq.read_table(source))


def test_an_empty_table_stays_one(tmp_path):
    source = write_table(tmp_path / "in.parquet", [], kind=pa.string())
    assert compress_batch(source, tmp_path / "out.parquet", **OPTIONS).items == 0
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 0


def test_a_file_that_is_no_parquet_or_lacks_the_column_is_one_clear_error(tmp_path):
    (tmp_path / "in.parquet").write_text("not this")
    with pytest.raises(BatchError, match="no Parquet file"):
        compress_batch(tmp_path / "in.parquet", tmp_path / "out.parquet", **OPTIONS)
    source = write_table(tmp_path / "good.parquet", [json.dumps(asks(2))])
    with pytest.raises(BatchError, match="no column talk; it has id, messages, tag"):
        compress_batch(source, tmp_path / "out.parquet", column="talk", **OPTIONS)


def test_columns_of_one_name_are_copied_and_refused_where_they_hold_conversations(tmp_path):
    texts = pa.array([json.dumps(asks(number)) for number in range(3)])
    pq.write_table(pa.table([texts, texts, texts], names=["messages", "x", "x"]), tmp_path / "in.parquet")
    summary = compress_batch(tmp_path / "in.parquet", tmp_path / "out.parquet", **OPTIONS)
    assert summary.items == 3
    assert pq.ParquetFile(tmp_path / "out.parquet").schema_arrow.names == ["messages", "x", "x"]
    with pytest.raises(BatchError, match="several columns x; it has messages, x, x"):
        compress_batch(tmp_path / "in.parquet", tmp_path / "again.parquet", column="x", **OPTIONS)


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())])
def test_every_type_of_text_stays_what_it_is(tmp_path, kind):
    texts = pa.array([json.dumps(asks(number)) for number in range(3)], pa.string())
    table = pa.table({"messages": texts.dictionary_encode() if pa.types.is_dictionary(kind) else texts.cast(kind)})
    pq.write_table(table, tmp_path / "in.parquet")
    summary = compress_batch(tmp_path / "in.parquet", tmp_path / "out.parquet", **OPTIONS)
    assert not summary.errors
    after = pq.read_table(tmp_path / "out.parquet")
    assert after.schema.equals(pq.read_table(tmp_path / "in.parquet").schema)
    assert json.loads(after["messages"][0].as_py()) == compress(asks(0), model="gpt-4o", router=ROUTER).messages


def test_a_row_that_is_no_text_is_one_error_and_stays_to_the_byte(tmp_path):
    good = json.dumps(asks(0)).encode()
    texts = pa.array([good, b"\xff\xfe", good], pa.binary())
    offsets, data = texts.buffers()[1:]
    broken = pa.StringArray.from_buffers(3, offsets, data)
    pq.write_table(pa.table({"messages": broken}), tmp_path / "in.parquet")
    summary = compress_batch(tmp_path / "in.parquet", tmp_path / "out.parquet", **OPTIONS)
    assert str(summary.errors[0]).startswith("in.parquet, row 1: UnicodeDecodeError")
    after = pq.read_table(tmp_path / "out.parquet")["messages"].cast(pa.binary())
    assert after[1].as_py() == b"\xff\xfe"
    assert b'"detail":"low"' in after[0].as_py()


def test_damage_within_a_file_is_said_with_its_row(tmp_path):
    table = pa.table({"messages": [json.dumps(asks(number)) for number in range(20)]})
    source = tmp_path / "in.parquet"
    pq.write_table(table, source, compression="zstd", use_dictionary=False)
    data = bytearray(source.read_bytes())
    data[60:400] = bytes(340)
    source.write_bytes(data)
    with pytest.raises(BatchError, match=r"in\.parquet is damaged: row 0 cannot be read"):
        compress_batch(source, tmp_path / "out.parquet", **OPTIONS)
    assert not (tmp_path / "out.parquet").exists()


def test_without_pyarrow_it_is_said_what_to_install(tmp_path, monkeypatch):
    source = write_table(tmp_path / "in.parquet", [json.dumps(asks(2))])
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(OptionError, match=r"pip install 'headroom-nb\[batch\]'"):
        compress_batch(source, tmp_path / "out.parquet", **OPTIONS)


def test_parquet_stands_in_a_folder_beside_other_files(tmp_path, small_parts):
    source = tmp_path / "in"
    source.mkdir()
    write_table(source / "b.parquet", [json.dumps(asks(number)) for number in range(3)])
    (source / "a.json").write_text(json.dumps(asks(0)))
    (source / "c.jsonl").write_text(json.dumps(asks(1)) + "\n")
    assert compress_batch(source, tmp_path / "out", **OPTIONS).items == 5
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.json", "b.parquet", "c.jsonl"]
