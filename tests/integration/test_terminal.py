#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the command writes when a gateway, another host, or the user's own words are hostile to a terminal."""

import json
import os
import sys
import unicodedata
import unittest

from test_cli import GATEWAY, NATUPNP, CommandTest

# One of each kind that a terminal could act on, hide, or turn others about with.
HOSTILE = {
    "C0": "\x1b[31m", "delete": "\x7f", "C1": "\x9b2J", "override": "\u202e", "embedding": "\u202a",
    "isolate": "\u2066", "end of isolate": "\u2069", "mark": "\u200f", "Arabic mark": "\u061c",
    "line": "\u2028", "paragraph": "\u2029", "soft hyphen": "\xad", "zero width": "\u200b",
    "joiner": "\u2060", "byte order": "\ufeff", "annotation": "\ufff9", "tag": "\U000e0041",
    "language tag": "\U000e0001", "selector": "\ufe0f", "private": "\ue000", "plane 16": "\U0010fffd",
    "filler": "\u3164", "not assigned": "\u0378",
}
# What an XML document can carry. The library makes spaces or U+FFFD of what it cannot.
IN_XML = {name: text for name, text in HOSTILE.items() if name not in ("C0",)}
NEVER_SHOWN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


class TerminalTest(CommandTest):
    def check(self, text, where):
        """Nothing in it may reach a terminal but letters, and the ends of lines."""
        for character in text.replace("\n", ""):
            self.assertNotIn(unicodedata.category(character), NEVER_SHOWN, f"{where}: {text!r}")


class FromTheNetwork(TerminalTest):
    def test_mappings_of_others(self):
        for port, text in enumerate(IN_XML.values(), 1000):
            self.gateway.put(port, internal_client="1.0.0.0" + text, description=f"a{text}b")
        for locale in ("C.UTF-8", "C", "POSIX", "de_DE.ISO-8859-1", "xx"):
            result = self.expect(0, "list", environment={"LC_ALL": locale})
            self.check(result.out, "list")
            self.assertEqual(result.out.count(" a?b\n"), len(IN_XML) - 2)  # DEL and C1 are no name of a host: left out
        # Columns stand where they stood, whatever is in them: the client is never the last one.
        lines = result.out.splitlines()[1:]
        self.assertEqual(len({line.rindex(" a") for line in lines}), 1, result.out)

    def test_json_is_the_same_data(self):
        texts = [*IN_XML.values(), "caf\xe9 \u4e2d\u6587 \U0001f600", "e\u0301", "\u05d0\u05d1", "\"\\/"]
        for port, text in enumerate(texts, 1000):
            self.gateway.put(port, internal_client="h" + text, description=f"a{text}b")
        written = {row["external_port"]: row for row in self.gateway.ask("/table")}
        for locale in ("C.UTF-8", "C"):
            result = self.expect(0, "list", "--json", environment={"LC_ALL": locale})
            self.check(result.out, "list --json")
            for found in json.loads(result.out)["mappings"]:
                row = written[found["external_port"]]
                if "\x7f" <= row["description"][1:2] <= "\x9f":
                    continue  # not what XML may carry: the library has replaced it
                self.assertEqual(found["description"], row["description"])
                self.assertEqual(found["internal_client"], row["internal_client"])
        # What is harmless is not escaped.
        self.assertIn("caf\xe9 \u4e2d\u6587 \U0001f600", result.out)

    def test_wide_letters_take_two_columns(self):
        self.gateway.put(1000, internal_client="\u4e2d\u6587", description="x")
        self.gateway.put(1001, internal_client="abcd", description="x")
        lines = self.expect(0, "list").out.splitlines()[1:]
        columns = [sum(2 if unicodedata.east_asian_width(c) == "W" else 1 for c in line[:line.index("yes")])
                   for line in lines]
        self.assertEqual(columns[0], columns[1], lines)

    def test_right_to_left_stays_in_its_place(self):
        """Hebrew is no attack in a description, which ends the line; before other columns it could be."""
        self.gateway.put(1000, internal_client="\u05d0\u05d1", description="\u05d0\u05d1 1")
        out = self.expect(0, "list").out
        self.assertRegex(out, r"(?m)^1000/TCP  \?\?:\d+ .* \u05d0\u05d1 1$")

    def test_what_a_gateway_says_of_itself(self):
        # In two halves, since a name is cut when it is long.
        texts = list(IN_XML.values())
        for name in ("Box" + "x".join(texts[:11]), "Box" + "x".join(texts[11:])):
            self.change(name=name)
            self.check(self.expect(0, "info").out, "info")
            result = self.expect(0, "info", "--json")
            self.check(result.out, "info --json")
            self.check(self.run_command("info", "-v").err, "log")
            self.check(self.expect(0, "list").out, "empty list")
        self.assertEqual(result.json["gateway"]["name"], name)

    def test_events(self):
        self.change(name="Box\u202e\u2066\U000e0041")
        for form in ((), ("--json",)):
            watching = self.start("watch", "--count=1", *form)
            result = watching.end(None)
            self.check(result.out, "watch")
            self.assertIn("gateway-found", result.out)

    def test_external_address(self):
        self.change(external_ip="\u202e7.0.0.1")
        self.check(self.expect(0, "info").out, "info")
        result = self.run_command("add", "8080/tcp")
        self.assertEqual(result.code, 0)
        self.check(result.out + result.err, "add")
        self.assertIn("?7.0.0.1", result.err)


