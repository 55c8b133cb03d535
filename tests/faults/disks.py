"""Disks that are full or cannot be written to, where this machine lets a test make them."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager

import pytest


@contextmanager
def mounted(folder, options):
    """A small file system in memory; skips the test where nothing can be mounted."""
    folder.mkdir(exist_ok=True)
    done = None
    if sys.platform == "linux":
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False
        )
    if done is None or done.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def full_disk(folder, room=4096):
    """A folder with so many bytes of room."""
    with mounted(folder, f"size={max(room, 4096)}") as disk:
        yield disk


@contextmanager
def read_only_disk(folder):
    """A folder that nobody may write to, the superuser included."""
    with mounted(folder, "size=64k,ro") as disk:
        yield disk
