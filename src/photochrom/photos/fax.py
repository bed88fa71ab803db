"""Whether fax data (ITU-T T.4 and T.6) are whole, told by every code and the length of every row.

Decoders of fax data go on after damage and fill in what they like, so that it cannot be seen in what they return.
"""

_END = "the picture ends too early"
# The codes of runs of 0 to 63 pixels, then of 64, 128, ... to 1,728; those of 1,792 to 2,560 are shared by both colors.
_WHITE = (
    "00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 110101 101010 "
    "101011 0100111 0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 0100100 0011000 00000010 "
    "00000011 00011010 00011011 00010010 00010011 00010100 00010101 00010110 00010111 00101000 00101001 00101010 "
    "00101011 00101100 00101101 00000100 00000101 00001010 00001011 01010010 01010011 01010100 01010101 00100100 "
    "00100101 01011000 01011001 01011010 01011011 01001010 01001011 00110010 00110011 00110100 11011 10010 010111 "
    "0110111 00110110 00110111 01100100 01100101 01101000 01100111 011001100 011001101 011010010 011010011 "
    "011010100 011010101 011010110 011010111 011011000 011011001 011011010 011011011 010011000 010011001 "
    "010011010 011000 010011011"
)
_BLACK = (
    "0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 00000111 000011000 "
    "0000010111 0000011000 0000001000 00001100111 00001101000 00001101100 00000110111 00000101000 00000010111 "
    "00000011000 000011001010 000011001011 000011001100 000011001101 000001101000 000001101001 000001101010 "
    "000001101011 000011010010 000011010011 000011010100 000011010101 000011010110 000011010111 000001101100 "
    "000001101101 000011011010 000011011011 000001010100 000001010101 000001010110 000001010111 000001100100 "
    "000001100101 000001010010 000001010011 000000100100 000000110111 000000111000 000000100111 000000101000 "
    "000001011000 000001011001 000000101011 000000101100 000001011010 000001100110 000001100111 0000001111 "
    "000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 0000001101100 0000001101101 "
    "0000001001010 0000001001011 0000001001100 0000001001101 0000001110010 0000001110011 0000001110100 "
    "0000001110101 0000001110110 0000001110111 0000001010010 0000001010011 0000001010100 0000001010101 "
    "0000001011010 0000001011011 0000001100100 0000001100101"
)
_LONG = (
    "00000001000 00000001100 00000001101 000000010010 000000010011 000000010100 000000010101 000000010110 "
    "000000010111 000000011100 000000011101 000000011110 000000011111"
)
_PASS, _HORIZONTAL = 100, 200
_MODES = {
    "0001": _PASS, "001": _HORIZONTAL,
    "1": 0, "011": 1, "000011": 2, "0000011": 3, "010": -1, "000010": -2, "0000010": -3,
}  # fmt: skip
_BITS = 13  # of the longest code
_Table = list[tuple[int, int] | None]  # by the next 13 bits: the bits and the meaning of the code that begins there


def _table(codes: dict[str, int]) -> _Table:
    table: _Table = [None] * (1 << _BITS)
    for code, meaning in codes.items():
        free = _BITS - len(code)
        start = int(code, 2) << free
        table[start : start + (1 << free)] = [(len(code), meaning)] * (1 << free)
    return table


def _runs(codes: str) -> _Table:
    lengths = [*range(64), *range(64, 2561, 64)]
    return _table(dict(zip([*codes.split(), *_LONG.split()], lengths, strict=True)))


_RUNS = _runs(_WHITE), _runs(_BLACK)
_MODE = _table(_MODES)


def check(data: bytes, width: int, rows: int, compression: int, options: int = 0) -> None:
    """Raise `ValueError` unless ``data`` hold ``rows`` of ``width`` pixels, and nothing but codes.

    ``compression`` is TIFF's: 2 and 3 for T.4, with ``options`` as tag 292 states them, 4 for T.6.
    """
    bits = _Bits(data)
    row: list[int] = []
    for _ in range(rows):
        in_two_dimensions = compression == 4
        if compression == 3:
            ended = bits.skip_end_of_line()
            in_two_dimensions = bool(options & 1 and ended and not bits.take(1))
        row = _coded_by_row_above(bits, row, width) if in_two_dimensions else _coded_alone(bits, width)
        if compression == 2:
            bits.place = -(-bits.place // 8) * 8
        if bits.place > bits.end:
            raise ValueError(_END)
    # After T.6 comes its end (EOFB), or zeros that fill up.
    if compression == 4 and bits.end - bits.place > 2 * _BITS and bits.peek() >> 2:
        raise ValueError("more follows than the picture")


class _Bits:
    """A place among the bits of ``data``."""

    def __init__(self, data: bytes) -> None:
        self.place, self.end = 0, 8 * len(data)
        self._data = data + bytes(4)

    def peek(self) -> int:
        """The next 13 bits."""
        start = self.place >> 3
        if start + 3 > len(self._data):
            raise ValueError(_END)
        word = self._data[start] << 16 | self._data[start + 1] << 8 | self._data[start + 2]
        return word >> (11 - (self.place & 7)) & 0x1FFF

    def take(self, count: int) -> int:
        """The next bits."""
        value = self.peek() >> (_BITS - count)
        self.place += count
        return value

    def code(self, table: _Table) -> int:
        """The meaning of the next code."""
        found = table[self.peek()]
        if found is None:
            raise ValueError("a code that does not exist" if self.place < self.end else _END)
        self.place += found[0]
        return found[1]

    def run(self, color: int) -> int:
        """The next run of pixels, black where ``color`` is 1."""
        length = part = self.code(_RUNS[color])
        while part >= 64:
            part = self.code(_RUNS[color])
            length += part
        return length

    def skip_end_of_line(self) -> bool:
        """Skip the code that ends the row before, and what fills up before it, if they are there."""
        if self.peek() >> 2:
            return False
        while not self.take(1):
            pass
        return True


def _coded_alone(bits: _Bits, width: int) -> list[int]:
    """The places where the color changes in a row whose runs are coded."""
    changes: list[int] = []
    place = color = 0
    while place < width:
        place += bits.run(color)
        color ^= 1
        changes.append(place)
    return _whole(changes, width)


def _coded_by_row_above(bits: _Bits, above: list[int], width: int) -> list[int]:
    """The places where the color changes in a row that is coded by those in the row ``above``."""
    known = [*above, width, width, width]
    changes: list[int] = []
    place, color, index = -1, 0, 0
    while place < width:
        mode = bits.code(_MODE)
        if mode == _HORIZONTAL:
            first = max(place, 0) + bits.run(color)
            place = first + bits.run(color ^ 1)
            changes += [first, place]
            continue
        index = max(index - 4, 0)
        index += (index ^ color) & 1  # changes to black stand at even places
        while known[index] <= place and known[index] < width:
            index += 2
        if mode == _PASS:
            place = known[index + 1]
            continue
        changed = known[index] + mode
        if changed < max(place, 0):
            raise ValueError("a row that goes back")
        place, color = changed, color ^ 1
        changes.append(changed)
    return _whole(changes, width)


def _whole(changes: list[int], width: int) -> list[int]:
    if changes and changes[-1] > width:
        raise ValueError("a row that is too long")
    return changes
