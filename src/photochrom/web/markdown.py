"""Model cards as HTML: they are Markdown files that anybody may have written, so nothing in them may run."""

from markdown_it import MarkdownIt
from markdown_it.token import Token

# HTML inside the Markdown is shown as text; pictures would be fetched from other sites, so they are links.
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_LINKS = ("https://", "http://")
_DEEPEST = 6  # level of headings in HTML


def to_html(text: str) -> str:
    """``text`` in CommonMark with tables → HTML whose headings begin at the second level.

    Cells of tables have the class ``left``, ``right`` or ``center``. Links open a new tab; a link that is not of the
    web, such as one to a file of the repository, becomes plain text.
    """
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(_DEEPEST, int(token.tag[1:]) + 1)}"
        if alignment := str(token.attrs.pop("style", "")).removeprefix("text-align:"):
            token.attrSet("class", alignment)  # the page's policy allows no styles in HTML
        token.children = _with_safe_links(token.children) if token.children else token.children
    return str(_PARSER.renderer.render(tokens, _PARSER.options, {}))


def _with_safe_links(tokens: list[Token]) -> list[Token]:
    kept, in_link = [], False  # links do not nest
    for token in tokens:
        if token.type == "link_open":
            in_link = str(token.attrGet("href")).lower().startswith(_LINKS)
            token.attrSet("target", "_blank")
            token.attrSet("rel", "noopener noreferrer")
        if token.type not in ("link_open", "link_close") or in_link:
            kept.append(token)
    return kept
