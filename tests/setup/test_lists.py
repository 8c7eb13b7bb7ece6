"""What is installed is pinned to the byte, the same on every machine, and says nothing of the machine it was made on."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LISTS = ["requirements-tools", "requirements", "requirements-dev"]
LOCK = json.loads((ROOT / "package-lock.json").read_text("utf-8"))


def pins(path: Path) -> dict[str, str]:
    """Name → version of every package of a made list."""
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==(\S+)", path.read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("name", LISTS)
def test_every_python_package_is_pinned_with_a_digest(name: str) -> None:
    blocks = re.split(r"^(?=\S)", (ROOT / f"{name}.txt").read_text("utf-8"), flags=re.MULTILINE)
    unpinned = [
        b.splitlines()[0] for b in blocks if b and not re.match(r"\S+==\S+ (; .+)?\\\n +--hash=sha256:", b)
    ]
    assert unpinned == []


@pytest.mark.parametrize("name", LISTS)
def test_no_list_names_a_host(name: str) -> None:
    for suffix in ("in", "txt"):
        assert not re.search(r"://|--(extra-)?index|--find-links", (ROOT / f"{name}.{suffix}").read_text("utf-8"))


@pytest.mark.parametrize("name", LISTS)
def test_what_people_asked_for_is_in_the_made_list(name: str) -> None:
    asked = re.findall(r"^([a-z0-9][a-z0-9.-]*)", (ROOT / f"{name}.in").read_text("utf-8"), re.MULTILINE)
    assert set(asked) <= set(pins(ROOT / f"{name}.txt"))


def test_the_tests_run_on_the_very_packages_that_are_delivered() -> None:
    assert pins(ROOT / "requirements.txt").items() <= pins(ROOT / "requirements-dev.txt").items()


def test_the_browser_assets_are_pinned_to_one_version_and_its_digest() -> None:
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        entry = LOCK["packages"][f"node_modules/{name}"]
        assert entry["version"] == version
    assert [n for n, p in LOCK["packages"].items() if n and not p["integrity"].startswith("sha512-")] == []


def test_the_asset_list_names_no_host_to_fetch_from() -> None:
    assert [name for name, package in LOCK["packages"].items() if "resolved" in package] == []


def test_only_three_foreign_files_are_served_and_none_from_tablers_unfree_folder() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    copied = re.search(r"cp (node_modules.*?)\$\(@D\)/\n", makefile, re.DOTALL)
    assert copied
    files = re.findall(r"node_modules/\S+", copied[1])
    assert files == [
        "node_modules/@tabler/core/dist/css/tabler.min.css",
        "node_modules/@tabler/core/dist/js/tabler.min.js",
        "node_modules/htmx.org/dist/htmx.min.js",
    ]
