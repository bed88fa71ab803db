import logging
import threading

from photochrom.photos.quiet import quiet


def test_only_the_thread_that_reads_is_quiet(caplog):
    logger = logging.getLogger("tifffile")
    inside, outside = threading.Event(), threading.Event()

    def reader():
        with quiet():
            logger.warning("while reading")
            inside.set()
            outside.wait(10)

    thread = threading.Thread(target=reader)
    thread.start()
    inside.wait(10)
    logger.warning("by another thread")
    outside.set()
    thread.join()
    logger.warning("afterwards")
    assert [record.message for record in caplog.records] == ["by another thread", "afterwards"]
