"""What a table shows of many rows and warnings."""

from headroom_nb.rendering.tables import MOST_ROWS, MOST_WARNINGS, Column, Table, to_text


def table(rows, warnings):
    return Table(
        headline="many",
        columns=(Column("Name"), Column("Note", below=True)),
        rows=tuple((f"row-{number}", f"note-{number}") for number in range(rows)),
        warnings=tuple(f"warning-{number}" for number in range(warnings)),
        footnotes=("explained",),
    )


def test_every_form_holds_a_bounded_number_of_rows_and_warnings_and_counts_the_rest():
    large = table(MOST_ROWS + 1200, MOST_WARNINGS + 7)
    for form in large.to_mimebundle().values():
        assert f"row-{MOST_ROWS - 1}" in form
        assert f"row-{MOST_ROWS}" not in form
        assert f"warning-{MOST_WARNINGS}" not in form
        assert "… and 1,200 more rows: see .rows" in form
        assert "… and 7 more warnings" in form
        assert "explained" in form
    assert len(large.rows) == MOST_ROWS + 1200


def test_a_table_within_the_bounds_is_shown_whole():
    small = table(MOST_ROWS, MOST_WARNINGS)
    for form in small.to_mimebundle().values():
        assert f"row-{MOST_ROWS - 1}" in form
        assert f"warning-{MOST_WARNINGS - 1}" in form
        assert "more" not in form


def test_a_remark_on_many_rows_stands_once_in_text_with_their_numbers():
    rows = tuple((f"row-{number}", "too late") for number in range(1, 10))
    text = to_text(Table(headline="many", columns=(Column("Name"), Column("Error", below=True)), rows=rows))
    assert text.count("too late") == 1
    assert "1, 2, 3, 4, 5, 6 and 3 more  Error: too late" in text
