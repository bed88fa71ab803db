"""Prints what the discriminator of an `rgb` run looks at: the light it was given back, or the colors.

    python docs/judged.py runs/study/unet-rgb/last.pt runs/study/tristream-rgb/last.pt

The table has what the discriminator takes for real of the validation photographs, of what the generator painted, of
its colors on the photographs' own luma, and of the photographs' colors on the luma it painted: shares from 0 to 1.
"""

import sys
from pathlib import Path

import torch

from photochrom.color import merge, rgb_to_chroma, rgb_to_luma
from photochrom.training import checkpoint, data
from photochrom.training.spaces import SPACES
from photochrom.training.splitting import photographs


@torch.no_grad()
def main(paths: list[Path]) -> None:
    """Print a row for each checkpoint; both networks are in training mode, as they meet in training."""
    print("| run | photographs | painted | its colors, true luma | true colors, its luma | luma error |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for path in paths:
        print(f"| `{path.parent.name}` | {' | '.join(f'{value:.3f}' for value in _judged(path))} |")


def _judged(path: Path) -> list[float]:
    """The four shares, and the mean distance of painted and true luma, which goes from 0 to 1."""
    begun = checkpoint.load(path)
    config, discriminator = begun.config, checkpoint.load_discriminator(begun)
    if config.space != "rgb" or discriminator is None or config.objective != "cross_entropy" or config.scales > 1:
        raise SystemExit(f"{path}: needs one discriminator with cross-entropy, in rgb")
    generator = checkpoint.load_generator(begun).train()
    discriminator.train()
    space = SPACES[config.space]
    sums, photos = torch.zeros(5), 0
    _, validation = photographs(config)
    for luma, rgb, _ in data.validation_batches(validation, config):
        condition = space.condition(luma)
        painted = (generator(condition) + 1) / 2
        own = rgb_to_luma(painted)
        pictures = (rgb, painted, merge(luma, rgb_to_chroma(painted)), merge(own, rgb_to_chroma(rgb)))
        real = [discriminator(condition, picture * 2 - 1)[0].sigmoid().mean() for picture in pictures]
        sums, photos = sums + torch.stack([*real, (own - luma).abs().mean()]) * len(luma), photos + len(luma)
    return (sums / photos).tolist()


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
