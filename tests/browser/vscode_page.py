"""A stand-in for the page in which VS Code draws a notebook's outputs, by the published contract of its renderers.

Media types are tried in VS Code's order; a renderer is activated once, and given an item and an element for each
output. The policy is VS Code's strictest (``notebook.experimental.enableCsp``): no script and no style from outside.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Page

ORIGIN = "http://vscode.test"

THEMES = {
    "light": """:root { --vscode-editor-background: #ffffff; --vscode-foreground: #3b3b3b;
        --vscode-editor-foreground: #3b3b3b;
        --vscode-descriptionForeground: #3b3b3b; --vscode-focusBorder: #005fb8; }""",
    "dark": """:root { --vscode-editor-background: #1f1f1f; --vscode-foreground: #cccccc;
        --vscode-editor-foreground: #cccccc;
        --vscode-descriptionForeground: #9d9d9d; --vscode-focusBorder: #0078d4; }""",
}

POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' https: http: data:; font-src 'self' https:; connect-src https:; child-src https: data:"
)

HOST = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>outputs</title><style>THEME
body { background: var(--vscode-editor-background); color: var(--vscode-editor-foreground); }</style></head>
<body class="vscode-KIND" data-vscode-theme-kind="vscode-KIND"><main id="container"></main>
<script>
window.refused = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  window.refused.push(`${violatedDirective} ${blockedURI}`);
});
const activate = () => ({
  renderOutputItem(item, element) { element.innerHTML = item.text(); },
  disposeOutputItem() {}
});
const plain = () => ({
  renderOutputItem(item, element) { element.textContent = item.text(); },
  disposeOutputItem() {}
});
const ORDER = [['text/html', activate], ['text/plain', plain]];
const active = new Map();
let count = 0;
window.draw = bundle => {
  const [mime, start] = ORDER.find(([type]) => type in bundle);
  if (!active.has(mime)) active.set(mime, start({ setState() {}, getState() {}, workspace: { isTrusted: true } }));
  const bytes = new TextEncoder().encode(bundle[mime]);
  const item = {
    id: String(count++), mime, metadata: {},
    text: () => new TextDecoder().decode(bytes), json: () => JSON.parse(item.text()),
    data: () => bytes, blob: () => new Blob([bytes], { type: mime })
  };
  const element = document.createElement('div');
  element.className = 'output';
  document.getElementById('container').replaceChildren(element);
  active.get(mime).renderOutputItem(item, element, new AbortController().signal);
  return mime;
};
</script></body></html>
"""


class VsCodePage:
    """Draws outputs one at a time; ``refused`` holds what the policy kept out, ``asked`` the requests for more."""

    def __init__(self, page: Page, theme: str) -> None:
        """Open the page in a theme of VS Code's, whatever the system's is."""
        self.page = page
        self.asked: list[str] = []
        body = HOST.replace("THEME", THEMES[theme]).replace("KIND", theme)
        headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
        page.route("**/*", lambda route: (self.asked.append(route.request.url), route.abort()))
        page.route(f"{ORIGIN}/", lambda route: route.fulfill(body=body, headers=headers))
        page.goto(f"{ORIGIN}/")

    def draw(self, bundle: Mapping[str, object]) -> str:
        """Draw an output, and return the media type that was taken."""
        texts = {mime: text for mime, text in bundle.items() if isinstance(text, str)}
        return str(self.page.evaluate("bundle => window.draw(bundle)", json.loads(json.dumps(texts))))

    @property
    def refused(self) -> list[str]:
        """What the policy kept out."""
        return list(self.page.evaluate("window.refused"))
