"""Build the demo site: JupyterLab in the browser with the extension, reports, images and tutorials, but no kernel.

``python tools/make_site.py build/site``, then serve that folder with any web server.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

import headroom_nb
from headroom_nb import demo

ROOT = Path(__file__).parents[1]
MODELS = {"openai": "gpt-5.6-sol", "anthropic": "claude-opus-5-5", "google": "gemini-3.1-pro-preview"}

WELCOME = """\
# Headroom for notebooks, without a kernel

Everything on this page runs in your browser alone.

- Double-click a file that ends in `.headroom.json`: the report of a compressed conversation, one row per image.
- Right-click an image in `pictures` and choose **Estimate Vision Tokens**: what it costs by model, and the grid
  that is billed. Upload images of your own: they stay in this browser.
- Open a notebook in `tutorials` and choose **No Kernel**: it was run before, its tables are all there.
"""


def write_contents(folder: Path) -> None:
    """Write the files that a visitor finds."""
    (folder / "README.md").write_text(WELCOME, "utf-8")
    for provider, model in MODELS.items():
        result = headroom_nb.compress(demo.messages(provider), model=model)
        headroom_nb.export(result, "report", folder / f"{model}.headroom.json")
    (folder / "pictures").mkdir()
    for name in demo.PICTURES:
        (folder / "pictures" / name).write_bytes(demo.picture(name))
    (folder / "tutorials").mkdir()
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        # not as nbformat writes it: without a server, nothing joins the lists of lines
        (folder / "tutorials" / notebook.name).write_text(json.dumps(nbformat.read(notebook, 4)), "utf-8")


def build(out: Path) -> None:
    """Build the site; raises CalledProcessError with JupyterLite's own words on failure."""
    with TemporaryDirectory() as work:
        contents = Path(work) / "files"
        contents.mkdir()
        write_contents(contents)
        shutil.rmtree(out, ignore_errors=True)
        subprocess.run(
            [
                *(Path(sys.executable).with_name("jupyter"), "lite", "build", f"--contents={contents}"),
                *(f"--output-dir={out.resolve()}", "--no-sourcemaps", f"--lite-dir={work}"),
            ],
            cwd=work,  # JupyterLite leaves its list of done tasks where it runs
            check=True,
            capture_output=True,
            text=True,
        )


if __name__ == "__main__":
    build(Path(sys.argv[1]))
