"""All measurements one after the other: `python -m benchmarks`, or some of them: `python -m benchmarks pages approve`."""

import sys
import time

from benchmarks import approve, letters, load, pages

ALL = {"letters": letters.main, "pages": pages.main, "approve": approve.main, "load": load.main}


def main(wanted: list[str]) -> None:
    """Run the measurements asked for, all of them by default."""
    for name in wanted or ALL:
        began = time.monotonic()
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        ALL[name]()
        sys.stdout.write(f"({time.monotonic() - began:.0f} s)\n")


if __name__ == "__main__":
    main(sys.argv[1:])
