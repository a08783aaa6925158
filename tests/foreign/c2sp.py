"""What C2SP says of logs, from its texts alone: notes, checkpoints, cosignatures, policies, proofs, paths.

A second implementation beside lotbook_chain, made without looking at it. Everything raises Refuted, or holds.
Clauses in brackets are those of docs/protocol.md.
"""

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EMPTY_ROOT = hashlib.sha256(b"").digest()
LOG_KEY, WITNESS_KEY = 1, 4  # signature types of signed-note
MAX_U64 = 2**64 - 1


class Refuted(Exception):
    """Something is not what it must be."""


def require(holds, reason):
    if not holds:
        raise Refuted(reason)


# ---- texts: numbers, base64, vkeys, notes


def number(text):
    """ASCII digits without sign or leading zero."""
    require(text.isascii() and text.isdigit() and (text == "0" or text[0] != "0"), f"{text!r} is no decimal number")
    require(int(text) <= MAX_U64, f"{text!r} is too large")
    return int(text)


def unbase64(text, length=None):
    """Standard base64 with padding, and only the one canonical text of these bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Refuted(f"{text!r} is not base64") from None
    require(base64.b64encode(data).decode() == text, f"{text!r} is not canonical base64")
    require(length is None or len(data) == length, f"{text!r} is not the base64 of {length} bytes")
    return data


def is_name(name):
    return bool(name) and len(name.encode()) <= 255 and not any(c.isspace() or c == "+" or ord(c) < 32 for c in name)


def read_vkey(text, kind):
    """`name+hex8(id)+base64(type || public key)`: the name, the id and the key [P-42], [P-109]."""
    parts = text.split("+", 2)
    require(len(parts) == 3 and is_name(parts[0]), f"{text!r} is no vkey")
    key = unbase64(parts[2], 33)
    require(key[0] == kind, f"{text!r} is a key of type {key[0]}, not {kind}")
    # first 4 bytes of SHA-256(name || 0x0A || type || public key)
    key_id = hashlib.sha256(parts[0].encode() + b"\n" + key).digest()[:4]
    require(parts[1] == key_id.hex(), f"{text!r} does not have the id of its key")
    try:
        return parts[0], key_id, Ed25519PublicKey.from_public_bytes(key[1:])
    except ValueError:
        raise Refuted(f"{text!r} holds no Ed25519 key") from None


def split_note(data):
    """The text of a signed note and its signatures: (name, id, bytes) [P-41]."""
    require(len(data) <= 65536, "the note is too long")
    try:
        note = data.decode()
    except UnicodeDecodeError:
        raise Refuted("the note is not UTF-8") from None
    require(all(ord(c) >= 32 or c == "\n" for c in note), "the note has a control character")
    text, separator, lines = note.rpartition("\n\n")
    require(separator and lines.endswith("\n"), "the note has no signature lines")
    signatures = []
    for line in lines[:-1].split("\n"):
        words = line.split(" ")
        require(len(words) == 3 and words[0] == "\u2014" and is_name(words[1]), f"{line!r} is no signature line")
        blob = unbase64(words[2])
        require(len(blob) > 4, f"{line!r} has no signature")
        signatures.append((words[1], blob[:4], blob[4:]))
    require(len(signatures) <= 64, "the note has too many signatures")
    return text + "\n", signatures


def signed_by(signatures, key, message_of):
    """Whether the key has signed. A line with its name and id that is bad refuses the whole note."""
    name, key_id, public = key
    own = [data for (other, other_id, data) in signatures if (other, other_id) == (name, key_id)]
    for data in own:
        try:
            public.verify(data[-64:], message_of(data))
        except InvalidSignature:
            raise Refuted(f"the signature of {name} is bad") from None
    return bool(own)


# ---- the checkpoint and its witnesses


def open_checkpoint(data, log):
    """(size, root) of a checkpoint that the log has signed [P-40]."""
    text, signatures = split_note(data)

    def message(signature):
        require(len(signature) == 64, "the log's signature does not have 64 bytes")
        return text.encode()

    require(signed_by(signatures, log, message), f"the checkpoint is not signed by {log[0]}")
    lines = text[:-1].split("\n")
    require(len(lines) >= 3 and all(lines), "the checkpoint does not have three non-empty lines")
    require(lines[0] == log[0], f"the checkpoint is of {lines[0]}, not of {log[0]}")
    size, root = number(lines[1]), unbase64(lines[2], 32)
    require(size > 0 or root == EMPTY_ROOT, "the empty tree has another root")
    return size, root


def cosigned_by(data, witness):
    """Whether the witness has cosigned the checkpoint [P-110]."""
    text, signatures = split_note(data)

    def message(payload):
        require(len(payload) == 72, f"the cosignature of {witness[0]} does not have 72 bytes")
        time = int.from_bytes(payload[:8], "big")
        require(0 < time < 2**63, f"the cosignature of {witness[0]} has no time")
        return f"cosignature/v1\ntime {time}\n{text}".encode()

    return signed_by(signatures, witness, message)


def check_policy(data, policy, log=None):
    """Checks the checkpoint against a policy file [P-111]; gives (size, root) and the witnesses that cosigned."""
    logs, witnesses, agreeing, defined, quorum = [], [], set(), set(), None
    for words in (line.split() for line in policy.split("\n")):
        if not words or words[0].startswith("#"):
            continue
        require(len(words) >= {"log": 2, "quorum": 2, "witness": 3}.get(words[0], 4), f"the policy line {words} is cut off")
        if words[0] == "log":
            logs.append(read_vkey(words[1], LOG_KEY))
        elif words[0] == "witness":
            defined.add(words[1])
            if cosigned_by(data, read_vkey(words[2], WITNESS_KEY)):
                witnesses.append(words[1])
                agreeing.add(words[1])
        elif words[0] == "group":
            members = words[3:]
            require(members and set(members) <= defined, f"group {words[1]} has members that are not defined")
            needed = {"any": 1, "all": len(members)}.get(words[2]) or number(words[2])
            require(1 <= needed <= len(members), f"group {words[1]} needs {needed} of {len(members)}")
            defined.add(words[1])
            if sum(member in agreeing for member in members) >= needed:
                agreeing.add(words[1])
        elif words[0] == "quorum" and quorum is None:
            quorum = words[1]
            require(quorum == "none" or quorum in defined, f"the quorum {quorum} is not defined")
        else:
            raise Refuted(f"the policy has a line {' '.join(words)!r}")
    require(quorum is not None, "the policy has no quorum")
    origin = split_note(data)[0].split("\n")[0]
    known = [key for key in logs if key[0] == origin] if log is None else [log]
    require(known, f"the policy knows no log {origin}")
    head = open_checkpoint(data, known[0])
    require(quorum == "none" or quorum in agreeing, f"the quorum {quorum} has not cosigned")
    return head, witnesses


# ---- the tree


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def tree_root(hashes):
    """MTH over leaf hashes (RFC 6962 section 2.1); a full tile's root is that of its 256 hashes."""
    if not hashes:
        return EMPTY_ROOT
    while len(hashes) > 1:
        above = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = above + hashes[len(above) * 2 :]
    return hashes[0]


