#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sum up test runs: scripts/summary.py STEPS_BROKEN RESULT.xml...

A result is what ctest writes with --output-junit, or as DynamicAnalysis.xml. Names what did not
pass, then prints the one line that closes a test run. The exit code is 1 when something failed.
"""

import os
import sys
import xml.etree.ElementTree as ElementTree


def outcomes(root):
    """(name, "passed", "failed" or "skipped") of each test."""
    analysis = root.find("DynamicAnalysis")
    if analysis is None:
        for case in root.iter("testcase"):
            failed = case.find("failure") is not None or case.get("status") == "fail"
            skipped = case.find("skipped") is not None
            yield case.get("name"), "failed" if failed else "skipped" if skipped else "passed"
        return
    status = {test.findtext("FullName"): test.get("Status") for test in analysis.findall("Test")}
    for test in analysis.find("TestList"):
        found = status.get(test.text, "passed")
        yield test.text.rsplit("/", 1)[-1], {"passed": "passed", "notrun": "skipped"}.get(found, "failed")


def main():
    count = {"passed": 0, "failed": int(sys.argv[1]), "skipped": 0}
    for path in sys.argv[2:]:
        run = os.path.splitext(os.path.basename(path))[0]
        for name, outcome in outcomes(ElementTree.parse(path).getroot()):
            count[outcome] += 1
            if outcome != "passed":
                print(f"{outcome}: {name} ({run})")
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**count))
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
