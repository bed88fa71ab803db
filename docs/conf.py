"""How Sphinx makes a site of the repository's pages; `make docs` runs it.

The source folder is the repository itself, so that a link means the same on the forge and on the site.
"""

from sphinx.application import Sphinx

project = "Photochrom"
html_title = project
extensions = ["myst_parser"]
include_patterns = ["*.md", "docs/**.md", "recipes/*.md", "examples/*.md", "src/photochrom/models/*.md"]
root_doc = "README"
myst_heading_anchors = 3  # for links such as train.md#generators
html_theme = "pydata_sphinx_theme"
html_theme_options = {"show_prev_next": False, "navigation_with_keys": False}
html_sidebars = {"**": []}
html_show_sourcelink = False
html_copy_source = False

# The menu of the site. It is no part of README.md, because the forge would show it as code.
MENU = """
```{toctree}
:hidden:

Color photographs <docs/colorize>
Films <docs/video>
Archives <docs/bulk>
Page and API <docs/page-and-api>
Python <docs/python>
Train <docs/train>
On several machines <docs/several-machines>
From shards <docs/shards>
Recipes <recipes/README>
Measure <docs/measure>
Results <docs/results/README>
Ablations <docs/results/ablations>
What hints gain <docs/results/hints>
Several answers <docs/results/answers>
What the default model is asked for <docs/results/objective>
The best epoch <docs/results/best-epoch>
Report of the study <docs/results/study/report>
Architecture <docs/architecture>
Contribute <CONTRIBUTING>
Changes <CHANGELOG>
Security <SECURITY>
Code of conduct <CODE_OF_CONDUCT>
Examples <examples/README>
Models <src/photochrom/models/default>
src/photochrom/models/unet
src/photochrom/models/unet_plus_plus
src/photochrom/models/unet_3plus
src/photochrom/models/linknet
src/photochrom/models/r2unet
src/photochrom/models/tristream
```
"""


def setup(app: Sphinx) -> None:
    """Add the menu to the first page; Sphinx calls this."""

    def add_menu(app: Sphinx, name: str, source: list[str]) -> None:
        if name == root_doc:
            source[0] += MENU

    app.connect("source-read", add_menu)
