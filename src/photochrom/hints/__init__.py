"""What is known of a photograph's colors: points, painted layers, and chroma that other pictures bring along."""

from photochrom.hints.hints import Hints
from photochrom.hints.points import Point

__all__ = ["Hints", "Point"]
