"""Measurements: run one as ``python -m benchmarks.bench_render``."""
