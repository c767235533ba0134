"""Checks proofs and checkpoints of arx, written from RFC 6962, RFC 8032 and the signed note format, without arx.

Standard input: {"verifierKey": "...", "origin": "...", "proof": arx.proof/v1, "entry"?: "...", "consistency"?: {...}}, one
JSON document a line; standard output: one line each, "ok" or what is wrong. `python3 -m doctest check.py` checks it
against the vectors of those documents.
"""
import base64
import functools
import hashlib
import json
import re
import sys


class Refused(Exception):
    """What is wrong with a request."""


# Ed25519 (RFC 8032): points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    total = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def recover_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P != 0 or (x == 0 and sign == 1):
        raise Refused("a public key is no point of the curve")
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def compress(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | ((x & 1) << 255)).to_bytes(32, "little")


def decompress(data):
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    if y >= P:
        raise Refused("a public key is no point of the curve")
    x = recover_x(y, sign)
    return x, y, 1, x * y % P


@functools.lru_cache(maxsize=None)
def is_signed(public, message, signature):
    """Whether an Ed25519 signature is that of the message. Vectors of RFC 8032, section 7.1:

    >>> key = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    >>> signature = bytes.fromhex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    ...                           "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
    >>> is_signed(key, b"\\x72", signature), is_signed(key, b"\\x73", signature)
    (True, False)
    >>> key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    >>> signature = bytes.fromhex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    ...                           "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")
    >>> is_signed(key, b"", signature), is_signed(key, b"", signature[:63] + b"\\x1b")
    (True, False)
    """
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    x, y, z, t = decompress(public)
    return compress(add(multiply(scalar, BASE), multiply(challenge, (P - x, y, z, P - t)))) == signature[:32]


# Signed notes: a text, an empty line, and lines "— NAME BASE64" of a key hash and a signature.


def open_note(note, verifier_key):
    """The text of a note that the key signed."""
    name, key_hash, public = parse_verifier_key(verifier_key)
    if re.search("[\x00-\x09\x0b-\x1f]", note):
        raise Refused("the note has control characters")
    text, separator, signatures = note.rpartition("\n\n")
    if separator == "" or not signatures.endswith("\n"):
        raise Refused("the note has no signatures")
    text += "\n"
    verified = False
    for line in signatures[:-1].split("\n"):
        match = re.fullmatch("\u2014 ([^\\s+]+) (\\S+)", line)
        if match is None:
            raise Refused("a line of the note is no signature")
        data = decode_base64(match[2])
        if len(data) < 5:
            raise Refused("a line of the note is no signature")
        if match[1] != name or data[:4] != key_hash:
            continue
        if not is_signed(public, text.encode(), data[4:]):
            raise Refused("a signature of the note is not of this text")
        verified = True
    if not verified:
        raise Refused("the note is not signed by this key")
    return text


def parse_verifier_key(text):
    """Name, key hash and public key of NAME+HASH+BASE64."""
    match = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", text)
    if match is None:
        raise Refused("the verifier key is malformed")
    key = decode_base64(match[3])
    key_hash = hashlib.sha256(match[1].encode() + b"\n" + key).digest()[:4]
    if key_hash.hex() != match[2] or len(key) != 33 or key[0] != 1:
        raise Refused("the verifier key is malformed")
    return match[1], key_hash, key[1:]


def decode_base64(text):
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused("base64 is malformed") from None


# Merkle trees (RFC 6962): the hash of a leaf and of a node differ by their first byte.


