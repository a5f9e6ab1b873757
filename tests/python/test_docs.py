# SPDX-License-Identifier: MIT
"""Everything public is documented, and what is said is true: names of parameters and errors, and the examples."""
import inspect
import os
import re
import textwrap
import unittest
from unittest import mock

import support

import natupnp
from natupnp.testing import SimulatedGateway

CLASSES = [getattr(natupnp, name) for name in natupnp.__all__]
PARAM = re.compile(r":param (\w+):")
RAISES = re.compile(r":raises ([\w, ]+):")
EXAMPLE = re.compile(r"::\n\n((?:[ ]+.*\n|\n)+)")


def members(kind):
    """What a class itself, or a private one that it is made from, has for its users."""
    bases = [base for base in kind.__mro__ if base is kind or base.__module__.startswith("natupnp._")]
    for name, value in {name: value for base in reversed(bases) for name, value in vars(base).items()}.items():
        special = name.startswith("__") and name.endswith("__")
        if not name.startswith("_") or (special and name in ("__len__", "__contains__", "__iter__", "__aiter__",
                                                             "__getitem__", "__delitem__", "__bool__")):
            if name not in ("TCP", "UDP") and not isinstance(value, natupnp.Status):
                yield f"{kind.__name__}.{name}", value


def documented():
    """Everything public with a docstring of its own: (name, thing, docstring)."""
    yield "natupnp", natupnp, natupnp.__doc__
    for kind in CLASSES:
        yield kind.__name__, kind, kind.__doc__
        for name, value in members(kind):
            if not (issubclass(kind, natupnp.Error) and name.endswith(".status")):
                yield name, value, inspect.getdoc(value)


class Docs(unittest.TestCase):
    def test_everything_has_a_docstring(self):
        count = 0
        for name, _, doc in documented():
            self.assertTrue(doc and doc[0].isupper() and doc.split("\n\n")[0].rstrip().endswith((".", ":", "::")), name)
            count += 1
        self.assertGreater(count, 100)

    def test_parameters_are_named_right(self):
        checked = 0
        for name, thing, doc in documented():
            named = PARAM.findall(doc)
            if named:
                real = [p for p in inspect.signature(thing).parameters if p != "self"]
                if name.endswith("Mappings.edit"):  # it says of the rest what they have in common
                    real = real[:1]
                self.assertEqual(named, real, name)
                checked += 1
        self.assertGreaterEqual(checked, 4)

    def test_nothing_is_of_any_type(self):
        for name, thing, _ in documented():
            for function in (thing, getattr(thing, "fget", None), getattr(thing, "fset", None), vars(thing).get("__init__")
                             if isinstance(thing, type) else None):
                for argument, annotation in getattr(function, "__annotations__", {}).items():
                    if not argument.startswith("_"):
                        self.assertNotRegex(str(annotation), r"\bAny\b", name)

    def test_errors_exist(self):
        for name, _, doc in documented():
            for names in RAISES.findall(doc):
                for error in names.split(", "):
                    self.assertTrue(issubclass(getattr(natupnp, error), natupnp.Error), name)

    def test_the_examples_run(self):
        ran = 0
        with SimulatedGateway() as gateway, mock.patch.dict(os.environ, NATUPNP_GATEWAY=gateway.location), \
                natupnp.Client() as client, mock.patch("builtins.print"):
            for name, _, doc in documented():
                for example in EXAMPLE.findall(inspect.cleandoc(doc) + "\n"):
                    with self.subTest(name):
                        exec(textwrap.dedent(example), {"natupnp": natupnp, "client": client})
                        ran += 1
        self.assertGreaterEqual(ran, 2)

    def test_fields_are_documented_where_they_are_looked_for(self):
        self.assertIn("1 to 65535", natupnp.Mapping.external_port.__doc__)
        self.assertIn("1 to 65535", inspect.getdoc(natupnp.StaticMapping.external_port))


if __name__ == "__main__":
    support.main()
