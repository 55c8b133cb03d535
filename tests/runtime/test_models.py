import numpy as np
import pytest

import headroom_nb
from headroom_nb.runtime.models import Held, held, register, release, settle
from headroom_nb.runtime.onnx_runtime import open_session
from headroom_nb.signals.detector import model_detector
from tests.runtime.test_onnx_runtime import write_square


@pytest.fixture
def session(tmp_path):
    write_square(tmp_path / "square.onnx")
    return open_session(tmp_path / "square.onnx")


def names():
    return [one.name for one in held()]


def test_what_is_loaded_is_listed_until_it_is_released(session):
    assert "square.onnx" in names()
    release()
    assert held() == []


def test_a_released_model_is_loaded_again_when_it_is_used(session):
    release()
    assert session.run(None, {"column": np.ones((2, 1), np.float32)})[0] == 4
    assert names() == ["square.onnx"]


def test_a_model_whose_file_was_replaced_meanwhile_is_listed_and_used_on(session, tmp_path):
    (tmp_path / "square.onnx").unlink()
    assert "square.onnx" in names()
    assert session.run(None, {"column": np.ones((2, 1), np.float32)})[0] == 4


def test_settling_runs_a_model_once_for_all_runs_since_the_last_time(session):
    assert not session.settle()
    for _ in range(3):
        session.run(None, {"column": np.ones((2, 1), np.float32)})
    assert session.settle()
    assert not session.settle()


def test_settling_passes_by_what_never_ran():
    class Idle:
        asked = 0

        def held(self):
            return Held("idle", 1)

        def settle(self):
            self.asked += 1
            return False

        def let_go(self):
            pass

    idle = Idle()
    register(idle)
    settle()
    assert idle.asked == 1


def test_compressing_works_as_before_after_a_release():
    from headroom_nb import demo

    messages = demo.messages("openai")[:2]
    before = headroom_nb.compress(messages, model="gpt-4o", cache="off")
    headroom_nb.release()
    again = headroom_nb.compress(messages, model="gpt-4o", cache="off")
    assert again.messages == before.messages
    assert len(held()) >= 1 or isinstance(model_detector(), str)
