"""The picture as the model receives it."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from headroom_nb.analysis.provider_view import provider_view, view_size
from headroom_nb.errors import ImageRejectedError, UnknownModelError
from headroom_nb.pictures import open_picture


@pytest.mark.parametrize(
    ("model", "detail", "size", "view"),
    [
        ("gpt-4o", "auto", (4000, 3000), (1024, 768)),
        ("gpt-4o", "auto", (600, 400), (600, 400)),
        ("gpt-5.6-sol", "auto", (4000, 3000), (4000, 3000)),
        ("gpt-5.6-sol", "low", (1024, 512), (512, 256)),
        ("claude-haiku-4-5", "auto", (1092, 1092), (1092, 1092)),
        ("gemini-3-flash-preview", "auto", (1024, 1024), (1584, 1584)),
        ("gemini-3-flash-preview", "low", (1024, 1024), (768, 768)),
    ],
)
def test_the_view_has_the_size_of_the_providers_own_resize(model, detail, size, view):
    assert view_size(size, model, detail) == view
    assert provider_view(Image.new("RGB", size), model, detail).size == view


def test_bytes_files_pictures_and_images_give_the_same_view(tmp_path):
    image = Image.effect_noise((900, 700), 60).convert("RGB")
    out = io.BytesIO()
    image.save(out, "PNG")
    path = tmp_path / "noise.png"
    path.write_bytes(out.getvalue())
    views = [provider_view(one, "gpt-4o") for one in (image, out.getvalue(), path, open_picture(out.getvalue()))]
    assert len({view.tobytes() for view in views}) == 1


def test_transparency_is_laid_on_a_background_first():
    assert provider_view(Image.new("RGBA", (64, 64), (255, 255, 255, 0)), "gpt-4o").mode == "RGB"


@pytest.mark.parametrize("mode", ["1", "P", "LA", "I", "I;16", "F", "CMYK", "YCbCr", "LAB", "HSV"])
def test_a_pil_image_of_any_mode_has_a_view(mode):
    view = provider_view(Image.new(mode, (60, 40)), "gpt-4o")
    assert (view.mode, view.size) == ("RGB", (60, 40))


def test_a_pil_image_is_turned_upright_as_its_file_is():
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(out, "JPEG", exif=exif)
    assert provider_view(Image.open(out), "gpt-4o").size == provider_view(out.getvalue(), "gpt-4o").size == (40, 60)


def test_a_refused_picture_has_no_view():
    with pytest.raises(ImageRejectedError):
        provider_view(Image.new("L", (7000, 6000)), "gpt-5.6-sol")


def test_an_unknown_model_is_an_error():
    with pytest.raises(UnknownModelError):
        provider_view(Image.new("RGB", (8, 8)), "gpt-99-imaginary")


def test_the_public_name_is_the_function_whatever_was_imported_first():
    import headroom_nb
    import headroom_nb.analysis.provider_view

    assert callable(headroom_nb.provider_view)
