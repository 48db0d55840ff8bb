"""The codes that rules know; the census's own tables (returns, 2.3)."""

SEXES = frozenset("MFU")
UPN_UNKNOWN_AT_SCHOOL = frozenset({"UN2", "UN3", "UN4", "UN5", "UN6", "UN7"})
ETHNICITIES = frozenset(
    "WBRI WIRI WIRT WOTH WROM MWBC MWBA MWAS MOTH AIND APKN ABAN AOTH BCRB BAFR BOTH "
    "CHNE OOTH REFU NOBT".split()
)
NO_DISABILITY = "NONE"
DISABILITIES = frozenset(
    "NONE MOB HAND PC INC COMM LD HEAR VIS BEH CON AUT DDA".split()
)
SOURCES = frozenset(
    "1A 1B 1C 1D 2A 2B 3A 3B 3C 3D 3E 3F 4 5A 5B 5C 5D 6 7 8 9 10".split()
)
NEEDS = frozenset(f"N{number}" for number in range(10))
CLOSURE_REASONS = frozenset(f"RC{number}" for number in range(1, 10))
DIED = "RC2"
#: closed after assessment: no further action, or referred to early help
CLOSED_AFTER_ASSESSMENT = frozenset({"RC8", "RC9"})
CATEGORIES = frozenset("NEG PHY SAB EMO MUL".split())
NO_FACTOR = "21"
FACTORS = frozenset(
    "1A 1B 1C 2A 2B 2C 3A 3B 3C 4A 4B 4C 5A 5B 5C 6A 6B 6C 7A 8B 8C 8D 8E 8F 9A 10A "
    "11A 12A 13A 14A 15A 16A 17A 18A 18B 18C 19A 19B 19C 20 21 22A 23A 24A".split()
)

#: the letter that a UPN begins with, by the remainder of its digits
CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # pragma: allowlist secret
UPN_ENDS = frozenset(CHECK_LETTERS + "0123456789")
