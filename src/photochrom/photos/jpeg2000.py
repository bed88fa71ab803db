"""JPEG 2000 files of more than 8 bit, which Pillow rounds (ITU-T T.800)."""

from photochrom.photos.high_depth import Deep, split, to_16_bit

_SIZE = b"\xff\x4f\xff\x51"  # the start of the coded picture, and of the segment that says how large it is


def bits(content: bytes) -> int:
    """The bits of each sample, 8 where the file does not say."""
    place = content.find(_SIZE)
    if place < 0 or len(content) < place + 43:
        return 8
    return int(content[place + 42] & 0x7F) + 1


def is_signed(content: bytes) -> bool:
    """Whether the samples have a sign."""
    place = content.find(_SIZE)
    return place >= 0 and len(content) > place + 42 and bool(content[place + 42] & 0x80)


def read(content: bytes) -> Deep:
    """The picture of more than 8 bit. Raises `ValueError` for a kind that is unknown, `RuntimeError` for damage."""
    import imagecodecs

    samples, depth = imagecodecs.jpeg2k_decode(content), bits(content)
    if samples.ndim not in (2, 3) or (samples.ndim == 3 and samples.shape[2] > 4):
        raise ValueError("an unusual kind of JPEG 2000")
    low = -(1 << (depth - 1)) if is_signed(content) else 0
    return split(to_16_bit(samples, low, low + (1 << depth) - 1))
