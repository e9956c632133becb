"""Benchmarks: each measures something against something else in the same run, in alternation, and tells the medians' ratio."""