def root_by_path(leaf, index, size, path):
    """The root that an inclusion proof leads to: from the top, the tree is cut at the largest power of two below n."""
    require(index < size, f"there is no leaf {index} in a tree of {size}")
    if size == 1:
        require(not path, "the proof is too long")
        return leaf
    require(path, "the proof is too short")
    cut = 1 << (size - 1).bit_length() - 1
    if index < cut:
        return node_hash(root_by_path(leaf, index, cut, path[:-1]), path[-1])
    return node_hash(path[-1], root_by_path(leaf, index - cut, size - cut, path[:-1]))


def roots_by_proof(old, new, path, old_root, whole=True):
    """The roots of both trees that a consistency proof leads to (SUBPROOF, RFC 6962 section 2.1.2, read backwards)."""
    if old == new:
        require(len(path) == (0 if whole else 1), "the proof does not have the length it must have")
        return (old_root, old_root) if whole else (path[0], path[0])
    require(path, "the proof is too short")
    cut = 1 << (new - 1).bit_length() - 1
    if old <= cut:
        first, second = roots_by_proof(old, cut, path[:-1], old_root, whole)
        return first, node_hash(second, path[-1])
    first, second = roots_by_proof(old - cut, new - cut, path[:-1], old_root, False)
    return node_hash(path[-1], first), node_hash(path[-1], second)


def check_consistency(old, new, old_root, new_root, path):
    """[P-108]"""
    require(old <= new, f"a tree of {new} leaves does not extend one of {old}")
    for size, root in ((old, old_root), (new, new_root)):
        require(size > 0 or root == EMPTY_ROOT, "the empty tree has another root")
    if old == 0:
        require(not path, "a proof from the empty tree is empty")
        return
    require(roots_by_proof(old, new, path, old_root) == (old_root, new_root), "the proof leads to other roots")


# ---- paths


def place(index):
    """1234067 -> x001/x234/067 [P-112]"""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups))


def is_tile_path(text):
    words = text.removeprefix("tile/").partition("/")
    name, dot_p, width = words[2].partition(".p/")
    digits = name.replace("x", "").replace("/", "")
    level_ok = words[0] == "entries" or words[0] in map(str, range(64))
    width_ok = not dot_p or width in map(str, range(1, 256))
    in_range = digits.isascii() and digits.isdigit() and int(digits) <= MAX_U64
    return text.startswith("tile/") and level_ok and width_ok and in_range and place(int(digits)) == name


# ---- files beside the log


def check_proof(data, log):
    """A tlog-proof whose extra line is the leaf's bytes [P-117]; gives index, entry, size and root."""
    head, separator, note = data.partition(b"\n\n")
    require(separator, "the proof has no checkpoint")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Refuted("the proof is not ASCII") from None
    require(lines[0] == "c2sp.org/tlog-proof@v1", "the file is no tlog-proof")
    require(len(lines) > 2 and lines[1].startswith("extra "), "the proof does not carry its entry")
    require(lines[2].startswith("index "), "the proof has no index")
    entry, index, path = unbase64(lines[1][6:]), number(lines[2][6:]), [unbase64(line, 32) for line in lines[3:]]
    require(len(path) <= 63, "the proof is too long")
    size, root = open_checkpoint(note, log)
    require(root_by_path(leaf_hash(entry), index, size, path) == root, "the proof leads to another root")
    return index, entry, size, root


def check_consistency_file(text):
    """Lines: `old SIZE ROOT`, `new SIZE ROOT`, then the hashes in base64."""
    lines = [line.split(" ") for line in text.strip().split("\n")]
    require(len(lines) >= 2 and all(len(line) == 3 for line in lines[:2]), "the first two lines are not `old` and `new`")
    (old_word, old, old_root), (new_word, new, new_root) = lines[:2]
    require((old_word, new_word) == ("old", "new"), "the first two lines are not `old` and `new`")
    path = [unbase64(word, 32) for line in lines[2:] for word in line]
    head = number(new), unbase64(new_root, 32)
    check_consistency(number(old), head[0], unbase64(old_root, 32), head[1], path)
    return head
