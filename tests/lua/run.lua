-- SPDX-License-Identifier: MIT
-- busted, under the interpreter that runs this.
local found, runner = pcall(require, "busted.runner")
if not found then
  print("skipped: busted is not installed (lua-busted)")
  os.exit(77)
end
runner { standalone = false }
