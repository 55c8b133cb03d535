"""HTML for notebook outputs: the only place where text becomes markup, and the style every output carries."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from headroom_nb.rendering import plain

if TYPE_CHECKING:
    from headroom_nb.records import Size

ROOT_CLASS = "headroom-nb"

_RULES = """<style>
.headroom-nb{--hr-bg:var(--jp-layout-color0,var(--vscode-editor-background,Canvas));
--hr-fg:var(--jp-content-font-color1,var(--vscode-editor-foreground,CanvasText));
--hr-soft:var(--jp-content-font-color2,var(--vscode-descriptionForeground,color-mix(in srgb,CanvasText 70%,Canvas)));
--hr-line:var(--jp-border-color2,var(--vscode-panel-border,color-mix(in srgb,CanvasText 22%,Canvas)));
--hr-band:var(--jp-layout-color1,var(--vscode-sideBar-background,color-mix(in srgb,CanvasText 6%,Canvas)));
--hr-warn:var(--jp-warn-color0,var(--vscode-editorWarning-foreground,light-dark(#964b00,#ffb366)));
color-scheme:light dark;background:var(--hr-bg);color:var(--hr-fg);padding:8px 4px;overflow-x:auto;
font-family:var(--jp-content-font-family,var(--vscode-font-family,system-ui,sans-serif));
font-size:var(--jp-content-font-size1,14px);line-height:1.4}
[data-jp-theme-light=true] .headroom-nb,[data-vscode-theme-kind$=light] .headroom-nb{color-scheme:light}
[data-jp-theme-light=false] .headroom-nb,[data-vscode-theme-kind=vscode-dark] .headroom-nb,
[data-vscode-theme-kind=vscode-high-contrast] .headroom-nb{color-scheme:dark}
& p{margin:0 0 4px;max-width:75em}
& .hr-headline{font-size:1.15em;font-weight:600}
& .hr-soft,& caption{color:var(--hr-soft)}
& .hr-warn{color:var(--hr-warn)}
& table{border-collapse:collapse;margin:8px 0;background:var(--hr-bg);color:var(--hr-fg);
font-size:.93em;table-layout:auto;border:0}
& caption{text-align:left;caption-side:top;padding:0 0 4px}
& thead,& thead tr{background:var(--hr-band)}
& tbody tr,& tbody tr:nth-child(odd),& tbody tr:hover{background:var(--hr-bg)}
& th,& td{padding:2px 7px;text-align:left;vertical-align:top;white-space:normal;
border:0;border-top:1px solid var(--hr-line);max-width:32em;overflow-wrap:anywhere}
& td{min-width:6em}
& thead th{font-weight:600;overflow-wrap:normal;border-top:0;vertical-align:bottom}
& tbody th{font-weight:400;overflow-wrap:normal}
& th.hr-figure,& td.hr-figure{text-align:right;min-width:0;white-space:nowrap;
font-variant-numeric:tabular-nums}
& thead th.hr-figure{white-space:normal}
& td.hr-below{border-top:0;padding-top:0;color:var(--hr-soft);max-width:75em}
& img{max-width:min(100%,64em);height:auto;margin:0;border:1px solid var(--hr-line);background:#fff}
& details>div{padding:2px 0 6px;color:var(--hr-soft)}
& details[open]{min-width:10em}
& summary{cursor:pointer}
& code{font-family:var(--jp-code-font-family,var(--vscode-editor-font-family,monospace));
font-size:.93em;background:none;color:inherit;padding:0;white-space:normal}
@media print{.headroom-nb{font-size:10px;overflow:visible}
& th,& td,& td.hr-figure{padding:2px 4px;min-width:0;white-space:normal;overflow-wrap:break-word}
& td.hr-figure{white-space:nowrap}
& tr{break-inside:avoid}}
</style>"""

STYLE = _RULES.replace("& ", f"{3 * f'.{ROOT_CLASS}'} ")
"""What every output carries; the class stands three times in a rule so that no host's own table style wins."""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>:root{{color-scheme:light dark}}body{{margin:16px;background:Canvas;color:CanvasText}}
h1{{margin:0 4px;font:600 1.1em system-ui,sans-serif}}</style>
</head>
<body>
<main>
<h1>{heading}</h1>
{body}
</main>
</body>
</html>
"""


def escape(text: object) -> str:
    r"""Return text that is safe between tags: on one line, escaped, and never taken for a formula.

    Notebooks typeset ``$…$`` and ``\(…\)`` in HTML outputs; a delimiter in an element of its own is left alone.
    """
    safe = html.escape(plain.one_line(text), quote=True)
    return safe.replace("\\", "<span>&#92;</span>").replace("$", "<span>$</span>")


def attribute(text: object) -> str:
    """Return text that is safe inside a quoted attribute."""
    return html.escape(plain.one_line(text), quote=True)


def figure(text: object) -> str:
    """Return escaped text that is never broken over lines, with or without the style."""
    return escape(text).replace(" ", "&nbsp;")


def picture(uri: str, alternative: str, size: Size) -> str:
    """Return an image of a size in CSS pixels, followed by a line break."""
    width, height = size
    return f'<img src="{attribute(uri)}" alt="{attribute(alternative)}" width="{width}" height="{height}"><br>'


def thumb(uri: str, alternative: str, size: Size) -> str:
    """Return a small image that stands in a line of text, of a size in CSS pixels."""
    made = picture(uri, alternative, size).removesuffix("<br>").removesuffix(">")
    return f'{made} style="vertical-align:middle">&nbsp;'


def fold(summary: str, lines: list[tuple[str, str]]) -> str:
    """Return one line that opens on more: titles with their texts."""
    inner = "<br>".join(f"<b>{escape(title)}</b>: {escape(text)}" for title, text in lines)
    return f'<details><summary>{escape(summary)}</summary><div dir="auto">{inner}</div></details>'


def root(inner: str) -> str:
    """Return an output's markup: the style, and the content in our class's element, which scrolls by keyboard too."""
    return f'{STYLE}\n<div class="{ROOT_CLASS} tex2jax_ignore mathjax_ignore" tabindex="0">\n{inner}\n</div>'


def page(title: str, body: str, heading: str | None = None) -> str:
    """Return a whole HTML document that needs nothing but itself; its heading is its title where none is given."""
    return PAGE.format(title=attribute(title), heading=escape(heading or title), body=body)
