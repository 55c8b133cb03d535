"""Message objects of SDKs and frameworks: seen as the dicts they stand for, and given back in their own class."""

from headroom_nb.formats.frameworks.objects import as_plain, fields_of, framework_of, rebuilt, revived

__all__ = ["as_plain", "fields_of", "framework_of", "rebuilt", "revived"]
