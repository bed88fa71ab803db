"""The training half: prepare photographs, train generators, export them. Needs the extra `train`."""
