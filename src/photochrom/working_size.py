"""The working size: what the network sees of a photograph of any size."""

SMALLEST = 32  # pixels; below this a deep generator sees nothing


def working_shape(height: int, width: int, size: int, multiple_of: int) -> tuple[int, int]:
    """The height and width at which the network sees a photograph.

    About ``size`` squared in area and near the photograph's aspect, as far as sides that are multiples
    of ``multiple_of`` and at least 32 allow; an extreme aspect is therefore brought closer to a square.
    """
    smallest = -(-SMALLEST // multiple_of) * multiple_of
    largest = max(smallest, size * size // smallest // multiple_of * multiple_of)
    aspect = (height / width) ** 0.5
    sides = (round(side / multiple_of) * multiple_of for side in (size * aspect, size / aspect))
    first, second = (min(max(side, smallest), largest) for side in sides)
    return first, second
