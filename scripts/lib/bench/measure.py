"""Timing, and the lines that come of it."""

import statistics
import time
from dataclasses import asdict, dataclass, field


@dataclass
class Line:
    """One budget: what was measured, what it may be at most, and the raw figures."""

    name: str
    measured: float | None
    budget: float | None
    unit: str = "×"
    raw: dict = field(default_factory=dict)

    def __str__(self):
        if self.measured is None:
            return f"{self.name:<62} not measured"
        verdict = ""
        if self.budget is not None:
            kept = "kept" if self.measured <= self.budget else "OVER"
            verdict = f" (budget {self.budget:g} {self.unit}, {kept})"
        figures = ", ".join(f"{name} {value}" for name, value in self.raw.items())
        return f"{self.name:<62} {self.measured:>8.2f} {self.unit}{verdict}: {figures}"

    def as_dict(self):
        return asdict(self)


def compare(env, name, budget, ours, stock, rounds=15, other=None):
    """Both in turns, so that a busy moment of the machine meets both; warm, each call
    with an empty cache of records, as each request has it.

    :param other: the environment of ``stock``, where it is another database
    """
    mine, theirs = _time_in_turns(((env, ours), (other or env, stock)), rounds)
    raw = {"ours": f"{mine * 1000:.1f} ms", "against": f"{theirs * 1000:.1f} ms"}
    return Line(name, mine / theirs, budget, raw=raw)


def _time_in_turns(calls, rounds):
    times = [[] for _ in calls]
    for turn in range(rounds + 2):
        for taken, (env, call) in zip(times, calls, strict=True):
            env.flush_all()
            env.invalidate_all()
            began = time.perf_counter()
            call()
            env.flush_all()
            if turn >= 2:
                taken.append(time.perf_counter() - began)
    return [statistics.median(taken) for taken in times]


def look(env, name, call, rounds=1):
    """How long something takes that nothing is compared with: for the reader only."""
    (taken,) = _time_in_turns(((env, call),), rounds)
    return Line(name, taken * 1000, None, "ms")


def count_queries(env, call):
    """Queries of a call, warm and with an empty cache of records."""
    for _turn in range(2):
        env.flush_all()
        env.invalidate_all()
        before = env.cr.sql_log_count
        call()
        env.flush_all()
    return env.cr.sql_log_count - before
