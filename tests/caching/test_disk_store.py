"""The store on disk: bounded, checked, shared by processes, and never in the way."""

import hashlib
import multiprocessing
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from headroom_nb.caching.disk_store import DiskStore
from headroom_nb.errors import FileAccessError
from headroom_nb.runtime import user_key

KEY = b"key"


def key(number: int) -> bytes:
    return hashlib.sha256(b"%d" % number).digest()


def test_a_value_comes_back_in_another_store_on_the_same_folder(tmp_path):
    DiskStore(tmp_path / "a").put(KEY, b"value")
    assert DiskStore(tmp_path / "a").get(KEY) == b"value"
    assert DiskStore(tmp_path / "a").get(b"other") is None


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")
def test_the_folder_and_its_files_are_for_this_user_alone(tmp_path):
    store = DiskStore(tmp_path / "deep" / "a")
    store.put(KEY, b"value")
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in store.folder.iterdir()} == {0o600}


def test_the_file_stays_within_its_bound_and_what_is_used_stays(tmp_path):
    bound = 1_000_000
    store = DiskStore(tmp_path, max_bytes=bound)
    store.put(KEY, b"kept" * 1000)
    for number in range(200):
        store.put(key(number), os.urandom(20_000))
        assert store.get(KEY) is not None, "it is used all the time"
    assert store.get(key(0)) is None
    assert store.get(key(199)) is not None
    store.close()
    assert 0.7 * bound < store.path.stat().st_size <= 1.1 * bound


def test_a_value_that_would_push_most_others_out_is_not_kept(tmp_path):
    store = DiskStore(tmp_path, max_bytes=100_000)
    store.put(KEY, bytes(10_001))
    assert store.get(KEY) is None
    store.put(KEY, bytes(10_000))
    assert store.get(KEY) is not None


def test_reading_alone_does_not_write(tmp_path):
    reader = DiskStore(tmp_path)
    reader.put(KEY, b"value")

    def written() -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in tmp_path.iterdir() if not file.name.endswith("-shm")}

    before = written()
    for _ in range(50):
        assert reader.get(KEY) == b"value"
    assert written() == before


def test_an_entry_that_was_changed_is_not_used_and_the_note_says_so(tmp_path):
    store = DiskStore(tmp_path)
    store.put(KEY, b"value")
    with sqlite3.connect(store.path) as file:
        file.execute("UPDATE entries SET value = ?", (b"fal" + b"se",))
    file.close()
    assert store.get(KEY) is None
    assert "damaged" in store.notes[0]
    store.put(KEY, b"value")
    assert store.get(KEY) == b"value"


def test_an_entry_under_the_key_of_another_is_not_used(tmp_path):
    store = DiskStore(tmp_path)
    store.put(b"a", b"value of a")
    with sqlite3.connect(store.path) as file:
        file.execute("UPDATE entries SET key = ?", (b"b",))
    file.close()
    assert store.get(b"b") is None


@pytest.mark.parametrize("damage", ["no database", "cut short", "overwritten inside"])
def test_a_broken_file_is_set_aside_and_work_goes_on(tmp_path, damage):
    first = DiskStore(tmp_path)
    for number in range(50):
        first.put(key(number), os.urandom(5000))
    first.close()
    data = bytearray(first.path.read_bytes())
    if damage == "no database":
        data = bytearray(b"not a database" * 100)
    elif damage == "cut short":
        del data[10_000:]
    else:
        data[4096:] = os.urandom(len(data) - 4096)
    first.path.write_bytes(data)
    store = DiskStore(tmp_path)
    store.put(KEY, b"value")
    assert store.get(KEY) == b"value"
    assert "set aside" in store.notes[0]
    assert store.path.with_suffix(".broken").exists()
    assert not store.off
    assert DiskStore(tmp_path).get(KEY) == b"value"


@pytest.mark.skipif(os.name != "posix", reason="ownership is POSIX")
def test_a_folder_that_others_can_write_to_is_not_used(tmp_path):
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    store = DiskStore(folder)
    store.put(KEY, b"value")
    assert store.get(KEY) is None
    assert "others may write to it" in store.off
    assert not store.path.exists()


