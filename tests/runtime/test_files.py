"""The one function that writes files."""

import ast
import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import headroom_nb
from headroom_nb.runtime import files
from headroom_nb.runtime.files import write_whole, writing

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")


def test_a_file_appears_whole_and_alone(tmp_path):
    target = tmp_path / "out.json"
    with writing(target) as file:
        file.write(b"one")
        assert not target.exists()
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("out.json", b"one")]


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "out.json"
    target.write_bytes(b"old")
    with pytest.raises(TypeError), writing(target) as file:
        file.writelines([b"half", "no bytes"])
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("out.json", b"old")]


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_the_mode_of_a_file_that_is_replaced_stays(tmp_path, mode):
    target = tmp_path / "run.sh"
    target.write_bytes(b"old")
    target.chmod(mode)
    write_whole(target, b"new")
    assert (target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (b"new", mode)


@posix
def test_a_private_file_is_for_its_owner_alone(tmp_path):
    write_whole(tmp_path / "key", b"secret", private=True)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@posix
@pytest.mark.parametrize("exists", [True, False])
def test_a_link_is_replaced_and_never_written_through(tmp_path, exists):
    elsewhere, target = tmp_path / "elsewhere", tmp_path / "out.json"
    if exists:
        elsewhere.write_bytes(b"theirs")
    target.symlink_to(elsewhere)
    with pytest.raises(FileExistsError):
        write_whole(target, b"ours", force=False)
    write_whole(target, b"ours")
    assert not target.is_symlink()
    assert target.read_bytes() == b"ours"
    assert elsewhere.exists() is exists
    assert not exists or elsewhere.read_bytes() == b"theirs"


def test_a_file_that_came_meanwhile_is_not_written_over(tmp_path):
    target = tmp_path / "out.json"
    with pytest.raises(FileExistsError), writing(target, force=False):
        target.write_bytes(b"theirs")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("out.json", b"theirs")]


def test_many_threads_writing_one_file_each_write_all_of_it_and_none_fails(tmp_path):
    target = tmp_path / "out.json"
    texts = [bytes([letter]) * 200_000 for letter in range(65, 81)]
    with ThreadPoolExecutor(16) as pool:
        for _ in range(5):
            list(pool.map(lambda text: write_whole(target, text), texts))
            assert target.read_bytes() in texts
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_a_name_as_long_as_the_system_takes_can_be_written(tmp_path):
    target = tmp_path / ("x" * 255)
    write_whole(target, b"here")
    assert target.read_bytes() == b"here"


def test_a_durable_file_is_on_the_disk_with_its_name(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(files.os, "fsync", lambda handle: synced.append(stat.S_IFMT(os.fstat(handle).st_mode)))
    write_whole(tmp_path / "out.json", b"one", durable=True)
    assert synced[0] == stat.S_IFREG
    assert sys.platform == "win32" or synced[1:] == [stat.S_IFDIR]


MAY_WRITE = {
    "runtime/files.py": "the function itself",
    "ocr/worker.py": "/proc/self/oom_score_adj, which is not a file",
    "batch/url_store.py": "files of fsspec",
    "batch/file_lock.py": "a lock, to which nothing is written",
}


MOVES = {"replace", "rename", "link", "symlink", "copy", "copyfile", "move"}


def writes_a_file(call, *, formats):
    """Whether a call writes, replaces or renames a file; the wire formats have a ``write_text`` of another kind."""
    if not isinstance(call.func, (ast.Attribute, ast.Name)):
        return False
    name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
    owner = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    given = [each.value for each in [*call.args, *(word.value for word in call.keywords)] if hasattr(each, "value")]
    if name == "open":
        return any(isinstance(mode, str) and len(mode) <= 3 and set(mode) & set("wax+") for mode in given)
    if name in {"replace", "rename"} and owner in {"draft", "part", "path", "target"}:
        return not call.keywords
    return (
        name in {"write_bytes", "NamedTemporaryFile", "mkstemp"}
        or (name == "write_text" and not formats)
        or (owner in {"os", "shutil"} and name in MOVES)
    )


def test_nothing_else_in_the_package_writes_files():
    package = Path(headroom_nb.__file__).parent
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and writes_a_file(node, formats=path.parent.name == "formats")
    }
    assert found == set(MAY_WRITE)
