"""Counting tokens of cl100k_base: the native encoding beside tiktoken and other libraries, in one run.

    python benches/tokens.py [--rounds 7]

Rows for `toktok-rs`, `rs-bpe`, `bpe-openai`, `fastokens` and `gigatoken` appear where these are installed; no
vocabulary is downloaded. Microseconds a call, medians of the rounds, taken in turn: processor time of this process, so
that other work on the machine counts little, and threads that a library starts do. Long texts are new in each round,
for some libraries remember what they have counted; `again` is the same text once more. `exact` says on how many of
2,000 random strings a library's count is tiktoken's.
"""

from __future__ import annotations

import argparse
import base64
import importlib
import importlib.metadata
import math
import pydoc_data.topics
import random
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# In place of this folder.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from litellm_rust import tokens
from litellm_rust._native import NativeEncoding
from litellm_rust._twins.tokens import ReferenceEncoding

NAME = "cl100k_base"
Count = Callable[[str], int]
CJK = (
    "私たちは駅前の小さな店で昼ごはんを食べました。今日は天気が良いので、公園を散歩しながら本を読みました。"
    "人工智能技术正在改变我们的生活方式，许多公司都在投资相关的研究和开发。北京是中华人民共和国的首都。"
)
COLD = """
import time
started = time.perf_counter()
from litellm_rust import tokens
tokens.get_encoding({name!r}).count("hello world")
took = time.perf_counter() - started
print(took * 1e3, [int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmRSS")][0])
"""


def sources() -> tuple[str, str]:
    """A megabyte of English and of code: Python's own documentation and library, so that every machine has them."""
    english = "\n".join(pydoc_data.topics.topics.values()).encode("ascii", "ignore").decode()
    library = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    return english * 4, "".join(path.read_text(encoding="utf-8", errors="ignore") for path in library)


def texts(english: str, code: str, number: int) -> dict[str, str]:
    """What is counted in the round `number`."""
    draw = random.Random(number)
    cjk = "".join(CJK[start : start + draw.randrange(3, 30)] for start in draw.choices(range(len(CJK)), k=400))
    at = number * 10_000
    return {
        "20 B": "Hello, how are you? ",
        "200 B": english[20_000:20_200],
        "10 KB English": english[at : at + 10_000],
        "10 KB CJK": cjk[:3_333],
        "1 MB English": english[at : at + 1_000_000],
        "1 MB code": code[at : at + 1_000_000],
        "100 KB of one letter": chr(ord("a") + number % 26) * (100_000 + number),
        "100 KB base64": base64.b64encode(draw.randbytes(75_000)).decode(),
    }


def peers(folder: Path) -> dict[str, Count]:
    """Every library that is installed, by name and version."""
    ranks = NativeEncoding(NAME).ranks()
    file = folder / f"{NAME}.tiktoken"
    lines = (base64.b64encode(token) + b" %d\n" % ranks[token] for token in sorted(ranks, key=ranks.__getitem__))
    file.write_bytes(b"".join(lines))
    makers: dict[str, tuple[str, Callable[[Any], Count]]] = {
        "toktok-rs": ("toktok", lambda module: module._encoding(NAME).count),
        "rs-bpe": ("rs_bpe", lambda module: module.openai.cl100k_base().count),
        "bpe-openai": ("bpe_openai", lambda module: length(module.get_encoding(NAME).encode_ordinary)),
        "fastokens": (
            "fastokens",
            lambda module: length(module.Tokenizer.from_tiktoken(str(file), encoding=NAME).encode_ordinary),
        ),
        "gigatoken": ("gigatoken", lambda module: length(module.Tokenizer.from_tiktoken(file).encode)),
    }
    reference = ReferenceEncoding(NAME)
    found: dict[str, Count] = {
        "ours": tokens.get_encoding(NAME).count,
        f"tiktoken {importlib.metadata.version('tiktoken')}": length(reference.encode),
    }
    for package, (module, make) in makers.items():
        try:
            count = make(importlib.import_module(module))
            count("hello")
        except (ImportError, OSError, ValueError, RuntimeError, AttributeError, TypeError) as error:
            print(f"{package}: left out: {error}", file=sys.stderr)
        else:
            found[f"{package} {importlib.metadata.version(package)}"] = count
    return found


