-- SPDX-License-Identifier: MIT
std = "max"
max_comment_line_length = false -- a type annotation is one line, however long
files["tests/lua/*_spec.lua"] = { std = "+busted" }
