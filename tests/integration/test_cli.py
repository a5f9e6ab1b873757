#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The command `natupnp` against the simulated gateway: every verb, exit code and form of output."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest
import urllib.request

NATUPNP = os.environ.get("NATUPNP_BIN", "")
GATEWAY = os.environ.get("NATUPNP_GATEWAY_BIN", "")
BOUND_S = 60
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VERBS = ("info", "list", "add", "remove", "watch", "help")

GATEWAY_KEYS = {
    "name", "manufacturer", "model_name", "model_number", "udn", "location", "control_url",
    "presentation_url", "service_type", "local_address", "interface", "chosen", "external_ip",
    "external_status", "external_fault", "external_detail", "connection_status", "last_connection_error",
    "uptime_s",
}
MAPPING_KEYS = {
    "external_ip", "external_port", "internal_port", "protocol", "internal_client", "enabled",
    "description", "remote_host", "lease_s", "external_status",
}
EVENT_LINE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ([a-z-]+) +(\S.*)"
FAILURE_KEYS = {"status", "fault", "hresult", "detail"}


def default_signals():
    """A test that was started in the background ignores SIGINT, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Simulator:
    """A running natupnp-gateway and its control interface."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [GATEWAY, "--quiet", "--exit-with-stdin", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if not select.select([self.process.stdout], [], [], BOUND_S)[0]:
            self.stop()
            raise RuntimeError("the simulator did not become ready")
        ready = json.loads(self.process.stdout.readline())
        self.location = ready["location"]
        self.control = ready["control"]
        self.http_port = ready["http_port"]

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.control + path, data=data, timeout=BOUND_S) as reply:
            return json.load(reply)

    def reset(self):
        self.ask("/set", {"faults": {}})
        self.ask("/table", [])
        self.ask("/clear-counters", {})

    def fault(self, **faults):
        self.ask("/set", {"faults": faults})

    def put(self, port, protocol="TCP", **fields):
        self.ask("/table", {"add": {"external_port": port, "protocol": protocol, **fields}})

    def keys(self):
        return {(row["external_port"], row["protocol"]) for row in self.ask("/table")}

    def row(self, port, protocol="TCP"):
        rows = [row for row in self.ask("/table")
                if (row["external_port"], row["protocol"]) == (port, protocol)]
        return rows[0] if rows else None

    def take(self, port, protocol="TCP"):
        """Lose an entry."""
        self.ask("/table", {"remove": {"external_port": port, "protocol": protocol}})

    def arguments(self, action):
        """Those of the last request for an action."""
        return [entry for entry in self.ask("/log") if entry.get("action") == action][-1]["arguments"]

    def wait_for(self, action, count=1):
        bound = time.monotonic() + BOUND_S
        while self.actions().get(action, 0) < count:
            if time.monotonic() > bound:
                raise AssertionError(f"{action} did not come")

    def actions(self):
        return self.ask("/state")["actions"]

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(BOUND_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Result:
    """What a run of the command gave."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out.decode()
        self.err = err.decode()

    @property
    def json(self):
        return json.loads(self.out)


class Running:
    """A command that stays: its lines can be waited for, and it is ended by a signal."""

    def __init__(self, arguments, environment, prepare=default_signals, stdout=subprocess.PIPE):
        self.process = subprocess.Popen(
            [NATUPNP, *arguments], stdin=subprocess.DEVNULL, stdout=stdout,
            stderr=subprocess.PIPE, env=environment, preexec_fn=prepare)
        self.read = {"stdout": b"", "stderr": b""}

    def line(self, stream="stdout"):
        """The next line that it writes."""
        file = getattr(self.process, stream)
        while b"\n" not in self.read[stream]:
            if not select.select([file], [], [], BOUND_S)[0]:
                raise AssertionError(f"no line came on {stream}")
            more = os.read(file.fileno(), 65536)
            if more == b"":
                raise AssertionError(f"{stream} ended: {self.read}")
            self.read[stream] += more
        line, _, self.read[stream] = self.read[stream].partition(b"\n")
        return line.decode()

    def event(self, stream="stdout"):
        """The next line, which tells an event: its name and the rest."""
        line = self.line(stream)
        found = re.fullmatch(EVENT_LINE, line)
        if not found:
            raise AssertionError(f"not an event: {line}")
        return found.groups()

    def end(self, number=signal.SIGTERM):
        """Send a signal, unless None, and wait for the end."""
        if number is not None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=BOUND_S)
        return Result(self.process.returncode, self.read["stdout"] + (out or b""),
                      self.read["stderr"] + err)

    def kill(self):
        self.process.kill()
        self.process.wait()
        for file in (self.process.stdout, self.process.stderr):
            if file is not None:
                file.close()


class CommandTest(unittest.TestCase):
    """One simulator for each class, cleared before each test."""

    simulator_arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="natupnp-cli-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.gateway = Simulator(*cls.simulator_arguments)
        cls.addClassCleanup(cls.gateway.stop)

    def setUp(self):
        self.gateway.reset()

    def environment(self, **changes):
        environment = {
            "PATH": "/usr/bin:/bin",
            "TERM": "xterm",
            "HOME": self.folder.name,
            "NATUPNP_GATEWAY": self.gateway.location,
            **{name: value for name, value in os.environ.items()
               if name.endswith("SAN_OPTIONS") or name == "LD_LIBRARY_PATH"},
        }
        environment.update(changes)
        return {name: value for name, value in environment.items() if value is not None}

    def run_command(self, *arguments, stdout=subprocess.PIPE, environment=None):
        done = subprocess.run(
            [NATUPNP, *arguments], stdin=subprocess.DEVNULL, stdout=stdout,
            stderr=subprocess.PIPE, timeout=BOUND_S, env=self.environment(**(environment or {})),
            preexec_fn=default_signals)
        return Result(done.returncode, done.stdout or b"", done.stderr)

    def start(self, *arguments, environment=None, **options):
        """Start a command that stays."""
        running = Running(arguments, self.environment(**(environment or {})), **options)
        self.addCleanup(running.kill)
        return running

    def change(self, **settings):
        """Change settings of the gateway for this test."""
        before = self.gateway.ask("/state")["settings"]
        self.addCleanup(self.gateway.ask, "/set", {key: before[key] for key in settings})
        self.gateway.ask("/set", settings)

    def expect(self, code, *arguments, **options):
        result = self.run_command(*arguments, **options)
        self.assertEqual(result.code, code, f"{arguments}: {result.out}\n{result.err}")
        if code == 0:
            self.assertNotIn("natupnp:", result.err)
        elif 2 <= code <= 5:
            self.assertIn("natupnp: ", result.err)
        return result

    def assert_failure(self, failure, status):
        self.assertEqual(failure["status"], status, failure)
        self.assertLessEqual(FAILURE_KEYS, set(failure))
        self.assertIs(type(failure["fault"]), int)
        self.assertIs(type(failure["hresult"]), int)
        self.assertLess(failure["hresult"], 0)
        self.assertGreater(len(failure["detail"]), 0)


class Usage(CommandTest):
    """Wrong usage is said before anything is sent."""

    def refuse(self, *arguments, says=(), **options):
        result = self.expect(2, *arguments, **options)
        self.assertEqual(result.out, "")
        for words in says:
            self.assertIn(words, result.err)
        self.assertEqual(self.gateway.actions(), {})
        return result

    def test_nothing_asked(self):
        result = self.run_command()
        self.assertEqual(result.code, 2)
        self.assertEqual(result.out, "")
        self.assertIn("natupnp add 8080/tcp", result.err)

    def test_help_teaches(self):
        for words in (["--help"], ["-h"], ["info", "--help"], ["list", "--help"],
                      ["add", "--help"], ["remove", "--help"], ["watch", "--help"],
                      ["add", "nonsense", "--help"], ["help"], ["help", "help"]):
            with self.subTest(words):
                result = self.expect(0, *words)
                for part in ("Usage: natupnp ", "Examples:", "--gateway", "Exit codes:"):
                    self.assertIn(part, result.out)
                for line in result.out.splitlines():
                    self.assertLessEqual(len(line), 80)
                    self.assertEqual(line, line.rstrip())
        self.assertIn("NATUPNP_GATEWAY", self.expect(0, "help").out.split("Environment:")[1])

    def test_help_in_every_way(self):
        self.assertEqual(self.expect(0, "help").out, self.expect(0, "--help").out)
        for verb in VERBS:
            page = self.expect(0, "help", verb).out
            for words in ([verb, "--help"], [verb, "-h"], ["--help", verb], ["help", "--", verb]):
                self.assertEqual(self.expect(0, *words).out, page)
        self.refuse("help", "add", "list", says=["one verb"])

    def test_manual(self):
        """Every option and variable of the help is in the reference, and the reverse."""
        with open(os.path.join(ROOT, "docs/reference/natupnp.md"), encoding="utf-8") as file:
            manual = file.read()
        in_tables = {name for row in re.findall(r"(?m)^\| (`-.*?) \|", manual)
                     for name in re.findall(r"`(-[^` ]+)", row)}
        pages = {verb: self.expect(0, "help", verb).out for verb in VERBS}
        shown = {name for page in pages.values()
                 for row in re.findall(r"(?m)^  {1,5}(-\S.*)", page)
                 for name in re.findall(r"(?:^|, )(--?[a-zA-Z][a-z-]*)", row.split("  ")[0])}
        self.assertEqual(shown, in_tables)
        self.assertGreater(len(shown), 15)
        for verb, page in pages.items():
            usage = " ".join(re.findall(rf"(?m)^    natupnp {verb}\b.*(?:\n {{20,}}.*)*", manual)[:1])
            own = page.split("Options of every verb")[0].split("\nOptions:\n")
            names = set(re.findall(r"(?m)^ +(--[a-z-]+)", own[1])) if len(own) > 1 else set()
            self.assertEqual(names, set(re.findall(r"--[a-z-]+", usage)), verb)
        variables = set(re.findall(r"(?m)^  ([A-Z_]{4,})  ",
                                   self.expect(0, "help").out.split("Environment:")[1]))
        files = manual.split("## Files and environment")[1]
        self.assertEqual(variables, set(re.findall(r"`\$?([A-Z_]{4,})", files)))
        codes = self.expect(0, "help").out.split("Exit codes:")[1].split("Environment:")[0]
        for code in re.findall(r"(?m)^  ([\d, ]*\d)  ", codes):
            self.assertRegex(manual, rf"(?m)^\| {code} \|")

    def test_version(self):
        for words in (["--version"], ["-V"], ["list", "--version"]):
            self.assertRegex(self.expect(0, *words).out, r"^natupnp \d+\.\d+\.\d+\n$")

    def test_words(self):
        self.refuse("nonsense", says=["no verb 'nonsense'", "add"])
        self.refuse("list", "extra", says=["'extra'"])
        self.refuse("add", says=["natupnp add 8080/tcp"])
        self.refuse("remove", says=["natupnp remove 8080/tcp"])
        self.refuse("list", "--nonsense", says=["'--nonsense'", "natupnp list --help"])
        self.refuse("--nonsense", "list", says=["'--nonsense'"])
        self.refuse("list", "-v", "-x", says=["'-x'"])
        self.refuse("list", "-vx", says=["'-vx'"])
        self.refuse("list", "--any", says=["'--any'"])
        self.refuse("list", "--timeout", says=["--timeout", "value"])
        self.refuse("list", "--json=1", says=["--json", "no value"])
        self.refuse("list", "--lease", "5", says=["'--lease'"])
        self.refuse("remove", "80/tcp", "--keep", says=["'--keep'"])
        self.refuse("add", "80/tcp", "--keep=yes", says=["--keep", "no value"])
        self.refuse("add", "80/tcp", "--count", "1", says=["'--count'"])
        self.refuse("watch", "80/tcp", says=["'80/tcp'"])
        self.refuse("watch", "--remote-host", "198.51.100.7", says=["'--remote-host'"])

    def test_options_of_others(self):
        self.refuse("list", "--any", says=["natupnp list", "add"])
        self.refuse("--lease", "2h", "list", says=["natupnp list", "'--lease'", "add"])
        self.refuse("watch", "--remote", "x", says=["'--remote-host'", "add and remove"])

    def test_options_before_the_verb(self):
        self.expect(0, "--remote-host", "198.51.100.7", "--lease=2h", "add", "80/tcp", "--json")
        self.assertEqual(self.gateway.row(80)["remote_host"], "198.51.100.7")
        self.expect(0, "add", "--", "81/tcp")
        self.expect(0, "--", "add", "82/tcp")
        self.assertEqual(self.gateway.keys(), {(80, "TCP"), (81, "TCP"), (82, "TCP")})
        self.assertIn("'--json'", self.expect(2, "add", "83/tcp", "--", "--json").err)
        found = self.expect(0, "list", "--json", environment={"POSIXLY_CORRECT": "1"}).json
        self.assertEqual(len(found["mappings"]), 3)

    def test_near_options(self):
        for words, meant in ((["list", "--jsno"], "--json"), (["list", "--time-out", "5"], "--timeout"),
                             (["add", "80/tcp", "--keeep"], "--keep"), (["list", "-json"], "--json"),
                             (["add", "80/tcp", "--LEASE=2h"], "--lease"),
                             (["--list"], "'natupnp list'"), (["-help-"], "--help")):
            with self.subTest(words):
                self.refuse(*words, says=["unknown option", f"did you mean {meant}"])
        for words in (["list", "--xyzzy"], ["list", "--"*2], ["list", "-\u00e9"], ["list", "--=1"]):
            with self.subTest(words):
                self.assertNotIn("did you mean", self.refuse(*words, says=["natupnp list --help"]).err)

    def test_shortened_options(self):
        self.refuse("list", "--t", "5", says=["--timeout or --trace"])
        self.refuse("add", "80/tcp", "--t", "5", says=["--to, --timeout or --trace"])
        self.refuse("list", "--v", says=["--verbose or --version"])
        self.assertEqual(len(self.expect(0, "list", "--js", "--ti", "5").json), 2)
        self.assert_failure(self.expect(2, "--js", "nonsense").json["error"], "E_INVAL")

    def test_near_verbs(self):
        for word, meant in (("ls", "list"), ("show", "list"), ("lits", "list"), ("LIST", "list"),
                            ("li", "list"), ("rm", "remove"), ("delete", "remove"), ("del", "remove"),
                            ("remvoe", "remove"), ("ad", "add"), ("addd", "add"), ("open", "add"),
                            ("map", "add"), ("status", "info"), ("inof", "info"), ("ip", "info"),
                            ("monitor", "watch"), ("wach", "watch"), ("hlep", "help"),
                            ("keep", "add PORT/PROTO --keep"), ("version", "--version")):
            with self.subTest(word):
                self.refuse(word, says=[f"no verb '{word}'", f"did you mean 'natupnp {meant}'?"])
        self.refuse("help", "rm", says=["did you mean 'natupnp remove'?"])
        for word in ("nonsense", "xyzzy", "", "a" * 40):
            self.refuse(word, says=[f"no verb '{word}'", "info, list, add, remove, watch or help"])
        self.refuse("8080/tcp", says=["natupnp add 8080/tcp"])

    def test_one_line(self):
        """A mistake is one line."""
        for words in (["lits"], ["list", "--nonsense"], ["add", "tcp/80"], ["list", "--timeout"],
                      ["help", "add", "list"]):
            self.assertRegex(self.refuse(*words).err, r"^natupnp: [^\n]+\n$")

    def test_how_ports_are_written(self):
        for words, meant in (
                ("tcp/8080", "8080/tcp"), ("TCP:8080", "8080/tcp"), ("8080:tcp", "8080/tcp"),
                ("8080 tcp", "8080/tcp"), ("8080", "8080/tcp or 8080/udp"), ("http", "80/tcp"),
                ("HTTPS/tcp", "443/tcp"), ("dns", "53/udp"), ("http/udp", "80/udp"),
                ("8080/tpc", "8080/tcp"), ("8080/upd", "8080/udp"), ("8080/t", "8080/tcp"),
                ("8080tcp", "8080/tcp"), ("8080-tcp", "8080/tcp"), ("8080/tcp4", "8080/tcp"),
                ("80/tcp+udp", "80/tcp 80/udp"), ("80/both", "80/tcp 80/udp"),
                ("90-80/tcp", "80-90/tcp"), ("80-90", "80-90/tcp or 80-90/udp"),
                ("80..90/udp", "80-90/udp"), ("udp:80-90", "80-90/udp"),
                ("80,443/tcp", "80/tcp 443/tcp"), ("rdp", "3389/tcp")):
            with self.subTest(words):
                self.assertTrue(self.refuse("add", words).err.endswith(f"write it {meant}\n"))
        self.refuse("remove", "tcp/8080", says=["write it 8080/tcp\n"])
        self.refuse("add", "8080", "tcp", says=["'8080 tcp'", "write it 8080/tcp\n"])
        self.refuse("remove", "udp", "53", says=["'udp 53'", "write it 53/udp\n"])
        self.refuse("add", "8080:80/tcp", says=["write it 8080/tcp --to :80\n"])
        self.refuse("remove", "8080:80/tcp", says=["write it 8080/tcp\n"])
        self.refuse("add", "192.168.1.20", "8080", "tcp", says=["--to 192.168.1.20"])
        for words in ("80/sctp", "80/6", "0x50/tcp", "1.5/tcp", "1-2-3/tcp", "tcp", "70000/tcp",
                      "\u0663/tcp", "80/tcp!", "99999999999/tcp", "http/ssh", "80/tcp4444"):
            with self.subTest(words):
                self.refuse("add", words, says=["write it such as 8080/tcp"])

    def test_ports(self):
        for words, says in (
                ("8080", "8080/tcp"), ("/tcp", "1 to 65535"), ("x/tcp", "1 to 65535"),
                ("65536/tcp", "1 to 65535"), ("99999999999999999999/tcp", "1 to 65535"),
                ("-1/tcp", "'-1/tcp'"), ("+1/tcp", "1 to 65535"), (" 1/tcp", "1 to 65535"),
                ("1.5/tcp", "1 to 65535"), ("0x50/tcp", "1 to 65535"), ("1-/tcp", "1 to 65535"),
                ("1-2-3/tcp", "1 to 65535"), ("0-5/tcp", "begins at 1"), ("9-5/tcp", "5-9/tcp"),
                ("80/sctp", "tcp or udp"), ("80/", "tcp or udp"), ("80/tcp/udp", "tcp or udp"),
                ("80/6", "tcp or udp"), ("80/tcp ", "tcp or udp"), ("", "8080/tcp"),
                ("0/tcp", "--any")):
            with self.subTest(words):
                self.refuse("add", words, says=[says])
                self.refuse("remove", words, says=[says])
        self.refuse("add", "80/tcp", "70-90/TCP", says=["80/TCP", "twice"])
        self.refuse("add", "0/tcp", "--any", says=["--to"])
        self.refuse("add", "8000-8010/tcp", "--to", "127.0.0.1:65530", says=["65525"])

    def test_hosts(self):
        for to in ("", ":0", ":65536", ":x", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:1:2", "::1",
                   "[::1]:80", "no-such-host.invalid", "no-such-host.invalid:80", "0.0.0.0",
                   "224.0.0.1", "255.255.255.255", "1.2.3.4.5", "a b", "8080",
                   "192.168.20", "010.0.0.1:80", "0x0a000001"):
            with self.subTest(to):
                self.refuse("add", "80/tcp", "--to", to, says=["--to"])

    def test_gateway_url(self):
        for url in ("", "nonsense", "https://127.0.0.1/x", "http://", "http://:80/x",
                    "http://127.0.0.1:0/x", "http://127.0.0.1:65536/x", "http://127.0.0.1:x/y",
                    "http://user@127.0.0.1/x", "http://[::1]/x", "http://127.0.0.1/a b",
                    "http://127.0.0.1/a\nb", "http://no-such-host.invalid/x", "ftp://127.0.0.1/",
                    "http://127.1/x"):
            with self.subTest(url):
                self.refuse("list", "--gateway", url, says=["--gateway"])
        self.refuse("list", environment={"NATUPNP_GATEWAY": "nonsense"}, says=["NATUPNP_GATEWAY"])

    def test_interface(self):
        self.refuse("list", "--interface", "nonsense0", says=["'nonsense0'", "there are: ", "lo"])
        self.refuse("list", environment={"NATUPNP_INTERFACE": "nonsense0"},
                    says=["NATUPNP_INTERFACE"])

    def test_timeout(self):
        for seconds in ("", "0", "0.0", "-1", "x", "1e3", "inf", "nan", "0x10", "3601", "1,5",
                        "1.2.3", ".", "5s"):
            with self.subTest(seconds):
                self.refuse("list", f"--timeout={seconds}", says=["--timeout", "seconds"])

    def test_lease(self):
        for lease in ("", "x", "-1", "+1", " 1", "1.5h", "1w", "h", "1h30m", "1 h", "1H", "0x10"):
            with self.subTest(lease):
                self.refuse("add", "80/tcp", f"--lease={lease}", says=["--lease", "2h"])
        for lease in ("0", "0s", "00d"):
            self.refuse("add", "80/tcp", "--lease", lease, says=["leave --lease out"])
        for lease in ("4294967296", "49711d", "9" * 30, "99999999999999999999h"):
            self.refuse("add", "80/tcp", "--lease", lease, says=["more than"])

    def test_remote_host(self):
        for host in ("", "no-such-host.invalid", "0.0.0.0", "224.0.0.1", "127.0.0.1", "::1",
                     "198.51.100.7:80", "1.2.3.4.5", "a b", "198.51.100", "0306.51.100.7"):
            with self.subTest(host):
                self.refuse("add", "80/tcp", "--remote-host", host, says=["--remote-host"])
                self.refuse("remove", "80/tcp", "--remote-host", host, says=["--remote-host"])

    def test_count(self):
        for count in ("", "0", "-1", "x", "1.5", "4294967296", "9" * 30):
            with self.subTest(count):
                self.refuse("watch", f"--count={count}", says=["--count", "1 or more"])

    def test_description(self):
        self.refuse("add", "80/tcp", "--description", "x" * 64, says=["64 bytes", "63"])
        self.refuse("add", "80/tcp", "--description", "ü" * 32, says=["64 bytes"])
        self.refuse("add", "80/tcp", "--description", "a\nb", says=["control character"])
        self.refuse("add", "80/tcp", "--description", "a\x7fb", says=["control character"])
        self.refuse("add", "80/tcp", "--description", "a\u0085b", says=["control character"])
        for text in (b"caf\xe9", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80"):
            self.refuse("add", "80/tcp", "--description", text, says=["UTF-8"],
                        environment={"LC_ALL": "C"})

    def test_trace_file(self):
        self.refuse("list", "--trace", "/nonexistent/folder/file", says=["--trace", "/nonexistent"])

    def test_json(self):
        for words in (["--json"], ["--json", "nonsense"], ["add", "80/sctp", "--json"],
                      ["list", "--nonsense", "--json"], ["--json", "list", "--timeout", "0"],
                      ["--json", "list", "--interface", "nonsense0"]):
            with self.subTest(words):
                result = self.expect(2, *words)
                self.assertEqual(set(result.json), {"error"})
                self.assert_failure(result.json["error"], "E_INVAL")
                self.assertEqual(result.json["error"]["hresult"], 0x80070057 - (1 << 32))
        self.assertEqual(self.gateway.actions(), {})


class Info(CommandTest):
    def test_text(self):
        out = self.expect(0, "info").out
        self.assertRegex(out, r"(?m)^Gateway +Simulated Internet gateway$")
        self.assertRegex(out, r"(?m)^Description +" + re.escape(self.gateway.location) + "$")
        self.assertRegex(out, r"(?m)^Control URL +http://127\.0\.0\.1:")
        self.assertRegex(out, r"(?m)^Service +WANIPConnection:[12]$")
        self.assertRegex(out, r"(?m)^Local address +127\.0\.0\.1$")
        self.assertRegex(out, r"(?m)^External address +203\.0\.113\.7$")
        self.assertRegex(out, r"(?m)^Connection +Connected$")
        self.assertRegex(out, r"(?m)^Uptime +\d+ (s|min|h|d)")
        self.assertNotIn("OTHER GATEWAY", out)

    def test_json(self):
        for words in (["info"], ["info", "--all"]):
            with self.subTest(words):
                found = self.expect(0, "--json", *words).json
                self.assertEqual(set(found), {"gateway", "gateways"})
                gateway = found["gateway"]
                self.assertEqual(set(gateway), GATEWAY_KEYS)
                self.assertEqual(gateway["external_ip"], "203.0.113.7")
                self.assertEqual(gateway["connection_status"], "Connected")
                self.assertEqual(gateway["location"], self.gateway.location)
                self.assertIs(gateway["chosen"], True)
                self.assertIs(type(gateway["uptime_s"]), int)
                self.assertEqual(found["gateways"], [gateway])

    def test_unknown_is_null(self):
        self.gateway.fault(GetStatusInfo="401")
        gateway = self.expect(0, "info", "--json").json["gateway"]
        self.assertIsNone(gateway["uptime_s"])
        self.assertIsNone(gateway["connection_status"])
        self.assertEqual(gateway["external_ip"], "203.0.113.7")
        self.assertRegex(self.expect(0, "info").out, r"(?m)^Connection +unknown$")

    def test_refused(self):
        self.gateway.fault(GetStatusInfo="401", GetExternalIPAddress="501")
        found = self.expect(1, "info", "--json").json
        self.assertEqual(set(found), {"error", "gateway", "gateways"})
        self.assert_failure(found["error"], "E_FAULT")
        self.assertEqual(found["gateway"]["location"], self.gateway.location)

    def test_private_address(self):
        self.gateway.ask("/set", {"external_ip": "100.64.0.9"})
        self.addCleanup(self.gateway.ask, "/set", {"external_ip": "203.0.113.7"})
        self.assertIn("100.64.0.9 (private", self.expect(0, "info").out)

    def test_hostile_name(self):
        self.gateway.ask("/set", {"name": "Router\x1b[31m \u202e\u4e16"})
        self.addCleanup(self.gateway.ask, "/set", {"name": "Simulated Internet gateway"})
        result = self.run_command("info")
        self.assertNotIn("\x1b", result.out)


class List(CommandTest):
    def test_empty(self):
        self.assertIn("no port mappings", self.expect(0, "list").out)
        found = self.expect(0, "list", "--json").json
        self.assertEqual(found["mappings"], [])
        self.assertEqual(set(found), {"gateway", "mappings"})

    def test_text(self):
        self.gateway.put(80, internal_client="192.168.1.20", internal_port=8080, description="web")
        self.gateway.put(65535, "UDP", description="Größe 服务器", lease_s=7300)
        lines = self.expect(0, "list").out.splitlines()
        self.assertEqual(lines[0].split(), ["EXTERNAL", "INTERNAL", "ENABLED", "LEASE",
                                            "DESCRIPTION"])
        self.assertEqual(len(lines), 3)
        rows = sorted(lines[1:])
        self.assertRegex(rows[0], r"^65535/UDP +192\.168\.1\.2:65535 +yes +2 h( 1 min)? +Größe")
        self.assertRegex(rows[1], r"^80/TCP +192\.168\.1\.20:8080 +yes +permanent +web$")
        columns = [[line.index(head) for head in ("EXTERNAL", "INTERNAL", "ENABLED", "LEASE")]
                   for line in lines[:1]]
        for start in columns[0][1:]:
            self.assertEqual({line[start - 1] for line in lines}, {" "})

    def test_json(self):
        self.gateway.put(80, internal_client="192.168.1.20", internal_port=8080, description="web")
        self.gateway.put(53, "UDP", enabled=False, lease_s=3600)
        found = self.expect(0, "list", "--json").json
        self.assertEqual(set(found["gateway"]), GATEWAY_KEYS)
        mappings = {mapping["external_port"]: mapping for mapping in found["mappings"]}
        self.assertEqual(set(mappings), {80, 53})
        for mapping in mappings.values():
            self.assertEqual(set(mapping), MAPPING_KEYS)
        self.assertEqual(mappings[80]["internal_client"], "192.168.1.20")
        self.assertEqual(mappings[80]["internal_port"], 8080)
        self.assertEqual(mappings[80]["protocol"], "TCP")
        self.assertIs(mappings[80]["enabled"], True)
        self.assertEqual(mappings[80]["remote_host"], "")
        self.assertIs(mappings[53]["enabled"], False)
        self.assertGreater(mappings[53]["lease_s"], 3500)

    def test_nothing_is_hidden(self):
        """Each entry once, in whichever of the library's collections it is."""
        self.gateway.put(80)
        self.gateway.put(81, lease_s=600)
        self.gateway.put(80, remote_host="198.51.100.7")
        self.gateway.put(82, "UDP", remote_host="198.51.100.8", lease_s=7300)
        found = self.expect(0, "list", "--json").json["mappings"]
        self.assertEqual(
            sorted((one["external_port"], one["remote_host"]) for one in found),
            [(80, ""), (80, "198.51.100.7"), (81, ""), (82, "198.51.100.8")])
        out = self.expect(0, "list").out
        self.assertRegex(out, r"^EXTERNAL +INTERNAL +ENABLED +LEASE +REMOTE HOST +DESCRIPTION")
        self.assertRegex(out, r"(?m)^80/TCP +\S+ +yes +permanent +any ")
        self.assertRegex(out, r"(?m)^80/TCP +\S+ +yes +permanent +198\.51\.100\.7 ")
        self.assertRegex(out, r"(?m)^82/UDP +\S+ +yes +2 h( 1 min)? +198\.51\.100\.8 ")
        self.assertRegex(out, r"(?m)^81/TCP +\S+ +yes +(10|9) min( \d+ s)? +any ")

    def test_one_read(self):
        self.gateway.put(80)
        self.gateway.put(81, lease_s=600)
        self.expect(0, "list")
        actions = self.gateway.actions()
        self.assertEqual(actions["description"], 1)
        self.assertEqual(actions["GetListOfPortMappings"], 2)  # TCP and UDP

    def test_what_was_read_is_shown(self):
        for port in range(1000, 1020):
            self.gateway.put(port)
        self.gateway.ask("/set", {"no_list": True})
        for options in ([], ["--json"]):
            self.gateway.fault(GetGenericPortMappingEntry=["good:12", "501"])
            found = self.expect(1, "list", *options)
            self.assertIn("of which", found.err)
            if options:
                self.assertEqual(found.json["error"]["fault"], 501)
                self.assertIn(len(found.json["mappings"]), (10, 11, 12))
            else:
                self.assertIn(len(found.out.splitlines()), (11, 12, 13))

    def test_half_a_list_is_none(self):
        self.gateway.put(80)
        self.gateway.fault(GetListOfPortMappings="606:1", GetGenericPortMappingEntry="606")
        found = self.expect(1, "list", "--json").json
        self.assertIn("error", found)
        self.assertNotIn("mappings", found)

    def test_many(self):
        for port in range(1000, 1100):
            self.gateway.put(port)
        self.assertEqual(len(self.expect(0, "list", "--json").json["mappings"]), 100)
        self.assertEqual(len(self.expect(0, "list").out.splitlines()), 101)

    def test_options_before_and_after(self):
        self.gateway.put(80)
        for words in (["--json", "list"], ["list", "--json"], ["--timeout", "5", "list", "--json"],
                      ["--json", "--timeout=20.9", "list", "-v", "--no-cache"], ["list", "--json", "--"]):
            with self.subTest(words):
                result = self.run_command(*words)
                self.assertEqual(result.code, 0, result.err)
                self.assertEqual(len(result.json["mappings"]), 1)

    def test_gateway_option_wins_and_takes_names(self):
        url = f"http://localhost:{self.gateway.http_port}/" + self.gateway.location.split("/", 3)[3]
        found = self.expect(0, "list", "--json", "--gateway", url,
                            environment={"NATUPNP_GATEWAY": "nonsense"}).json
        self.assertEqual(found["gateway"]["location"], self.gateway.location)


class Add(CommandTest):
    def test_text(self):
        out = self.expect(0, "add", "8080/tcp").out
        self.assertRegex(out, r"^TCP 203\.0\.113\.7:8080 -> 127\.0\.0\.1:8080( \(lease .*\))?\n$")
        row = self.gateway.row(8080)
        self.assertEqual(row["internal_client"], "127.0.0.1")
        self.assertEqual(row["description"], "natupnp")

    def test_json(self):
        found = self.expect(0, "add", "--json", "8080/Udp", "--to", ":90", "--description",
                            "Spiel ü").json
        self.assertEqual(set(found), {"gateway", "mappings"})
        self.assertEqual(set(found["gateway"]), GATEWAY_KEYS)
        entry, = found["mappings"]
        self.assertEqual(set(entry), MAPPING_KEYS | {"result"})
        self.assertEqual((entry["external_port"], entry["protocol"], entry["internal_port"]),
                         (8080, "UDP", 90))
        self.assertEqual(entry["external_ip"], "203.0.113.7")
        self.assertEqual(entry["result"], {"status": "OK", "fault": 0, "hresult": 0, "detail": "",
                                           "maybe_applied": False})
        self.assertEqual(self.gateway.row(8080, "UDP")["description"], "Spiel ü")

    def test_text_in_any_locale(self):
        """UTF-8 in arguments and in what is shown is judged by nothing but its bytes."""
        text = "Größe 服务器 😀"
        for locale in ("C", "POSIX", "C.UTF-8", "en_US.ISO-8859-1", "nonsense"):
            with self.subTest(locale):
                changes = {"LC_ALL": locale, "LANG": locale}
                self.expect(0, "add", "8080/tcp", "--description", text, environment=changes)
                self.assertEqual(self.gateway.row(8080)["description"], text)
                self.assertIn(text, self.expect(0, "list", environment=changes).out)
                found = self.expect(0, "list", "--json", environment=changes).json
                self.assertEqual(found["mappings"][0]["description"], text)

    def test_nothing_is_called_permanent(self):
        """What was only asked for is no promise: such a mapping may end in a week."""
        for igd in (1, 2):
            self.change(igd=igd)
            for words in (["add", "80/tcp"], ["add", "80/tcp", "-v"], ["help", "add"],
                          ["add", "80/tcp", "--lease", "0"]):
                result = self.run_command(*words)
                self.assertNotRegex((result.out + result.err).lower(),
                                    r"permanent|for ?ever|stays until it is removed")
        self.assertRegex(self.expect(0, "list").out, r"(?m)^80/TCP .* (7 d|6 d 23 h) ")
        self.change(igd=1)
        self.gateway.put(81)
        self.assertRegex(self.expect(0, "list").out, r"(?m)^81/TCP .* permanent ")

    def test_description_of_63_bytes(self):
        text = "ü" * 31 + "x"
        self.expect(0, "add", "8080/tcp", "--description", text)
        self.assertEqual(self.gateway.row(8080)["description"], text)

    def test_ranges_in_order(self):
        out = self.expect(0, "add", "8000-8019/tcp", "53/udp", "--to", "localhost:9000").out
        pairs = [(int(a), int(b)) for a, b in re.findall(r":(\d+) -> 127\.0\.0\.1:(\d+)", out)]
        self.assertEqual(pairs, [(8000 + i, 9000 + i) for i in range(20)] + [(53, 9000)])
        self.assertEqual(self.gateway.row(8019)["internal_port"], 9019)
        self.assertEqual(len(self.gateway.keys()), 21)

    def test_renewed(self):
        self.expect(0, "add", "8080/tcp")
        self.expect(0, "add", "8080/tcp", "--to", ":81")
        self.assertEqual(self.gateway.row(8080)["internal_port"], 81)

    def test_conflict(self):
        self.gateway.put(8080, internal_client="127.0.0.9", description="other")
        result = self.expect(1, "add", "8080/tcp")
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, r"^natupnp: .*8080/TCP.*\n$")
        found = self.expect(1, "add", "8080/tcp", "--json").json
        self.assertNotIn("error", found)
        entry, = found["mappings"]
        self.assert_failure(entry["result"], "E_CONFLICT")
        self.assertEqual(entry["holder"]["internal_client"], "127.0.0.9")
        self.assertEqual(self.gateway.row(8080)["internal_client"], "127.0.0.9")

    def test_range_fails_in_part(self):
        self.gateway.put(8002, internal_client="127.0.0.9")
        result = self.expect(1, "add", "8000-8004/tcp")
        self.assertEqual(re.findall(r":(\d+) ->", result.out), ["8000", "8001", "8003", "8004"])
        self.assertRegex(result.err, r"^natupnp: .*8002/TCP.*\n$")
        found = self.expect(1, "add", "8000-8004/tcp", "--json").json
        self.assertEqual([entry["external_port"] for entry in found["mappings"]],
                         [8000, 8001, 8002, 8003, 8004])
        self.assertEqual([entry["result"]["status"] for entry in found["mappings"]],
                         ["OK", "OK", "E_CONFLICT", "OK", "OK"])

    def test_any(self):
        self.gateway.put(8080, internal_client="127.0.0.9")
        entry, = self.expect(0, "add", "8080/tcp", "--any", "--json").json["mappings"]
        self.assertNotEqual(entry["external_port"], 8080)
        self.assertEqual(entry["internal_port"], 8080)
        self.assertIn((entry["external_port"], "TCP"), self.gateway.keys())
        self.assertIn("(instead of 8080)", self.expect(0, "add", "8080/tcp", "--any").out)

    def test_any_free_port(self):
        entries = self.expect(0, "add", "0/tcp", "0/tcp", "0/udp", "--any", "--to", ":7000",
                              "--json").json["mappings"]
        self.assertEqual(len({(one["external_port"], one["protocol"]) for one in entries}), 3)
        for entry in entries:
            self.assertGreater(entry["external_port"], 0)
            self.assertEqual(entry["internal_port"], 7000)
        self.assertEqual(len(self.gateway.keys()), 3)


