import pytest

from headroom_nb.techniques.transcript.spelling import spelled


@pytest.mark.parametrize(
    ("read", "typed"),
    [
        ("    zoom /== 2", "    zoom //= 2"),
        ("x[0] /‹?›= 3", "x[0] //= 3"),
        ("zoom_excess /元= None", "zoom_excess //= None"),
        ("  let xs = cells ?? '${_html}';", "  let xs = cells ?? `${_html}`;"),
        ("rows.map((row) => '${row}: ${n}')", "rows.map((row) => `${row}: ${n}`)"),
        ("  run: echo '${{ matrix.os }}'", "  run: echo '${{ matrix.os }}'"),
        ("  const cost = '$' + price;", "  const cost = '$' + price;"),
        ("# 0xIF and 0xlO", "# 0x1F and 0x10"),
        ("except (a, osError) as error:", "except (a, OSError) as error:"),
        ("import os", "import os"),
        ("osError = 1", "osError = 1"),
        ("raise typeError", "raise typeError"),
        ("error = true", "error = true"),
        ("a /= 2; b == 0x1F", "a /= 2; b == 0x1F"),
        ("print('0xyz Il')", "print('0xyz Il')"),
    ],
)
def test_what_can_be_spelled_in_one_way_only_is(read, typed):
    assert spelled(read) == typed
