"""Inputs, arrays at the edge of memory and tables of operations that several test files share."""
