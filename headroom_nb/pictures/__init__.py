"""The only code that touches pixels: read headers, decode safely, resize, encode."""

from headroom_nb.pictures.anything import file_or_pixels, image_columns, image_file, images_in, open_anything
from headroom_nb.pictures.encode import EncodedPicture, encode
from headroom_nb.pictures.header import PictureHeader, RequestBudget, check_encoded, read_header
from headroom_nb.pictures.picture import Picture, open_picture
from headroom_nb.pictures.pixels import fit, resize
from headroom_nb.pictures.tiff_pages import pages_of_tiff

__all__ = [
    "EncodedPicture",
    "Picture",
    "PictureHeader",
    "RequestBudget",
    "check_encoded",
    "encode",
    "file_or_pixels",
    "fit",
    "image_columns",
    "image_file",
    "images_in",
    "open_anything",
    "open_picture",
    "pages_of_tiff",
    "read_header",
    "resize",
]
