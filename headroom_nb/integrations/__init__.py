"""Compression on the way out of the providers' own SDK clients."""

from headroom_nb.integrations.meter import BillCheck, Meter
from headroom_nb.integrations.wrap import is_wrapped, meter, unwrap, wrap

__all__ = ["BillCheck", "Meter", "is_wrapped", "meter", "unwrap", "wrap"]
