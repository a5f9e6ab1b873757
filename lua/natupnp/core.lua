-- SPDX-License-Identifier: MIT
-- The library itself: the module that was built for the version of Lua that runs. LuaJIT takes that
-- of Lua 5.1.
return require("natupnp.core" .. (_VERSION:gsub("%D", "")))
