"""A full disk, a read-only one: nothing half written is left, the conversation is intact, and it is said."""

import copy
import subprocess

import pytest

from headroom_nb import ImageCompressor, Technique, export
from headroom_nb.errors import ModelFilesError, OptionError
from headroom_nb.runtime.hub import hub_files
from tests.faults.disks import full_disk, mounted, read_only_disk
from tests.runtime.test_hub import clean_machine, hub  # noqa: F401 - fixtures
from tests.support import FixedRouter, gradient, openai_message, png

NAME = "technique-router-onnx"


@pytest.fixture(scope="module")
def result():
    compressor = ImageCompressor("gpt-4o", FixedRouter(Technique.FULL_LOW))
    return compressor.run([openai_message("What is this?", png(gradient(900, 700)))])


@pytest.mark.parametrize("to", ["json", "zip", "html"])
def test_an_export_to_a_full_disk_leaves_nothing_behind_and_says_so(result, to, tmp_path):
    with full_disk(tmp_path / "disk") as disk:
        with pytest.raises(OptionError, match="No space left"):
            export(result, to, disk / "out")
        assert list(disk.iterdir()) == []


def test_an_export_over_an_existing_file_keeps_the_old_one_when_the_disk_is_full(result, tmp_path):
    with full_disk(tmp_path / "disk", 8192) as disk:
        (disk / "out.zip").write_bytes(b"old")
        with pytest.raises(OptionError, match="No space left"):
            export(result, "zip", disk / "out.zip", force=True)
        assert [(path.name, path.read_bytes()) for path in disk.iterdir()] == [("out.zip", b"old")]


def test_an_export_to_a_read_only_disk_says_so(result, tmp_path):
    with read_only_disk(tmp_path / "disk") as disk, pytest.raises(OptionError, match="Read-only"):
        export(result, "json", disk / "out.json")


@pytest.mark.filterwarnings("ignore:Not enough free disk")
def test_hub_files_that_do_not_fit_are_not_kept_and_the_disk_is_named(hub, tmp_path, monkeypatch):  # noqa: F811
    hub.answer["model_quantized.onnx"] = (300_000, bytes(300_000))
    with full_disk(tmp_path / "disk", 100_000) as disk:
        monkeypatch.setenv("HEADROOM_NB_CACHE_FOLDER", str(disk))
        with pytest.raises(ModelFilesError, match=r"cannot be written to .No space left"):
            hub_files(NAME)
        assert not list(disk.rglob("model_quantized.onnx*"))


def test_a_read_only_hub_cache_is_named(hub, tmp_path, monkeypatch):  # noqa: F811
    with read_only_disk(tmp_path / "disk") as disk:
        monkeypatch.setenv("HEADROOM_NB_CACHE_FOLDER", str(disk))
        with pytest.raises(ModelFilesError, match=r"cannot be written to .Read-only"):
            hub_files(NAME)


def test_hub_files_in_a_cache_that_became_read_only_are_used(hub, tmp_path, monkeypatch):  # noqa: F811
    with mounted(tmp_path / "disk", "size=1m") as disk:
        monkeypatch.setenv("HEADROOM_NB_CACHE_FOLDER", str(disk))
        files = hub_files(NAME)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert hub_files(NAME) == files


@pytest.mark.parametrize("disk", [full_disk, read_only_disk])
def test_compression_goes_on_without_a_cache_it_can_write_to(disk, tmp_path):
    document = [openai_message("What is this?", png(gradient(900, 700)))]
    before = copy.deepcopy(document)
    with disk(tmp_path / "disk") as folder:
        compressor = ImageCompressor("gpt-4o", FixedRouter(Technique.FULL_LOW), cache=folder)
        found = [compressor.run(document) for _ in range(2)]
        compressor.close()
    assert document == before
    assert found[0].messages == found[1].messages
    assert found[0].images[0].technique is Technique.FULL_LOW
