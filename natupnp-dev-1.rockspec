-- SPDX-License-Identifier: MIT
-- For `luarocks make` in the folder of this file.
rockspec_format = "3.0"
package = "natupnp"
version = "dev-1"
source = { url = "file://." }
description = {
   summary = "The NAT Traversal API for everyone: port mappings on UPnP gateways",
   license = "MIT",
   labels = { "upnp", "network" },
}
supported_platforms = { "linux" }
dependencies = { "lua >= 5.1, < 5.5" }
external_dependencies = {
   CURL = { library = "curl" },
   EXPAT = { library = "expat" },
}
build = {
   type = "cmake",
   variables = {
      NATUPNP_ONLY = "lua",
      LUA_INCDIR = "$(LUA_INCDIR)",
      NATUPNP_LUADIR = "$(LUADIR)",
      NATUPNP_LUALIBDIR = "$(LIBDIR)",
      CMAKE_INSTALL_PREFIX = "$(PREFIX)",
      CMAKE_INSTALL_BINDIR = "$(BINDIR)",
      CMAKE_BUILD_TYPE = "RelWithDebInfo",
   },
}
