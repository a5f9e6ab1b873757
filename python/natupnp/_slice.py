# SPDX-License-Identifier: MIT
"""How long to wait at a time, in seconds.

A signal that came just before a wait, or that another thread received, does
not end it: it is noticed when the slice is over.
"""
SLICE_S = 0.2
