#!/usr/bin/env python3
"""Reads lines of {"yaml": text, "json": text} and fails unless PyYAML sees in the one what Python's json sees in the other."""
import json
import sys

import yaml

for number, line in enumerate(open(sys.argv[1], encoding="utf-8", newline="\n"), 1):
    texts = json.loads(line)
    expected = json.loads(texts["json"])
    try:
        seen = yaml.safe_load(texts["yaml"])
    except yaml.YAMLError as refused:
        sys.exit(f"line {number}: {refused}\n{texts['yaml']!r}")
    if seen != expected:
        sys.exit(f"line {number}: differs\n{texts['yaml']!r}\n{texts['json']!r}")