def test_a_folder_that_cannot_be_made_turns_the_store_off_once(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    store = DiskStore(tmp_path / "file" / "folder")
    for _ in range(3):
        store.put(KEY, b"value")
        assert store.get(KEY) is None
    assert len(store.notes) == 1
    assert "nothing is cached on disk" in store.off


def test_a_folder_that_cannot_be_written_turns_the_store_off(tmp_path):
    code = """
        import os, sys
        from pathlib import Path
        from headroom_nb.caching.disk_store import DiskStore
        folder = Path(sys.argv[1])
        store = DiskStore(folder)
        store.put(b"key", b"value")
        store.close()
        folder.chmod(0o500)
        if os.getuid() == 0:  # root may write anywhere
            os.chown(folder, 65534, 65534)
            os.chown(store.path, 65534, 65534)
            os.setuid(65534)
        late = DiskStore(folder)
        late.put(b"other", b"value")
        print(late.get(b"other"), bool(late.off))
    """
    if os.name != "posix":
        pytest.skip("modes of folders are POSIX")
    tmp_path.chmod(0o755)
    for parent in list(tmp_path.parents)[:2]:
        parent.chmod(0o755)
    assert run(code, str(tmp_path / "a")) == "None True"


def test_a_full_disk_turns_the_store_off_and_says_so(tmp_path):
    store = DiskStore(tmp_path)
    store.put(KEY, b"value")
    store._guarded(lambda file: file.execute("PRAGMA max_page_count = 10"))
    for number in range(20):
        store.put(key(number), os.urandom(10_000))
    assert "full" in store.off
    assert store.get(KEY) is None


def test_clearing_forgets_everything_and_gives_the_room_back(tmp_path):
    store = DiskStore(tmp_path)
    for number in range(50):
        store.put(key(number), os.urandom(20_000))
    store.path.with_suffix(".broken").write_bytes(b"set aside before")
    store.clear()
    info = store.info()
    assert info.entries == 0
    assert info.bytes < 50_000
    assert not store.path.with_suffix(".broken").exists()
    assert store.get(key(0)) is None


@pytest.fixture
def kept_locked(tmp_path, monkeypatch):
    """A store with an entry, whose file another process keeps from being written."""
    monkeypatch.setattr("headroom_nb.caching.sqlite_file.BUSY_SECONDS", 0.01)
    store = DiskStore(tmp_path)
    store.put(KEY, b"value")
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield store, other
    other.close()


def test_a_process_that_keeps_the_file_locked_is_not_waited_for_again_and_again(kept_locked):
    store, _ = kept_locked
    store.put(b"a", b"1")
    assert not store.off, "it may have been slow"
    assert store.get(KEY) == b"value"
    store.put(b"b", b"2")
    assert "another process has kept it locked" in store.off
    assert store.notes == [store.off]


def test_one_value_that_was_stored_in_between_makes_it_patient_again(kept_locked):
    store, other = kept_locked
    store.put(b"a", b"1")
    other.execute("ROLLBACK")
    store.put(b"b", b"2")
    other.execute("BEGIN IMMEDIATE")
    store.put(b"c", b"3")
    assert not store.off
    assert store.get(b"b") == b"2"


def test_what_could_not_be_cleared_is_said_and_is_cleared_later(kept_locked):
    store, other = kept_locked
    with pytest.raises(FileAccessError, match="could not be cleared: another process is using it"):
        store.clear()
    other.execute("ROLLBACK")
    store.clear()
    assert store.info().entries == 0


def test_clearing_lets_a_store_be_used_again(kept_locked):
    store, other = kept_locked
    store.put(b"a", b"1")
    store.put(b"b", b"2")
    assert store.off
    other.execute("ROLLBACK")
    store.clear()
    store.put(KEY, b"anew")
    assert store.get(KEY) == b"anew"


def test_a_clock_that_was_ahead_keeps_no_entry_for_ever(tmp_path, monkeypatch):
    bound = 1_000_000
    store = DiskStore(tmp_path, max_bytes=bound)
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: 4e9)  # in 2096
        for number in range(60):
            store.put(key(number), os.urandom(20_000))
    for number in range(100, 160):
        store.put(key(number), os.urandom(20_000))
    assert sum(store.get(key(number)) is not None for number in range(100, 160)) > 40
    assert store.get(key(159)) is not None
    store.close()


def test_clearing_and_asking_make_no_folder(tmp_path):
    store = DiskStore(tmp_path / "none")
    store.clear()
    assert store.info().entries == 0
    assert not store.folder.exists()