class Remove(CommandTest):
    def test_several(self):
        for port in range(8000, 8011):
            self.gateway.put(port, internal_client="127.0.0.1")
        self.gateway.put(53, "UDP", internal_client="127.0.0.1")
        result = self.expect(0, "remove", "8000-8010/tcp", "53/udp")
        self.assertEqual(result.out.splitlines(),
                         [f"{port}/TCP removed" for port in range(8000, 8011)] + ["53/UDP removed"])
        self.assertEqual(self.gateway.keys(), set())

    def test_json(self):
        self.gateway.put(80, internal_client="127.0.0.1")
        found = self.expect(1, "remove", "80/tcp", "81/tcp", "--json").json
        self.assertEqual(set(found), {"gateway", "mappings"})
        self.assertEqual([entry["external_port"] for entry in found["mappings"]], [80, 81])
        done, missing = (entry["result"] for entry in found["mappings"])
        self.assertEqual(done["status"], "OK")
        self.assert_failure(missing, "E_NOT_FOUND")
        self.assertEqual(missing["hresult"], 0x80070002 - (1 << 32))

    def test_absent(self):
        result = self.expect(1, "remove", "81/tcp")
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, r"^natupnp: .*81/TCP.*\n$")


class Dynamic(CommandTest):
    """Leases and remote hosts."""

    def test_lease(self):
        for text, seconds in (("90", "90"), ("90s", "90"), ("15m", "900"), ("2h", "7200"),
                              ("7d", "604800")):
            with self.subTest(text):
                out = self.expect(0, "add", "80/tcp", "--lease", text).out
                self.assertEqual(self.gateway.arguments("AddPortMapping")["NewLeaseDuration"], seconds)
                self.assertIn(" (lease ", out)
        self.assertIn("(lease 2 h)", self.expect(0, "add", "80/tcp", "--lease=2h").out)
        entry, = self.expect(0, "add", "80/tcp", "--lease", "2h", "--json").json["mappings"]
        self.assertEqual(entry["lease_s"], 7200)

    def test_no_leases(self):
        self.change(permanent_only=True)
        out = self.expect(0, "add", "80/tcp", "--lease", "2h").out
        self.assertIn(" (without the lease: the gateway refuses any)\n", out)
        self.assertNotIn("permanent", self.expect(0, "add", "81/tcp").out)

    def test_remote_host(self):
        out = self.expect(0, "add", "80/tcp", "--remote-host", "198.51.100.7").out
        self.assertRegex(out, r"^TCP 203\.0\.113\.7:80 -> 127\.0\.0\.1:80 "
                              r"\(only from 198\.51\.100\.7\) \(lease 1 h\)\n$")
        self.assertEqual(self.gateway.row(80)["remote_host"], "198.51.100.7")
        entry, = self.expect(1, "remove", "80/tcp", "--json").json["mappings"]
        self.assert_failure(entry["result"], "E_NOT_FOUND")
        self.assertEqual(entry["remote_host"], "")
        result = self.expect(0, "remove", "80/tcp", "--remote-host", "198.51.100.7")
        self.assertEqual(result.out, "80/TCP from 198.51.100.7 removed\n")
        self.assertEqual(self.gateway.keys(), set())
        entry, = self.expect(1, "remove", "80/tcp", "--remote-host", "198.51.100.7",
                             "--json").json["mappings"]
        self.assertEqual(entry["remote_host"], "198.51.100.7")

    def test_hosts_beside_each_other(self):
        for host in ("198.51.100.7", "198.51.100.8"):
            self.expect(0, "add", "80-81/tcp", "--remote-host", host, "--lease", "10m")
        self.expect(0, "remove", "80/tcp", "--remote-host", "198.51.100.7")
        rows = {(row["external_port"], row["remote_host"]) for row in self.gateway.ask("/table")}
        self.assertEqual(rows, {(81, "198.51.100.7"), (80, "198.51.100.8"), (81, "198.51.100.8")})

    def test_no_remote_hosts(self):
        """The port is not opened to everybody instead."""
        self.gateway.fault(AddPortMapping="726")
        result = self.expect(1, "add", "80/tcp", "--remote-host", "198.51.100.7", "--json")
        self.assert_failure(result.json["mappings"][0]["result"], "E_UNSUPPORTED")
        self.assertEqual(self.gateway.keys(), set())


