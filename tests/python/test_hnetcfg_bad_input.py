# SPDX-License-Identifier: MIT
"""What is wrong with arguments, as a table for names in their proper case, in another case, and early bound; and
what arguments are made, as another one. Nothing wrong reaches the gateway."""
import unittest

import support

from natupnp.hnetcfg import Dispatch, EnsureDispatch, com_error, shims

E_INVALIDARG = -2147024809
BUSY = -2147024726


def member(scode):
    return com_error, (-2147352567, "Exception occurred.", (0, None, None, None, 0, scode), None)


def mismatch(argument):
    return com_error, (-2147352571, "Type mismatch.", None, argument)


def says(kind, *args):
    return kind, args


OVERFLOW = says(com_error, -2147352566, "Out of present range.", None, None)
COUNT = says(com_error, -2147352562, "Invalid number of parameters.", None, None)
OMITTED = says(com_error, -2147352561, "Parameter not optional.", None, None)
LONG = says(OverflowError, "Python int too large to convert to C long")
ABC = says(ValueError, "invalid literal for int() with base 10: 'abc'")
WORD = says(ValueError, "invalid literal for int() with base 10: 'yes'")
INVALID = member(E_INVALIDARG)
NOT_A_NUMBER = TypeError, None
GOOD = [8080, "TCP", 80, "192.168.1.2", True, "text"]

# the place in GOOD, what stands there, and what comes of it by the proper name and by another case of it
WRONG = [
    (1, 6, INVALID, INVALID),
    (1, 17, INVALID, INVALID),
    (1, "6", INVALID, INVALID),
    (1, "tcp", INVALID, INVALID),
    (1, "Udp", INVALID, INVALID),
    (1, " TCP", INVALID, INVALID),
    (1, "", INVALID, INVALID),
    (1, "SCTP", INVALID, INVALID),
    (1, None, INVALID, mismatch(2)),
    (1, ["TCP"], INVALID, mismatch(2)),
    (0, 0, INVALID, INVALID),
    (0, -1, INVALID, INVALID),
    (0, 65536, INVALID, INVALID),
    (0, 2**31 - 1, INVALID, INVALID),
    (0, 2**31, LONG, OVERFLOW),
    (0, 2**40, LONG, OVERFLOW),
    (0, -(2**40), LONG, OVERFLOW),
    (0, 10**30, LONG, OVERFLOW),
    (0, "abc", ABC, mismatch(1)),
    (0, None, NOT_A_NUMBER, mismatch(1)),
    (0, (8080,), NOT_A_NUMBER, mismatch(1)),
    (0, float("nan"), says(ValueError, "cannot convert float NaN to integer"), OVERFLOW),
    (2, 0, INVALID, INVALID),
    (2, -1, INVALID, INVALID),
    (2, 65536, INVALID, INVALID),
    (2, 2**40, LONG, OVERFLOW),
    (2, "abc", ABC, mismatch(3)),
    (3, None, INVALID, mismatch(4)),
    (3, "", INVALID, INVALID),
    (3, "300.1.1.1", INVALID, INVALID),
    (3, "fe80::1", INVALID, INVALID),
    (3, "no-such-host.invalid", INVALID, INVALID),
    (3, 5, INVALID, INVALID),
    (4, None, NOT_A_NUMBER, mismatch(5)),
    (4, "yes", WORD, mismatch(5)),
    (5, "x" * 64, INVALID, INVALID),
    (5, "a\nb", INVALID, INVALID),
    (5, "a\0b", INVALID, INVALID),
    (5, "\ud800", INVALID, INVALID),
]

# the place, what stands there, the setting that shows it, and its value there by the proper name and another case
MADE = [
    (0, "8080", "external_port", 8080, 8080),
    (0, 8080.0, "external_port", 8080, 8080),
    (0, " 8080 ", "external_port", 8080, 8080),
    (2, "81", "internal_port", 81, 81),
    (2, 80.5, "internal_port", 80, 80),
    (2, 81.5, "internal_port", 81, 82),
    (2, True, "internal_port", 1, None),
    (5, 5, "description", "5", "5"),
    (5, 1.5, "description", "1.5", "1.5"),
    (5, True, "description", "True", "-1"),
    (5, None, "description", "None", None),
    (5, "", "description", "", ""),
    (5, "ä€", "description", "ä€", "ä€"),
    (5, "x" * 63, "description", "x" * 63, "x" * 63),
    (4, 1, "enabled", True, True),
    (4, "1", "enabled", True, True),
    (4, -1, "enabled", True, True),
    (4, 0.5, "enabled", False, True),
    (4, 0, "enabled", False, False),
    (4, "0", "enabled", False, False),
    (4, "true", "enabled", None, True),
]