def run(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


WRITER = """
    import hashlib, sys
    from pathlib import Path
    from headroom_nb.caching.disk_store import DiskStore
    store = DiskStore(Path(sys.argv[1]), max_bytes=int(sys.argv[2]))
    first, last = int(sys.argv[3]), int(sys.argv[4])
    for number in range(first, last):
        value = hashlib.sha256(b"%d" % number).digest() * 500
        store.put(hashlib.sha256(b"%d" % number).digest(), value)
        found = store.get(hashlib.sha256(b"%d" % number).digest())
        assert found in (value, None), "a value of another entry"
        if number == first:
            print("ready", flush=True)
    print(store.notes)
"""


def start(*arguments: object) -> subprocess.Popen:
    command = [sys.executable, "-c", textwrap.dedent(WRITER), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_three_processes_write_at_once_and_nothing_is_lost(tmp_path):
    writers = [start(tmp_path, 10**9, 100 * number, 100 * number + 100) for number in range(3)]
    for writer in writers:
        out, err = writer.communicate(timeout=120)
        assert writer.returncode == 0, err
        assert out.split() == ["ready", "[]"]
    store = DiskStore(tmp_path)
    assert all(store.get(key(number)) == key(number) * 500 for number in range(300))


def test_a_process_killed_while_it_writes_leaves_whole_entries_only(tmp_path):
    for round_ in range(3):
        writer = start(tmp_path, 10**9, 0, 10**6)
        assert writer.stdout is not None
        assert writer.stdout.readline().strip() == "ready"
        time.sleep(0.05 + 0.1 * round_)
        writer.send_signal(signal.SIGKILL) if os.name == "posix" else writer.kill()
        writer.communicate()
        store = DiskStore(tmp_path)
        written = store.info().entries
        assert written > 0
        for number in range(written):
            assert store.get(key(number)) == key(number) * 500
        assert store.notes == []
        store.close()


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system does not fork")
def test_a_forked_child_opens_the_file_anew(tmp_path):
    code = """
        import os, sys
        from pathlib import Path
        from headroom_nb.caching.disk_store import DiskStore
        store = DiskStore(Path(sys.argv[1]))
        store.put(b"parent", b"1")
        child = os.fork()
        if not child:
            store.put(b"child", b"2")
            os._exit(0 if store.get(b"parent") == b"1" else 1)
        _, status = os.waitpid(child, 0)
        store.put(b"after", b"3")
        print(status, store.get(b"child"), store.get(b"after"), store.notes)
    """
    assert run(code, str(tmp_path)) == "0 b'2' b'3' []"


@pytest.fixture
def another_user(tmp_path, monkeypatch):
    def become(name):
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / name))

    become("me")
    return become


def test_what_somebody_else_stored_is_not_used(tmp_path, another_user):
    """A project may come with a cache folder in it."""
    another_user("them")
    theirs = DiskStore(tmp_path / "cache")
    theirs.put(b"key", b"what they want me to send")
    theirs.close()
    another_user("me")
    mine = DiskStore(tmp_path / "cache")
    assert mine.get(b"key") is None
    assert "not stored by you" in mine.notes[-1]
    mine.put(b"key", b"mine")
    assert mine.get(b"key") == b"mine"
    mine.close()


def test_an_entry_with_a_plain_checksum_of_itself_is_not_used(tmp_path, another_user):
    store = DiskStore(tmp_path)
    store.put(b"key", b"mine")
    store.close()
    forged = b"theirs"
    with closing(sqlite3.connect(store.path)) as file, file:
        digest = hashlib.sha256(len(b"key").to_bytes(8, "big") + b"key" + forged).digest()
        file.execute("UPDATE entries SET value = ?, digest = ?", (forged, digest))
    assert store.get(b"key") is None
    store.close()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system has no modes")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_no_key(tmp_path, another_user, mode):
    DiskStore(tmp_path / "a").put(b"key", b"mine")
    key = tmp_path / "me" / "headroom_nb" / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(mode)
    user_key._key_in.cache_clear()
    store = DiskStore(tmp_path / "b")
    store.put(b"key", b"mine")
    assert "not yours alone" in store.off
    assert store.get(b"key") is None


def test_a_damaged_key_is_named(tmp_path, another_user):
    (tmp_path / "me" / "headroom_nb").mkdir(parents=True)
    (tmp_path / "me" / "headroom_nb" / "key").write_bytes(b"short")
    (tmp_path / "me" / "headroom_nb" / "key").chmod(0o600)
    store = DiskStore(tmp_path / "cache")
    store.put(b"key", b"mine")
    assert "is damaged" in store.off


def test_many_processes_that_begin_at_once_have_one_key(tmp_path, another_user):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: user_key._key_in.__wrapped__(tmp_path / "config" / "key"), range(32)))
    assert len(keys) == 1
