#!/bin/sh
# lxml's sourceline is right up to line 65,534, and then neither right nor stuck.
#
# An element's own line is kept in 16 bits. Beyond them the line of a text near it is given instead: of
# the first text in it, where that ends, or of a text behind it. So an element whose text begins with a
# line feed is told a line too late, an empty one too late by as many lines as follow it, and one that
# holds elements without text is told to be on line 65,535. A file of a few hundred thousand lines is no
# rarity, and an error that names the wrong line is worse than one that names none. The lines can be
# counted: feed XMLPullParser a line at a time, and see which "start" events come of it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check lxml==6.1.3
"$folder/venv/bin/python" - <<'END'
import io

from lxml import etree

print("lxml", ".".join(map(str, etree.LXML_VERSION)), "libxml2", etree.LIBXML_VERSION)
WITHIN = b"<a>\n<b>x</b>\n<c/>\n<d><e/></d>\n</a>\n"


def document(line):
    return b"<M>" + b"\n" * (line - 1) + WITHIN + b"</M>"


def said(line):
    return {each.tag: each.sourceline for each in etree.fromstring(document(line)).iter(*"abcde")}


def counted(line):
    parser, found = etree.XMLPullParser(events=("start",)), {}
    for number, each in enumerate(io.BytesIO(document(line)), start=1):
        parser.feed(each)
        found.update((element.tag, number) for _, element in parser.read_events())
    del found["M"]  # the parser waits for more than the first line before it begins
    return found


for line in (10, 70_000):
    print(f"<a> begins on line {line}: sourceline says {said(line)}, counted {counted(line)}")
assert said(10) == counted(10) == {"a": 10, "b": 11, "c": 12, "d": 13, "e": 13}
assert counted(70_000) == {"a": 70_000, "b": 70_001, "c": 70_002, "d": 70_003, "e": 70_003}
assert said(70_000) == {"a": 70_001, "b": 70_001, "c": 70_003, "d": 65_535, "e": 65_535}
END
