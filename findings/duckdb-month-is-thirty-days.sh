#!/bin/sh
# duckdb (Python package) 2.0.0: where one SELECT adds INTERVAL 1 MONTH and INTERVAL 30 DAY to the same
# column, both give the date of whichever stands first. As values the two intervals compare as equal,
# and so the expressions are taken for one and computed once. Each alone is right, and so are both on a
# literal. No error and no warning: figures are quietly those of another window. So it is in 1.5.6, too;
# 2.0.1 tells them apart.
#
#     duckdb 2.0.0
#     a month alone:     2021-02-28
#     30 days alone:     2021-03-02
#     both in one:       2021-02-28 2021-02-28
#     both, other order: 2021-03-02 2021-03-02
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
cat > "$folder/ask.py" <<'P'
import duckdb

DAYS = "FROM (VALUES (TIMESTAMP '2021-01-31')) AS days (day)"


def ask(*asked):
    [row] = duckdb.sql(f"SELECT {', '.join(asked)} {DAYS}").fetchall()
    return [f"{each:%Y-%m-%d}" for each in row]


month, thirty = "day + INTERVAL 1 MONTH", "day + INTERVAL 30 DAY"
print("duckdb", duckdb.__version__)
print("a month alone:    ", *ask(month))
print("30 days alone:    ", *ask(thirty))
print("both in one:      ", *ask(month, thirty))
print("both, other order:", *ask(thirty, month))
right = ask(month, thirty) == ask(month) + ask(thirty)
assert ask(month) == ["2021-02-28"] and ask(thirty) == ["2021-03-02"]
assert right == (duckdb.__version__ == "2.0.1"), "it is otherwise by now"
P
for version in 1.5.6 2.0.0 2.0.1; do
  "$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "duckdb==$version"
  "$folder/venv/bin/python" "$folder/ask.py"
done
