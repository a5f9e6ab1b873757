#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every option, fault, action and control verb of natupnp-gateway, over plain sockets.

NATUPNP_GATEWAY_BIN names the program. Traffic stays on the loopback interface.
"""

import ctypes
import errno
import html
import http.client
import json
import os
import re
import resource
import secrets
import select
import signal
import socket
import subprocess
import time
import unittest
import urllib.parse
import xml.etree.ElementTree as ET

BIN = os.environ.get("NATUPNP_GATEWAY_BIN", "natupnp-gateway")
SCHEMAS = "urn:schemas-upnp-org:service:"
KEY = {"NewRemoteHost": "", "NewExternalPort": 8080, "NewProtocol": "TCP"}
ADD = {
    **KEY,
    "NewInternalPort": 80,
    "NewInternalClient": "127.0.0.1",
    "NewEnabled": 1,
    "NewPortMappingDescription": "web",
    "NewLeaseDuration": 3600,
}
RANGE = {"NewStartPort": 1, "NewEndPort": 65535, "NewProtocol": "TCP", "NewManage": 1}
TEST_LIMIT_S = 300
SOCKET_LIMIT_S = 60


def until(condition):
    """Poll for what another process is about to do."""
    end = time.monotonic() + SOCKET_LIMIT_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it never happened")
        select.select([], [], [], 0.01)


class Gateway:
    def __init__(self, *options, quiet=True):
        self.process = subprocess.Popen(
            [BIN, "--exit-with-stdin", *(["--quiet"] if quiet else []), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.communicate()[1].decode())
        self.ready = json.loads(line)
        self.port = self.ready["http_port"]
        self.connection_path = urllib.parse.urlsplit(self.ready["control_url"]).path

    def stop(self):
        self.process.stdin.close()
        self.process.stdin = None
        errors = self.process.communicate(timeout=SOCKET_LIMIT_S)[1].decode()
        self.errors = errors
        return self.process.returncode

    def http(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SOCKET_LIMIT_S)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def description(self):
        return self.http("GET", "/rootDesc.xml")

    def request(self, action, arguments, urn):
        inner = "".join(f"<{k}>{html.escape(str(v))}</{k}>" for k, v in arguments.items())
        body = (
            '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
            f'<s:Body><u:{action} xmlns:u="{urn}">{inner}</u:{action}></s:Body></s:Envelope>'
        ).encode()
        return body, {"Content-Type": "text/xml", "SOAPAction": f'"{urn}#{action}"'}

    def post(self, action, arguments=None, service="WANIPConnection:1", path=None, urn=None):
        """The reply as it came: status, headers, body."""
        body, headers = self.request(action, arguments or {}, urn or SCHEMAS + service)
        return self.http("POST", path or self.connection_path, body, headers)

    def call(self, action, arguments=None, **more):
        """The reply's arguments, or the number of its fault."""
        status, headers, body = self.post(action, arguments, **more)
        root = ET.fromstring(body)
        code = root.find(".//{urn:schemas-upnp-org:control-1-0}errorCode")
        if code is not None:
            assert status == 500, status
            return int(code.text)
        assert status == 200, (status, body)
        assert headers["Content-Type"].startswith("text/xml")
        reply = root[0][0]
        assert reply.tag.endswith(action + "Response"), reply.tag
        return {element.tag: element.text or "" for element in reply}

    def control(self, method, path, body=None):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.ready["control_port"], timeout=SOCKET_LIMIT_S
        )
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def state(self):
        return self.control("GET", "/state")[1]

    def table(self):
        return self.control("GET", "/table")[1]

    def log(self):
        return self.control("GET", "/log")[1]

    def set(self, **settings):
        status, reply = self.control("POST", "/set", settings)
        assert status == 200, reply

    def open(self, action, arguments=None, service="WANIPConnection:1"):
        """A raw socket with the request sent."""
        body, headers = self.request(action, arguments or {}, SCHEMAS + service)
        head = f"POST {self.connection_path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
        head += "".join(f"{k}: {v}\r\n" for k, v in headers.items())
        head += f"Content-Length: {len(body)}\r\n\r\n"
        wire = socket.create_connection(("127.0.0.1", self.port), SOCKET_LIMIT_S)
        wire.sendall(head.encode() + body)
        return wire


def read_all(wire):
    data = b""
    while True:
        try:
            more = wire.recv(65536)
        except ConnectionResetError:
            return data
        if not more:
            return data
        data += more


class Case(unittest.TestCase):
    def setUp(self):
        def fail(_number, _frame):
            raise AssertionError("the test took too long")

        signal.signal(signal.SIGALRM, fail)
        signal.alarm(TEST_LIMIT_S)
        self.addCleanup(signal.alarm, 0)

    def start(self, *options, **more):
        gateway = Gateway(*options, **more)

        def stop():
            if gateway.process.poll() is None:
                self.assertEqual(gateway.stop(), 0, getattr(gateway, "errors", ""))
                self.assertNotIn("Sanitizer", gateway.errors)

        self.addCleanup(stop)
        return gateway

    def port_of(self, **more):
        return {**ADD, **more}


