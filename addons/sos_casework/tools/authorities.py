"""The local authorities of England and Wales by the numbers that UPNs begin with, those
of former days and the made-up ones of the Department for Education too."""

RANGES = (
    "001-005 201-213 301-320 330-336 340-344 350-359 370-373 380-384 390-394 420 "
    "660-681 701-708 800-803 805-808 810-813 815 816 820-823 825 826 830 831 835-839 "
    "840 841 845 846 850-852 855-857 860 861 865-896 908 909 916 919 921 925 926 928 "
    "929 931 933 935-938 940-943"
)


def _iter_authorities():
    for text in RANGES.split():
        first, _, last = text.partition("-")
        for number in range(int(first), int(last or first) + 1):
            yield f"{number:03}"


AUTHORITIES = frozenset(_iter_authorities())
