# SPDX-License-Identifier: MIT
"""No code of a script runs while the wrapped interface holds an object: whatever a script hides in the arguments of a
call, or in the collector, cannot close what the call uses. Above it, such code may run, and a verb says ClosedError."""
import ast
import asyncio
import enum
import gc
import inspect
import pathlib
import select
import unittest
import weakref

import support

import natupnp
from natupnp._swig import core
from natupnp.testing import SimulatedGateway

STUB = pathlib.Path(inspect.getfile(natupnp)).parent / "_swig" / "core.pyi"
WAITING = {"client_wait", "op_wait"}
MAKING = {"client_new"}
FREEING = {"client_free", "op_free"}
PLAIN = {
    "int": 80, "int | None": 80, "bool": True, "bool | None": None, "str": "TCP", "str | None": None, "float | None": 5}


def signatures():
    """The wrapped functions, and what each parameter is, as the stub says."""
    functions = {}
    for node in ast.parse(STUB.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            functions[node.name] = [ast.unparse(one.annotation) for one in node.args.posonlyargs]
    return functions


SIGNATURES = signatures()
HOOKS = [name for name in """
    __index__ __int__ __float__ __complex__ __trunc__ __bool__ __str__ __bytes__ __len__ __iter__ __next__ __getitem__
    __contains__ __hash__ __eq__ __ne__ __lt__ __fspath__ __buffer__ __format__ __call__ __neg__ __add__ __radd__ __or__
    __get__ __instancecheck__ __array__ __length_hint__ encode this __swig_destroy__ __getattr__""".split()]


class Handles:
    """One of each kind; the client's and the operation's can be freed."""

    def __init__(self, gateway):
        self.values = {}
        client = core.client_new(gateway.location, None, None, None, None, None)[1]
        self.client = client
        core.client_watch(client)
        op = core.static_add(client, 8080, "TCP", None, None, True, None, False, True)[1]
        poller = select.poll()
        poller.register(core.client_fd(client), select.POLLIN)
        event = None
        while not core.op_done(op) or event is None:
            assert poller.poll(support.LIMIT_S * 1000)
            assert core.client_dispatch(client) == core.OK
            event = event or core.client_next_event(client)[1]
        found = core.event_gateway(event)[1]
        assert found is not None
        self.values = {"_Client": client, "_Operation": op, "_Mapping": core.op_mapping(op)[1], "_Gateway": found,
                       "_Event": event, "_Kept": core.client_kept_at(client, 0)[1]}

    def again(self):
        """Another client and operation, which nothing is asked of."""
        client = core.client_new(None, None, None, None, None, None)[1]
        self.values.update(_Client=client, _Operation=core.static_count(client)[1])

    def arguments(self, name):
        return [self.values[kind] if kind in self.values else PLAIN[kind] for kind in SIGNATURES[name]]

    def free(self):
        """What a script does that hides in a call."""
        for free, kind in ((core.client_free, "_Client"), (core.op_free, "_Operation")):
            try:
                free(self.values[kind])
            except ReferenceError:
                pass


class Raw(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = SimulatedGateway()
        cls.addClassCleanup(cls.gateway.close)
        cls.handles = Handles(cls.gateway)

    def hidden(self):
        """Values of many kinds whose every method frees the handles; and the names of those that ran."""
        ran = []

        def hook(name):
            def run(*_arguments):
                ran.append(name)
                self.handles.free()
                return 80
            return run

        methods = {name: hook(name) for name in HOOKS}
        methods["this"] = property(methods["this"])
        kinds = [type("Anything", (), dict(methods)), type("SwigPyObject", (), dict(methods))]
        for base, value in ((int, 80), (float, 80.0), (str, "TCP"), (bytes, b"TCP"), (tuple, ()), (dict, {})):
            kinds.append(type(f"Sub{base.__name__}", (base,), {"value": value, **methods}))
        values = [kind(kind.value) if hasattr(kind, "value") else kind() for kind in kinds]
        values.append(enum.IntEnum("Ports", {"HTTP": 80}).HTTP)
        values += [bytearray(b"TCP"), memoryview(b"TCP"), weakref.proxy(values[0])]
        ran.clear()
        return values, ran

    def test_all_are_known(self):
        wrapped = {name for name in dir(core) if type(getattr(core, name)).__name__ == "builtin_function_or_method"}
        self.assertEqual({name for name in wrapped if not name.startswith("_")}, set(SIGNATURES))
        self.assertGreater(len(SIGNATURES), 90)

    def test_no_argument_is_asked(self):
        """Each parameter of each function is given each value: it is taken for what it is, or refused."""
        values, ran = self.hidden()
        tried = 0
        for name, kinds in SIGNATURES.items():
            if name in WAITING | FREEING:
                continue
            for place in range(len(kinds)):
                for value in values:
                    arguments = self.handles.arguments(name)
                    arguments[place] = value
                    try:
                        getattr(core, name)(*arguments)
                    except (TypeError, ValueError):
                        pass
                    self.assertEqual(ran, [], f"{name}, argument {place}, {type(value).__name__}")
                    tried += 1
        for name in FREEING | WAITING:
            for value in values:
                with self.assertRaises(TypeError):
                    getattr(core, name)(value, *[5] * (len(SIGNATURES[name]) - 1))
        self.assertEqual(ran, [])
        self.assertGreater(tried, 1000)
        self.assertGreaterEqual(core.client_fd(self.handles.client), 0)

    def test_the_collector_may_free_what_is_used(self):
        """What a collection runs in the middle of a call, if one can come there, finds nothing in use that it could free."""
        handles = self.handles
        before = gc.get_threshold(), dict(handles.values)
        self.addCleanup(handles.values.update, before[1])
        self.addCleanup(gc.set_threshold, *before[0])
        left = [0]

        def collected(phase, _information):
            left[0] -= 1
            if left[0] == 0:
                handles.free()

        gc.callbacks.append(collected)
        self.addCleanup(gc.callbacks.remove, collected)
        for name in sorted(set(SIGNATURES) - WAITING - MAKING):
            function = getattr(core, name)
            for when in range(1, 12):
                gc.set_threshold(0)
                handles.again()
                arguments = handles.arguments(name)
                left[0] = when
                gc.set_threshold(1, 1, 1)
                try:
                    function(*arguments)
                except ReferenceError:
                    pass

    def test_nothing_else_passes_for_a_handle(self):
        class Proxy:
            this = self.handles.client

        for value in (Proxy(), type("SwigPyObject", (), {})(), memoryview(b"x" * 64), datetime_capsule()):
            with self.assertRaisesRegex(TypeError, "client is not open"):
                core.client_fd(value)


def datetime_capsule():
    """A capsule of somebody else."""
    import datetime
    return datetime.datetime_CAPI


class Number:
    """A whole number, of which one learns by running code."""

    def __init__(self, number, run):
        self.number = number
        self.run = run

    def __index__(self):
        self.run()
        return self.number


VERBS = {
    "add": lambda client, value: client.static_mappings.add(value(8081), "TCP"),
    "add to": lambda client, value: client.static_mappings.add(8081, "TCP", value(80)),
    "add dynamic": lambda client, value: client.dynamic_mappings.add(8081, "TCP", lease=value(60)),
    "get": lambda client, value: client.static_mappings.get(value(8081), "TCP"),
    "get dynamic": lambda client, value: client.dynamic_mappings.get(value(8081), "TCP"),
    "remove": lambda client, value: client.static_mappings.remove(value(8081), "TCP"),
    "remove dynamic": lambda client, value: client.dynamic_mappings.remove(value(8081), "TCP"),
}


class Public(support.GatewayTest):
    """Code that runs before the core is called may close the client: the verb finds it closed."""

    def closing(self, client):
        return lambda number: Number(number, client.close)

    def test_every_verb(self):
        for background in (False, True):
            for name, verb in VERBS.items():
                client = self.new_client(background=background)
                with self.subTest(name, background=background), self.assertRaises(natupnp.ClosedError):
                    verb(client, self.closing(client))
                self.assertTrue(client.closed)

    def test_verbs_of_a_mapping(self):
        for background in (False, True):
            client = self.new_client(background=background)
            mapping = client.static_mappings.add(8082, "TCP")
            with self.assertRaises(natupnp.ClosedError):
                mapping.edit(internal_port=self.closing(client)(81))
            client = self.new_client(background=background)
            mapping = client.dynamic_mappings.add(8083, "TCP")
            with self.assertRaises(natupnp.ClosedError):
                mapping.renew(self.closing(client)(60))
            client = self.new_client(background=background)
            with self.assertRaises(natupnp.ClosedError):
                client.timeout = self.closing(client)(5)
            client = self.new_client(background=background)
            with self.assertRaises(natupnp.ClosedError):
                client.static_mappings[self.closing(client)(8082), "TCP"]

    def test_awaited(self):
        async def check():
            for name, verb in VERBS.items():
                client = natupnp.AsyncClient(gateway=self.gateway.location)
                await client.discover()
                with self.subTest(name), self.assertRaises(natupnp.ClosedError):
                    await verb(client, self.closing(client))
            client = natupnp.AsyncClient(gateway=self.gateway.location)
            await client.discover()
            with self.assertRaises(natupnp.ClosedError):
                client.timeout = self.closing(client)(5)

        asyncio.run(check())

    def test_a_number_is_asked_once(self):
        asked = []
        self.assertEqual(self.mappings.add(Number(8084, lambda: asked.append(1)), "TCP").external_port, 8084)
        self.assertEqual(asked, [1])
        self.client.timeout = Number(5, lambda: asked.append(2))
        self.assertEqual(asked, [1, 2])

    def test_a_number_that_is_none(self):
        def fail():
            raise ZeroDivisionError

        with self.assertRaisesRegex(natupnp.InvalidTypeError, "external_port must be a whole number"):
            self.mappings.add(Number(1, fail), "TCP")


if __name__ == "__main__":
    support.main()
