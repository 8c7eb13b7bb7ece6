"""Measurements: one runnable module each, `python -m benchmarks.<name>`."""
