#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What is promised of times, measured by the tests on a quiet machine: one line each, and exit code 1
when one was missed.

    python3 bench/promises.py [BUILD]
"""

import re
import subprocess
import sys

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build/release"
TESTS = "lab_|python_interrupt$|integration_cli$|lua_specs_"
FIGURE = re.compile(r"figure: (.*): ([\d.]+) ms, promised (\d+) ms")


def main():
    print("What is promised, one test after the other; this takes some minutes", flush=True)
    tests = subprocess.Popen(["ctest", "--test-dir", BUILD, "-V", "-R", f"^({TESTS})"],
                             stdout=subprocess.PIPE, text=True)
    count, missed = 0, 0
    for line in tests.stdout:
        figure = FIGURE.search(line)
        if figure:
            what, took, promised = figure[1], float(figure[2]), float(figure[3])
            count, missed = count + 1, missed + (took > promised)
            print(f"  {what:70}{took:9.1f} ms of {promised:5.0f}{'  MISSED' if took > promised else ''}", flush=True)
    if tests.wait() != 0:
        print("some of the tests failed: ctest says which", file=sys.stderr)
        return 1
    print(f"{count} figures, {missed} missed")
    return int(missed > 0 or count == 0)


if __name__ == "__main__":
    sys.exit(main())
