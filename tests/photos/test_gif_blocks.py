import io

from PIL import Image

from photochrom.photos.gif_blocks import read

XMP = b"<x:xmpmeta>" + b"Nadar " * 100 + b"</x:xmpmeta>"
MAGIC = b"\1" + bytes(range(255, -1, -1)) + b"\0"  # of the XMP specification, part 3


def gif(comment=b"", frames=1):
    buffer = io.BytesIO()
    pictures = [Image.new("P", (8, 8), number) for number in range(frames)]
    pictures[0].save(buffer, "GIF", comment=comment, save_all=True, append_images=pictures[1:])
    return buffer.getvalue()


def test_comments_of_any_size_are_found():
    for comment in (b"", b"One", b"a" * 1000):
        assert read(gif(comment)) == (b"", [comment] if comment else [])


def test_xmp_is_found_before_and_after_frames():
    block = b"\x21\xff\x0bXMP DataXMP" + XMP + MAGIC
    for frames in (1, 3):
        content = gif(b"One", frames)
        head = 13 + (3 << (content[10] & 7) + 1 if content[10] & 0x80 else 0)
        assert read(content[:head] + block + content[head:]) == (XMP, [b"One"])
        assert read(content[:-1] + block + content[-1:]) == (XMP, [b"One"])


def test_damage_ends_what_is_read():
    assert read(gif(b"a" * 1000)[:-30]) in [(b"", []), (b"", [b"a" * 1000])]
    assert read(b"GIF89a") == (b"", [])
