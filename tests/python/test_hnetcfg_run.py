# SPDX-License-Identifier: MIT
"""python3 -m natupnp.hnetcfg: programs in the manners of those that there are for Windows, unchanged; and that they run
as they would by themselves."""
import os
import signal
import subprocess
import sys
import tempfile
import unittest

import support

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hnetcfg_scripts")
NOWHERE = "http://127.0.0.1:9/x"

# what each prints, with four mappings at the gateway: 10000 and 10002 TCP, 10001 and 10003 UDP
PRINTED = {
    "null_test": "opened, 5 mappings now\n",
    "truth_test": "203.0.113.7:4662 -> 192.168.1.2:4662 udp [truth test]\nothers have mappings\n",
    "asserting": "public address: 203.0.113.7\n",
    "by_range": "0 TCP 10000 simulated 0\n1 TCP 10002 simulated 2\n2 UDP 10001 simulated 1\n"
                "3 UDP 10003 simulated 3\ncounted 4\n",
    "for_each": "TCP  10000 -> 192.168.1.10:10000 True\nTCP  10002 -> 192.168.1.12:10002 True\n"
                "UDP  10001 -> 192.168.1.11:10001 True\nUDP  10003 -> 192.168.1.13:10003 True\nTrue True\n",
    "cleanup TCP": "removed 2 left ['UDP', 'UDP']\n",
    "again": "attempt 0 1\nattempt 1 1\nattempt 2 1\n6882\n",
    "by_excepinfo": f"True\nTrue\n{0x800700AA}\n0\n",
    "by_args --dynamic off": "not bound\n-2147352567 Exception occurred.\n-2147024894 None\n"
                             "ValueError invalid literal for int() with base 10: 'nine'\n"
                             "AttributeError HNetCfg.NATUPnP.Nothing\nno dynamic mappings True\n",
    "callbacks": "told of 1 more, at 203.0.113.7\n",
    "early --as-windows": "late 89 True False\nTrue True Windows IStaticPortMappingCollection\n",
    "threaded": "['worker', 'worker']\n",
    "dispatch_ex": "<COMObject HNetCfg.NATUPnP>\n<COMObject HNetCfg.NATUPnP>\n"
                   "(-2147221021, 'Operation unavailable', None, None)\n"
                   "(-2147221021, 'Operation unavailable', None, None)\n"
                   "(-2147221005, 'Invalid class string', None, None)\n"
                   "This COM object does not support events.\nno win32api\n",
}


def run(*arguments, python=(), cwd=None, **environment):
    return subprocess.run([sys.executable, *python, "-m", "natupnp.hnetcfg", *arguments], capture_output=True,
                          text=True, timeout=support.LIMIT_S * 2, cwd=cwd, check=False,
                          env={**os.environ, **environment})