class BadInput(unittest.TestCase):
    def setUp(self):
        self.gateway = support.SimulatedGateway()
        self.addCleanup(self.gateway.close)
        used = shims(gateway=self.gateway.location)
        used.__enter__()
        self.addCleanup(used.__exit__, None, None, None)
        self.late = Dispatch("HNetCfg.NATUPnP").StaticPortMappingCollection
        self.early = EnsureDispatch("HNetCfg.NATUPnP").StaticPortMappingCollection

    def refused(self, expected, call, *args, **names):
        kind, said = expected
        with self.subTest(call=getattr(call, "__name__", ""), args=args), self.assertRaises(kind) as raised:
            call(*args, **names)
        if said is not None:
            self.assertEqual(raised.exception.args, said, args)

    def test_what_is_wrong(self):
        for place, value, proper, other in WRONG:
            args = [*GOOD[:place], value, *GOOD[place + 1:]]
            self.refused(proper, self.late.Add, *args)
            self.refused(proper, self.early.Add, *args)
            self.refused(other, self.late.add, *args)
            if place < 2:
                for maps in (self.late, self.early):
                    self.refused(proper, maps.Item, *args[:2])
                    self.refused(proper, maps.Remove, *args[:2])
                self.refused(other, self.late, *args[:2])
                self.refused(other, self.late.item, *args[:2])
                self.refused(other, self.late.remove, *args[:2])
        self.assertEqual(self.gateway.table(), [])
        self.assertEqual(self.gateway.asked("AddPortMapping"), 0)

    def test_what_is_made_of_it(self):
        for place, value, field, proper, other in MADE:
            args = [*GOOD[:place], value, *GOOD[place + 1:]]
            for call, expected in ((self.late.Add, proper), (self.early.Add, proper), (self.late.add, other)):
                if expected is None:
                    with self.assertRaises((com_error, ValueError), msg=(place, value)):
                        call(*args)
                else:
                    call(*args)
                    [entry] = self.gateway.table()
                    self.assertEqual(getattr(entry, field), expected, (place, value))
                    self.gateway.empty()

    def test_how_many(self):
        for call in (self.late.Add, self.late.add, self.late.Item, self.late.Remove, self.late):
            self.refused(COUNT, call)
            self.refused(COUNT, call, 8080)
        self.refused(COUNT, self.late.add, *GOOD, 7)
        self.refused(COUNT, self.late.item, 8080, "TCP", 3)
        for call in (self.early.Add, self.early.Item, self.early.Remove, self.early):
            self.refused(OMITTED, call)
            self.refused(OMITTED, call, 8080)
        for maps in (self.late, self.early):
            self.refused((TypeError, None), maps.Add, *GOOD, 7)
            self.refused((TypeError, None), maps.Add, *GOOD[:5], description="text")
            self.refused((TypeError, None), maps.Item, 8080, "TCP", 3)

    def test_names_that_are_not_there(self):
        made = self.late.Add(*GOOD)
        for thing, name in ((self.late, "Foo"), (made, "Port"), (self.early, "add"), (self.early.Item(8080, "TCP"),
                                                                                     "description")):
            with self.assertRaises(AttributeError):
                getattr(thing, name)
            self.assertFalse(hasattr(thing, name))
            with self.assertRaises(AttributeError):
                setattr(thing, name, 1)
        for thing in (self.late, self.early):
            with self.assertRaises(AttributeError):
                thing.Count = 5
        with self.assertRaisesRegex(AttributeError, "Property 'Add.Description' can not be set."):
            made.Description = "other"
        self.assertEqual(self.gateway.table()[0].description, "text")

    def test_another_client_has_the_port(self):
        self.late.Add(*GOOD)
        self.refused(member(BUSY), self.late.Add, 8080, "TCP", 80, "192.168.1.3", True, "text")
        self.assertEqual(self.gateway.table()[0].internal_client, "192.168.1.2")

    def test_program_ids(self):
        for name in ("HNetCfg.NATUPnP", "hnetcfg.natupnp", "HNETCFG.NATUPNP.1",
                     "{AE1E00AA-3FD5-403C-8A27-2BBDC30CD0E1}"):
            self.assertEqual(repr(Dispatch(name)), f"<COMObject {name}>")
        for name in ("HNetCfg.NATUPnP.2", "HNetCfg", "", "{AE1E00AA}", "Word.Application"):
            with self.assertRaises(com_error) as raised:
                Dispatch(name)
            self.assertEqual(raised.exception.args, (-2147221005, "Invalid class string", None, None))


if __name__ == "__main__":
    support.main()
