"""Photograph files: read to luma or RGB, and written with what they carried."""