class Programs(unittest.TestCase):
    def test_each(self):
        self.assertEqual(sorted(name.split()[0] for name in PRINTED),
                         sorted(name[:-3] for name in os.listdir(SCRIPTS) if name.endswith(".py")))
        for name, expected in PRINTED.items():
            script, *rest = name.split()
            options = rest if rest and rest[0].startswith("--") else []
            with self.subTest(name), support.SimulatedGateway(mappings=4) as gateway:
                done = run("--gateway", gateway.location, *options, os.path.join(SCRIPTS, script + ".py"),
                           *rest[len(options):])
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(done.stdout, expected)

    def test_without_a_gateway(self):
        for name, code, printed in (("null_test", 1, "No UPnP router found\n"), ("truth_test", 1, "")):
            done = run("--gateway", NOWHERE, os.path.join(SCRIPTS, name + ".py"))
            self.assertEqual((done.returncode, done.stdout), (code, printed), done.stderr)
            self.assertEqual(done.stderr, "" if printed else "no router\n")
        done = run("--gateway", NOWHERE, os.path.join(SCRIPTS, "asserting.py"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("AssertionError: UPnP is switched off", done.stderr)


class AsByItself(unittest.TestCase):
    """A program that says how it was run says the same when Python runs it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)

    def write(self, code, name="program.py"):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(code)
        return path

    def both(self, code, *arguments, cwd=None):
        path = self.write(code)
        path = os.path.basename(path) if cwd == self.folder else path
        alone = subprocess.run([sys.executable, path, *arguments], capture_output=True, text=True, cwd=cwd,
                               timeout=support.LIMIT_S, check=False)
        ours = run(path, *arguments, cwd=cwd)
        self.assertEqual((ours.returncode, ours.stdout, ours.stderr),
                         (alone.returncode, alone.stdout, alone.stderr))
        return ours

    def test_its_surroundings(self):
        self.write("value = 5", "neighbour.py")
        done = self.both("""
import sys, __main__, neighbour, inspect, os
def f(): pass
print(__name__, __file__, __package__, __spec__, __doc__, __builtins__, type(__loader__).__name__)
print(sys.argv, sys.path[0], neighbour.value, __main__.f is f, f.__module__, sorted(globals()))
print(inspect.getsource(f), sys.flags.optimize, os.name, sys.platform)
if __name__ == "__main__":
    print("main")
""", "a", "--gateway", "-h", "--")
        self.assertIn("['a', '--gateway', '-h', '--']"[1:-1], done.stdout)
        self.both("import sys; print(sys.argv, __file__, sys.path[0])", cwd=self.folder)

    def test_how_it_ends(self):
        for code in ("raise SystemExit", "import sys; sys.exit(7)", "import sys; sys.exit('said')", "1 / 0",
                     "def f():\n    raise KeyError(5)\ntry:\n    f()\nexcept KeyError as e:\n    raise ValueError from e",
                     "x = )\ny = 1\n", "x =\n", "import nothing_like_that", "raise KeyboardInterrupt",
                     "import atexit; atexit.register(print, 'end')", "raise BaseException('base')",
                     "import sys\nsys.excepthook = lambda *args: print('hook', args[0].__name__)\n1 / 0",
                     "# -*- coding: latin-1 -*-\nprint(len('\xe4'))"):
            with self.subTest(code):
                self.both(code)

    def test_a_failure_of_com(self):
        done = run(self.write("import win32com.client\nwin32com.client.Dispatch('No.Such')\n"))
        self.assertEqual(done.returncode, 1)
        self.assertIn(f'File "{self.folder}/program.py", line 2, in <module>', done.stderr)
        self.assertEqual(done.stderr.splitlines()[-1],
                         "pywintypes.com_error: (-2147221005, 'Invalid class string', None, None)")
        self.assertNotIn("__main__.py", done.stderr)

    def test_ctrl_c(self):
        path = self.write("import sys, time\nprint('ready', flush=True)\ntime.sleep(60)\n")
        child = subprocess.Popen([sys.executable, "-m", "natupnp.hnetcfg", path], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
        self.assertEqual(child.stdout.readline(), "ready\n")
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=support.LIMIT_S)
        self.assertEqual(child.returncode, -signal.SIGINT)
        self.assertEqual(errors.count("Traceback"), 1)
        self.assertNotIn("__main__.py", errors)

    def test_what_there_is_of_windows(self):
        done = run(self.write("""
import importlib, platform, sys
for name in ("win32com", "win32com.client", "win32com.client.gencache", "win32com.client.dynamic",
             "win32com.client.util", "win32com.server.util", "pythoncom", "pywintypes", "winerror"):
    assert importlib.import_module(name).__name__ == name
for name in ("win32api", "win32con", "win32gui", "win32event", "win32com.shell", "win32com.client.build",
             "win32com.server.policy", "win32comext", "_winreg", "winreg", "msvcrt", "pythonwin"):
    try:
        importlib.import_module(name)
    except ImportError:
        continue
    raise SystemExit(name)
import pythoncom, pywintypes, win32com.client
try:
    win32com.client.Dispatch("No.Such")
except pywintypes.error:
    raise SystemExit("an error of another kind")
except pywintypes.com_error:
    pass
for module, name in ((pythoncom, "CreateGuid"), (win32com.client, "Record"), (win32com.client, "nothing")):
    assert not hasattr(module, name), name
pythoncom.CoInitialize(), pythoncom.CoInitializeEx(pythoncom.COINIT_MULTITHREADED), pythoncom.CoUninitialize()
print(platform.system(), sys.platform)
"""))
        self.assertEqual((done.stdout, done.stderr), ("Linux linux\n", ""))

    def test_what_outlives_it(self):
        done = run(self.write("""
import atexit, threading
def late():
    threading.main_thread().join()
    import pythoncom, win32com.client
    print(win32com.client.Dispatch("HNetCfg.NATUPnP"))
def at_exit():
    import winerror
    print(winerror.S_FALSE)
atexit.register(at_exit)
threading.Thread(target=late).start()
"""))
        self.assertEqual((done.stdout, done.stderr), ("<COMObject HNetCfg.NATUPnP>\n1\n", ""))

    def test_the_command_line(self):
        done = run("--help")
        self.assertEqual(done.returncode, 0)
        for word in ("--gateway URL", "--as-windows", "--dynamic", "script.py", "win32com.client", "examples:"):
            self.assertIn(word, done.stdout)
        for arguments in ((), ("--nothing", "x.py"), ("--dynamic", "maybe", "x.py"), ("no-such.py",)):
            done = run(*arguments, cwd=self.folder)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertNotIn("Traceback", done.stderr)
        self.assertEqual(done.stderr, "python3 -m natupnp.hnetcfg: can't open file 'no-such.py': "
                                      "No such file or directory\n")


class Shims(unittest.TestCase):
    def test_nothing_is_left(self):
        import platform
        from natupnp.hnetcfg import shims

        before = dict(sys.modules)
        stand_in = sys.modules["pythoncom"] = type(sys)("pythoncom")
        environment = dict(os.environ)
        try:
            with self.assertRaises(KeyError), shims(gateway=NOWHERE, as_windows=True, dynamic=False):
                import pythoncom
                import win32com.client
                self.assertIsNot(pythoncom, stand_in)
                self.assertIs(win32com.client.pythoncom, pythoncom)
                self.assertEqual((platform.system(), sys.platform), ("Windows", "linux"))
                self.assertEqual(os.environ["NATUPNP_GATEWAY"], NOWHERE)
                with shims():
                    import win32com.client as inner
                    self.assertIsNot(inner, win32com.client)
                self.assertIs(sys.modules["win32com.client"], win32com.client)
                raise KeyError
            self.assertIs(sys.modules.pop("pythoncom"), stand_in)
            self.assertEqual((platform.system(), dict(os.environ)), ("Linux", environment))
            with self.assertRaises(ImportError):
                import win32com  # noqa: F401
        finally:
            sys.modules.pop("pythoncom", None)
        added = {name for name in set(sys.modules) - set(before) if not name.startswith("natupnp.")}
        self.assertFalse({name for name in added if name.startswith(("win32", "py", "winerror"))})

    def test_importing_the_package_shadows_nothing(self):
        said = support.run_child("""
            import sys, natupnp.hnetcfg
            print([name for name in sys.modules if name.startswith(("win32", "pythoncom", "pywintypes", "winerror"))])
        """)
        self.assertEqual(said, "[]\n")


if __name__ == "__main__":
    support.main()