class Process(Case):
    def test_ready_line(self):
        gateway = self.start()
        ready = gateway.ready
        self.assertEqual(ready["location"], f"http://127.0.0.1:{gateway.port}/rootDesc.xml")
        self.assertEqual(ready["control_url"], f"http://127.0.0.1:{gateway.port}/ctl/IPConn")
        self.assertEqual(ready["control"], f"http://127.0.0.1:{ready['control_port']}")
        self.assertEqual(ready["pid"], gateway.process.pid)
        self.assertGreater(ready["ssdp_port"], 0)

    def test_signals_and_stdin_end_it(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            gateway = self.start("--fault", "*=hang")
            with gateway.open("GetStatusInfo"):
                until(gateway.log)
                gateway.process.send_signal(number)
                self.assertEqual(gateway.stop(), 0, gateway.process.stderr)
        self.assertEqual(Gateway().stop(), 0)

    def test_a_signal_that_is_ignored_stays_so(self):
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            gateway = self.start()
        finally:
            signal.signal(signal.SIGINT, before)
        gateway.process.send_signal(signal.SIGINT)
        self.assertEqual(gateway.table(), [])

    def test_help_version_and_mistakes(self):
        def run(*options):
            return subprocess.run(
                [BIN, *options], capture_output=True, text=True, timeout=SOCKET_LIMIT_S
            )

        self.assertEqual(run("--version").stdout, "natupnp-gateway 0.1.0\n")
        text = run("--help").stdout
        for key in self.start().state()["settings"]:
            if key != "faults":
                option = re.sub("_(ms|s)$", "", key).replace("_", "-")
                self.assertIn("--" + option, text)
        for line in text.splitlines():
            self.assertLessEqual(len(line), 80)
        manual = os.path.join(os.path.dirname(__file__), "../../docs/reference/natupnp-gateway.md")
        with open(manual, encoding="utf-8") as file:
            page = file.read().split("## Options")[1].split("## Faults")[0]
        told = set(re.findall(r"(?m)(?:^\| |^|, )`(--[a-z-]+)", page))
        self.assertEqual(set(re.findall(r"(?m)^ +(?:-., )?(--[a-z-]+)", text)), told)
        for option, meant in (
            ("--prot", "did you mean --port?"),
            ("--ssdp", "--ssdp-port, --ssdp-delay or --ssdp-repeat"),
            ("--port", "--port N"),
            ("--secure=1", "no value"),
            ("--fault=x", "ACTION=WHAT"),
            ("--ssdp-port=x", "--ssdp-port: must be a number"),
        ):
            result = run(option)
            self.assertEqual(result.returncode, 64)
            self.assertRegex(result.stderr, "^natupnp-gateway: [^\n]*" + re.escape(meant) + "[^\n]*\n$")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([BIN, "--help"], stdout=full, timeout=SOCKET_LIMIT_S)
        self.assertEqual(done.returncode, 1)
        for wrong in (
            ["--igd", "3"],
            ["--port", "x"],
            ["--deny", "9-1"],
            ["--service", "dsl"],
            ["--listen", "localhost"],
            ["--fault", "AddPortMapping"],
            ["--fault", "AddPortMapping=nothing"],
            ["--fault", "AddPortMapping=501:x"],
            ["--location", "http://a\r\nX: y"],
            ["--nonsense"],
            ["argument"],
        ):
            result = run(*wrong)
            self.assertEqual(result.returncode, 64, wrong)
            self.assertTrue(result.stderr, wrong)

    def refused(self, *options, **more):
        """What a simulator says that cannot begin."""
        result = subprocess.run(
            [BIN, *options], capture_output=True, text=True, timeout=SOCKET_LIMIT_S,
            env={**os.environ, "LC_ALL": "C"}, **more
        )
        self.assertEqual(result.returncode, 1, result)
        self.assertEqual(result.stdout, "")
        return result.stderr

    def test_port_in_use(self):
        in_use = os.strerror(errno.EADDRINUSE)
        gateway = self.start()
        self.assertEqual(
            self.refused("--port", str(gateway.port)),
            f"natupnp-gateway: 127.0.0.1 port {gateway.port}: {in_use}\n",
        )
        ssdp = gateway.ready["ssdp_port"]
        self.assertEqual(
            self.refused("--ssdp-port", str(ssdp)),
            f"natupnp-gateway: searches at 127.0.0.1 port {ssdp}: {in_use}\n",
        )
        # The control interface has its port like everybody else: it is in use, too.
        control = gateway.ready["control_port"]
        self.assertEqual(
            self.refused("--port", str(control)),
            f"natupnp-gateway: 127.0.0.1 port {control}: {in_use}\n",
        )

    def test_an_address_of_another_host(self):
        self.assertEqual(
            self.refused("--listen", "192.0.2.1", "--port", "5000"),
            f"natupnp-gateway: 192.0.2.1 port 5000: {os.strerror(errno.EADDRNOTAVAIL)}\n",
        )

    def test_a_port_that_needs_a_privilege(self):
        with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding="ascii") as limit:
            if int(limit.read()) <= 80:
                self.skipTest("here everybody may listen on port 80")
        drop_bounding, bind_service = 24, 10  # PR_CAPBSET_DROP, CAP_NET_BIND_SERVICE
        prctl = ctypes.CDLL(None).prctl

        def give_up():
            if os.geteuid() == 0 and prctl(drop_bounding, bind_service, 0, 0, 0) != 0:
                raise OSError("cannot give the privilege up")

        self.assertEqual(
            self.refused("--port", "80", preexec_fn=give_up),
            f"natupnp-gateway: 127.0.0.1 port 80: {os.strerror(errno.EACCES)}\n",
        )

    def test_no_descriptors(self):
        """Each socket that cannot be had is told as what it was for."""
        too_many = os.strerror(errno.EMFILE)
        told = set()
        for limit in range(4, 20):
            def lower(limit=limit):
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))

            result = subprocess.run(
                [BIN, "--exit-with-stdin"], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                timeout=SOCKET_LIMIT_S, env={**os.environ, "LC_ALL": "C"}, preexec_fn=lower,
            )
            if result.returncode == 1 and too_many in result.stderr:
                told.add(result.stderr.split(":")[1].split(" ")[1])
        self.assertLessEqual({"127.0.0.1", "searches", "control"}, told)

    def test_ports_and_address_are_chosen(self):
        # An address of this process's own, so that its ports are free when asked for again.
        pid = os.getpid()
        address = f"127.{1 + (pid >> 16) % 250}.{(pid >> 8) & 255}.{1 + pid % 254}"
        first = self.start("--listen", address)
        port, ssdp = first.port, first.ready["ssdp_port"]
        self.assertEqual(first.ready["location"], f"http://{address}:{port}/rootDesc.xml")
        socket.create_connection((address, port), SOCKET_LIMIT_S).close()
        first.stop()
        second = self.start("--listen", address, "--port", str(port), "--ssdp-port", str(ssdp))
        self.assertEqual((second.port, second.ready["ssdp_port"]), (port, ssdp))

    def test_requests_are_reported_unless_quiet(self):
        gateway = self.start(quiet=False)
        gateway.call("GetExternalIPAddress")
        gateway.stop()
        self.assertIn("GetExternalIPAddress: 200", gateway.errors)
        gateway = self.start()
        gateway.call("GetExternalIPAddress")
        gateway.stop()
        self.assertEqual(gateway.errors, "")

    def test_what_is_printed_is_plain(self):
        """Whoever calls writes what he likes: none of it reaches a terminal as it is."""
        gateway = self.start("--control-stdin", "--name", "Box\u202e\x7f\u2028 caf\xe9 \U000e0041", quiet=False)
        hostile = "/\x9b2J\u202e\u2028\xff\U000e0041"  # libmicrohttpd 1.0 refuses C0 itself
        with socket.create_connection(("127.0.0.1", gateway.port), SOCKET_LIMIT_S) as wire:
            wire.sendall(f"GET {hostile} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            read_all(wire)
        self.assertEqual(len(gateway.log()), 1)
        gateway.process.stdin.write(b"GET /state\nGET /log\n")
        gateway.process.stdin.flush()
        for _ in range(2):
            line = gateway.process.stdout.readline()
            self.assertRegex(line.decode("ascii"), r"^[ -~]*\n$")
            answer = json.loads(line)
        self.assertEqual(answer[0]["path"], hostile)  # and it is the same data
        self.assertEqual(gateway.state()["settings"]["name"], "Box\u202e\x7f\u2028 caf\xe9 \U000e0041")
        gateway.stop()
        self.assertEqual(gateway.errors.count("\n"), 1)
        self.assertRegex(gateway.errors, r"^[ -~\n]*$")


class Search(Case):
    def search(self, gateway, target, to=None, count=1, man='"ssdp:discover"'):
        """The first answers, each as a dictionary with the source as "from"."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.settimeout(SOCKET_LIMIT_S)
            wire.setsockopt(
                socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1")
            )
            wire.bind(("127.0.0.1", 0))
            text = (
                "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
                f"MAN: {man}\r\nMX: 1\r\nST: {target}\r\n\r\n"
            )
            wire.sendto(text.encode(), (to or "127.0.0.1", gateway.ready["ssdp_port"]))
            answers = []
            for _ in range(count):
                data, source = wire.recvfrom(4096)
                lines = data.decode().split("\r\n")
                self.assertEqual(lines[0], "HTTP/1.1 200 OK")
                self.assertEqual(lines[-2:], ["", ""])
                answer = dict(re.split(": ?", line, maxsplit=1) for line in lines[1:-2])
                answers.append({**answer, "from": source})
            return answers

    def silent(self, gateway, send):
        """Whether a search had no answer: one that always has is answered in its place."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.settimeout(SOCKET_LIMIT_S)
            for target, man in (send, ("upnp:rootdevice", '"ssdp:discover"')):
                text = f"M-SEARCH * HTTP/1.1\r\nMAN: {man}\r\nST: {target}\r\n\r\n"
                wire.sendto(text.encode(), ("127.0.0.1", gateway.ready["ssdp_port"]))
            return b"ST: upnp:rootdevice" in wire.recv(4096)

    def test_unicast(self):
        gateway = self.start()
        for target in (
            "upnp:rootdevice",
            "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
            "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
            "urn:schemas-upnp-org:device:WANConnectionDevice:2",
            SCHEMAS + "WANIPConnection:1",
            SCHEMAS + "WANIPConnection:2",
            SCHEMAS + "WANCommonInterfaceConfig:1",
        ):
            (answer,) = self.search(gateway, target)
            self.assertEqual(answer["ST"], target)
            self.assertTrue(answer["USN"].endswith("::" + target))
            self.assertEqual(answer["LOCATION"], gateway.ready["location"])
            self.assertEqual(answer["from"], ("127.0.0.1", gateway.ready["ssdp_port"]))
            self.assertIn("BOOTID.UPNP.ORG", answer)
        uuid = answer["USN"].split("::")[0]
        self.assertTrue(uuid.startswith("uuid:"))
        (answer,) = self.search(gateway, "upnp:rootdevice")
        (answer,) = self.search(gateway, answer["USN"].split("::")[0])
        self.assertEqual(answer["ST"], answer["USN"])
        searches = gateway.state()["searches"]
        self.assertEqual(searches["upnp:rootdevice"], 2)

    def test_all(self):
        answers = self.search(self.start(), "ssdp:all", count=8)
        self.assertEqual(len({answer["USN"] for answer in answers}), 8)

    def test_not_offered(self):
        gateway = self.start("--igd", "1")
        for target in (
            "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
            "urn:schemas-upnp-org:device:InternetGatewayDevice:",
            SCHEMAS + "WANPPPConnection:1",
            "urn:schemas-upnp-org:device:MediaServer:1",
        ):
            self.assertTrue(self.silent(gateway, (target, '"ssdp:discover"')), target)
        self.assertTrue(self.silent(gateway, ("ssdp:all", "ssdp:discover")))

    def test_multicast(self):
        for options, unicast in ((["--multicast"], True), (["--multicast", "--no-unicast"], False)):
            gateway = self.start(*options)
            (answer,) = self.search(gateway, "upnp:rootdevice", to="239.255.255.250")
            self.assertEqual(answer["from"][0], "127.0.0.1")
            self.assertEqual(answer["from"][1] == gateway.ready["ssdp_port"], unicast)
            if unicast:
                self.search(gateway, "upnp:rootdevice")

    def test_no_unicast(self):
        gateway = self.start("--no-unicast")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.settimeout(SOCKET_LIMIT_S)
            wire.connect(("127.0.0.1", gateway.ready["ssdp_port"]))
            wire.send(
                b"M-SEARCH * HTTP/1.1\r\nMAN: \"ssdp:discover\"\r\nST: upnp:rootdevice\r\n\r\n"
            )
            gateway.call("GetExternalIPAddress")
            self.assertEqual(select.select([wire], [], [], 0)[0], [])
        self.assertEqual(gateway.state()["searches"], {})

    def test_delay_repeat_location(self):
        gateway = self.start(
            "--ssdp-delay", "100", "--ssdp-repeat", "3", "--location", "http://192.0.2.1/other.xml"
        )
        start = time.monotonic()
        answers = self.search(gateway, "upnp:rootdevice", count=3)
        self.assertGreaterEqual(time.monotonic() - start, 0.099)
        self.assertEqual({a["LOCATION"] for a in answers}, {"http://192.0.2.1/other.xml"})
        self.assertEqual(gateway.http("GET", "/other.xml")[0], 200)

    def test_mute(self):
        gateway = self.start()
        self.assertEqual(gateway.control("POST", "/mute", {"ssdp": True})[0], 200)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            text = b"M-SEARCH * HTTP/1.1\r\nMAN: \"ssdp:discover\"\r\nST: upnp:rootdevice\r\n\r\n"
            wire.sendto(text, ("127.0.0.1", gateway.ready["ssdp_port"]))
            until(lambda: gateway.state()["searches"])
            self.assertEqual(select.select([wire], [], [], 0)[0], [])
        self.assertTrue(gateway.state()["ssdp_muted"])
        self.assertEqual(gateway.control("POST", "/mute", {"ssdp": 1})[0], 400)
        gateway.control("POST", "/mute", {"ssdp": False})
        self.search(gateway, "upnp:rootdevice")

    def test_notify(self):
        gateway = self.start()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.settimeout(SOCKET_LIMIT_S)
            wire.bind(("239.255.255.250", 0))
            group = socket.inet_aton("239.255.255.250") + socket.inet_aton("127.0.0.1")
            wire.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
            body = {"nts": "ssdp:byebye", "boot_id": 77, "port": wire.getsockname()[1]}
            self.assertEqual(gateway.control("POST", "/notify", body), (200, {"ok": True}))
            for _ in range(8):
                text = wire.recv(4096).decode()
                self.assertTrue(text.startswith("NOTIFY * HTTP/1.1\r\n"))
                self.assertIn("\r\nNTS: ssdp:byebye\r\n", text)
                self.assertIn("\r\nBOOTID.UPNP.ORG: 77\r\n", text)
            self.assertEqual(gateway.state()["boot_id"], 77)
            # Another description and another device, from then on.
            more = {"location": "http://192.0.2.1/x", "uuid": "another-"}
            gateway.control("POST", "/notify", {**body, "nts": "ssdp:alive", **more})
            for _ in range(8):
                text = wire.recv(4096).decode()
                self.assertIn("\r\nNTS: ssdp:alive\r\n", text)
                self.assertIn("\r\nLOCATION: http://192.0.2.1/x\r\n", text)
                self.assertRegex(text, "\r\nUSN: uuid:another-[123](::|\r\n)")
        self.assertEqual(gateway.state()["settings"]["location"], "http://192.0.2.1/x")
        self.assertIn(b"<UDN>uuid:another-1</UDN>", gateway.description()[2])
        for wrong in (
            {},
            {"nts": "a", "location": "a\r\nb"},
            {"nts": "a", "location": "a" * 1024},
            {"nts": "a", "uuid": "a\nb"},
            {"nts": "a", "uuid": "a" * 48},
            {"nts": 1},
            {"nts": "a", "port": 0},
            {"nts": "a\r\nb"},
            {"nts": "a", "x": 1},
        ):
            self.assertEqual(gateway.control("POST", "/notify", wrong)[0], 400)


class Description(Case):
    NS = "{urn:schemas-upnp-org:device-1-0}"

    def services(self, gateway):
        status, headers, body = gateway.description()
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("text/xml"))
        root = ET.fromstring(body)
        found = {}
        for service in root.iter(self.NS + "service"):
            values = {e.tag.removeprefix(self.NS): e.text for e in service}
            found[values["serviceType"]] = values
        return root, found

    def test_shape(self):
        gateway = self.start("--name", "Täst & <co>")
        root, services = self.services(gateway)
        device = f"{self.NS}device"
        inner = f"{self.NS}deviceList/{device}"
        types = [
            root.find(path + f"/{self.NS}deviceType").text
            for path in (device, f"{device}/{inner}", f"{device}/{inner}/{inner}")
        ]
        self.assertEqual(
            [t.split(":")[3:] for t in types],
            [["InternetGatewayDevice", "2"], ["WANDevice", "2"], ["WANConnectionDevice", "2"]],
        )
        self.assertEqual(root.find(f"{device}/{self.NS}friendlyName").text, "Täst & <co>")
        for name in ("manufacturer", "modelName", "UDN", "presentationURL"):
            self.assertTrue(root.find(f"{device}/{self.NS}{name}").text)
        self.assertIsNone(root.find(self.NS + "URLBase"))
        self.assertEqual(len({e.text for e in root.iter(self.NS + "UDN")}), 3)
        self.assertEqual(
            list(services),
            [
                SCHEMAS + "Layer3Forwarding:1",
                SCHEMAS + "WANCommonInterfaceConfig:1",
                SCHEMAS + "WANIPConnection:2",
            ],
        )
        self.assertEqual(gateway.http("GET", "/")[0], 200)
        self.assertEqual(gateway.http("HEAD", "/rootDesc.xml")[2], b"")

    def test_scpd(self):
        gateway = self.start()
        for service in self.services(gateway)[1].values():
            status, _headers, body = gateway.http("GET", service["SCPDURL"])
            self.assertEqual(status, 200)
            root = ET.fromstring(body)
            ns = "{urn:schemas-upnp-org:service-1-0}"
            variables = root.findall(f"{ns}serviceStateTable/{ns}stateVariable/{ns}name")
            known = {e.text for e in variables}
            used = {e.text for e in root.iter(ns + "relatedStateVariable")}
            self.assertTrue(root.findall(f"{ns}actionList/{ns}action"))
            self.assertEqual(known - {"SystemUpdateID"}, used)

    def test_options(self):
        gateway = self.start(
            *("--urlbase", "http://192.0.2.1:5/", "--control-url", "ctl?WANIP&x"),
            *("--dslforum", "--igd", "1"),
        )
        root, services = self.services(gateway)
        self.assertEqual(root.find(self.NS + "URLBase").text, "http://192.0.2.1:5/")
        urn = "urn:dslforum-org:service:WANIPConnection:1"
        self.assertEqual(services[urn]["controlURL"], "ctl?WANIP&x")
        reply = gateway.call("GetExternalIPAddress", urn=urn, path="/ctl?WANIP&x")
        self.assertEqual(reply, {"NewExternalIPAddress": "203.0.113.7"})
        self.assertEqual(gateway.log()[-1]["path"], "/ctl?WANIP&x")
        self.assertEqual(gateway.call("GetExternalIPAddress"), 401)

    def test_services(self):
        for option, expected in (
            ("ip", ["WANIPConnection:2"]),
            ("ppp", ["WANPPPConnection:1"]),
            ("both", ["WANIPConnection:2", "WANPPPConnection:1"]),
            ("ppp-first", ["WANPPPConnection:1", "WANIPConnection:2"]),
        ):
            gateway = self.start("--service", option)
            found = list(self.services(gateway)[1])[2:]
            self.assertEqual(found, [SCHEMAS + name for name in expected])

    def test_one_of_both_is_connected(self):
        for connected in ("ip", "ppp"):
            gateway = self.start("--service", "both", "--connected", connected)
            for name in ("IP", "PPP"):
                active = connected.upper() == name
                path = f"/ctl/{name}Conn"
                where = {"service": f"WAN{name}Connection:1", "path": path}
                self.assertEqual(gateway.ready["control_url"].endswith(path), active)
                status = gateway.call("GetStatusInfo", **where)
                self.assertEqual(
                    status["NewConnectionStatus"], "Connected" if active else "Disconnected"
                )
                self.assertEqual(
                    gateway.call("GetExternalIPAddress", **where)["NewExternalIPAddress"],
                    "203.0.113.7" if active else "0.0.0.0",
                )
                added = gateway.call("AddPortMapping", ADD, **where)
                self.assertEqual(added, {} if active else 501)
            default = gateway.call(
                "GetDefaultConnectionService", service="Layer3Forwarding:1", path="/ctl/L3F"
            )["NewDefaultConnectionService"]
            self.assertIn(f"WAN{connected.upper()}Conn1", default)


