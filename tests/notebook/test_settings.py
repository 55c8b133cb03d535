from __future__ import annotations

import re
from pathlib import Path

import pytest

import headroom_nb
from headroom_nb import Limits
from headroom_nb.errors import OptionError
from headroom_nb.notebook.settings import OTHER_VARIABLES, SETTINGS, options_of, resolve


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.headroom_nb]\nquality = "safe"\nmodel = "gpt-4o"\n')
    (tmp_path / "inner" / "deep").mkdir(parents=True)
    (tmp_path / "inner" / "pyproject.toml").write_text('[project]\nname = "x"\n')
    return tmp_path


def test_the_first_layer_that_has_a_setting_wins(project):
    folder = project / "inner" / "deep"
    file = str(project / "pyproject.toml")
    found = resolve({"quality": None}, {}, folder)
    assert (found["quality"].value, found["quality"].source) == ("safe", file)
    assert (found["router"].value, found["router"].source) == ("auto", "default")
    found = resolve({}, {"HEADROOM_NB_QUALITY": "max"}, folder)
    assert (found["quality"].value, found["quality"].source) == ("max", "environment")
    found = resolve({"quality": "balanced"}, {"HEADROOM_NB_QUALITY": "max"}, folder)
    assert (found["quality"].value, found["quality"].source) == ("balanced", "%config")
    assert found["model"].value == "gpt-4o"


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('qualty = "safe"', "did you mean quality?"),
        ('quality = "sfe"', "did you mean safe?"),
        ("quality = 3", "is not text"),
    ],
)
def test_an_unknown_key_or_value_in_the_file_is_refused_with_a_hint(tmp_path, table, says):
    (tmp_path / "pyproject.toml").write_text(f"[tool.headroom_nb]\n{table}\n")
    with pytest.raises(OptionError, match=re.escape(says)):
        resolve({}, {}, tmp_path)


def test_an_unknown_variable_in_the_environment_is_refused_with_a_hint(tmp_path):
    with pytest.raises(OptionError, match=r"no setting modl .*did you mean model\?"):
        resolve({}, {"HEADROOM_NB_MODL": "x"}, tmp_path)


def test_every_variable_the_package_reads_is_known_to_the_settings():
    sources = Path(headroom_nb.__file__).parent.rglob("*.py")
    read = {name for source in sources for name in re.findall(r"HEADROOM_NB_([A-Z_]+)", source.read_text("utf-8"))}
    assert read - {"NAME"} <= OTHER_VARIABLES | {name.upper() for name in SETTINGS}


def test_every_setting_has_a_trait_of_its_own():
    from headroom_nb.notebook.magics import HeadroomMagics

    assert SETTINGS.keys() <= HeadroomMagics.class_traits(config=True).keys()


def test_a_limit_is_set_by_every_layer_and_checked(project):
    (project / "pyproject.toml").write_text("[tool.headroom_nb]\nmax_images = 12\nmax_ocr_seconds = 1.5\n")
    found = resolve({}, {"HEADROOM_NB_MAX_OCR_SECONDS": "30"}, project)
    assert options_of(found).limits == Limits(max_images=12, max_ocr_seconds=30.0)
    assert options_of(resolve({"max_images": "7"}, {}, project)).limits.max_images == 7
    for bad in ("0", "many"):
        with pytest.raises(OptionError, match="max_images"):
            resolve({"max_images": bad}, {}, project)


def test_limits_without_a_setting_are_the_defaults(tmp_path):
    assert options_of(resolve({}, {}, tmp_path)).limits == Limits()
