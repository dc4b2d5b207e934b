"""Writes the schema of the CyberTipline interface to docs/api/cybertip.xsd; a test compares it with the code."""

import sys
from pathlib import Path

from tutela.wire.cybertip.xsd import schema

OUT = Path(__file__).resolve().parents[1] / "docs" / "api" / "cybertip.xsd"


def main() -> int:
    OUT.write_bytes(schema())
    sys.stderr.write(f"wrote {OUT.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
