"""One way to compare what people type in several ways: names, postcodes, telephone
numbers. Changing ``fold`` changes what is stored of each name: it is a migration."""

import re
import unicodedata

#: letters that are one of their own in Unicode, and that other keyboards have not
LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "ı": "i",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ħ": "h",
        "ŋ": "n",
        "ŧ": "t",
        "ĸ": "k",
        # Arabic and Persian: what is one letter to who types it
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ة": "ه",
        "ە": "ه",
        "ک": "ك",
        "ٱ": "ا",
        "ـ": None,
    }
)
#: what stands between the letters of one word
WITHIN = re.compile(r"['’‘`´ʼʻʹ′.]")
#: what is typed where there is no first name yet
NO_NAMES = frozenset({"baby", "unborn", "unknown"})


def fold(text):
    """Words as they are compared: “Zoë O’Neil-Hill” and “ZOE ONEIL HILL” are the same.

    :return: small letters and digits, a space between words; "" for nothing
    """
    text = WITHIN.sub("", unicodedata.normalize("NFKD", text or "")).casefold()
    letters = unicodedata.normalize("NFKD", text).translate(LETTERS)
    kept = (
        letter if letter.isalnum() else " "
        for letter in letters
        if not unicodedata.combining(letter)
    )
    return " ".join("".join(kept).split())


def fold_name(*parts):
    """A name as it is compared; what only says that there is none yet is left out."""
    words = fold(" ".join(filter(None, parts))).split()
    return " ".join([word for word in words if word not in NO_NAMES] or words)


def squeeze(folded):
    """The letters alone: “mary jane” and “maryjane” are the same."""
    return folded.replace(" ", "")


def fold_number(text):
    """A number with letters (UPN, NHS number, postcode) as it is compared."""
    return "".join(filter(str.isalnum, (text or "").upper()))


def fold_phone(text):
    """The digits of a telephone number, as it is rung from here: “+44 (0)191 555 0101”
    and “0191 5550101” are the same."""
    text = re.sub(r"\(0\)", "", text or "")
    digits = re.sub(r"[^0-9]", "", text)
    abroad = re.sub(r"[^0-9+]", "", text).startswith(("+44", "0044"))
    return re.sub(r"^(00)?44", "0", digits) if abroad else digits
