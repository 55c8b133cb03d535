"""The part of Jupyter's server: writes a smaller copy of a file on request. Loaded by the server, never by a kernel."""

from __future__ import annotations

from typing import Any


def _load_jupyter_server_extension(app: Any) -> None:
    """Add the one address; called by Jupyter's server."""
    from headroom_nb.server.handlers import routes

    app.web_app.add_handlers(".*$", routes(app.web_app.settings["base_url"]))
