"""Memory that is not needed any more, given back to the system."""

import ctypes
import gc
import sys


def give_back() -> None:
    """Free what waits for Python's collector, such as encoders, and what the C library keeps of what was freed.

    The threads that find and encode colors free what the other has allocated, so that much is kept in pieces.
    """
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc; musl has none
        if trim is not None:
            trim(0)
