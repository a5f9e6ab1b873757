# SPDX-License-Identifier: MIT
"""The same calls by natupnp.hnetcfg and by pywin32's own Python layer, on the same objects, with the same results.

pywin32 is fetched by pip into NATUPNP_PYWIN32_DIR, where it stays; its Python files are for every system. Without
a network the test is skipped.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

import support

VERSION = "312"
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hnetcfg_pywin32")
FOLDER = os.environ.get("NATUPNP_PYWIN32_DIR") or tempfile.gettempdir()
FETCH_S = 120

EARLY_INDEX = ["builtins", "TypeError", "(\"'IStaticPortMappingCollection' object is not subscriptable\",)"]
ONE_ARGUMENT = ["pywintypes", "com_error", "(-2147352562, 'Invalid number of parameters.', None, None)"]
KNOWN = {  # what is another thing there, and why: see the porting guide
    "maps.GetItem": (["builtins", "AttributeError", "('<unknown>.GetItem',)"],
                     "method <bound method GetItem of <COMObject <unknown>>>"),
    **{f"maps[{key}]": (ONE_ARGUMENT, EARLY_INDEX) for key in ("0", '"x"', '10000, "TCP"')},
}


def fetched():
    """The folder with pywin32's files."""
    folder = os.path.join(FOLDER, f"pywin32-{VERSION}")
    if not os.path.exists(os.path.join(folder, "win32com", "client", "dynamic.py")):
        os.makedirs(FOLDER, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER) as wheels:
            command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet",
                       "--no-deps", "--retries=1", "--timeout=20",
                       "--only-binary=:all:", "--platform=win_amd64", "--python-version=3.11", "--dest", wheels,
                       f"pywin32=={VERSION}"]
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_S, check=False)
            except subprocess.TimeoutExpired:
                raise unittest.SkipTest(f"pip did not fetch pywin32 in {FETCH_S} s") from None
            found = glob.glob(os.path.join(wheels, "*.whl"))
            if done.returncode != 0 or not found:
                raise unittest.SkipTest(f"pip cannot fetch pywin32 {VERSION}: {done.stderr.strip()[-200:]}")
            with zipfile.ZipFile(found[0]) as wheel:
                files = os.path.join(wheels, "files")
                wheel.extractall(files, [n for n in wheel.namelist() if re.match(r"(win32com|win32/lib)/.*\.py$", n)])
            try:
                os.rename(files, folder)
            except OSError:
                pass  # another interpreter's test was faster
    return folder


class Comparison(unittest.TestCase):
    def results(self, whose):
        with support.SimulatedGateway(mappings=4) as gateway, tempfile.TemporaryDirectory() as gen_path:
            done = subprocess.run(
                [sys.executable, os.path.join(HERE, "calls.py"), whose, gateway.location, gen_path],
                capture_output=True, text=True, timeout=support.LIMIT_S * 4, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout.splitlines()[-1])

    maxDiff = None

    def test_call_by_call(self):
        theirs = self.results(fetched())
        ours = self.results("ours")
        self.assertEqual([call for call, _ in ours], [call for call, _ in theirs])
        self.assertGreater(len(ours), 450)
        different = {}
        for (call, our), (_, their) in zip(ours, theirs):
            if our != their and (our, their) != KNOWN.get(call):
                different[call] = {"ours": our, "theirs": their}
        self.assertEqual(different, {})
        failures = sum(isinstance(result, list) and len(result) == 3 for _, result in theirs)
        self.assertTrue(100 < failures < len(theirs) - 100, failures)  # neither says nothing but errors


if __name__ == "__main__":
    support.main()
