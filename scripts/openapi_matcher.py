"""Writes the description of the match service to docs/api/matcher.json; a test compares it with the code."""

import json
import sys
from pathlib import Path

from tutela_node.desks.matcher import own
from tutela_node.desks.matcher.desk import PUBLIC
from tutela_node.desks.matcher.openapi import described

OUT = Path(__file__).resolve().parents[1] / "docs" / "api" / "matcher.json"


def main() -> int:
    text = json.dumps(described((*PUBLIC, *own.ROUTES)), indent=2, sort_keys=True)
    OUT.write_text(text + "\n", encoding="utf-8")
    sys.stderr.write(f"wrote {OUT.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
