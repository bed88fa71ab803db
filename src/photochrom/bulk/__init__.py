"""Archives: millions of photographs on any filesystem, colored on Ray Data (the extra `bulk`).

The layer is thin: what is done with a photograph is what the command line does with it. This package finds out what is
left to do, hands it to workers, and keeps the record.
"""

from photochrom.bulk.datasets import colorize_dataset
from photochrom.bulk.request import BulkRequest
from photochrom.bulk.running import Done, Progress, colorize_archive

__all__ = ["BulkRequest", "Done", "Progress", "colorize_archive", "colorize_dataset"]