class Actions(Case):
    def test_information(self):
        gateway = self.start("--external-ip", "198.51.100.9", "--status", "Up")
        self.assertEqual(
            gateway.call("GetExternalIPAddress"), {"NewExternalIPAddress": "198.51.100.9"}
        )
        status = gateway.call("GetStatusInfo")
        self.assertEqual(status["NewConnectionStatus"], "Up")
        self.assertLess(int(status["NewUptime"]), TEST_LIMIT_S)
        self.assertEqual(gateway.call("GetConnectionTypeInfo")["NewConnectionType"], "IP_Routed")
        self.assertEqual(gateway.call("GetNATRSIPStatus")["NewNATEnabled"], "1")
        self.assertEqual(gateway.call("SetConnectionType", {"NewConnectionType": "IP_Routed"}), {})
        self.assertEqual(gateway.call("SetConnectionType", {"NewConnectionType": "x"}), 402)
        self.assertEqual(gateway.call("SetConnectionType"), 402)
        self.assertEqual(gateway.call("ForceTermination"), {})
        self.assertEqual(gateway.call("ForceTermination"), 711)
        self.assertEqual(gateway.call("RequestConnection"), {})
        self.assertEqual(gateway.call("GetStatusInfo")["NewConnectionStatus"], "Connected")
        link = gateway.call(
            "GetCommonLinkProperties", service="WANCommonInterfaceConfig:1", path="/ctl/CmnIfCfg"
        )
        self.assertEqual(link["NewPhysicalLinkStatus"], "Up")
        self.assertEqual(gateway.call("Nonsense"), 401)
        self.assertEqual(gateway.call("GetCommonLinkProperties"), 401)

    def test_versions(self):
        gateway = self.start()
        two = SCHEMAS + "WANIPConnection:2"
        reply = gateway.post("GetExternalIPAddress", urn=two)[2].decode()
        self.assertIn(two, reply)
        self.assertEqual(gateway.call("AddAnyPortMapping", ADD), 401)
        reserved = gateway.call("AddAnyPortMapping", ADD, urn=two)
        self.assertEqual(reserved, {"NewReservedPort": "8080"})
        self.assertEqual(gateway.call("GetExternalIPAddress", service="WANIPConnection:3"), 401)
        self.assertEqual(self.start("--igd", "1").call("GetExternalIPAddress", urn=two), 401)

    def test_bad_requests(self):
        gateway = self.start()
        body, headers = gateway.request("GetStatusInfo", {}, SCHEMAS + "WANIPConnection:1")
        path = gateway.connection_path
        other = gateway.request("GetExternalIPAddress", {}, SCHEMAS + "WANIPConnection:1")[1]
        for sent, with_headers in (
            (body, {}),
            (body, other),
            (body, {"SOAPAction": "x"}),
            (body[:-5], headers),
            (b"", headers),
            (body.replace(b"?>", b"?><!DOCTYPE a>"), headers),
            (body.replace(b"envelope/", b"other/"), headers),
            (body.replace(b"</u:", b"<a><b/></a></u:"), headers),
            (body.replace(b"</u:", b"<a/><a/></u:"), headers),
        ):
            self.assertEqual(gateway.http("POST", path, sent, with_headers)[0], 400, sent)
        unquoted = {"SOAPAction": headers["SOAPAction"].strip('"')}
        self.assertEqual(gateway.http("POST", path, body, unquoted)[0], 200)
        self.assertEqual(gateway.http("POST", path, b"x" * 300000, headers)[0], 413)
        self.assertEqual(gateway.http("GET", path)[0], 404)
        self.assertEqual(gateway.http("POST", "/nowhere", body, headers)[0], 404)
        self.assertEqual(gateway.http("GET", "/WANPPPCn.xml")[0], 404)

    def test_add_get_delete(self):
        gateway = self.start()
        description = "a <b> & 'c' \"d\" ü"
        # The order of the arguments is free.
        added = dict(reversed(self.port_of(NewPortMappingDescription=description).items()))
        self.assertEqual(gateway.call("AddPortMapping", added), {})
        value = gateway.call("GetSpecificPortMappingEntry", KEY)
        lease = int(value.pop("NewLeaseDuration"))
        self.assertTrue(3500 <= lease <= 3600, lease)
        expected = {
            "NewInternalPort": "80",
            "NewInternalClient": "127.0.0.1",
            "NewEnabled": "1",
            "NewPortMappingDescription": description,
        }
        self.assertEqual(value, expected)
        entry = gateway.call("GetGenericPortMappingEntry", {"NewPortMappingIndex": 0})
        entry.pop("NewLeaseDuration")
        self.assertEqual(
            entry,
            {**expected, "NewRemoteHost": "", "NewExternalPort": "8080", "NewProtocol": "TCP"},
        )
        past = {"NewPortMappingIndex": 1}
        self.assertEqual(gateway.call("GetGenericPortMappingEntry", past), 713)
        self.assertEqual(gateway.call("DeletePortMapping", KEY), {})
        self.assertEqual(gateway.call("DeletePortMapping", KEY), 714)
        self.assertEqual(gateway.call("GetSpecificPortMappingEntry", KEY), 714)

    def test_overwrite(self):
        gateway = self.start()
        gateway.call("AddPortMapping", ADD)
        changed = self.port_of(NewInternalPort=81, NewEnabled=0, NewPortMappingDescription="new")
        self.assertEqual(gateway.call("AddPortMapping", changed), {})
        (entry,) = gateway.table()
        self.assertEqual(
            (entry["internal_port"], entry["enabled"], entry["description"]), (81, False, "new")
        )
        other = self.port_of(NewInternalClient="127.0.0.9")
        self.assertEqual(gateway.call("AddPortMapping", other), 718)
        # Another remote host or protocol is another entry.
        for change in ({"NewRemoteHost": "192.0.2.1"}, {"NewProtocol": "UDP"}):
            self.assertEqual(gateway.call("AddPortMapping", {**other, **change}), {})
        self.assertEqual(len(gateway.table()), 3)

    def test_bad_arguments(self):
        gateway = self.start()
        for wrong in (
            {"NewProtocol": "tcp"},
            {"NewProtocol": ""},
            {"NewExternalPort": 65536},
            {"NewExternalPort": " 80"},
            {"NewExternalPort": ""},
            {"NewInternalPort": -1},
            {"NewInternalClient": ""},
            {"NewInternalClient": "host"},
            {"NewEnabled": "maybe"},
            {"NewLeaseDuration": ""},
            {"NewLeaseDuration": 1 << 32},
            {"NewRemoteHost": "*"},
            {"NewPortMappingDescription": "x" * 256},
        ):
            self.assertEqual(gateway.call("AddPortMapping", self.port_of(**wrong)), 402, wrong)
        for name in ADD:
            rest = {k: v for k, v in ADD.items() if k != name}
            self.assertEqual(gateway.call("AddPortMapping", rest), 402, name)
        self.assertEqual(gateway.call("AddPortMapping", self.port_of(NewExternalPort=0)), 716)
        self.assertEqual(gateway.call("AddPortMapping", self.port_of(NewInternalPort=0)), 732)
        self.assertEqual(gateway.table(), [])

    def test_add_any(self):
        gateway = self.start("--deny", "9001-9002")
        where = {"urn": SCHEMAS + "WANIPConnection:2"}

        def add(**more):
            return gateway.call("AddAnyPortMapping", self.port_of(**more), **where)

        self.assertEqual(add(), {"NewReservedPort": "8080"})
        self.assertEqual(add(), {"NewReservedPort": "8081"})
        self.assertEqual(add(NewInternalClient="127.0.0.9"), {"NewReservedPort": "8082"})
        self.assertEqual(add(NewExternalPort=0), {"NewReservedPort": "1024"})
        self.assertEqual(add(NewExternalPort=9000), {"NewReservedPort": "9000"})
        self.assertEqual(add(NewExternalPort=9000), {"NewReservedPort": "9003"})
        gateway.set(any_overwrites=True)
        self.assertEqual(add(), {"NewReservedPort": "8080"})
        gateway.set(no_any=True)
        self.assertEqual(add(), 401)

    def test_list_and_delete_range(self):
        gateway = self.start("--mappings", "6")
        where = {"urn": SCHEMAS + "WANIPConnection:2"}
        ports = "{urn:schemas-upnp-org:gw:WANIPConnection}NewExternalPort"

        def listing(**more):
            reply = gateway.call(
                "GetListOfPortMappings", {**RANGE, "NewNumberOfPorts": 0, **more}, **where
            )
            if isinstance(reply, int):
                return reply
            root = ET.fromstring(reply["NewPortListing"])
            self.assertEqual(root[0].find(ports.replace("ExternalPort", "RemoteHost")).text, None)
            return [int(e.text) for e in root.iter(ports)]

        self.assertEqual(listing(), [10000, 10002, 10004])
        self.assertEqual(listing(NewProtocol="UDP"), [10001, 10003, 10005])
        self.assertEqual(listing(NewNumberOfPorts=2), [10000, 10002])
        self.assertEqual(listing(NewStartPort=10001, NewEndPort=10003), [10002])
        self.assertEqual(listing(NewStartPort=1, NewEndPort=9), 730)
        self.assertEqual(listing(NewStartPort=9, NewEndPort=1), 733)
        self.assertEqual(listing(NewManage=0), 730)
        self.assertEqual(listing(NewProtocol="tcp"), 402)
        raw = gateway.post("GetListOfPortMappings", {**RANGE, "NewNumberOfPorts": 0}, **where)[2]
        self.assertIn(b"<NewPortListing><![CDATA[", raw)
        gateway.set(escaped_list=True)
        raw = gateway.post("GetListOfPortMappings", {**RANGE, "NewNumberOfPorts": 0}, **where)[2]
        self.assertIn(b"<NewPortListing>&lt;", raw)
        self.assertEqual(listing(), [10000, 10002, 10004])
        part = {**RANGE, "NewEndPort": 10002}
        self.assertEqual(gateway.call("DeletePortMappingRange", part, **where), {})
        self.assertEqual(listing(), [10004])
        self.assertEqual(gateway.call("DeletePortMappingRange", part, **where), 730)
        wrong = {**RANGE, "NewStartPort": 5, "NewEndPort": 4}
        self.assertEqual(gateway.call("DeletePortMappingRange", wrong, **where), 733)
        gateway.set(no_list=True, no_specific=True)
        self.assertEqual(listing(), 401)
        self.assertEqual(gateway.call("GetSpecificPortMappingEntry", KEY), 401)


