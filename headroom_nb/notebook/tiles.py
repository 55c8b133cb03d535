"""The verb ``tiles``: one image in the explorer, or as a table where there are no widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.errors import MessageError
from headroom_nb.notebook.call import priced_model
from headroom_nb.runtime.words import public_part

if TYPE_CHECKING:
    from headroom_nb.analysis.inputs import Shown
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
    if not _widgets_work():
        return _table(image, model.name, detail)
    from headroom_nb.widgets.tile_explorer import TileExplorer

    return TileExplorer(images, model.name, detail, call.option("question") or "", place=place)


def _widgets_work() -> bool:
    try:
        import anywidget  # noqa: F401 - whether it can be
    except ImportError:
        return False
    return True


def _table(image: Shown, model: str, detail: str) -> Table:
    from headroom_nb.pictures import open_picture
    from headroom_nb.widgets.explorer_table import explorer_table

    picture = open_picture(image.load())
    return explorer_table(picture, image.label, model, detail, picture.size, None)
