"""The originals of images that went out smaller, so that a part of one can be shown and each be given back."""

from __future__ import annotations

import hashlib

from headroom_nb.runtime.lru import ByteBoundedCache, on_clear

MOST_BYTES = 256 * 2**20
"""Of all originals together; the ones used longest ago go first."""

_TWO = b""
"""Kept where two images have one id, which only someone who sought them has: neither is shown for the other."""

_originals: ByteBoundedCache[bytes] = ByteBoundedCache(MOST_BYTES, len)
_digests: ByteBoundedCache[str] = ByteBoundedCache(2**23, lambda _: 256)
"""Of the images by their ids, which are known longer than the images are kept: two are told apart still."""
on_clear(_originals.clear)
on_clear(_digests.clear)


def keep_original(data: bytes) -> str:
    """Keep an image's bytes and return the id by which requests name it: the same bytes have the same id."""
    digest = hashlib.sha256(data).hexdigest()
    name = f"img-{digest[:8]}"
    one = _digests.get(name) in (None, digest) and _originals.get(name) in (None, data)
    _digests.put(name, digest if one else "")
    _originals.put(name, data if one else _TWO)
    return name


def original_of(name: str) -> bytes | None:
    """Return the bytes of an image by its id; None where they are not kept any more."""
    return _originals.get(name) or None if isinstance(name, str) else None
