"""What the case prints: one line a step, for a person or for a program, and the same lines kept for a later start."""

import json
from dataclasses import dataclass, field
from pathlib import Path

TITLES = {
    1: "Hash lists are imported",
    2: "The public and a provider report",
    3: "Files are fingerprinted and matched",
    4: "Two people decide, with as few views as possible",
    5: "The bytes become an exhibit in the custody log",
    6: "The verdict's fingerprint finds an altered copy",
    7: "The host is traced and gets a notice by mail",
    8: "A wholly dedicated domain is blocked, a shared host is not",
    9: "An evidence package reaches the police and verifies offline",
    10: "The reporter comes back and reads what happened",
}


@dataclass(slots=True)
class Lines:
    """Collects and prints the lines of one case."""

    as_json: bool
    kept: Path
    done: list[dict[str, object]] = field(default_factory=list)

    def tell(self, step: int, ok: bool, **proof: object) -> None:
        line: dict[str, object] = {"step": step, "title": TITLES[step], "ok": ok, **proof}
        self.done.append(line)
        self.show(line)

    def show(self, line: dict[str, object]) -> None:
        if self.as_json:
            print(json.dumps(line, ensure_ascii=False, default=str), flush=True)
            return
        mark = "done" if line["ok"] else "FAILED"
        print(f"{line['step']:>3}  {mark}  {line['title']}", flush=True)
        for name, value in line.items():
            if name not in ("step", "title", "ok"):
                print(f"           {name}: {_short(value)}", flush=True)

    def keep(self) -> None:
        """Writes the lines down once the whole case was played."""
        text = "".join(json.dumps(line, ensure_ascii=False, default=str) + "\n" for line in self.done)
        part = self.kept.with_suffix(".part")
        part.write_text(text, "utf-8")
        part.replace(self.kept)

    def earlier(self) -> list[dict[str, object]]:
        """The lines of a case that was played on this data before; empty when none was."""
        if not self.kept.exists():
            return []
        return [json.loads(line) for line in self.kept.read_text("utf-8").splitlines()]


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 160 else text[:157] + "..."