def leaf_hash(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_hash(leaves):
    """The root as RFC 6962 defines it, for the checks of the proofs below."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(tree_hash(leaves[:split]), tree_hash(leaves[split:]))


def check_inclusion(index, size, leaf, hashes, root):
    """Refuses a proof that the leaf is in the tree where it is none (RFC 9162, section 2.1.3.2).

    >>> leaves = [leaf_hash(bytes([n])) for n in range(7)]
    >>> left, right = tree_hash(leaves[:4]), tree_hash(leaves[4:6])
    >>> outcome(check_inclusion, 6, 7, leaves[6], [right, left], tree_hash(leaves))
    'ok'
    >>> outcome(check_inclusion, 4, 7, leaves[4], [leaves[5], leaves[6], left], tree_hash(leaves))
    'ok'
    >>> outcome(check_inclusion, 4, 7, leaves[4], [leaves[6], leaves[5], left], tree_hash(leaves))
    'the proof leads to another root'
    """
    if not 0 <= index < size:
        raise Refused("the index is outside the tree")
    node, last, computed = index, size - 1, leaf
    for other in hashes:
        if last == 0:
            raise Refused("the proof is too long")
        if node & 1 or node == last:
            computed = node_hash(other, computed)
            while node & 1 == 0 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            computed = node_hash(computed, other)
        node, last = node >> 1, last >> 1
    if last != 0 or computed != root:
        raise Refused("the proof leads to another root")


def check_consistency(old_size, size, hashes, old_root, root):
    """Refuses a proof that the old tree is a prefix of the new one where it is none (RFC 9162, section 2.1.4.2).

    >>> leaves = [leaf_hash(bytes([n])) for n in range(7)]
    >>> proof = [leaves[2], leaves[3], tree_hash(leaves[:2]), tree_hash(leaves[4:])]
    >>> outcome(check_consistency, 3, 7, proof, tree_hash(leaves[:3]), tree_hash(leaves))
    'ok'
    >>> outcome(check_consistency, 4, 7, [tree_hash(leaves[4:])], tree_hash(leaves[:4]), tree_hash(leaves))
    'ok'
    >>> outcome(check_consistency, 4, 7, [tree_hash(leaves[4:])], tree_hash(leaves[:3]), tree_hash(leaves))
    'the proof does not lead to both roots'
    """
    if not 0 < old_size <= size:
        raise Refused("the old tree is empty or the larger one")
    if old_size == size:
        if hashes or old_root != root:
            raise Refused("the proof does not lead to both roots")
        return
    path = [old_root, *hashes] if old_size & (old_size - 1) == 0 else list(hashes)
    if not path:
        raise Refused("the proof is too short")
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old_computed = computed = path[0]
    for other in path[1:]:
        if last == 0:
            raise Refused("the proof is too long")
        if node & 1 or node == last:
            old_computed, computed = node_hash(other, old_computed), node_hash(other, computed)
            while node & 1 == 0 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            computed = node_hash(computed, other)
        node, last = node >> 1, last >> 1
    if last != 0 or old_computed != old_root or computed != root:
        raise Refused("the proof does not lead to both roots")


def open_checkpoint(request, note):
    """Size and root of a signed checkpoint of the log."""
    lines = open_note(note, request["verifierKey"]).split("\n")
    if len(lines) != 4 or lines[0] != request["origin"] or not re.fullmatch("[0-9]+", lines[1]):
        raise Refused("no checkpoint of this log")
    return int(lines[1]), decode_base64(lines[2])


def check(request):
    proof = request["proof"]
    size, root = open_checkpoint(request, proof["checkpoint"])
    if size != proof["size"]:
        raise Refused("the proof is of another size than the checkpoint")
    leaf = bytes.fromhex(proof["leafHash"])
    if "entry" in request and leaf_hash(request["entry"].encode()) != leaf:
        raise Refused("the entry does not have this leaf hash")
    check_inclusion(proof["index"], size, leaf, [bytes.fromhex(text) for text in proof["hashes"]], root)
    if "consistency" in request:
        old_size, old_root = open_checkpoint(request, request["consistency"]["old"])
        hashes = [bytes.fromhex(text) for text in request["consistency"]["hashes"]]
        check_consistency(old_size, size, hashes, old_root, root)


def outcome(check_one, *arguments):
    """"ok", or what is wrong."""
    try:
        check_one(*arguments)
    except Refused as refused:
        return str(refused)
    return "ok"


def main():
    sys.stdin.reconfigure(encoding="utf-8")
    for line in sys.stdin:
        print(outcome(check, json.loads(line)))


if __name__ == "__main__":
    main()
