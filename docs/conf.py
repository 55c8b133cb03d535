"""How Sphinx builds these pages; ``make docs``. Nothing is fetched."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import reference_pages
import tutorial_pages

from headroom_nb._version import __version__

project = "Headroom for notebooks"
copyright = "2026, the Headroom for notebooks developers"  # noqa: A001 - Sphinx's name for it
version = release = __version__
html_title = f"Headroom for notebooks {__version__}"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["images/README.md"]

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autosummary_ignore_module_all = False
napoleon_google_docstring = False
# Names that share a description ("width, height") are one entry only in this style.
napoleon_use_param = False
napoleon_use_rtype = False
napoleon_custom_sections = [("Attributes", "params_style")]
maximum_signature_line_length = 80

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_js_files = ["pages.js"]
html_show_sourcelink = False
templates_path = ["_templates"]


def setup(app: object) -> None:
    """Write the pages that are generated from the package and the notebooks before Sphinx looks for pages."""
    here = Path(__file__).parent
    app.connect("config-inited", lambda *_: reference_pages.write(here / "reference"))
    app.connect("config-inited", lambda *_: tutorial_pages.write(here / "tutorials"))
