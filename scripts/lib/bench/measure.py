"""Timing, and the lines that come of it."""

import statistics
import time
from dataclasses import asdict, dataclass, field


@dataclass
class Line:
    """One budget: what was measured, what it may be at most, and the raw figures."""

    name: str
    measured: float | None
    budget: float
    unit: str = "×"
    raw: dict = field(default_factory=dict)

    def __str__(self):
        if self.measured is None:
            return f"{self.name:<62} not measured"
        kept = "kept" if self.measured <= self.budget else "OVER"
        figures = ", ".join(f"{name} {value}" for name, value in self.raw.items())
        return (
            f"{self.name:<62} {self.measured:>8.2f} {self.unit} "
            f"(budget {self.budget:g} {self.unit}, {kept}): {figures}"
        )

    def as_dict(self):
        return asdict(self)


def compare(env, name, budget, ours, stock, rounds=15):
    """Both in turns, so that a busy moment of the machine meets both; warm, each call
    with an empty cache of records, as each request has it."""
    times = {ours: [], stock: []}
    for turn in range(rounds + 2):
        for call in (ours, stock):
            env.flush_all()
            env.invalidate_all()
            began = time.perf_counter()
            call()
            env.flush_all()
            if turn >= 2:
                times[call].append(time.perf_counter() - began)
    mine, theirs = (statistics.median(times[call]) for call in (ours, stock))
    raw = {"ours": f"{mine * 1000:.1f} ms", "against": f"{theirs * 1000:.1f} ms"}
    return Line(name, mine / theirs, budget, raw=raw)


def count_queries(env, call):
    """Queries of a call, warm and with an empty cache of records."""
    for _turn in range(2):
        env.flush_all()
        env.invalidate_all()
        before = env.cr.sql_log_count
        call()
        env.flush_all()
    return env.cr.sql_log_count - before
