"""Somebody new, with images of their own: the README in JupyterLab, and then five files of mixed kinds."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from headroom_nb import demo
from tests.docs.pages import ROOT, blocks
from tests.support import text_image

pytest.importorskip("pandas")

SAVED = 40
"""Percent of the tokens of a mixed set that a newcomer saves at least."""

OWN = """\
import pandas as pd
table = pd.DataFrame({"path": ["photo.jpg", "slip.jpg", "plot.png", "letter.png", "desk.png"],
                      "question": ["What is the person wearing?", "What did it cost in all?", "Which line rises?",
                                   "What is this letter about?", "Which program is open?"]})
own = %headroom compress table --model gpt-5.6-sol
print(f"SAVED={own.savings_percent:.0f} ERRORS={[image.error for image in own.images if image.error]}")
own
"""


def photograph(name, size, quality=88):
    image = Image.open(io.BytesIO(demo.picture(name))).convert("RGB").resize(size)
    grain = np.random.default_rng(7).normal(0, 4, (size[1], size[0], 3))
    noisy = Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype("uint8"))
    out = io.BytesIO()
    noisy.save(out, "JPEG", quality=quality)
    return out.getvalue()


def plot():
    image = Image.new("RGB", (1400, 900), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((100, 60, 1340, 800), outline="black", width=3)
    for colour, slope in (("firebrick", -0.45), ("navy", 0.1)):
        draw.line([(100 + 40 * x, 500 + slope * 40 * x + 20 * (x % 3)) for x in range(31)], fill=colour, width=5)
    return image


def png_of(image):
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def own_files(lab):
    """Five files as people have them: a photo, a photographed receipt, a plot, a letter and a screenshot."""
    lines = [f"Paragraph {number}: the meeting of the garden club moves to the first Monday." for number in range(22)]
    files = {
        "photo.jpg": photograph("astronaut.jpg", (1600, 1600)),
        "slip.jpg": photograph("receipt.png", (1200, 1828)),
        "plot.png": png_of(plot()),
        "letter.png": png_of(text_image(lines, size=28, width=1400)),
        "desk.png": demo.picture("jupyterlab.png"),
    }
    for name, data in files.items():
        (lab.folder / name).write_bytes(data)


def test_the_readme_runs_as_written_and_images_of_ones_own_save_much(lab, page, own_files):
    readme = [block.text for block in blocks(ROOT / "README.md") if block.language == "python" and not block.not_run]
    name = lab.write("newcomer.ipynb", *readme, OWN)
    lab.open(page, name)
    lab.run_all(page, len(readme) + 1)
    said = page.locator(".jp-OutputArea-output", has_text="SAVED=").first
    said.wait_for()
    words = said.inner_text()
    assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert "ERRORS=[]" in words
    assert int(words.partition("SAVED=")[2].split()[0]) >= SAVED, words
    assert page.get_by_role("region", name="Headroom report").count() >= 2
