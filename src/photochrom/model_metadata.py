"""What a model file says of itself, in the metadata of ONNX: read, checked and written."""

import json
from dataclasses import asdict, dataclass

FORMATS = ("1", "2")
_NEW = ("hints", "chroma_scale", "outputs")  # what only files of format "2" say
_PREFIX = "photochrom."  # of our keys in the file's metadata


@dataclass(frozen=True)
class Metadata:
    """What a model file says of itself; all text, as ONNX stores it.

    ``options`` is JSON; ``recipe`` is the sha256 of the resolved recipe. ``hints`` is "1" where it takes some;
    ``chroma_scale`` how many times the luma is as high and wide as the chroma, "1" or "2"; ``outputs`` names the
    further outputs, in JSON, each with what there is to know about it: ``logits`` (N, K, H, W) are of a distribution
    over bins of color, whose ``centers`` are K pairs of Cb and Cr; those that have a ``scale`` are maps of the encoder,
    (N, C, H/scale, W/scale), by which places that look alike are found.
    """

    title: str
    generator: str
    options: str
    color_space: str
    working_size: str
    multiple_of: str
    training_set: str
    license: str
    version: str
    recipe: str
    hints: str = "0"
    chroma_scale: str = "1"
    outputs: str = "{}"
    format: str = FORMATS[0]

    def to_onnx(self) -> dict[str, str]:
        """The keys and values for an ONNX file's ``metadata_props``."""
        left_out = _NEW if self.format == FORMATS[0] else ()  # earlier versions, which read it, know nothing of them
        return {_PREFIX + key: value for key, value in asdict(self).items() if key not in left_out}

    @classmethod
    def from_onnx(cls, props: dict[str, str]) -> "Metadata":
        """The inverse of `to_onnx`. Raises `ValueError` if the file is not ours or not whole."""
        ours = {key.removeprefix(_PREFIX): value for key, value in props.items() if key.startswith(_PREFIX)}
        if not ours:
            raise ValueError("not a model of Photochrom")
        if ours.get("format") not in FORMATS:
            raise ValueError("made for another version of Photochrom")
        try:
            metadata = cls(**ours)
            json.loads(metadata.options)
            dict(json.loads(metadata.outputs))
            sizes = int(metadata.working_size), int(metadata.multiple_of)
        except (TypeError, ValueError) as error:
            raise ValueError(f"its metadata is not whole ({error})") from None
        if min(sizes) < 1:
            raise ValueError("its metadata has sizes below 1")
        if metadata.hints not in ("0", "1") or metadata.chroma_scale not in ("1", "2"):
            raise ValueError("its metadata is not whole (hints, chroma_scale)")
        return metadata
