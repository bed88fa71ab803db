import gc

from photochrom.video.memory import give_back


class Ring:
    alive = 0

    def __init__(self):
        self.itself = self
        Ring.alive += 1

    def __del__(self):
        Ring.alive -= 1


def test_what_refers_to_itself_is_freed():
    gc.disable()
    try:
        Ring()
        assert Ring.alive == 1
        give_back()
        assert Ring.alive == 0
    finally:
        gc.enable()
