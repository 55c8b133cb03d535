"""The verb ``tiles``: one image in the explorer, or as a table where there are no widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.errors import MessageError, OptionError
from headroom_nb.notebook.call import priced_model
from headroom_nb.runtime.words import public_part

if TYPE_CHECKING:
    from headroom_nb.analysis.shown import Shown
    from headroom_nb.notebook.call import Call
    from headroom_nb.rendering.tables import Table
    from headroom_nb.widgets.tile_explorer import TileExplorer


def tiles(call: Call) -> TileExplorer | Table:
    """Show an image under the grid it is billed by, and the way to the others."""
    images, document = call.images()
    place = call.place(images) or 0
    image = images[place]
    if image.reference is not None:
        where = public_part(image.reference)
        raise MessageError(f"{image.label} is sent by reference ({where}): not fetched, so it is not shown")
    model, _ = priced_model(call, document)
    detail = call.option("detail") or image.detail
    page = _page(call.command.values.get("--page", "1"))
    if not _widgets_work():
        return _table(image, model.name, detail, page)
    from headroom_nb.widgets.tile_explorer import TileExplorer

    return TileExplorer(images, model.name, detail, call.option("question") or "", place=place, page=page)


def _widgets_work() -> bool:
    try:
        import anywidget  # noqa: F401 - whether it can be
    except ImportError:
        return False
    return True


def _page(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise OptionError(f"--page {text} is no page; tiles shows one, counted from 1")
    return int(text)


def _table(image: Shown, model: str, detail: str, page: int) -> Table:
    from headroom_nb.analysis.papers import pages_of
    from headroom_nb.pictures import open_picture
    from headroom_nb.widgets.explorer_table import explorer_table

    shown = pages_of(image, str(page)).get(page, image)
    picture = open_picture(shown.load())
    return explorer_table(picture, shown.label, model, detail, picture.size, None)
