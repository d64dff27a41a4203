"""Files of single feeds that try a reader: texts full of separators, near misses of every type."""

import gzip
import json
import random
from typing import Any

from tests.reference.landing import Delivery

NEAR = {
    "created_at": [
        *("2025-01-02", "2025/01/02 03:04", "2025-01-02T03:04:05.678901+09:00"),
        *("2024-02-29 23:59:59Z", "1999-12-31T23:00:00-01", "2099-12-31 23:59:59.999999"),
    ],
    "employee_count": ["0", "+12", "-3.0", "9223372036854775807", "007"],
    "mail_opt_in": ["true", "F", "Yes", "NO", "1", "0", "t"],
    "email": ["", " ", "\t", "　", "x", "\u00a0"],
}
AMOUNTS = [
    *("0", "-1.005", "+12.345", "9999999999999999.99", "9999999999999999.995", ".5", "5."),
    *("00012.10", "1e3", "0.005", "-0.004", "99999999999999999"),
]
JSON_NUMBERS = [1, 2.0, 2.5, True, None, "3", 1e2, -0.0, [1], {}, 12345678901234567890, 1e30]
JSON_TEXTS = [1, 1.5, True, None, {"a": [1, "é"]}, [], 1e20, 12345678901234567890]
JSON_IDS = [7, None, 7.0, 1e3, -0.0, "7.0", 2.0**53 - 1, 2.0**53, 7.5, 1e16, 2**53 + 1]
ALPHABET = "0123456789-/:TtZz+. ef１　,\t_"
TROUBLE = "a\",\n\r\t '日　\\;#|0é\u200b😀"


def nearly(rng: random.Random, text: str) -> str:
    """A text with at most two letters changed, added or dropped."""
    for _ in range(rng.choice([0, 1, 1, 2])):
        place = rng.randint(0, len(text))
        text = text[:place] + rng.choice([*ALPHABET, ""]) + text[place + rng.randint(0, 1) :]
    return text


def trouble(rng: random.Random) -> str:
    return "".join(rng.choice(TROUBLE) for _ in range(rng.choice([0, 1, 2, 5])))


def near_misses(seed: int, count: int) -> list[Delivery]:
    """JSON lines whose values are typed values or nearly so."""
    rng = random.Random(seed)
    leads = [
        {"lead_id": f"L{number}", "created_at": "2025-01-02"}
        | {name: nearly(rng, rng.choice(NEAR[name])) for name in rng.sample(sorted(NEAR), 2)}
        for number in range(count)
    ]
    sales = [
        {
            "disposition_id": str(number),
            "occurred_at": nearly(rng, rng.choice(NEAR["created_at"])),
            "lead_id": rng.choice(["L1", 1]),
            "disposition": "won",
            "amount": rng.choice([nearly(rng, rng.choice(AMOUNTS)), *JSON_NUMBERS[:3]]),
        }
        for number in range(count)
    ]
    offline = [
        {
            "event_id": str(number),
            "occurred_at": "2025-01-02",
            "event_type": "visit",
            "quantity": rng.choice(JSON_NUMBERS),
        }
        for number in range(count // 10)
    ]
    feeds: dict[str, list[dict[str, Any]]] = {
        "leads": leads,
        "sales_dispositions": sales,
        "offline_events": offline,
    }
    return [
        (feed, "1.jsonl", "\n".join(map(json.dumps, rows)).encode()) for feed, rows in feeds.items()
    ]


def troubled_files(seed: int, count: int) -> list[Delivery]:
    """CSV and JSON line files that keep the format's rules and are hard to read all the same."""
    rng = random.Random(seed)
    found: list[Delivery] = []
    for number in range(count):
        content = _csv(rng, f"{number}-")
        is_packed = rng.random() < 0.3
        name = f"{number:02d}.csv{'.gz' if is_packed else ''}"
        found.append(("leads", name, gzip.compress(content) if is_packed else content))
        found.append(("offline_events", f"{number:02d}.jsonl", _jsonl(rng, f"{number}-")))
    return found


def _csv(rng: random.Random, prefix: str) -> bytes:
    names = ["lead_id", "created_at", "full_name", "company_name", "campaign"]
    rng.shuffle(names)
    lines = [",".join(rng.choice([name, name.upper(), f" {name}", f'"{name}"']) for name in names)]
    for number in range(rng.choice([0, 1, 5, 200])):
        known = {"lead_id": f"{prefix}{number}", "created_at": "2025-01-02"}
        cells = [_quoted(rng, known.get(name) or trouble(rng)) for name in names]
        kept = rng.choice([len(cells)] * 18 + [rng.randint(2, 5), len(cells)])
        cells = cells[:kept] + ["x"] * (rng.random() < 0.05)
        lines += [",".join(cells), *([""] if rng.random() < 0.05 else [])]
    newline = rng.choice(["\n", "\r\n"])
    text = newline.join(lines) + rng.choice([newline, newline, ""])
    return text.encode(rng.choice(["utf-8", "utf-8-sig"]))


def _quoted(rng: random.Random, cell: str) -> str:
    needs_quotes = any(letter in cell for letter in '",\r\n')
    return '"' + cell.replace('"', '""') + '"' if needs_quotes or rng.random() < 0.2 else cell


def _jsonl(rng: random.Random, prefix: str) -> bytes:
    lines: list[str] = []
    for number in range(rng.choice([0, 3, 100])):
        event = {
            "event_id": f"{prefix}{number}",
            "occurred_at": "2025-01-02",
            "event_type": "visit",
            "campaign": rng.choice([trouble(rng), *JSON_TEXTS]),
            "lead_id": rng.choice([trouble(rng), *JSON_IDS]),
        }
        line = json.dumps(event, ensure_ascii=rng.random() < 0.5)
        odd = [line[:-1], "[1]", "null", f"  {line} ", '{"event_id": "x"}', line + line, "", "  "]
        lines.append(rng.choice(odd) if rng.random() < 0.15 else line)
    newline = rng.choice(["\n", "\r\n"])
    return newline.join(lines).encode(rng.choice(["utf-8", "utf-8-sig"]))
