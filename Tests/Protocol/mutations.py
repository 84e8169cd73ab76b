"""Ways to spoil a text or bytes."""

ODD = [
    b"", b"\x00", b"\xff\xfe", b"\xc3\x28", b"%", b"%zz", b"%00", b"%ff", b"..", b"../../etc/passwd", b"'\"<>",
    b"\xed\xa0\x80", b"-1", b"99999999999999999999", b"NaN", b"A" * 5000, "𝕊\u202e".encode(), b"${jndi:ldap://x}", b"' OR 1=1 --",
]  # fmt: skip


def spoil(choice, data, times=None):
    """Some bytes changed, taken away, doubled, or put in."""
    data = bytearray(data)
    for _ in range(times or choice.randint(1, 4)):
        place = choice.randint(0, len(data))
        end = min(len(data), place + choice.randint(1, 8))
        match choice.randrange(6):
            case 0:
                data[place:end] = bytes(choice.randrange(256) for _ in range(end - place))
            case 1:
                del data[place:end]
            case 2:
                data[place:place] = data[place:end] * choice.choice([1, 2, 100])
            case 3:
                data[place:place] = choice.choice(ODD)
            case 4:
                del data[place:]
            case 5 if place < len(data):
                data[place] ^= 1 << choice.randrange(8)
    return bytes(data)


def is_same_token(one, other):
    """Servers do well to ignore white space around the value of a header."""
    return one.strip() == other.strip()
