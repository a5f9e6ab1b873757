# SPDX-License-Identifier: MIT
"""What every object of the model does: find a member, judge its arguments, call it."""
from __future__ import annotations

from .. import _errors as _natupnp
from . import _errors, _variant
from ._interfaces import METHOD, PROPERTYGET, PROPERTYPUT
from ._turns import in_turn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from ._interfaces import Interface, Member

_PREFIX = {METHOD: "", PROPERTYGET: "get_", PROPERTYPUT: "put_"}


class Object:
    """An object: its members are methods here, properties with get_ or put_ before their names."""

    interface: ClassVar[Interface]

    def dispid(self, name: str) -> int:
        """The number of a member, whatever the case of its name.

        :raises com_error: when there is none.
        """
        found = self.interface.dispid(name)
        if found is None:
            raise _errors.failed(_errors.DISP_E_UNKNOWNNAME)
        return found

    def invoke(self, dispid: int, flags: int, args: tuple[object, ...]) -> object:
        """Call a member.

        :raises com_error: why it could not be called, or why it failed.
        """
        member = self.interface.find(dispid, flags)
        if member is None:
            raise _errors.failed(_errors.DISP_E_MEMBERNOTFOUND)
        given = _judged(member, args)
        call = getattr(self, _PREFIX[member.invkind] + member.name)
        try:
            result: object = in_turn(call, *given)
        except _natupnp.Error as error:
            raise _errors.member_failed(error.hresult or _errors.E_FAIL) from error
        except _errors.Refused as refused:
            raise _errors.member_failed(refused.scode) from None
        return result


def _judged(member: Member, args: tuple[object, ...]) -> list[object]:
    if len(args) != len(member.params):
        no_array = member.invkind == PROPERTYGET and not member.params
        raise _errors.failed(_errors.DISP_E_NOTACOLLECTION if no_array else _errors.DISP_E_BADPARAMCOUNT)
    return [
        _variant.coerced(value, param.vt, position)
        for position, (value, param) in enumerate(zip(args, member.params), 1)
    ]
