"""Reading a file and writing the copy beside it through a contents manager."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.importorskip("jupyter_server")

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager, LargeFileManager
from tornado.web import HTTPError

from headroom_nb.server import storage
from headroom_nb.server.storage import read_file, save_copy


def run(coroutine):
    """Run on a thread of its own: a browser that other tests opened keeps an event loop on this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


@pytest.fixture(params=[LargeFileManager, AsyncLargeFileManager])
def manager(request, tmp_path):
    (tmp_path / "é 100% '\"").mkdir()
    (tmp_path / "é 100% '\"" / "a b.png").write_bytes(b"picture")
    return request.param(root_dir=str(tmp_path))


PATH = "é 100% '\"/a b.png"


def test_a_copy_stands_beside_its_original_under_a_name_that_is_free(manager, tmp_path):
    assert run(read_file(manager, PATH)) == ("a b.png", b"picture")
    folder = PATH.partition("/")[0]
    for name in ("a b.smaller.webp", "a b.smaller-2.webp"):
        assert run(save_copy(manager, PATH, ".webp", name.encode())) == f"{folder}/{name}"
        assert (tmp_path / folder / name).read_bytes() == name.encode()
    assert (tmp_path / PATH).read_bytes() == b"picture"


def test_a_copy_that_cannot_be_finished_leaves_nothing_and_has_no_name_before_it_is_whole(manager, tmp_path):
    folder = tmp_path / PATH.partition("/")[0]
    seen = []

    def fails(old, new):
        seen.extend(sorted(path.name for path in folder.iterdir()))
        raise OSError("the disk is gone")

    manager.rename_file = fails
    with pytest.raises(OSError, match="the disk is gone"):
        run(save_copy(manager, PATH, ".webp", b"copy"))
    assert [name for name in seen if not name.endswith(".part")] == ["a b.png"]
    assert [path.name for path in folder.iterdir()] == ["a b.png"]


@pytest.mark.parametrize("letter", ["x", "é", "日"])
@pytest.mark.parametrize("spare", [0, 1, 9, 20])
def test_a_file_with_a_very_long_name_has_a_copy_whose_name_is_cut(manager, tmp_path, letter, spare):
    stem = letter * ((251 - spare) // len(letter.encode()))
    (tmp_path / f"{stem}.png").write_bytes(b"picture")
    for data in (b"one", b"two"):
        made = run(save_copy(manager, f"{stem}.png", ".webp", data))
        assert (tmp_path / made).read_bytes() == data
        assert stem.startswith(made.partition(".smaller")[0])
    assert len(list(tmp_path.iterdir())) == 4


def test_what_went_wrong_first_is_raised_where_the_manager_cannot_clean_up(manager):
    def fails(old, new):
        raise KeyError("the disk is gone")

    def is_away(path):
        raise OSError("the manager is away")

    manager.rename_file, manager.delete_file = fails, is_away
    with pytest.raises(KeyError, match="the disk is gone"):
        run(save_copy(manager, PATH, ".webp", b"copy"))


@pytest.mark.parametrize("path", ["../outside.png", "missing.png", ".hidden.png", "é 100% '\""])
def test_what_is_no_file_below_the_root_is_not_read(manager, tmp_path, path):
    (tmp_path / ".hidden.png").touch()
    with pytest.raises(HTTPError) as refused:
        run(read_file(manager, path))
    assert refused.value.status_code in {400, 404}


class ReadOnly(LargeFileManager):
    def get(self, path, *arguments, **options):
        return super().get(path, *arguments, **options) | {"writable": False}


class WithoutSizes(LargeFileManager):
    def get(self, path, *arguments, **options):
        return super().get(path, *arguments, **options) | {"size": None}


def test_a_folder_that_takes_no_copy_is_named_before_any_work(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.png").touch()
    with pytest.raises(HTTPError, match="the folder photos is read-only"):
        run(read_file(ReadOnly(root_dir=str(tmp_path)), "photos/a.png"))


@pytest.mark.parametrize("kind", [LargeFileManager, WithoutSizes])
def test_a_large_file_is_refused_with_or_without_a_size_beforehand(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(storage, "MOST_BYTES", 10)
    (tmp_path / "a.png").write_bytes(b"x" * 11)
    with pytest.raises(HTTPError, match="413"):
        run(read_file(kind(root_dir=str(tmp_path)), "a.png"))


def test_a_copy_is_never_written_through_a_link(manager, tmp_path):
    folder = tmp_path / PATH.partition("/")[0]
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    (folder / "a b.smaller.webp").symlink_to(outside)
    assert run(save_copy(manager, PATH, ".webp", b"copy")).endswith("/a b.smaller-2.webp")
    assert not outside.exists()


@pytest.mark.parametrize("path", ["a\0b.png", "x" * 5000 + ".png", "/".join(["deep"] * 2000) + "/a.png", "circle.png"])
def test_a_path_that_no_file_can_have_is_not_found(manager, tmp_path, path):
    (tmp_path / "circle.png").symlink_to("circle.png")
    with pytest.raises(HTTPError) as refused:
        run(read_file(manager, path))
    assert 400 <= refused.value.status_code < 500
