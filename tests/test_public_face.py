import subprocess
import sys

import pytest

import headroom_nb


def test_every_name_in_all_can_be_reached_and_no_other():
    for name in headroom_nb.__all__:
        assert getattr(headroom_nb, name) is not None
    assert dir(headroom_nb) == sorted(headroom_nb.__all__)


def test_no_public_name_is_hidden_by_a_module_of_the_same_name():
    code = (
        "import pkgutil, types, importlib, headroom_nb\n"
        "for m in pkgutil.iter_modules(headroom_nb.__path__, 'headroom_nb.'): importlib.import_module(m.name)\n"
        "print([n for n in headroom_nb.__all__ if isinstance(getattr(headroom_nb, n), types.ModuleType)])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'compres'"):
        _ = headroom_nb.compres


def test_importing_the_package_pulls_in_nothing_heavy():
    heavy = ["numpy", "PIL", "onnxruntime", "rapidocr", "cv2", "IPython", "tokenizers", "torch", "matplotlib"]
    code = f"import sys, headroom_nb; print([m for m in {heavy!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_loading_the_extension_pulls_in_no_library_of_images_numbers_or_networks():
    pytest.importorskip("IPython")
    heavy = ["numpy", "PIL.Image", "onnxruntime", "ssl", "multiprocessing.spawn", "openai", "headroom_nb.integrations"]
    code = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell; shell = InteractiveShell(); "
        "shell.user_ns['messages'] = [{'role': 'user', 'content': 'hello'}]; before = set(sys.modules); "
        "shell.run_line_magic('load_ext', 'headroom_nb'); "
        f"print([m for m in {heavy!r} if m in set(sys.modules) - before]); "
        "r = shell.run_line_magic('headroom', 'compress messages'); "
        "print([m for m in ('numpy', 'PIL.Image', 'onnxruntime') if m in set(sys.modules) - before])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split("\n")[-3:-1] == ["[]", "[]"]


def test_compressing_messages_without_images_loads_no_model():
    heavy = ["numpy", "PIL.Image", "ssl", "onnxruntime", "rapidocr", "cv2", "tokenizers", "torch"]
    code = (
        "import sys, headroom_nb; "
        "r = headroom_nb.compress([{'role': 'user', 'content': 'hello'}]); "
        f"print(len(r.images), [m for m in {heavy!r} if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "0 []"


def test_shrinking_a_picture_without_text_does_not_wait_for_numpy():
    code = (
        "import sys\n"
        "from headroom_nb import ImageCompressor, ImageSignals, RouteDecision, Technique, user_message\n"
        "from PIL import Image\n"
        "class Fixed:\n"
        "    name = 'fixed'\n"
        "    def classify(self, image, query, *, quality):\n"
        "        signals = ImageSignals(0, 0, 0, 0, 0, 0, None, None, 0, image.size)\n"
        "        return RouteDecision(Technique.FULL_LOW, 1.0, 'fixed', self.name, signals=signals)\n"
        "message = user_message('What is it?', Image.new('RGB', (1024, 1024), 'red'), provider='anthropic')\n"
        "image = ImageCompressor(router=Fixed()).run([message], 'anthropic').images[0]\n"
        "print(image.technique, len(image.parts), 'numpy' in sys.modules)\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "full_low 1 False"
