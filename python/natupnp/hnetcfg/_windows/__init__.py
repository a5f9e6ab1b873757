# SPDX-License-Identifier: MIT
"""The modules of pywin32 that there are for programs: each file here is one, and has what that has here."""
