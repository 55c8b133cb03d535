"""The tutorial on frameworks runs with the real packages, and what is committed is what running it gives."""

import os

import pytest

from tests.notebooks.execute import FOLDER, execute
from tests.notebooks.test_tutorials import check_committed, check_outputs

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not os.environ.get("FRAMEWORKS"), reason="make test-frameworks")]


def test_the_tutorial_runs_and_is_committed_as_it_ran():
    source = FOLDER / "07-your-framework.py"
    notebook = execute(source)

    check_outputs(notebook)
    check_committed(source, notebook)
