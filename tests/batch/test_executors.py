"""The same bytes whoever does the work, and whatever happens to the workers."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import pytest

from headroom_nb import compress_batch, demo, register_model, user_message
from headroom_nb.batch.executors import WorkerPool, opened
from headroom_nb.batch.executors import run as run_parts
from headroom_nb.batch.worker import BatchCompressor
from headroom_nb.errors import BatchError, OptionError
from headroom_nb.records import Technique
from headroom_nb.runtime.threads import at_most, cores, usable_threads
from tests.batch.lines import OPTIONS, asks, read_lines, write_lines
from tests.support import FixedRouter


class DeadlyRouter(FixedRouter):
    """Kills its process: at one question always, or only as long as a file is missing, which it then writes."""

    def __init__(self, question: str, once: str | None = None) -> None:
        super().__init__(Technique.FULL_LOW)
        self.question, self.once = question, once

    def classify(self, image, query, *, quality="balanced"):
        if query == self.question and not (self.once and Path(self.once).exists()):
            if self.once:
                Path(self.once).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().classify(image, query, quality=quality)


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr("headroom_nb.batch.sources.LEAST_PART", 1000)


@pytest.fixture
def source(tmp_path, small_parts):
    return write_lines(tmp_path / "in.jsonl", [asks(number) if number != 4 else "{broken" for number in range(12)])


def output(summary) -> tuple[bytes, bytes]:
    return Path(summary.sink).read_bytes(), Path(summary.report).read_bytes()


@pytest.mark.slow
def test_threads_and_processes_write_the_same_bytes_as_this_process(source, tmp_path):
    alone = output(compress_batch(source, tmp_path / "alone.jsonl", **OPTIONS))
    with ThreadPoolExecutor(3) as threads:
        assert output(compress_batch(source, tmp_path / "threads.jsonl", executor=threads, **OPTIONS)) == alone
    with ProcessPoolExecutor(2, get_context("spawn")) as processes:
        assert output(compress_batch(source, tmp_path / "processes.jsonl", executor=processes, **OPTIONS)) == alone
    assert output(compress_batch(source, tmp_path / "own.jsonl", executor=2, **OPTIONS)) == alone
    options = {**OPTIONS, "cache": tmp_path / "remembered"}
    assert output(compress_batch(source, tmp_path / "disk.jsonl", executor=2, **options)) == alone
    assert (tmp_path / "remembered").is_dir()


@pytest.mark.slow
def test_with_the_real_router_and_engine_the_bytes_are_the_same_too(tmp_path, small_parts):
    questions = [
        ("report.png", "Transcribe the text."),
        ("astronaut.jpg", "Is the person smiling?"),
        ("receipt.png", "What did the bread cost?"),
    ]
    lines = [[user_message(question, demo.picture(name))] for name, question in questions]
    source = write_lines(tmp_path / "in.jsonl", lines)
    options = {"model": "gpt-5.6-sol", "quality": "safe", "progress": False}
    alone = compress_batch(source, tmp_path / "alone.jsonl", **options)
    assert output(compress_batch(source, tmp_path / "two.jsonl", executor=2, **options)) == output(alone)
    assert alone.techniques.get("transcode")
    assert not alone.failed_images


@pytest.mark.slow
def test_a_worker_that_dies_once_changes_nothing(source, tmp_path):
    alone = output(compress_batch(source, tmp_path / "alone.jsonl", **OPTIONS))
    router = DeadlyRouter("Describe number 7.", str(tmp_path / "died"))
    summary = compress_batch(source, tmp_path / "out.jsonl", executor=2, **{**OPTIONS, "router": router})
    assert (tmp_path / "died").exists()
    assert output(summary) == alone


@pytest.mark.slow
def test_an_item_that_takes_every_worker_down_is_kept_as_it_was_and_the_others_go_on(source, tmp_path):
    router = DeadlyRouter("Describe number 7.")
    summary = compress_batch(source, tmp_path / "out.jsonl", executor=2, **{**OPTIONS, "router": router})
    before, after = source.read_text().splitlines(), (tmp_path / "out.jsonl").read_text().splitlines()
    assert len(after) == 12
    assert after[7] == before[7]
    assert [error.line for error in summary.errors] == [5, 8]
    assert summary.techniques == {"full_low": 6}
    assert "the worker died on this item twice" in summary.errors[1].message


@pytest.mark.slow
def test_one_item_of_a_large_part_takes_no_other_along(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", [asks(number) for number in range(9)])
    compress_batch(source, tmp_path / "alone.jsonl", **OPTIONS)
    router = DeadlyRouter("Describe number 7.")
    compress_batch(source, tmp_path / "out.jsonl", executor=1, **{**OPTIONS, "router": router})
    before, after = (file.read_text().splitlines() for file in (source, tmp_path / "out.jsonl"))
    whole = (tmp_path / "alone.jsonl").read_text().splitlines()
    assert after == [*whole[:7], before[7], *whole[8:]]


@pytest.mark.slow
def test_models_added_in_this_process_are_known_to_the_workers(tmp_path, small_parts):
    register_model("batch-vision", like="gpt-4o", price=1.0)
    source = write_lines(tmp_path / "in.jsonl", [{"model": "batch-vision", "messages": asks(0)}])
    options = {**OPTIONS, "model": None}
    summary = compress_batch(source, tmp_path / "out.jsonl", executor=1, **options)
    assert summary.models == {"batch-vision": 1}


class Broken(Executor):
    """An executor whose workers are gone."""

    def submit(self, fn, /, *args, **kwargs):
        future: Future = Future()
        future.set_exception(self.error)
        return future

    def __init__(self, error: Exception) -> None:
        self.error = error


@pytest.mark.parametrize("error", [BrokenProcessPool("gone"), RuntimeError("lost connection")])
def test_a_broken_executor_of_the_callers_is_said_with_what_to_do(source, tmp_path, error):
    with pytest.raises(BatchError, match="run the same call again"):
        compress_batch(source, tmp_path / "out.jsonl", executor=Broken(error), **OPTIONS)
    assert compress_batch(source, tmp_path / "out.jsonl", **OPTIONS).items == 12


def test_an_executor_that_was_shut_down_is_said(source, tmp_path):
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(BatchError, match="the executor takes no work"):
        compress_batch(source, tmp_path / "out.jsonl", executor=pool, **OPTIONS)


@pytest.mark.slow
def test_an_object_that_cannot_travel_is_said_before_anything_is_written(source, tmp_path):
    class Local(FixedRouter):
        pass

    options = {**OPTIONS, "router": Local(Technique.FULL_LOW)}
    with pytest.raises(OptionError, match=r"cannot be sent to other processes .* define its class in a module"):
        compress_batch(source, tmp_path / "out.jsonl", executor=1, **options)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl"]


@pytest.mark.slow
def test_a_class_that_workers_cannot_import_is_said_and_no_item_blamed(source, tmp_path, monkeypatch):
    import types

    here_alone = types.ModuleType("made_in_a_notebook")
    monkeypatch.setitem(sys.modules, "made_in_a_notebook", here_alone)
    here_alone.Router = type("Router", (FixedRouter,), {"__module__": "made_in_a_notebook"})
    options = {**OPTIONS, "router": here_alone.Router(Technique.FULL_LOW)}
    with pytest.raises(BatchError, match="a class that they cannot import, such as one made in a notebook"):
        compress_batch(source, tmp_path / "out.jsonl", executor=1, **options)
    assert not (tmp_path / "out.jsonl").exists()


def test_no_more_is_handed_out_while_nothing_is_done(monkeypatch):
    monkeypatch.setattr("headroom_nb.batch.executors.POLL_SECONDS", 0.01)

    class Never(Executor):
        handed = 0

        def submit(self, fn, /, *args, **kwargs):
            self.handed += 1
            return Future()

    never = Never()
    records = run_parts(lambda task: task, list(range(100)), WorkerPool(never, ahead=3))
    for _ in range(5):
        assert next(records) is None
    records.close()
    assert never.handed == 3


def test_few_parts_are_handed_out_at_a_time():
    handed = []

    class Counting(ThreadPoolExecutor):
        def submit(self, fn, /, *args, **kwargs):
            handed.append(args[0])
            return super().submit(fn, *args, **kwargs)

    with Counting(1) as pool, opened(pool) as workers:
        records = run_parts(lambda task: task, list(range(100)), workers)
        for record in records:
            if record is not None:
                break
        assert len(handed) <= 4
        records.close()
    assert workers.is_local


def test_a_scheduler_gets_several_parts_at_a_time_where_there_are_many():
    assert WorkerPool(None, workers=2).tasks(list(range(5))) == [[0], [1], [2], [3], [4]]
    assert WorkerPool(None, workers=2).tasks(list(range(70)))[:2] == [[0, 1], [2, 3]]
    sizes = [len(task) for task in WorkerPool(None, workers=2).tasks(list(range(7000)))]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 4
    assert sizes[-8:] == [1] * 8
    assert [part for task in WorkerPool(None, workers=3).tasks(list(range(1000))) for part in task] == list(range(1000))


def test_what_travels_is_small_and_a_compressor_is_built_once_per_process(tmp_path):
    from headroom_nb.batch import begin

    source = write_lines(tmp_path / "in.jsonl", [asks(number) for number in range(60)])
    first = BatchCompressor(router=FixedRouter(Technique.FULL_LOW), model="gpt-4o")
    second = pickle.loads(pickle.dumps(first))
    job = begin(source, tmp_path / "out.jsonl", first)
    records = [second(part) for part in job.parts]
    assert first._compressor() is second._compressor()
    assert len(pickle.dumps(first)) < 4000
    assert len(pickle.dumps(list(job.parts[:1]))) < 1000
    assert max(len(pickle.dumps(record)) for record in records) < 1000


def test_a_worker_that_cannot_see_the_files_says_so(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", [asks(0)])
    from headroom_nb.batch import begin

    compressor = BatchCompressor(router=OPTIONS["router"])
    (part,) = begin(source, tmp_path / "out.jsonl", compressor).parts
    source.unlink()
    with pytest.raises(BatchError, match=r"in\.jsonl cannot be reached from .* same path"):
        compressor(part)
    (tmp_path / ".out.jsonl.parts").rename(tmp_path / "elsewhere")
    with pytest.raises(BatchError, match=r"\.parts cannot be reached"):
        compressor(part)


def test_a_call_can_be_bound_to_fewer_threads():
    assert usable_threads(1) == 1
    with at_most(2):
        assert usable_threads(8) == 2
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(usable_threads, 10**6).result() == cores()
    assert usable_threads(10**6) == cores()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process to cores")
def test_a_process_that_is_bound_to_one_core_uses_one_thread():
    with ThreadPoolExecutor(1) as pool:

        def bound() -> int:
            os.sched_setaffinity(0, list(os.sched_getaffinity(0))[:1])  # of this thread alone
            return usable_threads(8)

        assert pool.submit(bound).result() == 1
    assert 1 <= cores() <= (os.cpu_count() or 1)


class Slow(FixedRouter):
    """Takes a while, so that there is time to kill a worker, and says where it works."""

    def __init__(self, folder: str) -> None:
        super().__init__(Technique.FULL_LOW)
        self.folder = folder

    def classify(self, image, query, *, quality="balanced"):
        Path(self.folder, str(os.getpid())).touch()
        time.sleep(0.1)
        return super().classify(image, query, quality=quality)


@pytest.fixture
def client(tmp_path):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            local_directory=str(tmp_path / "dask"),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed", "ignore::ResourceWarning")
def test_a_dask_cluster_writes_the_same_bytes_though_a_worker_is_killed(client, tmp_path, small_parts):
    source = write_lines(tmp_path / "in.jsonl", [asks(3 * number) for number in range(30)])
    alone = output(compress_batch(source, tmp_path / "alone.jsonl", **OPTIONS))
    pids = tmp_path / "pids"
    pids.mkdir()
    killed = []

    def kill_one(state) -> None:
        if state.items >= 6 and not killed:
            victim = int(next(pids.iterdir()).name)
            killed.append(victim)
            os.kill(victim, signal.SIGKILL)

    options = {**OPTIONS, "router": Slow(str(pids)), "progress": kill_one}
    summary = compress_batch(source, tmp_path / "out.jsonl", executor=client, **options)
    assert killed
    assert killed[0] != os.getpid()
    assert output(summary) == alone
    assert len(list(pids.iterdir())) >= 2
    assert len(read_lines(tmp_path / "out.jsonl")) == 30


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed", "ignore::ResourceWarning")
def test_an_item_that_takes_every_dask_worker_down_is_kept_as_it_was(source, tmp_path):
    dask = pytest.importorskip("dask")
    distributed = pytest.importorskip("distributed")
    router = DeadlyRouter("Describe number 7.")
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            local_directory=str(tmp_path / "dask"),
            silence_logs=50,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        summary = compress_batch(source, tmp_path / "out.jsonl", executor=client, **{**OPTIONS, "router": router})
    assert [error.line for error in summary.errors] == [5, 8]
    assert summary.techniques == {"full_low": 6}
    assert (tmp_path / "out.jsonl").read_text().splitlines()[7] == source.read_text().splitlines()[7]


@pytest.mark.slow
def test_a_place_in_this_process_alone_is_refused_for_other_processes(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", [asks(2)])
    with pytest.raises(BatchError, match="lives in the memory of this process"):
        compress_batch(source, "memory://out.jsonl", executor=1, **OPTIONS)


def test_without_an_executor_the_work_is_done_here():
    assert WorkerPool(None).is_local
