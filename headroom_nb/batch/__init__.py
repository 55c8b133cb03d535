"""Many conversations: from files to files, on one core, all of them, or a cluster.

:func:`~headroom_nb.batch.run.compress_batch` does it in one call. Its steps are public for schedulers that it does not
know: :func:`begin` gives a :class:`Job`, whose ``compressor`` does each of its ``todo()`` anywhere, and :func:`finish`
writes the sink.
"""

from headroom_nb.batch.finishing import finish
from headroom_nb.batch.journal import Job, begin
from headroom_nb.batch.progress import BatchProgress
from headroom_nb.batch.records import Part, PartRecord
from headroom_nb.batch.run import compress_batch
from headroom_nb.batch.summary import BatchSummary, ItemError
from headroom_nb.batch.worker import BatchCompressor

__all__ = [
    "BatchCompressor",
    "BatchProgress",
    "BatchSummary",
    "ItemError",
    "Job",
    "Part",
    "PartRecord",
    "begin",
    "compress_batch",
    "finish",
]