class Policy(Case):
    def lease_after(self, gateway, lease):
        self.assertEqual(gateway.call("AddPortMapping", self.port_of(NewLeaseDuration=lease)), {})
        return gateway.table()[0]["lease_s"]

    def test_leases_run_out(self):
        gateway = self.start()
        self.lease_after(gateway, 3600)
        gateway.control("POST", "/advance", {"seconds": 3000})
        left = int(gateway.call("GetSpecificPortMappingEntry", KEY)["NewLeaseDuration"])
        self.assertTrue(500 <= left <= 600, left)
        self.assertGreaterEqual(int(gateway.call("GetStatusInfo")["NewUptime"]), 3000)
        gateway.control("POST", "/advance", {"seconds": 600})
        self.assertEqual(gateway.call("GetSpecificPortMappingEntry", KEY), 714)
        self.assertEqual(gateway.table(), [])
        for wrong in ({}, {"seconds": -1}, {"seconds": "1"}, {"seconds": 1, "x": 2}, [1]):
            self.assertEqual(gateway.control("POST", "/advance", wrong)[0], 400)

    def test_lease_in_real_time(self):
        gateway = self.start()
        self.lease_after(gateway, 1)
        until(lambda: gateway.table() == [])

    def test_lease_limits(self):
        week = 604800
        gateway = self.start()
        self.assertEqual(self.lease_after(gateway, 0), week)
        self.assertEqual(self.lease_after(gateway, week + 1), week)
        gateway = self.start("--igd", "1")
        self.assertEqual(self.lease_after(gateway, 0), 0)
        self.assertEqual(self.lease_after(gateway, 2 * week), 2 * week)
        gateway = self.start("--igd", "1", "--lease-zero-week")
        self.assertEqual(self.lease_after(gateway, 0), week)
        gateway = self.start("--max-lease", "120")
        self.assertEqual(self.lease_after(gateway, 3600), 120)
        self.assertEqual(self.lease_after(gateway, 60), 60)
        gateway = self.start("--permanent-only")
        self.assertEqual(gateway.call("AddPortMapping", ADD), 725)
        self.assertEqual(self.lease_after(gateway, 0), 0)

    def test_secure(self):
        for igd, code in (("1", 718), ("2", 606)):
            gateway = self.start("--secure", "--igd", igd, "--mappings", "1")
            other = self.port_of(NewInternalClient="192.168.1.77")
            self.assertEqual(gateway.call("AddPortMapping", other), code)
            self.assertEqual(gateway.call("AddPortMapping", ADD), {})
            theirs = {**KEY, "NewExternalPort": 10000}
            self.assertEqual(gateway.call("DeletePortMapping", theirs), 606)
            self.assertEqual(gateway.call("DeletePortMapping", KEY), {})
        where = {"urn": SCHEMAS + "WANIPConnection:2"}
        self.assertEqual(gateway.call("DeletePortMappingRange", RANGE, **where), 606)
        own = {**RANGE, "NewManage": 0}
        self.assertEqual(gateway.call("DeletePortMappingRange", own, **where), 730)

    def test_refusals(self):
        for igd, full, denied in (("1", 501, 718), ("2", 728, 606)):
            gateway = self.start(
                "--igd", igd, "--max-mappings", "1", "--deny", "1-1023", "--same-ports"
            )
            low = self.port_of(NewExternalPort=80)
            self.assertEqual(gateway.call("AddPortMapping", low), denied)
            self.assertEqual(gateway.call("AddPortMapping", ADD), 724)
            same = self.port_of(NewInternalPort=8080)
            self.assertEqual(gateway.call("AddPortMapping", same), {})
            self.assertEqual(gateway.call("AddPortMapping", same), {})
            more = self.port_of(NewExternalPort=8081, NewInternalPort=8081)
            self.assertEqual(gateway.call("AddPortMapping", more), full)
        gateway.set(deny="")
        self.assertEqual(gateway.call("AddPortMapping", {**low, "NewInternalPort": 80}), 728)

    def test_changes_ignored(self):
        gateway = self.start(
            "--ignore-description-change", "--ignore-enabled", "--confirm-absent-removal"
        )
        gateway.call("AddPortMapping", ADD)
        gateway.call("AddPortMapping", self.port_of(NewPortMappingDescription="b", NewEnabled=0))
        (entry,) = gateway.table()
        self.assertEqual((entry["description"], entry["enabled"]), ("web", True))
        self.assertEqual(gateway.call("DeletePortMapping", {**KEY, "NewProtocol": "UDP"}), {})

    def test_mappings_to_start_with(self):
        table = self.start("--mappings", "100").table()
        self.assertEqual(len(table), 100)
        self.assertEqual({entry["protocol"] for entry in table}, {"TCP", "UDP"})
        self.assertGreater(len({entry["internal_client"] for entry in table}), 10)
        self.assertEqual(len(self.start("--mappings", "50000").table()), 50000)


