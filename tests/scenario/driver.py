# SPDX-License-Identifier: MIT
"""Does the steps of a scenario with the Python module: a line of standard input each, answered by
a line of standard output. README.md has the language."""
import sys
import urllib.parse

import natupnp

NUMBERS = {"external_port", "internal_port", "timeout", "budget"}
SWITCHES = {"enabled", "any_port"}


# ---- a step ----

def value_of(key, word):
    """A value of the kind that the key has, or of the one that stands after it: key:kind=value."""
    key, _, kind = key.partition(":")
    kind = kind or ("number" if key in NUMBERS else "switch" if key in SWITCHES else "text")
    text = urllib.parse.unquote_to_bytes(word).decode(errors="surrogateescape")
    if kind == "number":
        return key, int(text) if text.lstrip("-").isdigit() else float(text)
    if kind == "switch":
        return key, text == "true"
    return key, {"text": text, "nil": None}[kind]


def parse(line):
    verb, *words = line.split()
    pairs = (word.partition("=") for word in words)
    return verb, dict(value_of(key, text) for key, _, text in pairs)


# ---- a result ----

def field(key, value):
    if value is None:
        return ""  # unknown
    if isinstance(value, bool):
        value = "true" if value else "false"
    data = str(value).encode(errors="surrogateescape")
    return f" {key}=" + "".join(
        chr(byte) if 0x20 < byte < 0x7f and byte != 0x25 else f"%{byte:02X}" for byte in data)


def mapping_text(m):
    return (field("external_ip", m.external_ip) + field("external_port", m.external_port)
            + field("protocol", m.protocol) + field("internal_client", m.internal_client)
            + field("internal_port", m.internal_port) + field("enabled", m.enabled)
            + field("description", m.description) + field("remote_host", m.remote_host)
            + field("lease_h", (m.lease + 3599) // 3600))


def gateway_text(g):
    return (field("name", g.name) + field("location", g.location) + field("service_type", g.service_type)
            + field("local_address", g.local_address) + field("interface", g.interface)
            + field("chosen", g.chosen))


def details_text(g):
    return (field("manufacturer", g.manufacturer) + field("model_name", g.model_name)
            + field("model_number", g.model_number) + field("udn", g.udn)
            + field("control_url", g.control_url) + field("presentation_url", g.presentation_url)
            + field("external_ip", g.external_ip) + field("connection_status", g.connection_status)
            + field("last_connection_error", g.last_connection_error)
            + field("uptime_h", None if g.uptime is None else g.uptime // 3600))


def error_text(error):
    holder = mapping_text(error.mapping) if error.mapping else ""
    return (f"{error.status.name} fault={error.fault} hresult=0x{error.hresult & 0xFFFFFFFF:08X}"
            f" maybe_applied={str(error.maybe_applied).lower()}{holder} : {error.detail}")


# ---- the verbs ----

class Driver:
    client = None
    mapping = None  # of the last step that gave one

    def do_client(self, **options):
        made = natupnp.Client(**options)
        if self.client:
            self.client.close()
        self.client = made
        return ""

    def do_close(self):
        self.client.close()
        return ""

    def do_set_timeout(self, timeout):
        self.client.timeout = timeout
        return ""

    def do_discover(self):
        return gateway_text(self.client.discover())

    def do_gateway(self):
        gateway = self.client.gateway
        return gateway_text(gateway) + details_text(gateway)

    def do_gateways(self):
        return "".join(map(gateway_text, self.client.gateways))

    def do_external_ip(self):
        return field("external_ip", self.client.external_ip())

    def do_list(self):
        mappings = self.client.static_mappings.list()
        return field("count", len(mappings)) + "".join(" |" + mapping_text(m) for m in mappings)

    def do_count(self):
        return field("count", self.client.static_mappings.count())

    def do_remove(self, external_port, protocol):
        self.client.static_mappings.remove(external_port, protocol)
        return ""

    def keep(self, mapping):
        self.mapping = mapping
        return mapping_text(mapping)

    def do_get(self, external_port, protocol):
        return self.keep(self.client.static_mappings[external_port, protocol])

    def do_add(self, **request):
        return self.keep(self.client.static_mappings.add(**request))

    def do_edit(self, **changes):
        return self.keep(self.mapping.edit(**changes))

    def do_enable(self):
        return self.keep(self.mapping.enable())

    def do_disable(self):
        return self.keep(self.mapping.disable())

    def do_take_back(self):
        self.mapping.remove()
        return ""

    def step(self, line):
        verb, fields = parse(line)
        try:
            return "OK" + getattr(self, "do_" + verb)(**fields)
        except natupnp.Error as error:
            return error_text(error)


if __name__ == "__main__":
    driver = Driver()
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    for line in sys.stdin:
        print(driver.step(line), flush=True)
    if driver.client:
        driver.client.close()
