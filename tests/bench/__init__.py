"""How fast, how soon and how large: `python -m tests.bench.bench --help`."""
