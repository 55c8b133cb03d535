"""Files that a user names stand in natural order, several at once, with spaces in their names."""

from pathlib import Path

from headroom_nb.analysis.files import find_files


def test_files_stand_in_the_order_a_person_counts(folder):
    assert [path.name for path in find_files(".")] == ["my photo.png", "page2.png", "page10.png"]
    assert [path.name for path in find_files("page*.png")] == ["page2.png", "page10.png"]


def test_several_files_and_names_with_spaces_are_found(folder):
    assert find_files("page10.png page2.png") == [Path("page10.png"), Path("page2.png")]
    assert find_files("'my photo.png' page2.png") == [Path("my photo.png"), Path("page2.png")]
    assert find_files("my\\ photo.png") == [Path("my photo.png")]
    assert find_files("page2.png nothing.png") == []


def test_a_folder_gives_its_images_and_pdfs_and_nothing_else(tmp_path):
    for name in ("b.png", "a.pdf", "notes.txt", "list.json"):
        (tmp_path / name).write_text("")
    assert [path.name for path in find_files(str(tmp_path))] == ["a.pdf", "b.png"]
