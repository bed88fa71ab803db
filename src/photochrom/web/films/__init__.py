"""Films in the HTTP API: taken in, colored by processes of their own, kept a short time. Needs the extra ``video``."""