def length(encode: Callable[[str], Any]) -> Count:
    """A count for a library that only encodes."""
    return lambda text: len(encode(text))


def microseconds(count: Count, text: str) -> tuple[float, float]:
    """Processor time of one call, and of one on the same text again; no numbers where the library refuses the text.

    A short text is counted many times, which leaves nothing to tell apart.
    """
    calls = max(1, 400_000 // (len(text) + 400)) if len(text) < 1_000 else 1
    taken = []
    for _ in range(2):
        started = time.process_time_ns()
        try:
            for _ in range(calls):
                count(text)
        except ValueError:
            return math.nan, math.nan
        taken.append((time.process_time_ns() - started) / calls / 1e3)
    return taken[0], taken[1]


def exactness(count: Count, samples: list[str], expected: list[int]) -> float:
    """The share of strings that are counted as tiktoken does."""
    return sum(count(text) == wanted for text, wanted in zip(samples, expected, strict=True)) / len(samples)


def random_texts() -> list[str]:
    """Strings of letters, spaces, digits, apostrophes and any code point that is no surrogate."""
    draw = random.Random(2)
    common = [*"abcDEF '\n\t 0123.,;", "'s", "the", "  ", "é", "中", "<|endoftext|>"]
    anything = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    return ["".join(draw.choice(draw.choice((common, common, anything))) for _ in range(40)) for _ in range(2_000)]


def two_threads(count: Count, text: str) -> float:
    """How many times as much two threads count as one does, in time that passes."""

    def seconds(threads: int) -> float:
        workers = [threading.Thread(target=lambda: [count(text) for _ in range(20)]) for _ in range(threads)]
        started = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return time.perf_counter() - started

    return 2 * min(seconds(1) for _ in range(5)) / min(seconds(2) for _ in range(5))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        counts = peers(Path(folder))
    english, code = sources()
    print(f"{'':28}" + "".join(f"{name:>18}" for name in counts) + f"{'best other / ours':>20}")
    samples: dict[str, dict[str, list[float]]] = {}
    for number in range(rounds):
        for name, text in texts(english, code, number).items():
            for library, count in counts.items():
                first, again = microseconds(count, text)
                samples.setdefault(name, {}).setdefault(library, []).append(first)
                if len(text) >= 1_000:
                    samples.setdefault(f"{name}, again", {}).setdefault(library, []).append(again)
    for name, by_library in samples.items():
        medians = {library: statistics.median(values) for library, values in by_library.items()}
        best = min(value for library, value in medians.items() if library != "ours" and not math.isnan(value))
        print(
            f"{name:28}" + "".join(f"{value:18.2f}" for value in medians.values()) + f"{best / medians['ours']:19.2f}x"
        )
    strings = random_texts()
    reference = ReferenceEncoding(NAME)
    expected = [reference.count(text) for text in strings]
    shares = [exactness(count, strings, expected) for count in counts.values()]
    print(f"{'exact':28}" + "".join(f"{share:18.2%}" for share in shares))
    print(f"two threads, 1 MB English: {two_threads(counts['ours'], english[:1_000_000]):.2f}x one")
    cold = [
        subprocess.run(
            [sys.executable, "-c", COLD.format(name=name)], capture_output=True, text=True, check=True
        ).stdout
        for name in (NAME, "o200k_base")
    ]
    for name, line in zip((NAME, "o200k_base"), cold, strict=True):
        took, resident = map(float, line.split())
        print(f"cold, {name}: {took:.1f} ms with the import, {resident:.0f} MB resident with the interpreter")


if __name__ == "__main__":
    main()
