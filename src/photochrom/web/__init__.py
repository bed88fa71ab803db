"""The page in the browser and the HTTP API: `photochrom serve`. Needs the extra ``web``."""
