"""Small films, made of a real photograph that moves."""

from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from photochrom.model import load


@pytest.fixture(scope="session")
def moving(photographs):
    """Rows of luma levels, uint8 (h, w), of a photograph over which the camera moves; gray without color."""

    def make(count=8, height=90, width=160, name="coffee", step=2):
        side = (width + step * count, height + step * count)
        whole = np.asarray(Image.fromarray(photographs[name]).convert("L").resize(side, Image.Resampling.BICUBIC))
        return [np.ascontiguousarray(whole[step * i :, step * i :][:height, :width]) for i in range(count)]

    return make


@pytest.fixture
def write_film(tmp_path, moving):
    """Write a film and return its path; ``change`` may alter each frame before it is encoded."""

    def write(
        name="old.mkv", lumas=None, codec="ffv1", pixels="gray", rate=25, times=None, full=False, change=None,
        also=None, options=None, metadata=None, base=None, rotated=0, **of_stream,
    ):  # fmt: skip
        path = tmp_path / name
        lumas = moving() if lumas is None else lumas
        with av.open(str(path), "w") as out:
            stream = out.add_stream(codec, rate=rate, options=options or {})
            height, width = lumas[0].shape
            context = stream.codec_context
            context.width, context.height, context.pix_fmt = width, height, pixels
            context.time_base = base or Fraction(1, rate)
            context.color_range = 2 if full else 1
            for key, value in of_stream.items():
                setattr(context, key, value)
            if rotated:
                stream.set_display_rotation(rotated)
            others = also(out) if also else []
            out.metadata.update(metadata or {})
            for index, luma in enumerate(lumas):
                frame = av.VideoFrame(width, height, pixels)
                samples = luma if full else np.uint8(16 + luma.astype(np.float32) * 219 / 255)
                if frame.format.components[0].bits == 10:
                    samples = samples.astype(np.uint16) * 4 + index % 4
                plane(frame, 0)[:] = samples
                for number in range(1, len(frame.planes)):
                    plane(frame, number)[:] = 512 if samples.dtype == np.uint16 else 128
                frame.color_range = 2 if full else 1
                frame.pts = index if times is None else times[index]
                frame.time_base = context.time_base
                out.mux(stream.encode(change(frame, index) if change else frame))
            out.mux(stream.encode(None))
            for packet in others:
                out.mux(packet)
        return path

    return write


def plane(frame, number):
    """One plane of a frame, as an array that can be written to."""
    there = frame.planes[number]
    dtype = np.uint16 if frame.format.components[0].bits > 8 else np.uint8
    return np.frombuffer(there, dtype).reshape(there.height, -1)[:, : there.width]


@pytest.fixture(scope="session")
def decode():
    """All frames of a film."""

    def decode(path):
        with av.open(str(path)) as container:
            return list(container.decode(video=0))

    return decode


@pytest.fixture(scope="session")
def planes_of():
    """All planes of a decoded frame, as arrays."""
    return lambda frame: [plane(frame, number).copy() for number in range(len(frame.planes))]


@pytest.fixture(scope="session")
def red(make_model):
    """A model that paints everything in one red."""
    return load(make_model(offset=(-0.1, 0.2)))


@pytest.fixture(scope="session")
def by_luma(make_model):
    """A model whose colors follow the luma."""
    return load(make_model(factor=(-0.3, 0.3), offset=(0.1, -0.1)))
