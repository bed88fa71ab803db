import pytest

from photochrom.web.markdown import to_html


def test_tables_become_tables_and_headings_begin_at_the_second_level():
    html = to_html("# Title\n\n| a | b |\n| --- | ---: |\n| 1 | **2** |\n")
    assert "<h2>Title</h2>" in html
    assert "<td>1</td>" in html
    assert '<td class="right"><strong>2</strong></td>' in html
    assert "style=" not in html  # which the page's policy forbids


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "text <b onclick='alert(1)'>bold</b>",
        "<img src=x onerror=alert(1)>",
        "`<script>`",
        "[x](javascript:alert(1))",
        "[x](JAVASCRIPT:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<javascript:alert(1)>",
        "| <script> |\n| --- |\n| <img src=x onerror=alert(1)> |",
    ],
)
def test_nothing_in_a_card_runs(text):
    html = to_html(text)
    for tag in ("<script", "<b ", "<img", "href"):
        assert tag not in html


def test_pictures_are_not_fetched():
    html = to_html("![tracker](https://example.org/dot.png)")
    assert "<img" not in html


def test_links_to_the_web_open_a_new_tab_and_others_are_text():
    html = to_html("[paper](https://example.org/a?b=c) and [results](../docs/results)")
    assert '<a href="https://example.org/a?b=c" target="_blank" rel="noopener noreferrer">paper</a>' in html
    assert html.count("<a ") == html.count("</a>") == 1
    assert "results" in html