class Transport(Case):
    def test_keep_alive_and_close(self):
        for options, connections in (([], 1), (["--close"], 2)):
            gateway = self.start(*options)
            wire = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=SOCKET_LIMIT_S)
            for _ in range(2):
                wire.request("GET", "/rootDesc.xml")
                response = wire.getresponse()
                response.read()
                self.assertEqual(response.headers["Connection"] == "close", bool(options))
            self.assertEqual(gateway.state()["connections"]["accepted"], connections)
            self.assertEqual(gateway.state()["connections"]["open"], 0 if options else 1)
            wire.close()
            until(lambda g=gateway: g.state()["connections"]["open"] == 0)

    def test_latency(self):
        gateway = self.start("--latency", "100", "--fault", "GetStatusInfo=latency=200")
        for action, seconds in (("GetExternalIPAddress", 0.099), ("GetStatusInfo", 0.299)):
            start = time.monotonic()
            self.assertIsInstance(gateway.call(action), dict)
            self.assertGreaterEqual(time.monotonic() - start, seconds)
        start = time.monotonic()
        gateway.description()
        self.assertGreaterEqual(time.monotonic() - start, 0.099)

    def test_waiting_requests_do_not_hold_each_other_up(self):
        gateway = self.start("--fault", "GetStatusInfo=hang")
        wires = [gateway.open("GetStatusInfo") for _ in range(20)]
        until(lambda: gateway.state()["actions"].get("GetStatusInfo") == 20)
        self.assertIsInstance(gateway.call("GetExternalIPAddress"), dict)
        self.assertEqual(select.select(wires, [], [], 0)[0], [])
        for wire in wires:
            wire.close()

    def test_client_that_leaves_early(self):
        gateway = self.start("--latency", "50")
        for _ in range(10):
            gateway.open("GetExternalIPAddress").close()
        for part in (b"", b"POST", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"):
            with socket.create_connection(("127.0.0.1", gateway.port), SOCKET_LIMIT_S) as wire:
                wire.sendall(part)
        until(lambda: gateway.state()["connections"]["open"] == 0)
        self.assertIsInstance(gateway.call("GetStatusInfo"), dict)


class Faults(Case):
    """Each fault on an action that changes something: was it carried out?"""

    def fault(self, what, *options):
        gateway = self.start("--fault", "AddPortMapping=" + what, *options)
        return gateway, (lambda: len(gateway.table()) == 1)

    def post(self, what):
        gateway, done = self.fault(what)
        return *gateway.post("AddPortMapping", ADD), done()

    def test_numbers_and_counts(self):
        gateway, done = self.fault("718:2")
        self.assertEqual(gateway.call("AddPortMapping", ADD), 718)
        self.assertEqual(gateway.call("AddPortMapping", ADD), 718)
        self.assertFalse(done())
        self.assertEqual(gateway.state()["settings"]["faults"], {"AddPortMapping": ["718:0"]})
        self.assertEqual(gateway.call("AddPortMapping", ADD), {})
        self.assertTrue(done())
        gateway.set(faults={"*": ["-911:1", "602"], "GetStatusInfo": "latency=1"})
        self.assertEqual(gateway.call("GetStatusInfo"), -911)
        self.assertEqual(gateway.call("AddPortMapping", ADD), 602)
        self.assertEqual(gateway.description()[0], 200)
        self.assertEqual(
            gateway.state()["settings"]["faults"],
            {"*": ["-911:0", "602"], "GetStatusInfo": ["latency=1"]},
        )

    def test_hang(self):
        for what, expected in (("hang", False), ("hang-after", True)):
            gateway, done = self.fault(what)
            wire = gateway.open("AddPortMapping", ADD)
            until(gateway.log)
            self.assertEqual(select.select([wire], [], [], 0)[0], [])
            self.assertEqual(gateway.log()[0]["status"], 0)
            self.assertEqual(gateway.log()[0]["injected"], what)
            self.assertEqual(done(), expected)
            self.assertEqual(gateway.state()["connections"]["open"], 1)
            wire.close()
            until(lambda g=gateway: g.state()["connections"]["open"] == 0)

    def test_drop(self):
        for what, expected in (("drop", False), ("drop-after", True)):
            gateway, done = self.fault(what)
            with gateway.open("AddPortMapping", ADD) as wire:
                self.assertEqual(read_all(wire), b"")
            self.assertEqual(done(), expected)

    def test_empty(self):
        status, _headers, body, done = self.post("empty")
        self.assertEqual((status, body, done), (200, b"", True))

    def test_http_errors(self):
        for what, code in (("http404", 404), ("http500", 500), ("html200", 200)):
            status, headers, body, done = self.post(what)
            self.assertEqual((status, done), (code, False))
            self.assertEqual(headers["Content-Type"], "text/html")
            self.assertIn(b"<html>", body)

    def test_redirect(self):
        status, headers, _body, done = self.post("redirect")
        self.assertEqual((status, headers["Location"], done), (302, "http://127.0.0.1:9/", False))

    def test_oversize(self):
        status, _headers, body, done = self.post("oversize")
        self.assertEqual((status, done), (200, True))
        self.assertGreater(len(body), 2 * 1024 * 1024)
        ET.fromstring(body)

    def test_endless(self):
        gateway, done = self.fault("endless")
        with gateway.open("AddPortMapping", ADD) as wire:
            data = b""
            while len(data) < 4 * 1024 * 1024:
                more = wire.recv(65536)
                self.assertTrue(more)
                data += more
        self.assertIn(b"chunked", data[:1000])
        self.assertTrue(done())
        until(lambda: gateway.state()["connections"]["open"] == 0)

    def test_drip(self):
        gateway, done = self.fault("drip")
        start = time.monotonic()
        with gateway.open("AddPortMapping", ADD) as wire:
            data = b""
            while data.count(b"\r\n1\r\n") < 4:
                more = wire.recv(65536)
                self.assertTrue(more)
                data += more
        self.assertGreaterEqual(time.monotonic() - start, 0.29)
        self.assertTrue(done())
        until(lambda: gateway.state()["connections"]["open"] == 0)

    def test_truncate(self):
        gateway, done = self.fault("truncate")
        with gateway.open("AddPortMapping", ADD) as wire:
            head, body = read_all(wire).split(b"\r\n\r\n", 1)
        length = int(re.search(rb"Content-Length: (\d+)", head)[1])
        self.assertEqual(len(body), length // 2)
        self.assertTrue(done())

    def test_spoilt_xml(self):
        for what, pattern, well_formed in (
            ("doctype", rb"<!DOCTYPE .*&f;", True),
            ("badxml", rb"<unbalanced></s:Envelope>", False),
            ("latin1", b"<X_Note>caf\xe9</X_Note>", False),
            ("deep", rb"(<d>){10000}(</d>){10000}", True),
        ):
            status, _headers, body, done = self.post(what)
            self.assertEqual((status, done), (200, True))
            self.assertRegex(body, pattern)
            if what == "deep":
                ET.fromstring(body)
            elif not well_formed:
                with self.assertRaises(ET.ParseError):
                    ET.fromstring(body)

    def test_latin1_in_a_description(self):
        gateway = self.start(
            "--mappings", "1", "--fault", "*=latin1", "--fault", "description=latin1"
        )
        body = gateway.post("GetGenericPortMappingEntry", {"NewPortMappingIndex": 0})[2]
        self.assertIn(b"caf\xe9</NewPortMappingDescription>", body)
        self.assertIn(b"caf\xe9</friendlyName>", gateway.description()[2])
        whole = {**RANGE, "NewNumberOfPorts": 0}
        body = gateway.post("GetListOfPortMappings", whole, urn=SCHEMAS + "WANIPConnection:2")[2]
        self.assertIn(b"caf\xe9</p:NewDescription>", body)

    def test_bigheader(self):
        gateway, done = self.fault("bigheader")
        with gateway.open("AddPortMapping", ADD) as wire:
            data = b""
            while b"\r\n\r\n" not in data:
                data += wire.recv(65536)
        self.assertGreater(data.index(b"\r\n\r\n"), 65536)
        self.assertTrue(done())

    def test_fault200(self):
        status, _headers, body, done = self.post("fault200")
        self.assertEqual((status, done), (200, False))
        self.assertIn(b"<errorCode>501</errorCode>", body)

    def test_no_response_suffix(self):
        status, _headers, body, done = self.post("no-response-suffix")
        self.assertEqual((status, done), (200, True))
        self.assertIn(b"</u:AddPortMapping>", body)

    def test_description(self):
        for what, code in (
            ("503", 503),
            ("http404", 404),
            ("redirect", 302),
            ("html200", 200),
            ("empty", 200),
            ("oversize", 200),
            ("doctype", 200),
            ("badxml", 200),
            ("deep", 200),
            ("fault200", 200),
        ):
            gateway = self.start("--fault", f"description={what}:1")
            self.assertEqual(gateway.description()[0], code, what)
            self.assertEqual(gateway.log()[0]["injected"], "number" if what == "503" else what)
            ET.fromstring(gateway.description()[2])
        for what in ("drop", "drop-after"):
            gateway = self.start("--fault", f"description={what}:1")
            with self.assertRaises(ConnectionError):
                gateway.description()
            self.assertEqual(gateway.description()[0], 200)


class Subscriber:
    """A callback, and one subscription with it."""

    def __init__(self, case, gateway, path="/evt/IPConn", subscribe=True, **headers):
        self.case, self.gateway, self.path = case, gateway, path
        self.pending = []  # what was received before it was asked for
        self.wire = socket.create_server(("127.0.0.1", 0))
        self.wire.settimeout(SOCKET_LIMIT_S)
        case.addCleanup(self.wire.close)
        self.target = "/" + secrets.token_hex(8) + "?1"  # tells them from events for an earlier owner of the port
        self.url = f"http://127.0.0.1:{self.wire.getsockname()[1]}{self.target}"
        self.status = None
        if subscribe:
            first = {"CALLBACK": f"<{self.url}>", "NT": "upnp:event", "TIMEOUT": "Second-1800"}
            self.ask("SUBSCRIBE", **{**first, **headers})
            case.assertEqual(self.status, 200)
            self.sid = self.headers["SID"]

    def ask(self, method, path=None, **headers):
        headers = {k: v for k, v in headers.items() if v is not None}
        self.status, self.headers, _body = self.gateway.http(
            method, path or self.path, headers=headers
        )
        return self.status

    def renew(self, **headers):
        return self.ask("SUBSCRIBE", SID=self.sid, **headers)

    def accept(self):
        wire, source = self.wire.accept()
        wire.settimeout(SOCKET_LIMIT_S)
        self.case.addCleanup(wire.close)
        return wire, source[0]

    def receive(self):
        """Accept the next event that is for this one: what has come of it."""
        while True:
            wire, source = self.accept()
            data = b""
            while b"\r\n\r\n" not in data:
                more = wire.recv(65536)
                if not more:
                    break
                data += more
            head, _, body = data.partition(b"\r\n\r\n")
            if f" {self.target} ".encode() in head:
                return wire, source, head.decode(), body
            wire.close()

    def event(self, answer=b"HTTP/1.1 200 OK\r\n\r\n"):
        """The next event: headers, and the body's variables or what it is."""
        wire, source, head, body = self.pending.pop(0) if self.pending else self.receive()
        with wire:
            first, *lines = head.split("\r\n")
            self.case.assertEqual(first, f"NOTIFY {self.target} HTTP/1.1")
            headers = dict(line.split(": ", 1) for line in lines)
            while len(body) < int(headers["CONTENT-LENGTH"]):
                more = wire.recv(65536)
                if not more:
                    break
                body += more
            wire.sendall(answer)
        headers["source"] = source
        self.case.assertEqual(headers["NT"], "upnp:event")
        self.case.assertEqual(headers["NTS"], "upnp:propchange")
        self.body = body
        try:
            root = ET.fromstring(body)
        except ET.ParseError:
            return headers, body
        namespace = "{urn:schemas-upnp-org:event-1-0}"
        self.case.assertEqual(root.tag, namespace + "propertyset")
        found = {}
        for one in root:
            if one.tag == namespace + "property":
                (variable,) = one
                found[variable.tag] = variable.text or ""
        return headers, found

    def told(self):
        """The next event in the order: its number and variables."""
        headers, found = self.event()
        self.case.assertEqual(headers["SID"], self.sid)
        return int(headers["SEQ"]), found

    def silent(self):
        while not self.pending and select.select([self.wire], [], [], 0)[0]:
            self.wire.settimeout(0)
            try:
                self.pending.append(self.receive())
            except BlockingIOError:
                pass
            finally:
                self.wire.settimeout(SOCKET_LIMIT_S)
        return not self.pending


class Events(Case):
    FIRST = {
        "ExternalIPAddress": "203.0.113.7",
        "ConnectionStatus": "Connected",
        "PortMappingNumberOfEntries": "0",
        "PossibleConnectionTypes": "IP_Routed",
    }

    def test_first_event_and_changes(self):
        for options, first in (
            ([], {**self.FIRST, "SystemUpdateID": "0"}),
            (["--igd", "1", "--mappings", "2"], {**self.FIRST, "PortMappingNumberOfEntries": "2"}),
        ):
            gateway = self.start(*options)
            one = Subscriber(self, gateway)
            self.assertTrue(one.sid.startswith("uuid:"))
            self.assertEqual(one.headers["TIMEOUT"], "Second-1800")
            self.assertEqual(one.told(), (0, first))
            gateway.set(external_ip="198.51.100.1")
            self.assertEqual(one.told(), (1, {"ExternalIPAddress": "198.51.100.1"}))
            gateway.set(status="Disconnected", external_ip="")
            changed = {"ExternalIPAddress": "", "ConnectionStatus": "Disconnected"}
            self.assertEqual(one.told(), (2, changed))
            gateway.call("RequestConnection")
            self.assertEqual(one.told(), (3, {"ConnectionStatus": "Connected"}))
            gateway.set(external_ip="203.0.113.7", name="x")  # a name is not told
            self.assertEqual(one.told(), (4, {"ExternalIPAddress": "203.0.113.7"}))

    def test_table(self):
        gateway = self.start()
        one = Subscriber(self, gateway)
        self.assertEqual(one.told()[0], 0)
        gateway.call("AddPortMapping", ADD)
        changed = {"PortMappingNumberOfEntries": "1", "SystemUpdateID": "1"}
        self.assertEqual(one.told(), (1, changed))
        gateway.call("AddPortMapping", {**ADD, "NewPortMappingDescription": "new"})
        self.assertEqual(one.told(), (2, {"SystemUpdateID": "2"}))
        gateway.control("POST", "/advance", {"seconds": 1000})
        gateway.call("GetSpecificPortMappingEntry", KEY)
        # A lease that runs out is told by itself.
        gateway.control("POST", "/table", [{"external_port": 1, "protocol": "TCP", "lease_s": 1}])
        self.assertEqual(one.told(), (3, {"SystemUpdateID": "3"}))
        changed = {"PortMappingNumberOfEntries": "0", "SystemUpdateID": "4"}
        self.assertEqual(one.told(), (4, changed))

    def test_one_of_both_services(self):
        gateway = self.start("--service", "both", "--igd", "1", "--mappings", "3")
        idle = Subscriber(self, gateway, "/evt/PPPConn")
        used = Subscriber(self, gateway)
        nothing = {"ExternalIPAddress": "0.0.0.0", "ConnectionStatus": "Disconnected"}
        self.assertEqual(idle.told(), (0, {**self.FIRST, **nothing}))
        self.assertEqual(used.told(), (0, {**self.FIRST, "PortMappingNumberOfEntries": "3"}))
        gateway.set(connected="ppp")
        self.assertEqual(idle.told()[1]["ExternalIPAddress"], "203.0.113.7")
        self.assertEqual(used.told()[1], {**nothing, "PortMappingNumberOfEntries": "0"})
        self.assertEqual(Subscriber(self, self.start()).ask("SUBSCRIBE", "/evt/PPPConn"), 404)

    def test_subscribing_wrongly(self):
        gateway = self.start()
        one = Subscriber(self, gateway, subscribe=False)
        good = {"CALLBACK": f"<{one.url}>", "NT": "upnp:event"}
        for headers, status in (
            ({}, 412),
            ({"NT": "upnp:event"}, 412),
            ({"CALLBACK": good["CALLBACK"]}, 412),
            ({**good, "NT": "upnp:propchange"}, 412),
            ({**good, "CALLBACK": one.url}, 412),
            ({**good, "CALLBACK": "<>"}, 412),
            ({**good, "CALLBACK": "<https://127.0.0.1/>"}, 412),
            ({**good, "CALLBACK": "<http://localhost:1/>"}, 412),
            ({**good, "CALLBACK": "<http://127.0.0.1:0/>"}, 412),
            ({**good, "CALLBACK": "<http://127.0.0.1:65536/>"}, 412),
            ({**good, "CALLBACK": "<http://127.0.0.2:1/>"}, 412),  # another host
            ({**good, "CALLBACK": "<http://127.0.0.1:1/" + "x" * 600 + ">"}, 412),
            ({**good, "SID": "uuid:1"}, 400),
            ({"SID": "uuid:1", "NT": "upnp:event"}, 400),
            ({"SID": "uuid:1"}, 412),
            ({"SID": ""}, 412),
        ):
            self.assertEqual(one.ask("SUBSCRIBE", **headers), status, headers)
            self.assertNotIn("SID", one.headers)
        for headers, status in (({}, 412), ({"SID": "uuid:1"}, 412), ({"SID": "x", **good}, 400)):
            self.assertEqual(one.ask("UNSUBSCRIBE", **headers), status, headers)
        for path, status in (("/evt/L3F", 501), ("/evt/CmnIfCfg", 501), ("/evt/x", 404)):
            self.assertEqual(one.ask("SUBSCRIBE", path, **good), status)
        self.assertEqual(gateway.control("GET", "/subscriptions"), (200, []))
        self.assertEqual(self.start("--no-events").http("SUBSCRIBE", "/evt/IPConn")[0], 501)

    def test_callbacks(self):
        gateway = self.start()
        one = Subscriber(self, gateway, subscribe=False)
        urls = f"<http://192.0.2.1:1/> <ftp://127.0.0.1/><{one.url}>"
        self.assertEqual(one.ask("SUBSCRIBE", CALLBACK=urls, NT="upnp:event"), 200)
        one.sid = one.headers["SID"]
        self.assertEqual(one.told()[0], 0)
        status, (entry,) = gateway.control("GET", "/subscriptions")
        self.assertEqual((status, entry["sid"], entry["callback"]), (200, one.sid, one.url))
        self.assertEqual(entry["service"], SCHEMAS + "WANIPConnection:2")
        self.assertEqual(entry["seq"], 1)

    def test_how_long(self):
        gateway = self.start("--subscription-timeout", "100")
        for asked in ("Second-1800", "Second-infinite", "infinite", None, "x"):
            one = Subscriber(self, gateway, TIMEOUT=asked)
            self.assertEqual(one.headers["TIMEOUT"], "Second-100")
            self.assertEqual(one.told()[0], 0)
            self.assertEqual(one.ask("UNSUBSCRIBE", SID=one.sid), 200)
            self.assertEqual(one.renew(), 412)
        one, other = Subscriber(self, gateway), Subscriber(self, gateway)
        self.assertNotEqual(one.sid, other.sid)
        gateway.control("POST", "/advance", {"seconds": 99})
        self.assertEqual(one.renew(TIMEOUT="Second-7"), 200)
        self.assertEqual((one.headers["SID"], one.headers["TIMEOUT"]), (one.sid, "Second-100"))
        self.assertEqual(one.told()[0], 0)
        gateway.control("POST", "/advance", {"seconds": 2})
        self.assertEqual(other.renew(), 412)
        gateway.set(external_ip="198.51.100.1")
        self.assertEqual(one.told()[0], 1)
        self.assertEqual(gateway.control("POST", "/forget")[0], 200)
        self.assertEqual(one.renew(), 412)
        self.assertEqual(gateway.control("GET", "/subscriptions"), (200, []))
        gateway.set(subscription_timeout_s=1)
        one = Subscriber(self, gateway)
        until(lambda: gateway.control("GET", "/subscriptions")[1] == [])

    def test_many(self):
        gateway = self.start()
        # One that never answers holds nobody up.
        silent = Subscriber(self, gateway)
        many = [Subscriber(self, gateway) for _ in range(31)]
        one = Subscriber(self, gateway, subscribe=False)
        self.assertEqual(one.ask("SUBSCRIBE", CALLBACK=f"<{one.url}>", NT="upnp:event"), 503)
        for number in range(3):
            gateway.set(external_ip=f"198.51.100.{number}")
            for one in many:
                if not number:
                    self.assertEqual(one.told()[0], 0)
                seq, found = one.told()
                self.assertEqual(seq, number + 1)
                self.assertEqual(found["ExternalIPAddress"], f"198.51.100.{number}")
        # What has changed meanwhile is told it at once.
        wire, _source = silent.accept()
        wire.close()
        self.assertEqual(silent.told(), (1, {"ExternalIPAddress": "198.51.100.2"}))

    def test_answers_are_logged(self):
        gateway = self.start(quiet=False)
        one = Subscriber(self, gateway)
        self.assertEqual(one.event(b"HTTP/1.1 412 Precondition Failed\r\n\r\n")[0]["SEQ"], "0")
        gateway.set(external_ip="198.51.100.1")
        self.assertEqual(one.event(b"nonsense")[0]["SEQ"], "1")
        gateway.set(external_ip="198.51.100.2")
        self.assertEqual(one.told()[0], 2)
        one.renew()
        one.ask("UNSUBSCRIBE", SID=one.sid)

        def events():
            return [entry for entry in gateway.log() if entry["method"] == "NOTIFY"]

        until(lambda: len(events()) == 3)
        self.assertEqual([entry["status"] for entry in events()], [412, 0, 200])
        self.assertEqual([entry["seq"] for entry in events()], [0, 1, 2])
        self.assertEqual({entry["sid"] for entry in events()}, {one.sid})
        self.assertEqual({entry["path"] for entry in events()}, {one.target})
        counted = {"SUBSCRIBE": 1, "event": 3, "renewal": 1, "UNSUBSCRIBE": 1}
        self.assertEqual(gateway.state()["actions"], counted)
        gateway.stop()
        self.assertIn("NOTIFY event 0: 412", gateway.errors)

    def test_event_first(self):
        gateway = self.start("--fault", "SUBSCRIBE=event-first:1")
        one = Subscriber(self, gateway, subscribe=False)
        head = f"SUBSCRIBE /evt/IPConn HTTP/1.1\r\nHost: a\r\nCALLBACK: <{one.url}>\r\n"
        with socket.create_connection(("127.0.0.1", gateway.port), SOCKET_LIMIT_S) as wire:
            wire.sendall(f"{head}NT: upnp:event\r\n\r\n".encode())
            callback, _source = one.accept()
            self.assertEqual(select.select([wire], [], [], 0)[0], [])
            callback.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            self.assertIn(b"\r\nSID: uuid:", wire.recv(4096))
        self.assertEqual(gateway.log()[0]["injected"], "event-first")

    def test_the_answer_goes_first(self):
        gateway = self.start("--latency", "200")
        one = Subscriber(self, gateway, subscribe=False)
        head = f"SUBSCRIBE /evt/IPConn HTTP/1.1\r\nHost: a\r\nCALLBACK: <{one.url}>\r\n"
        with socket.create_connection(("127.0.0.1", gateway.port), SOCKET_LIMIT_S) as wire:
            wire.sendall(f"{head}NT: upnp:event\r\n\r\n".encode())
            one.pending.append(one.receive())
            self.assertEqual(select.select([wire], [], [], 0)[0], [wire])
        self.assertEqual(one.event()[0]["SEQ"], "0")

    def test_faulty_subscriptions(self):
        gateway = self.start()
        one = Subscriber(self, gateway, subscribe=False)
        good = {"CALLBACK": f"<{one.url}>", "NT": "upnp:event"}
        for fault, status in (("503:1", 503), ("http404:1", 404), ("http500:1", 500)):
            gateway.set(faults={"SUBSCRIBE": fault})
            self.assertEqual(one.ask("SUBSCRIBE", **good), status)
        self.assertEqual(gateway.control("GET", "/subscriptions")[1], [])
        gateway.set(faults={"SUBSCRIBE": "drop-after:1", "renewal": "412:1"})
        with self.assertRaises(http.client.RemoteDisconnected):
            one.ask("SUBSCRIBE", **good)
        self.assertEqual(one.event()[0]["SEQ"], "0")
        one = Subscriber(self, gateway)
        self.assertEqual(one.told()[0], 0)
        self.assertEqual(one.renew(), 412)
        self.assertEqual(one.renew(), 200)

    def test_faulty_events(self):
        gateway = self.start()
        one = Subscriber(self, gateway)
        self.assertEqual(one.told()[0], 0)

        def spoilt(fault, address=iter(range(1, 250))):
            gateway.set(faults={"event": fault + ":1"}, external_ip=f"198.51.100.{next(address)}")

        spoilt("wrong-sid")
        headers, found = one.event()
        self.assertNotEqual(headers["SID"], one.sid)
        self.assertEqual((headers["SEQ"], list(found)), ("1", ["ExternalIPAddress"]))
        spoilt("skip-seq")
        self.assertEqual(one.told()[0], 3)
        for fault, sign in (("badxml", b"<unbalanced>"), ("doctype", b"<!DOCTYPE"), ("latin1", b"\xe9")):
            spoilt(fault)
            headers, _found = one.event()
            self.assertIn(sign, one.body)
            self.assertEqual(len(one.body), int(headers["CONTENT-LENGTH"]))
        spoilt("deep")
        self.assertTrue(one.event()[1])
        spoilt("oversize")
        self.assertGreater(int(one.event()[0]["CONTENT-LENGTH"]), 2 << 20)
        spoilt("empty")
        self.assertEqual(one.event()[1], b"")
        spoilt("truncate")
        headers, body = one.event()
        self.assertEqual(len(body), int(headers["CONTENT-LENGTH"]) // 2)
        spoilt("bigheader")
        self.assertEqual(len(one.event()[0]["X-Padding-63"]), 1023)
        # Those that are lost have used their number up.
        number = int(one.gateway.control("GET", "/subscriptions")[1][0]["seq"])
        spoilt("drop")
        until(lambda: gateway.control("GET", "/subscriptions")[1][0]["seq"] == number + 1)
        self.assertTrue(one.silent())
        start = time.monotonic()
        spoilt("latency=100")
        self.assertEqual(one.told()[0], number + 1)
        self.assertGreaterEqual(time.monotonic() - start, 0.099)

    def test_endless_events(self):
        faults = ("hang", "drip", "endless")
        gateway = self.start(*(f"--fault=event={fault}:1" for fault in faults))
        for fault in faults:
            one = Subscriber(self, gateway)
            wire, _source = one.accept()
            if fault == "drip":
                start = time.monotonic()
                data = b"".join(wire.recv(1) for _ in range(4))
                self.assertEqual(data, b"NOTI")
                self.assertGreater(time.monotonic() - start, 0.25)
            elif fault == "endless":
                self.assertEqual(sum(len(wire.recv(65536)) > 0 for _ in range(100)), 100)
            else:
                self.assertEqual(select.select([wire], [], [], 0.2)[0], [])
            wire.close()
            until(lambda: gateway.log()[-1].get("injected") == fault)
            one.ask("UNSUBSCRIBE", SID=one.sid)

    def test_where_events_come_from(self):
        gateway = self.start("--event-source", "127.0.0.2")
        one = Subscriber(self, gateway)
        self.assertEqual(one.event()[0]["source"], "127.0.0.2")
        gateway.set(event_source="", external_ip="198.51.100.1")
        self.assertEqual(one.event()[0]["source"], "127.0.0.1")
        gateway.set(event_source="192.0.2.1", external_ip="198.51.100.2")  # not ours: lost
        until(lambda: gateway.state()["actions"]["event"] == 3)
        self.assertTrue(one.silent())

    def test_zero_first(self):
        gateway = self.start("--event-zero-first")
        one = Subscriber(self, gateway)
        self.assertEqual(one.told()[1]["ExternalIPAddress"], "203.0.113.7")
        gateway.set(external_ip="198.51.100.1", status="Up")
        self.assertEqual(one.told(), (1, {"ExternalIPAddress": "0.0.0.0"}))
        changed = {"ExternalIPAddress": "198.51.100.1", "ConnectionStatus": "Up"}
        self.assertEqual(one.told(), (2, changed))

    def test_interval(self):
        gateway = self.start("--event-interval", "600000", "--igd", "1")
        start = time.monotonic()
        one = Subscriber(self, gateway)
        self.assertEqual(one.told()[0], 0)
        gateway.set(event_interval_ms=600000, external_ip="198.51.100.1")
        gateway.set(external_ip="198.51.100.2")
        gateway.set(status="Down")
        self.assertTrue(one.silent())
        gateway.set(event_interval_ms=100)
        changed = {"ExternalIPAddress": "198.51.100.2", "ConnectionStatus": "Down"}
        self.assertEqual(one.told(), (1, changed))
        gateway.set(status="Up")
        self.assertEqual(one.told(), (2, {"ConnectionStatus": "Up"}))
        self.assertGreater(time.monotonic() - start, 0.199)


class Control(Case):
    def ask_as(self, gateway, method, path, headers, body=b"{}"):
        """The status and the answer to a request with just these headers."""
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{header}\r\n" for header in headers)
        with socket.create_connection(("127.0.0.1", gateway.ready["control_port"]), SOCKET_LIMIT_S) as wire:
            wire.sendall(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
            status, _, text = read_all(wire).partition(b"\r\n\r\n")
        return int(status.split()[1]), json.loads(text)

    def test_programs_of_this_host_are_served(self):
        gateway = self.start()
        port = gateway.ready["control_port"]
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}", "127.0.0.1", "LocalHost", "[::1]"):
            for more in ((), (f"Origin: http://127.0.0.1:{port}",), (f"Origin: http://localhost:{port}",),
                         ("Sec-Fetch-Site: same-origin",), ("Sec-Fetch-Site: none",)):
                self.assertEqual(self.ask_as(gateway, "GET", "/state", [f"Host: {host}", *more])[0], 200, (host, more))

    def test_pages_of_a_browser_are_refused(self):
        gateway = self.start()
        port = gateway.ready["control_port"]
        own = f"Host: 127.0.0.1:{port}"
        refused = [
            *([f"Host: {host}"] for host in (
                "attacker.example", f"attacker.example:{port}", "127.0.0.1.attacker.example", f"127.0.0.1:{port + 1}",
                "localhost.attacker.example", f"127.0.0.2:{port}", f"0.0.0.0:{port}", "2130706433", "localhost.",
                f"127.1:{port}", f"[::ffff:127.0.0.1]:{port}", "", ":", f":{port}", f"127.0.0.1:{port}x",
                f"user@127.0.0.1:{port}")),
            *([own, f"Origin: {origin}"] for origin in (
                "http://attacker.example", f"http://attacker.example:{port}", "null", "", "file://", "http://127.0.0.1",
                f"https://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}", f"http://127.0.0.1:{port}.attacker.example",
                f"http://127.0.0.1:{port}/", "chrome-extension://abc", "http://localhost")),
            *([own, f"Sec-Fetch-Site: {site}"] for site in ("cross-site", "same-site", "other", "")),
            # One that is right does not make up for another.
            [own, "Host: attacker.example"], ["Host: attacker.example", own],
            [own, f"Origin: http://127.0.0.1:{port}", "Origin: http://attacker.example"],
            [own, "Origin: null", f"Origin: http://127.0.0.1:{port}"],
            [own, f"Origin: http://127.0.0.1:{port}", "Sec-Fetch-Site: cross-site"],
        ]
        before = gateway.state()["settings"]
        paths = [("GET", path) for path in ("/state", "/table", "/log", "/subscriptions", "/", "/nothing")]
        paths += [("POST", path) for path in ("/set", "/table", "/clear-counters", "/advance", "/mute", "/notify",
                                              "/forget")]
        body = b'{"external_ip":"6.6.6.6"}'
        for headers in refused:
            status, answer = self.ask_as(gateway, "POST", "/set", headers, body)
            if status == 400 and headers[0] == "Host: ":
                continue  # libmicrohttpd itself may want a name there
            self.assertEqual(status, 403, headers)
            self.assertRegex(answer["error"], "^[ -~]{10,}$")
        for method, path in paths:  # every endpoint
            for more in (["Host: attacker.example"], [own, "Origin: http://attacker.example"]):
                self.assertEqual(self.ask_as(gateway, method, path, more)[0], 403, (method, path, more))
        self.assertEqual(self.ask_as(gateway, "OPTIONS", "/set", [own, "Origin: http://attacker.example"])[0], 403)
        self.assertEqual(gateway.state()["settings"], before)

    def test_what_changes_something_is_a_post(self):
        gateway = self.start()
        before = gateway.state()["settings"]
        for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
            for path in ("/set", "/clear-counters", "/advance", "/mute", "/notify", "/forget"):
                connection = http.client.HTTPConnection("127.0.0.1", gateway.ready["control_port"], timeout=SOCKET_LIMIT_S)
                connection.request(method, path, '{"external_ip": "6.6.6.6"}')
                self.assertEqual(connection.getresponse().status, 405, (method, path))
                connection.close()
        self.assertEqual(gateway.state()["settings"], before)

    def test_state_counts(self):
        gateway = self.start()
        gateway.description()
        gateway.call("GetStatusInfo")
        gateway.call("GetStatusInfo")
        state = gateway.state()
        self.assertEqual(state["actions"], {"description": 1, "GetStatusInfo": 2})
        self.assertEqual(state["connections"]["accepted"], 3)
        self.assertEqual(state["ports"]["http"], gateway.port)
        self.assertEqual(state["mappings"], 0)
        self.assertEqual(gateway.control("POST", "/clear-counters")[0], 200)
        self.assertEqual(gateway.state()["actions"], {})
        self.assertEqual(gateway.log(), [])

    def test_an_event_for_an_earlier_owner_of_the_port(self):
        gateway = self.start()
        self.assertEqual(gateway.http("NOTIFY", "/x", b"<e/>", {"NT": "upnp:event"})[0], 404)
        state = gateway.state()
        self.assertEqual((gateway.log(), state["actions"]), ([], {}))
        self.assertEqual(state["connections"]["accepted"], 0)

    def test_log(self):
        gateway = self.start()
        before = time.time()
        gateway.call("DeletePortMapping", KEY)
        (entry,) = gateway.log()
        self.assertTrue(before - 1 < entry["time"] < time.time() + 1)
        self.assertTrue(entry["peer"].startswith("127.0.0.1:"))
        self.assertEqual(
            (entry["method"], entry["path"], entry["action"], entry["status"], entry["fault"]),
            ("POST", "/ctl/IPConn", "DeletePortMapping", 500, 714),
        )
        self.assertEqual(entry["arguments"], {k: str(v) for k, v in KEY.items()})
        wire = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=SOCKET_LIMIT_S)
        for i in range(1005):
            wire.request("GET", f"/{i}")
            wire.getresponse().read()
        wire.close()
        log = gateway.log()
        self.assertEqual(len(log), 1000)
        self.assertEqual((log[0]["path"], log[-1]["path"]), ("/5", "/1004"))

    def test_set(self):
        gateway = self.start()
        before = gateway.state()["settings"]
        new = {
            "external_ip": "198.51.100.1",
            "status": "Disconnected",
            "latency_ms": 1,
            "secure": True,
            "service": "ppp",
            "igd": 1,
            "deny": "1-9",
            "faults": {"AddPortMapping": ["718:1", "drop"]},
        }
        gateway.set(**new)
        self.assertEqual(gateway.state()["settings"], {**before, **new})
        where = {"service": "WANPPPConnection:1", "path": "/ctl/PPPConn"}
        reply = gateway.call("GetExternalIPAddress", **where)
        self.assertEqual(reply["NewExternalIPAddress"], "198.51.100.1")
        # What /state shows can be set again.
        fixed = {"listen", "port", "ssdp_port", "multicast", "no_unicast"}
        fixed |= {"mappings", "exit_with_stdin", "control_stdin"}
        gateway.set(**{k: v for k, v in before.items() if k not in fixed})
        self.assertEqual(gateway.state()["settings"], before)

    def test_set_refuses_and_changes_nothing(self):
        gateway = self.start()
        before = gateway.state()["settings"]
        for wrong in (
            {"nonsense": 1},
            {"latency_ms": "5"},
            {"latency_ms": -1},
            {"latency_ms": 1.5},
            {"latency_ms": 1 << 40},
            {"secure": 1},
            {"status": None},
            {"status": "a\r\nb"},
            {"name": "x" * 256},
            {"service": "dsl"},
            {"deny": "9-1"},
            {"port": 1},
            {"faults": []},
            {"faults": {"A": "nothing"}},
            {"faults": {"A": 718}},
            {"faults": {"": "718"}},
            {"faults": {"A": ["718"] * 65}},
            [],
            "text",
        ):
            body = {"external_ip": "192.0.2.9", **wrong} if isinstance(wrong, dict) else wrong
            status, reply = gateway.control("POST", "/set", body)
            self.assertEqual(status, 400, wrong)
            self.assertTrue(reply["error"], wrong)
            self.assertEqual(gateway.state()["settings"], before)

    def test_table(self):
        gateway = self.start()
        entry = {
            "remote_host": "192.0.2.1",
            "external_port": 5000,
            "protocol": "UDP",
            "internal_client": "192.168.1.5",
            "internal_port": 5001,
            "enabled": False,
            "description": "ü",
            "lease_s": 0,
        }
        self.assertEqual(gateway.control("POST", "/table", [entry])[0], 200)
        self.assertEqual(gateway.table(), [entry])
        small = {"external_port": 6000, "protocol": "TCP"}
        self.assertEqual(gateway.control("POST", "/table", {"add": small})[0], 200)
        self.assertEqual(gateway.table()[1]["internal_port"], 6000)
        self.assertEqual(gateway.control("POST", "/table", {"remove": small})[0], 200)
        self.assertEqual(gateway.control("POST", "/table", {"remove": small})[0], 400)
        for wrong in (
            [{"external_port": 1}],
            [{**small, "protocol": "tcp"}],
            [{**small, "external_port": 65536}],
            [{**small, "lease_s": -1}],
            [{**small, "x": 1}],
            [small, 5],
            {"add": small, "remove": small},
            {},
            5,
        ):
            self.assertEqual(gateway.control("POST", "/table", wrong)[0], 400, wrong)
            self.assertEqual(gateway.table(), [entry])
        self.assertEqual(gateway.control("POST", "/table", [])[0], 200)
        self.assertEqual(gateway.table(), [])

    def test_standard_input(self):
        gateway = self.start("--control-stdin")
        standard_input, answers = gateway.process.stdin, gateway.process.stdout

        def ask(line):
            standard_input.write(line.encode() + b"\n")
            standard_input.flush()
            return json.loads(answers.readline())

        entry = {"external_port": 7, "protocol": "TCP", "description": "a\nü"}
        body = json.dumps({"add": entry}, ensure_ascii=False)
        self.assertEqual(ask("POST /table " + body), {"ok": True})
        self.assertEqual(ask("GET /table"), gateway.table())
        self.assertEqual(gateway.table()[0]["description"], "a\nü")
        # More than one read, and two lines in one.
        many = [{"external_port": port, "protocol": "UDP"} for port in range(1, 3001)]
        both = "POST /table " + json.dumps(many) + "\nPOST /clear-counters"
        self.assertEqual(ask(both), {"ok": True})
        self.assertEqual(json.loads(answers.readline()), {"ok": True})
        self.assertEqual(len(ask("GET /table")), 3000)
        cut = 'POST /set {"x%s": 1}' % ("ü" * 40)  # its error is cut inside of a letter
        for wrong in ("GET /nowhere", "GET /set", "POST /set {", 'POST /set {"igd": 3}', "GET", "", cut):
            self.assertEqual(list(ask(wrong)), ["error"], wrong)
        self.assertEqual(ask("GET /state")["settings"]["control_stdin"], True)
        standard_input.write(b"quit\n")
        standard_input.flush()
        self.assertEqual(gateway.process.wait(SOCKET_LIMIT_S), 0)
        gateway.stop()

    def test_standard_input_ends_it(self):
        gateway = self.start("--control-stdin")
        gateway.process.stdin.write(b"POST /set {")
        self.assertEqual(gateway.stop(), 0)

    def test_http(self):
        gateway = self.start()
        self.assertEqual(gateway.control("GET", "/nowhere")[0], 404)
        self.assertEqual(gateway.control("GET", "/set")[0], 405)
        port = gateway.ready["control_port"]
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=SOCKET_LIMIT_S)
        wire.request("POST", "/set", b"{not json")
        response = wire.getresponse()
        self.assertEqual(response.status, 400)
        self.assertIn("error", json.loads(response.read()))
        wire.close()


if __name__ == "__main__":
    unittest.main(verbosity=1)