class Keep(CommandTest):
    """add --keep"""

    def keep(self, *arguments, **options):
        running = self.start("add", *arguments, "--keep", **options)
        line = running.line()
        # Its events tell what happens to the table from here on.
        self.gateway.wait_for("event")
        return running, line

    def test_ends_by_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                self.gateway.ask("/clear-counters", {})
                running, line = self.keep("80/tcp", "53/udp", "--description", "kept")
                self.assertEqual(line, "TCP 203.0.113.7:80 -> 127.0.0.1:80 (lease 1 h)")
                self.assertRegex(running.line(), r"^UDP 203\.0\.113\.7:53 -> ")
                self.assertEqual(self.gateway.row(80)["description"], "kept")
                result = running.end(number)
                self.assertEqual((result.code, result.out), (0, ""))
                self.assertRegex(result.err, r"^Removing (80/TCP and 53/UDP|53/UDP and 80/TCP)\n"
                                             r"Done: nothing that was kept is left\n$")
                self.assertEqual(self.gateway.keys(), set())
                self.assertEqual(self.gateway.actions()["UNSUBSCRIBE"], 1)

    def test_many_are_not_all_named(self):
        running, _ = self.keep("1000-1099/tcp")
        for _ in range(99):
            running.line()
        first, _, rest = running.end().err.partition("\n")
        self.assertRegex(first, r"^Removing (\d+/TCP, ){7}\d+/TCP and 92 more$")
        self.assertEqual(rest, "Done: nothing that was kept is left\n")

    def test_ignored_signal(self):
        def no_hangup():
            default_signals()
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

        running, _ = self.keep("80/tcp", prepare=no_hangup)
        running.process.send_signal(signal.SIGHUP)
        self.gateway.take(80)
        self.assertEqual(running.event("stderr")[0], "mapping-lost")
        self.assertEqual(running.event("stderr")[0], "mapping-restored")
        self.assertEqual(running.end().code, 0)

    def test_renewed(self):
        running, line = self.keep("80/tcp", "--lease", "2s")
        self.assertIn("(lease 2 s)", line)
        for _ in range(2):
            self.assertEqual(running.event("stderr"), (
                "mapping-renewed", "TCP 203.0.113.7:80 -> 127.0.0.1:80 (lease 2 s)"))
        self.assertEqual(running.end().code, 0)
        self.assertEqual(self.gateway.keys(), set())

    def test_lost(self):
        running, line = self.keep("80/tcp", "--lease", "10m", "--to", ":8080")
        for lose in (lambda: self.gateway.take(80),
                     lambda: self.gateway.ask("/advance", {"seconds": 650})):
            lose()
            self.assertEqual(running.event("stderr"), (
                "mapping-lost", "TCP 203.0.113.7:80 -> 127.0.0.1:8080"))
            self.assertEqual(running.event("stderr"), ("mapping-restored", line))
        self.assertEqual(self.gateway.row(80)["internal_port"], 8080)
        self.assertEqual(running.end().code, 0)

    def test_another_address(self):
        running, _ = self.keep("80/tcp")
        self.change(external_ip="198.51.100.44")
        self.assertEqual(running.event("stderr"), ("external-ip", "198.51.100.44"))
        self.gateway.take(80)
        self.assertIn("198.51.100.44:80", running.event("stderr")[1])
        running.end()

    def test_json(self):
        running, line = self.keep("80/tcp", "81/tcp", "--json", "--lease", "10m")
        first = json.loads(line)
        self.assertEqual(set(first), {"gateway", "mappings"})
        self.assertEqual([one["result"]["status"] for one in first["mappings"]], ["OK", "OK"])
        self.gateway.ask("/table", [])
        events = [json.loads(running.line()) for _ in range(4)]
        for event in events:
            self.assertEqual(set(event), {"time", "event", "mapping", "status", "detail"})
            self.assertEqual(set(event["mapping"]), MAPPING_KEYS)
            self.assertEqual(event["mapping"]["external_ip"], "203.0.113.7")
        for port in (80, 81):
            self.assertEqual([(one["event"], one["status"]) for one in events
                              if one["mapping"]["external_port"] == port],
                             [("mapping-lost", "E_NOT_FOUND"), ("mapping-restored", "OK")])
        result = running.end()
        self.assertEqual((result.code, result.out, result.err), (0, "", ""))

    def test_fails_as_without(self):
        self.gateway.put(80, internal_client="127.0.0.9")
        without = self.expect(1, "add", "80/tcp", "--lease", "1h")
        kept = self.expect(1, "add", "80/tcp", "--keep")
        self.assertEqual((kept.out, kept.err), (without.out, without.err))
        self.assertEqual(self.gateway.row(80)["internal_client"], "127.0.0.9")

    def test_all_or_none(self):
        self.gateway.put(82, internal_client="127.0.0.9")
        result = self.expect(1, "add", "80-84/tcp", "--keep")
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, r"(?m)^natupnp: 80/TCP and 1 more: added and removed again")
        self.assertRegex(result.err, r"(?m)^natupnp: 82/TCP is mapped to 127\.0\.0\.9")
        self.assertEqual(self.gateway.keys(), {(82, "TCP")})
        result = self.expect(1, "add", "80-82/tcp", "--keep", "--json")
        self.assertEqual(len(result.out.splitlines()), 1)
        made, _, refused = result.json["mappings"]
        self.assert_failure(made["result"], "E_CANCELLED")
        self.assertNotIn("holder", made)
        self.assert_failure(refused["result"], "E_CONFLICT")

    def test_refused_and_another_hosts_mapping(self):
        running, _ = self.keep("80/tcp")
        self.gateway.fault(AddPortMapping="718")
        self.gateway.take(80)
        self.assertEqual(running.event("stderr")[0], "mapping-lost")
        kind, text = running.event("stderr")
        self.assertEqual(kind, "mapping-refused")
        self.assertRegex(text, r"^TCP 203\.0\.113\.7:80 -> 127\.0\.0\.1:80: .*80/TCP")
        self.gateway.put(80, internal_client="127.0.0.9")
        self.assertEqual(running.end().code, 0)
        self.assertEqual(self.gateway.row(80)["internal_client"], "127.0.0.9")

    def test_what_is_left_is_told(self):
        running, _ = self.keep("80/tcp", "81/tcp")
        self.gateway.put(80, internal_client="127.0.0.9")  # which nothing tells of
        result = running.end()
        self.assertEqual(result.code, 0)
        self.assertEqual(result.err, "Removing 80/TCP and 81/TCP\n1 kept mapping was left as it is: "
                                     "80/TCP is mapped to 127.0.0.9:80\n")
        self.assertEqual(self.gateway.keys(), {(80, "TCP")})

    def test_removal_refused(self):
        running, _ = self.keep("80/tcp", "--json")
        self.gateway.fault(DeletePortMapping="606")
        result = running.end()
        self.assertEqual(result.code, 1)
        self.assert_failure(result.json["error"], "E_NOT_PERMITTED")
        self.assertRegex(result.err, r"^natupnp: .*'natupnp list'.*\n$")
        running, _ = self.keep("80/tcp")
        result = running.end()
        self.assertEqual(result.code, 1)
        self.assertRegex(result.err, r"^Removing 80/TCP\nnatupnp: .*'natupnp list'.*\n$")

    def test_removal_has_a_deadline(self):
        running, _ = self.keep("80/tcp", "--timeout", "2")
        self.gateway.fault(DeletePortMapping="hang")
        self.assertEqual(running.end().code, 4)

    def test_second_signal(self):
        for first, second in ((signal.SIGINT, signal.SIGINT), (signal.SIGTERM, signal.SIGHUP)):
            with self.subTest((first, second)):
                self.gateway.reset()
                running, _ = self.keep("80/tcp")
                self.gateway.fault(DeletePortMapping="hang")
                running.process.send_signal(first)
                self.gateway.wait_for("DeletePortMapping")
                bound = time.monotonic() + BOUND_S
                while running.process.poll() is None and time.monotonic() < bound:
                    running.process.send_signal(second)
                self.assertEqual(running.end(None).code, -second)

    def test_one_wish_in_two_signals(self):
        """timeout(1) signals its child, and then its process group."""
        running, _ = self.keep("80/tcp")
        for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGCONT):
            running.process.send_signal(number)  # both come when it goes on
        result = running.end()
        self.assertEqual(result.code, 0)
        self.assertNotIn("natupnp:", result.err)
        self.assertEqual(self.gateway.keys(), set())

    def test_reader_leaves(self):
        running, _ = self.keep("80/tcp", "--json")
        running.process.stdout.close()
        running.process.stdout = None
        result = running.end(None)
        self.assertEqual((result.code, result.err), (0, ""))
        self.assertEqual(self.gateway.keys(), set())

    def test_reader_of_text_may_leave(self):
        running, _ = self.keep("80/tcp")
        running.process.stdout.close()
        running.process.stdout = None
        self.gateway.take(80)
        self.assertEqual(running.event("stderr")[0], "mapping-lost")
        self.assertEqual(running.event("stderr")[0], "mapping-restored")
        self.assertEqual(running.end().code, 0)

    def test_stdout_full(self):
        with open("/dev/full", "wb") as full:
            for words in ([], ["--json"]):
                with self.subTest(words):
                    self.expect(5, "add", "80/tcp", "--keep", *words, stdout=full)
                    self.assertEqual(self.gateway.keys(), set())


