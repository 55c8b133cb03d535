"""A widget in a plain page: the built module, a stand-in for a notebook's model, and the kernel's side for real."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import headroom_nb.widgets

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page, Route

STATIC = Path(headroom_nb.widgets.__file__).parent / "static"
ORIGIN = "http://plain.test"

HARNESS = """<!DOCTYPE html>
<html lang="en" ATTRIBUTES>
<head><meta charset="utf-8"><title>plain</title><link rel="stylesheet" href="/widgets.css"><style>THEME</style></head>
<body style="margin: 16px">
<script type="module">
import widget from '/widgets.js';

class Model {
  constructor(state) { this.state = state; this.dirty = {}; this.handlers = new Map(); }
  get(name) { return this.state[name]; }
  set(name, value) {
    if (JSON.stringify(this.state[name]) === JSON.stringify(value)) return;
    this.state[name] = value; this.dirty[name] = value; this.emit('change:' + name);
  }
  save_changes() { const changed = this.dirty; this.dirty = {}; window.kernelSet(changed); }
  on(name, handler) { this.handlers.set(name, [...(this.handlers.get(name) ?? []), handler]); }
  off(name, handler) { this.handlers.set(name, (this.handlers.get(name) ?? []).filter(each => each !== handler)); }
  emit(name, ...values) { for (const handler of this.handlers.get(name) ?? []) handler(...values); }
  listeners() { return [...this.handlers.values()].flat().length; }
  async send(content) {
    const [reply, blobs] = await window.kernelSend(content);
    const views = blobs.map(text => new DataView(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer));
    this.emit('msg:custom', reply, window.losesBuffers ? [] : views);
  }
  update(state) {
    Object.assign(this.state, state);
    for (const name of Object.keys(state)) this.emit('change:' + name);
  }
}
window.start = state => {
  window.model = new Model(state);
  window.views = [];
  window.show();
};
window.show = () => {
  const controller = new AbortController();
  const el = document.body.appendChild(document.createElement('div'));
  window.views.push({ el, controller });
  widget.render({ model: window.model, el, signal: controller.signal });
};
window.ready = true;
</script>
</body></html>
"""


@dataclass
class PlainPage:
    """Shows one Python widget in a page; ``sets`` and ``asked`` hold what came from the page."""

    page: Page
    widget: Any
    theme: str = ""
    attributes: str = ""
    loses_buffers: bool = False
    sets: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def open(self, *, framed: bool = False) -> Frame:
        """Open the page, in an iframe where asked, and draw the widget."""
        self.page.expose_function("kernelSet", self._set)
        self.page.expose_function("kernelSend", self._send)
        self.page.route(f"{ORIGIN}/**", self._serve)
        self.page.goto(f"{ORIGIN}/{'frame' if framed else 'page'}")
        frame = self.page.frames[-1] if framed else self.page.main_frame
        frame.wait_for_function("window.ready === true")
        frame.evaluate("loses => { window.losesBuffers = loses; }", self.loses_buffers)
        state = {
            name: value
            for name, value in self.widget.get_state().items()
            if not name.startswith("_") and name not in {"layout", "tooltip", "tabbable"}
        }
        frame.evaluate("state => window.start(state)", json.loads(json.dumps(state)))
        self.frame = frame
        return frame

    def push(self, **state: Any) -> None:
        """Tell the page what changed in Python."""
        self.frame.evaluate("state => window.model.update(state)", state)

    def _set(self, state: dict[str, Any]) -> None:
        self.sets.append(state)
        self.widget.set_state(state)

    def _send(self, content: dict[str, Any]) -> list[Any]:
        self.asked.append(content)
        said: list[tuple[dict[str, Any], list[str]]] = []

        def keep(reply: dict[str, Any], buffers: list[memoryview] | None = None) -> None:
            said.append((reply, [base64.b64encode(buffer).decode() for buffer in buffers or []]))

        send, self.widget.send = self.widget.send, keep
        try:
            self.widget._handle_custom_msg(content, [])
        finally:
            self.widget.send = send
        return list(said[0])

    def _serve(self, route: Route) -> None:
        name = route.request.url.removeprefix(ORIGIN + "/")
        if name in {"widgets.js", "widgets.css"}:
            kind = "text/javascript" if name.endswith("js") else "text/css"
            route.fulfill(body=(STATIC / name).read_text("utf-8"), content_type=f"{kind}; charset=utf-8")
        elif name == "frame":
            body = f'<iframe src="{ORIGIN}/page" style="width: 1200px; height: 900px"></iframe>'
            route.fulfill(body=body, content_type="text/html")
        elif name == "page":
            body = HARNESS.replace("ATTRIBUTES", self.attributes).replace("THEME", self.theme)
            route.fulfill(body=body, content_type="text/html; charset=utf-8")
        else:
            route.fulfill(status=404)
