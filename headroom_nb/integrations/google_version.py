"""Which version of Google's API a call goes to: not every one takes a resolution for a single part."""

from __future__ import annotations

from typing import Any

from headroom_nb.formats.walk import attribute

PART_RESOLUTION = ("v1beta", "v1alpha")
"""Versions whose documentation has ``mediaResolution`` on a part; the SDK's own default is ``v1``."""

NO_LEVELS = (
    "some images kept their resolution, as this version of Google's API documents none for a single part: "
    "make the client with http_options={'api_version': 'v1beta'}"
)


def takes_part_resolution(client: object, config: Any) -> bool:
    """Return whether a call may ask for a resolution per part; True for clients of other providers.

    Parameters
    ----------
    client
        An SDK client.
    config
        The call's own ``config``, which may name another version.
    """
    if not type(client).__module__.startswith("google."):
        return True
    own = attribute(config, "http_options")
    general = getattr(getattr(client, "_api_client", None), "_http_options", None)
    versions = (attribute(options, "api_version") for options in (own, general))
    version = next((version for version in versions if isinstance(version, str)), "")
    return version.startswith(PART_RESOLUTION)
