"""Films: black-and-white video in, steady color video out, every luma sample handed on as it is.

`colorize_video` colors a file; `color_frames` colors frames of one's own. Needs the extra ``video``.
"""

from photochrom.video.coloring import Progress
from photochrom.video.encoding import VideoEncoding
from photochrom.video.frames import color_frames
from photochrom.video.running import VideoRequest, colorize_films, colorize_video

__all__ = ["Progress", "VideoEncoding", "VideoRequest", "color_frames", "colorize_films", "colorize_video"]