class FromTheUser(TerminalTest):
    def test_arguments_that_are_echoed(self):
        text = "x".join(HOSTILE.values())
        for arguments in (("add", f"80{text}/tcp"), ("add", "80/tcp", f"--lease=1{text}"), (f"li{text}st",),
                          ("add", "80/tcp", f"--to={text}"), ("list", f"--gateway=http://{text}/"),
                          ("info", f"--interface={text}"), ("remove", "80/tcp", f"--remote-host={text}"),
                          ("list", f"--trace=/nowhere/{text}"), ("info", f"--timeout={text}")):
            with self.subTest(arguments=arguments):
                result = self.run_command(*arguments)
                self.assertNotEqual(result.code, 0)
                self.check(result.out + result.err, "text")
                result = self.run_command(*arguments, "--json")
                self.check(result.out, "JSON")
                self.assertIn("error", result.json)

    def test_bytes_that_are_no_text(self):
        result = self.run_command(b"add", b"80\xff\xc3/tcp")
        self.assertIn("80??/tcp", result.err)
        result = self.run_command(b"add", b"80\xff\xc3/tcp", b"--json")
        self.assertIn("80??/tcp", result.json["error"]["detail"])


class ExternalAddress(TerminalTest):
    """An address that is not told is told with its reason, wherever it was to stand."""

    def test_info(self):
        for fault, status, code in (("501", "E_FAULT", 501), ("402", "E_FAULT", 402), ("606", "E_NOT_PERMITTED", 606),
                                    ("http500", "E_HTTP", 0), ("drop", "E_NETWORK", 0), ("html200", "E_BAD_REPLY", 0)):
            self.gateway.fault(GetExternalIPAddress=fault)
            self.assertRegex(self.expect(0, "info").out, r"(?m)^External address +unknown: asking .*\S$")
            found = self.expect(0, "info", "--json").json["gateway"]
            self.assertEqual((found["external_ip"], found["external_status"], found["external_fault"]),
                             (None, status, code))
            self.assertTrue(found["external_detail"])

    def test_addresses(self):
        for said, status in (("", "E_NO_ADDRESS"), ("0.0.0.0", "E_NO_ADDRESS"), ("(null)", "E_BAD_REPLY"),
                             ("127.0.0.1", "E_BAD_REPLY"), ("2001:db8::1", "E_BAD_REPLY"),
                             ("255.255.255.255", "E_BAD_REPLY"), ("198.51.100.1", "OK")):
            self.change(external_ip=said)
            found = self.expect(0, "info", "--json").json["gateway"]
            self.assertEqual(found["external_status"], status)
            self.assertEqual(found["external_detail"] == "", status == "OK")
            out = self.expect(0, "info").out
            self.assertRegex(out, {
                "E_NO_ADDRESS": r"(?m)^External address +none: ", "OK": r"(?m)^External address +198\.51\.100\.1$",
                "E_BAD_REPLY": r"(?m)^External address +unknown: .*makes no sense"}[status])

    def test_add(self):
        self.gateway.fault(GetExternalIPAddress="501")
        result = self.run_command("add", "8080-8081/tcp")
        self.assertEqual(result.code, 0)
        self.assertEqual(result.out.count("TCP (address unknown):808"), 2)
        self.assertEqual(result.err.count("UPnP error 501"), 1, result.err)
        result = self.run_command("add", "8080/tcp", "--json")
        self.assertEqual(result.code, 0)
        made = result.json["mappings"][0]
        self.assertEqual((made["external_ip"], made["external_status"], made["result"]["status"]),
                         (None, "E_FAULT", "OK"))
        self.assertEqual(result.json["gateway"]["external_fault"], 501)
        self.gateway.fault()
        self.change(external_ip="0.0.0.0")
        result = self.run_command("add", "8080/tcp")
        self.assertIn("TCP (no address):8080", result.out)
        self.assertIn("no external address", result.err)

    def test_not_asked(self):
        found = self.expect(0, "list", "--json").json
        self.assertEqual(found["gateway"]["external_status"], "OK")  # a list asks for it beside the rest
        self.gateway.fault(GetExternalIPAddress="501")
        self.gateway.put(80)
        found = self.expect(0, "list", "--json").json
        self.assertEqual((found["mappings"][0]["external_status"], found["gateway"]["external_fault"]), ("E_FAULT", 501))


if __name__ == "__main__":
    if not os.path.exists(NATUPNP) or not os.path.exists(GATEWAY):
        print("skipped: NATUPNP_BIN or NATUPNP_GATEWAY_BIN names no executable")
        sys.exit(77)
    unittest.main(verbosity=2)
