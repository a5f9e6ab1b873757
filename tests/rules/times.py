#!/usr/bin/env python3
"""No test judges a time that the load of the machine can change, none is kept from others, and what is
waited for may take a while: times.py ROOT. How long something takes is a figure ("figure: ...: 5 ms,
promised 300 ms"), which scripts/bench.sh judges."""
import pathlib
import re
import sys

CLOCK = r"(?:monotonic|monotime|perf_counter|time\.time|os\.clock|now_ms|system_ms)\(\)"
ELAPSED = rf"(?:{CLOCK}\s*-|\b(?:took|elapsed)\b|\.seconds\b)"
LEAST_S, LEAST_CTEST_S = 50, 300

PATTERNS = {
    "judges how long something took": [
        rf"assertLess(?:Equal)?\(\s*(?:min\()?[^,]*{ELAPSED}",
        rf"assertGreater(?:Equal)?\([^,]*,[^,]*{ELAPSED}",
        rf"assert(?:_true|\.is_true)?\s*\(?[^;]*{ELAPSED}[^;]*<",
        rf"assert_in_range\([^;]*{ELAPSED}",
    ],
    "is kept from others": [r"RUN_SERIAL|RESOURCE_LOCK|PROCESSORS"],
}
LIMIT = re.compile(r"\b(?:\w*(?:LIMIT|PATIENCE|BOUND|DRIVE|DEADLINE_OF)\w*?)(_MS|_S)? = (\d+)(?:\.0)?\b")
TIMEOUT = re.compile(r"\bTIMEOUT (\d+)")

# In these, load changes nothing: the time is of a processor, of an injected clock or none at all.
ALLOWED = [
    ("tests/lua/keep_spec.lua", "os.clock() - clock < 0.3"),
    ("tests/lua/uv_spec.lua", "os.clock() - clock < 0.3"),
    ("tests/integration/test_cli.py", "time.monotonic() - begun < 0.3"),  # judged only if it was quick
]

PLANTED = """
self.assertLess(time.monotonic() - start, 5)
self.assertLess(min(took), 0.3)
self.assertLess(result.seconds, BUDGET_S)
assert_in_range(now_ms() - began, 295, 1800);
assert_true(now_ms() - began < 1500);
assert_true(took < 2000);
assert.is_true(took >= 0.29 and took < 2, took)
assert.is_true(support.monotonic() - start < 3)
    TIMEOUT 60 RUN_SERIAL ON)
LIMIT_S = 20.0
enum { PATIENCE_MS = 10000 };
""".strip().split("\n")
GOOD = """
self.assertLess(time.monotonic(), end)
self.assertGreaterEqual(time.monotonic() - start, 0.05)
assert_true(now_ms() - began >= 29);
assert_true(now_ms() < until);
assert(support.monotonic() < deadline, "it did not become so in time")
    TIMEOUT 300
LIMIT_S = 60
""".strip().split("\n")


def faults(line):
    for what, patterns in PATTERNS.items():
        if any(re.search(pattern, line) for pattern in patterns):
            yield what
    for unit, number in LIMIT.findall(line):
        if unit and int(number) < LEAST_S * (1000 if unit == "_MS" else 1):
            yield f"waits for less than {LEAST_S} s"
    for number in TIMEOUT.findall(line):
        if int(number) < LEAST_CTEST_S:
            yield f"ctest waits for less than {LEAST_CTEST_S} s"


def main(root):
    wrong = [f"this rule does not see: {line}" for line in PLANTED if not list(faults(line))]
    wrong += [f"this rule takes for a fault: {line}" for line in GOOD if list(faults(line))]
    count = 0
    used = set()
    folders = [path for path in pathlib.Path(root).iterdir() if path.is_dir() and path.name not in ("build", ".git")]
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        name = str(path.relative_to(root))
        test = name.startswith("tests/") and path.suffix in (".c", ".h", ".py", ".lua", ".sh")
        if name.startswith("tests/rules/") or not (test or path.name == "CMakeLists.txt"):
            continue
        count += 1
        for number, line in enumerate(path.read_text().split("\n"), 1):
            allowed = {(file, text) for file, text in ALLOWED if file == name and text in line}
            used |= allowed
            if not allowed:
                wrong += [f"{name}:{number}: {what}: {line.strip()}" for what in faults(line)]
    wrong += [f"allowed for nothing: {entry}" for entry in set(ALLOWED) - used]
    print(f"{count} files looked at")
    print("\n".join(wrong))
    return bool(wrong) or count == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