class Watch(CommandTest):
    NOW = {"external-ip": "203.0.113.7", "connection-status": "Connected", "number-of-entries": "0"}

    def watch(self, *arguments, **options):
        """Start watching, and take the first events."""
        running = self.start("watch", *arguments, **options)
        kind, text = running.event()
        self.assertEqual(kind, "gateway-found")
        self.assertEqual(text, f"Simulated Internet gateway ({self.gateway.location})")
        self.assertEqual(dict(running.event() for _ in self.NOW), self.NOW)
        return running

    def test_changes(self):
        running = self.watch()
        self.change(external_ip="198.51.100.44")
        self.assertEqual(running.event(), ("external-ip", "198.51.100.44"))
        self.gateway.put(80)
        self.assertEqual(running.event(), ("number-of-entries", "1"))
        self.change(status="Disconnected")
        self.assertEqual(running.event(), ("connection-status", "Disconnected"))
        self.change(external_ip="10.0.0.9")
        self.assertEqual(running.event(), ("external-ip", "10.0.0.9 (private: this gateway is behind "
                                                          "another NAT)"))
        result = running.end()
        self.assertEqual((result.code, result.out, result.err), (0, "", ""))

    def test_json(self):
        members = {"gateway-found": "gateway", "external-ip": "external_ip",
                   "connection-status": "connection_status",
                   "number-of-entries": "number_of_entries"}
        lines = self.expect(0, "watch", "--json", "--count", "4").out.splitlines()
        events = [json.loads(line) for line in lines]
        self.assertEqual([one["event"] for one in events[:1]], ["gateway-found"])
        self.assertEqual({one["event"] for one in events}, set(members))
        for one in events:
            self.assertEqual(set(one), {"time", "event", "detail", members[one["event"]]})
            self.assertRegex(one["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        values = {one["event"]: one[members[one["event"]]] for one in events}
        self.assertEqual(set(values["gateway-found"]), GATEWAY_KEYS)
        self.assertEqual(values["external-ip"], "203.0.113.7")
        self.assertEqual(values["number-of-entries"], 0)

    def test_count(self):
        for count in (1, 3):
            out = self.expect(0, "watch", "--count", str(count)).out
            self.assertEqual(len(out.splitlines()), count)

    def test_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                self.gateway.ask("/clear-counters", {})
                result = self.watch().end(number)
                self.assertEqual((result.code, result.out, result.err), (0, "", ""))
                self.assertEqual(self.gateway.actions()["UNSUBSCRIBE"], 1)

    def test_signal_while_searching(self):
        self.gateway.fault(description="hang")
        running = self.start("watch")
        self.gateway.wait_for("description")
        result = running.end()
        self.assertEqual((result.code, result.out, result.err), (0, "", ""))

    def test_reader_leaves(self):
        for words in ([], ["--json"]):
            running = self.start("watch", *words)
            running.line()
            running.process.stdout.close()
            running.process.stdout = None
            result = running.end(None)
            self.assertEqual((result.code, result.err), (0, ""))

    def test_stdout_full(self):
        with open("/dev/full", "wb") as full:
            for words in ([], ["--json"]):
                result = self.expect(5, "watch", *words, stdout=full)
                self.assertIn("No space left", result.err)

    def test_gateway_comes(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        path = self.gateway.location.split("/", 3)[3]
        running = self.start("watch", "--gateway", f"http://127.0.0.1:{port}/{path}")
        self.assertRegex(running.line("stderr"), r"^natupnp: http://127\.0\.0\.1:\d+/")
        self.assertEqual(running.line("stderr"), "natupnp: waiting until a gateway answers")
        late = Simulator("--port", str(port))
        self.addCleanup(late.stop)
        self.assertEqual(running.event()[0], "gateway-found")
        self.assertEqual(dict(running.event() for _ in self.NOW), self.NOW)
        self.assertEqual(running.end().code, 0)

    def test_idle(self):
        """What waits does not run."""
        def used(pid):
            with open(f"/proc/{pid}/stat", encoding="ascii") as file:
                ticks = file.read().rpartition(")")[2].split()[11:13]
            with open(f"/proc/{pid}/status", encoding="ascii") as file:
                switches = re.search(r"(?m)^voluntary_ctxt_switches:\s+(\d+)", file.read())
            return sum(map(int, ticks)), int(switches.group(1))

        for start in (self.watch, lambda: self.start("add", "80/tcp", "--keep", "--json")):
            running = start()
            self.gateway.wait_for("event")
            spent = []
            for _ in range(4):  # the beginning may still go on once
                before = used(running.process.pid)
                self.assertIsNone(self.quiet(running, 2))
                after = used(running.process.pid)
                spent.append((after[0] - before[0], after[1] - before[1]))
                if spent[-1] == (0, 0):
                    break
            self.assertLessEqual(spent[-1], (0, 1), spent)
            self.assertEqual(running.end().code, 0)
            self.gateway.ask("/clear-counters", {})

    def quiet(self, running, seconds):
        """None when it ends neither in this time."""
        try:
            return running.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None


class ReaderBlocks(CommandTest):
    """A pipe that is full and that nobody reads."""

    def full_pipe(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, writer)
        os.set_blocking(writer, False)
        with self.assertRaises(BlockingIOError):
            while True:
                os.write(writer, b"x" * 4096)
        os.set_blocking(writer, True)
        return writer

    def blocked(self, process):
        """Wait until it waits in a write to the pipe."""
        bound = time.monotonic() + BOUND_S
        while time.monotonic() < bound:
            with open(f"/proc/{process.pid}/syscall", encoding="ascii") as file:
                call = file.read().split()
            if call[0] in ("1", "64") and call[1] in ("0x1", "0x2"):  # write(), on x86 and others
                return
            time.sleep(0.01)
        raise AssertionError("it does not write")

    def ends(self, code, number, *words, both=False):
        pipe = self.full_pipe()
        process = subprocess.Popen(
            [NATUPNP, *words], stdin=subprocess.DEVNULL, stdout=pipe, env=self.environment(),
            stderr=pipe if both else subprocess.DEVNULL, preexec_fn=default_signals)
        try:
            self.blocked(process)
            process.send_signal(number)
            self.assertEqual(process.wait(BOUND_S), code, words)
        finally:
            process.kill()
            process.wait()

    def test_what_stays_ends_with_0(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for words in (["watch"], ["watch", "--json"], ["add", "80/tcp", "--keep"],
                          ["add", "80/tcp", "--keep", "--json"]):
                with self.subTest((number, words)):
                    self.ends(0, number, *words, both=number == signal.SIGTERM)
                    self.assertEqual(self.gateway.keys(), set())

    def test_the_others_end_as_interrupted(self):
        for port in range(1000, 1200):
            self.gateway.put(port)
        for words in (["list"], ["list", "--json"], ["info"], ["list", "-vv"]):
            with self.subTest(words):
                self.ends(143, signal.SIGTERM, *words)
                self.ends(130, signal.SIGINT, *words, both=True)

    def test_a_reader_in_time_loses_nothing(self):
        """A signal does not cut short what is being written."""
        for port in range(1000, 1400):
            self.gateway.put(port)
        for _ in range(5):  # a busy machine may take longer than the command waits
            running = self.start("list", "--json")
            self.blocked(running.process)
            result = running.end(signal.SIGTERM)
            if result.code != 143:
                break
        self.assertEqual(result.code, 0)
        self.assertEqual(len(result.json["mappings"]), 400)


class WatchByAsking(CommandTest):
    """A gateway that sends no events."""

    simulator_arguments = ("--no-events",)

    def test_now(self):
        out = self.expect(0, "watch", "--count", "3").out
        kinds = [re.fullmatch(EVENT_LINE, line).groups() for line in out.splitlines()]
        self.assertEqual(kinds[0][0], "gateway-found")
        self.assertEqual(sorted(kinds[1:]), [("connection-status", "Connected"),
                                             ("external-ip", "203.0.113.7")])

    def test_keep(self):
        running = self.start("add", "80/tcp", "--keep", "--lease", "5s")
        self.assertRegex(running.line(), r"^TCP 203\.0\.113\.7:80 -> ")
        self.assertEqual(running.event("stderr")[0], "mapping-renewed")
        self.assertEqual(running.end().code, 0)
        self.assertEqual(self.gateway.keys(), set())


class ExitCodes(CommandTest):
    """Each class of failure, by faults of the gateway."""

    def fails(self, code, status, *arguments, **faults):
        self.gateway.fault(**faults)
        result = self.expect(code, "--json", *arguments)
        found = result.json
        failure = found.get("error") or found["mappings"][0]["result"]
        self.assert_failure(failure, status)
        self.assertIn("natupnp: ", result.err)
        return found

    def test_refused(self):
        self.fails(1, "E_NOT_PERMITTED", "add", "80/tcp", AddPortMapping="718")
        self.fails(1, "E_FULL", "add", "80/tcp", AddPortMapping="728")
        found = self.fails(1, "E_NOT_PERMITTED", "add", "80/tcp", AddPortMapping="606")
        self.assertEqual(found["mappings"][0]["result"]["fault"], 606)
        found = self.fails(1, "E_FAULT", "add", "80/tcp", AddPortMapping="899")
        self.assertEqual(found["mappings"][0]["result"]["fault"], 899)

    def test_lookup_refused(self):
        self.fails(1, "E_NOT_PERMITTED", "remove", "80/tcp", GetSpecificPortMappingEntry="606")

    def test_unreadable(self):
        for what in ("badxml", "html200", "empty", "doctype"):
            with self.subTest(what):
                self.fails(4, "E_BAD_REPLY", "info", GetExternalIPAddress=what,
                           GetStatusInfo=what)
                self.gateway.put(80, internal_client="127.0.0.1")
                self.fails(4, "E_BAD_REPLY", "add", "80/tcp", AddPortMapping=what,
                           GetSpecificPortMappingEntry=what)

    def test_a_login_page_is_no_success(self):
        self.fails(4, "E_BAD_REPLY", "list", GetListOfPortMappings="html200",
                   GetGenericPortMappingEntry="html200")
        self.assertLess(self.gateway.actions()["GetGenericPortMappingEntry"], 100)
        self.fails(4, "E_BAD_REPLY", "add", "80/tcp", AddPortMapping="html200")
        self.assertEqual(self.gateway.keys(), set())

    def test_http_error(self):
        found = self.fails(4, "E_HTTP", "add", "80/tcp", "81/tcp", AddPortMapping="http500")
        self.assertIn("error", found)
        self.assertEqual([entry["result"]["status"] for entry in found["mappings"]],
                         ["E_HTTP", "E_HTTP"])

    def test_timeout(self):
        found = self.fails(4, "E_TIMEOUT", "add", "80/tcp", "--timeout", "2",
                           AddPortMapping="hang")
        self.assertIs(found["mappings"][0]["result"]["maybe_applied"], True)
        result = self.run_command("add", "80/tcp", "--timeout", "2")
        self.assertIn("may have been added all the same", result.err)

    def test_a_long_range_gives_up_at_the_first_timeout(self):
        self.gateway.fault(AddPortMapping="hang")
        found = self.expect(4, "add", "1000-1999/tcp", "--timeout", "0.5", "--json").json
        self.assertLess(self.gateway.actions()["AddPortMapping"], 50)
        self.assertEqual(len(found["mappings"]), 1000)
        self.assertEqual({entry["result"]["status"] for entry in found["mappings"]},
                         {"E_TIMEOUT"})
        self.assertIs(found["mappings"][-1]["result"]["maybe_applied"], False)

    def test_no_gateway(self):
        """In a network of its own there is nobody to answer."""
        probe = subprocess.run(["unshare", "-rn", "true"], stderr=subprocess.DEVNULL, check=False)
        if probe.returncode != 0:
            self.skipTest("needs unprivileged user namespaces or root")
        for words in (["list"], ["info"], ["add", "80-99/tcp"], ["remove", "80/tcp"]):
            with self.subTest(words):
                done = subprocess.run(
                    ["unshare", "-rn", NATUPNP, "--json", *words], stdin=subprocess.DEVNULL,
                    capture_output=True, timeout=BOUND_S,
                    env=self.environment(NATUPNP_GATEWAY=None))
                self.assertEqual(done.returncode, 3, done)
                found = json.loads(done.stdout)
                self.assertEqual(found["error"]["status"], "E_NO_GATEWAY")
                self.assertGreater(len(found["error"]["detail"]), 0)
                self.assertIsNone(found["gateway"])
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_stdout_full_or_closed(self):
        with open("/dev/full", "wb") as full:
            for words in (["list"], ["list", "--json"], ["--help"], ["--version"]):
                with self.subTest(words):
                    result = self.expect(5, *words, stdout=full)
                    self.assertIn("standard output", result.err)
        reader, writer = os.pipe()
        os.close(reader)
        self.addCleanup(os.close, writer)
        self.assertIn("standard output", self.expect(5, "list", stdout=writer).err)
        done = subprocess.run(["sh", "-c", f'exec "{NATUPNP}" list >&-'], timeout=BOUND_S,
                              stderr=subprocess.PIPE, env=self.environment())
        self.assertEqual(done.returncode, 5, done.stderr)

    def test_trace_full(self):
        result = self.expect(5, "list", "--trace", "/dev/full")
        self.assertIn("/dev/full", result.err)
        self.assertIn("no port mappings", result.out)


class Interrupted(CommandTest):
    def interrupt(self, number, *arguments):
        """Start the command, wait until its request hangs, interrupt it."""
        process = subprocess.Popen(
            [NATUPNP, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=self.environment(), preexec_fn=default_signals)
        try:
            bound = time.monotonic() + BOUND_S
            while not self.gateway.actions().get("AddPortMapping"):
                self.assertIsNone(process.poll(), "ended too early")
                self.assertLess(time.monotonic(), bound)
            begun = time.monotonic()
            process.send_signal(number)
            out, err = process.communicate(timeout=BOUND_S)
            return Result(process.returncode, out, err), time.monotonic() - begun
        finally:
            process.kill()
            process.wait()

    def test_at_once(self):
        self.gateway.fault(AddPortMapping="hang")
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            self.gateway.ask("/clear-counters", {})
            result, seconds = self.interrupt(number, "add", "80-99/tcp", "--timeout", "3600")
            self.assertEqual(result.code, code, result.err)
            self.assertEqual(result.out, "")
            self.assertIn("natupnp: interrupted\n", result.err)
            self.assertIn("80/TCP may have been added all the same", result.err)
            print(f"figure: natupnp add, {number.name}: {seconds * 1000:.1f} ms, promised 300 ms")

    def test_done_ones_are_told(self):
        self.gateway.fault(AddPortMapping=["latency=0:1", "hang"])
        self.gateway.put(80, internal_client="127.0.0.1")
        result, _ = self.interrupt(signal.SIGINT, "add", "80/tcp", "81/tcp", "--json")
        self.assertEqual(result.code, 130)
        statuses = [entry["result"]["status"] for entry in result.json["mappings"]]
        self.assertEqual(len(statuses), 2)
        self.assertIn("E_CANCELLED", statuses)


class Trace(CommandTest):
    def test_file(self):
        path = os.path.join(self.folder.name, "trace.txt")
        self.expect(0, "add", "8080/tcp", "--trace", path)
        with open(path, encoding="ascii") as file:
            lines = file.read().splitlines()
        heads = [line for line in lines if not line.startswith("    ")]
        for head in heads:
            self.assertRegex(head, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z "
                                   r"(sent to|received from) \S+ \S+, \d+ bytes$")
        peer = f"127.0.0.1:{self.gateway.http_port}"
        self.assertTrue(any("sent to" in head and peer in head for head in heads), heads)
        self.assertTrue(any("received from" in head and peer in head for head in heads), heads)
        text = "\n".join(lines)
        self.assertRegex(text, r"(?m)^    POST \S+ HTTP/1\.1\\r\\n$")
        self.assertIn("AddPortMapping", text)
        self.assertRegex(text, r"(?m)^    HTTP/1\.[01] 200 OK\\r\\n$")

    def test_stderr(self):
        result = self.run_command("list", "--trace", "-")
        self.assertEqual(result.code, 0)
        self.assertIn("received from", result.err)
        self.assertNotIn("received from", result.out)

    def test_verbose(self):
        quiet = self.expect(0, "list").err
        loud = self.run_command("list", "-v")
        louder = self.run_command("list", "-vv")
        self.assertEqual(quiet, "")
        self.assertEqual((loud.code, louder.code), (0, 0))
        self.assertGreaterEqual(len(louder.err), len(loud.err))
        for line in (loud.err + louder.err).splitlines():
            self.assertRegex(line, r"^natupnp: (debug|info|warning): \S")


class Cache(CommandTest):
    def test_directory(self):
        with tempfile.TemporaryDirectory() as folder:
            for base, changes in (
                    (os.path.join(folder, "xdg"), {"XDG_CACHE_HOME": os.path.join(folder, "xdg")}),
                    (os.path.join(folder, ".cache"), {"HOME": folder}),
                    (os.path.join(folder, ".cache"), {"HOME": folder, "XDG_CACHE_HOME": "relative"})):
                self.expect(0, "list", environment=changes)
                mode = os.stat(os.path.join(base, "natupnp")).st_mode
                self.assertEqual(stat.S_IMODE(mode), 0o700)

    def test_none(self):
        with tempfile.TemporaryDirectory() as folder:
            self.expect(0, "list", "--no-cache", environment={"HOME": folder})
            self.assertEqual(os.listdir(folder), [])
            os.mkdir(os.path.join(folder, ".cache"))
            with open(os.path.join(folder, ".cache", "natupnp"), "w", encoding="ascii"):
                pass
            self.expect(0, "list", environment={"HOME": folder})
            result = self.run_command("list", "-v", environment={"HOME": folder})
            self.assertEqual(result.code, 0)
            self.assertIn("not kept", result.err)
        self.expect(0, "list", environment={"HOME": None})


class Terminal(CommandTest):
    """What people see; pipes get plain text."""

    def on_terminal(self, *arguments, stream, columns=0, until=None, **changes):
        """Run it with one of its streams on a terminal; give what the terminal received. A command
        that stays is ended when that holds a text."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: slave}
        process = subprocess.Popen([NATUPNP, *arguments], stdin=subprocess.DEVNULL,
                                   env=self.environment(**changes), preexec_fn=default_signals,
                                   **streams)
        os.close(slave)
        try:
            received = b""
            bound = time.monotonic() + BOUND_S
            while time.monotonic() < bound and select.select([master], [], [], BOUND_S)[0]:
                try:
                    received += os.read(master, 65536)
                except OSError:  # the command closed its end
                    break
                if until is not None and re.search(until.encode(), received, re.DOTALL):
                    process.send_signal(signal.SIGINT)
                    until = None
            process.wait(BOUND_S)
            return received.decode()
        finally:
            process.kill()
            process.wait()
            os.close(master)

    def test_colour(self):
        self.gateway.put(80)
        self.assertIn("\x1b[1mEXTERNAL\x1b[0m", self.on_terminal("list", stream="stdout"))
        for changes in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": None}):
            with self.subTest(changes):
                self.assertNotIn("\x1b", self.on_terminal("list", stream="stdout", **changes))
        self.assertIn("\x1b[1mEXTERNAL", self.on_terminal("list", stream="stdout", NO_COLOR=""))
        self.assertNotIn("\x1b", self.expect(0, "list").out)
        self.assertNotIn("\x1b", self.on_terminal("list", "--json", stream="stdout"))
        self.assertIn("\x1b[1;31mnatupnp:", self.on_terminal("remove", "9/tcp", stream="stderr"))

    def test_progress(self):
        self.gateway.fault(AddPortMapping="hang")
        slow = self.on_terminal("add", "80/tcp", "--timeout", "3", stream="stderr")
        self.assertRegex(slow, r"\rWaiting for the gateway \.\.\. \d\.\d s\x1b\[K")
        self.assertIn("\r\x1b[K\x1b[1;31mnatupnp:", slow)
        several = self.on_terminal("add", "80-81/tcp", "--timeout", "3", stream="stderr")
        self.assertIn("0 of 2 done", several)
        for words in (["-v"], ["--trace", "-"]):
            self.assertNotIn("Waiting for", self.on_terminal(
                "add", "80/tcp", "--timeout", "0.8", *words, stream="stderr"))
        self.assertNotIn("Waiting for", self.run_command("add", "80/tcp", "--timeout", "0.8").err)

    def lines(self, columns, *words, until, stream="stdout", **changes):
        """What a command that stays shows, a string for each line, and the same without the breaks."""
        shown = self.on_terminal(*words, stream=stream, columns=columns, until=until, **changes)
        lines = shown.replace("\r\n", "\n").splitlines()
        for line in lines:
            self.assertLessEqual(sum(2 if char > "\u1100" else 1 for char in line), columns or 80, line)
        return lines, re.sub(r"\n +", " ", "\n".join(lines))

    def test_watch_fits(self):
        self.change(name="Ein Gateway mit einem langen Namen 服务器服务器服务器")
        for columns in (0, 80, 60, 40, 25):
            with self.subTest(columns):
                lines, text = self.lines(columns, "watch", until="number-of-entries +0")
                self.assertRegex(lines[0], r"^\d{4}-\d\d-\d\d$")
                self.assertRegex(lines[1], r"^\d\d:\d\d:\d\d ")
                self.assertIn(f"({self.gateway.location})".replace(" ", ""), text.replace(" ", ""))
                for part in ("langen Namen", "external-ip", "203.0.113.7", "connection-status",
                             "Connected"):
                    self.assertIn(part.replace(" ", ""), text.replace(" ", ""))
        lines, _ = self.lines(80, "watch", until="number-of-entries +0", TZ="XYZ-5:30")
        hour = (time.time() / 3600 + 5.5) % 24
        shown = sum(int(part) / 60 ** at for at, part in enumerate(lines[1][:8].split(":")))
        self.assertLess(min((hour - shown) % 24, (shown - hour) % 24), 0.1)

    def test_each_day_has_a_heading(self):
        """Midnight of a time zone that is made for it passes while it watches."""
        for _ in range(5):  # a busy machine may begin too late
            ahead_s = (86400 - 4 - int(time.time())) % 86400
            zone = f"XYZ-{ahead_s // 3600:02}:{ahead_s // 60 % 60:02}:{ahead_s % 60:02}"
            master, slave = pty.openpty()
            process = subprocess.Popen([NATUPNP, "watch"], stdin=subprocess.DEVNULL, stdout=slave,
                                       env=self.environment(TZ=zone), preexec_fn=default_signals)
            os.close(slave)
            received = b""
            changes = 0
            bound = time.monotonic() + BOUND_S
            first = rb"\d{4}-\d\d-\d\d\r\n\d\d:\d\d:\d\d "
            while len(re.findall(first, received)) < 2 and time.monotonic() < bound:
                if select.select([master], [], [], 1)[0]:
                    received += os.read(master, 65536)
                else:
                    changes += 1
                    self.gateway.put(1000 + changes)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(BOUND_S), 0)
            os.close(master)
            self.gateway.reset()
            days = re.findall(r"(?m)^(\d{4}-\d\d-\d\d)\r$", received.decode())
            if len(days) == 2:
                self.assertLess(days[0], days[1])
                times = re.split(r"(?m)^\d{4}-\d\d-\d\d\r$", received.decode())
                self.assertIn("23:59:", times[1])
                self.assertIn("00:00:", times[2])
                return
        self.fail(f"no new day came: {received}")

    def test_keep_fits(self):
        whole = r"TCP 203\.0\.113\.7:6000\d -> 127\.0\.0\.1:808\d"
        for columns in (0, 80, 40):
            with self.subTest(columns):
                _, text = self.lines(columns, "add", "60000-60003/tcp", "--to", ":8080", "--keep",
                                     "--lease", "2s", stream="stderr", until="mapping-renewed.*lease 2")
                self.assertIn("Kept until Ctrl-C", text)
                self.assertRegex(text, r"(?m)^\d\d:\d\d:\d\d mapping-renewed +" + whole + r" \(lease 2 s\)$")
                self.assertRegex(text, r"Removing 6000\d/TCP, .* and 6000\d/TCP\nDone")
                _, text = self.lines(columns, "add", "60000/tcp", "--keep", "--lease", "3601s",
                                     stream="stdout", until="lease")
                self.assertRegex(text, r"^TCP 203\.0\.113\.7:60000 -> 127\.0\.0\.1:60000 \(lease 1 h\)$")

    def test_other_outputs_are_whole(self):
        """Pipes and JSON get one line each, however long."""
        self.change(name="N" * 200)
        self.assertIn("N" * 200, self.expect(0, "watch", "--count", "1").out.splitlines()[0])
        shown = self.on_terminal("watch", "--json", "--count", "1", stream="stdout", columns=40)
        self.assertEqual(json.loads(shown)["gateway"]["name"], "N" * 200)

    def test_progress_fits(self):
        self.gateway.fault(AddPortMapping="hang")
        shown = self.on_terminal("add", "80-81/tcp", "--timeout", "1", stream="stderr", columns=30)
        found = re.findall(r"\r(Waiting[^\x1b]*)\x1b\[K", shown)
        self.assertGreater(len(found), 0)
        self.assertLess(max(map(len, found)), 30)

    def test_no_progress_when_quick(self):
        for _ in range(20):
            begun = time.monotonic()
            shown = self.on_terminal("list", stream="stderr")
            if time.monotonic() - begun < 0.3:  # else it was not, on a busy machine
                self.assertEqual(shown, "")
                return


if __name__ == "__main__":
    for name, path in (("NATUPNP_BIN", NATUPNP), ("NATUPNP_GATEWAY_BIN", GATEWAY)):
        if not os.access(path, os.X_OK):
            print(f"skipped: {name} does not name an executable ('{path}')")
            sys.exit(77)
    unittest.main(verbosity=2)
