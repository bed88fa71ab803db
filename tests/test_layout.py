"""Every source file has its test, under the same path, and imports run one way."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "photochrom"

# Files whose behavior another file's tests show, and why.
ELSEWHERE = {
    "__main__.py": "tests/test_cli.py runs `python -m photochrom`",
    "version.py": "it holds one string; tests/test_cli.py prints it",
    "cli/serving.py": "tests/web/test_server.py starts the command",
    "cli/using.py": "tests/test_cli.py runs its commands",
    "training/generators/__init__.py": "tests/training/generators/test_contract.py asks every row the same",
    "training/keys.py": "tests/training/test_config.py reads recipes of these keys",
}


def mirror(source: Path) -> Path:
    """The test of ``source``; that of a package's ``__init__.py`` is named as the package, beside or in its folder."""
    inner = source.relative_to(SOURCES)
    return ROOT / "tests" / inner.with_name(f"test_{inner.name}")


def is_tested(source: Path) -> bool:
    if source.name != "__init__.py":
        return mirror(source).exists()
    if source.read_text(encoding="utf-8").count("\n") <= 1:  # a docstring
        return True
    package = source.parent
    tests = ROOT / "tests" / package.relative_to(SOURCES)
    beside = tests.with_name(f"test_{package.name}.py") if package != SOURCES else tests / "test_init.py"
    return beside.exists() or (tests / f"test_{package.name}.py").exists()


def test_every_source_file_has_a_test_under_the_same_path():
    missing = {str(source.relative_to(SOURCES)) for source in SOURCES.rglob("*.py") if not is_tested(source)}
    assert missing <= set(ELSEWHERE), "write the test, or say in ELSEWHERE who tests it"


def test_the_using_half_imports_training_nowhere_but_in_the_command_line():
    for source in SOURCES.rglob("*.py"):
        inner = source.relative_to(SOURCES)
        if inner.parts[0] not in ("training", "cli"):
            text = source.read_text(encoding="utf-8")
            wrong = r"^\s*(from|import) (photochrom\.training|lightning)|^(from|import) torch"
            assert not re.search(wrong, text, re.MULTILINE), inner


def test_no_file_is_a_drawer_for_everything():
    drawers = {"utils", "helpers", "common", "misc"}
    assert [path for path in SOURCES.rglob("*.py") if path.stem in drawers or path.stem.startswith("base_")] == []


def test_the_architecture_page_names_every_source_file_and_no_other():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    sources = {path.name for path in SOURCES.rglob("*.py") if path.name != "__init__.py"}
    generators = {path.name for path in SOURCES.glob("training/generators/*.py")}  # one row for all
    named = {Path(name).name for name in re.findall(r"`([\w/]+\.py)`", page) if not name.startswith("tests/")}
    assert sources - generators <= named
    assert named - {"__init__.py"} <= sources
