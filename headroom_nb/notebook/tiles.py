"""The verb ``tiles``: one image in the explorer, or as a table where there are no widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.errors import MessageError, OptionError
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
    place = _chosen(images, call.option("image"))
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


def _chosen(images: list[Shown], number: str | None) -> int:
    if number is None:
        return 0
    if not number.isdecimal() or not 1 <= int(number) <= len(images):
        raise OptionError(f"--image {number} is not one of the images 1 to {len(images)}")
    return int(number) - 1


def _table(image: Shown, model: str, detail: str) -> Table:
    from headroom_nb.pictures import open_picture
    from headroom_nb.widgets.explorer_table import explorer_table

    picture = open_picture(image.load())
    return explorer_table(picture, image.label, model, detail, picture.size, None)
