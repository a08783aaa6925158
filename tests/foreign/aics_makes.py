"""What aics-tlog and aics-witness make, as a corpus for lotbook_chain to judge: logs, heads, proofs, requests."""

import base64

from aics_tlog import (
    Checkpoint,
    DirectoryTileStore,
    IncrementalTileWriter,
    MerkleTree,
    Note,
    cosignature_vkey,
    format_vkey,
    sign_checkpoint,
    sign_cosignature,
    vkey_from_ed25519,
)
from aics_tlog import tiles as tile_paths
from aics_witness.protocol import format_add_checkpoint_request
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORIGIN = "aics.example/log"
KEY = Ed25519PrivateKey.from_private_bytes(bytes([51]) * 32)
WITNESSES = [Ed25519PrivateKey.from_private_bytes(bytes([52 + n]) * 32) for n in range(3)]
VKEY = format_vkey(vkey_from_ed25519(ORIGIN, KEY.public_key()))
ENTRIES = [f"entry {n}".encode() * (n % 5) for n in range(66_000)]


def flip(data, at=-1):
    """One bit of some bytes."""
    data = bytearray(data)
    data[at] ^= 1
    return bytes(data)


def words(hashes):
    return [base64.b64encode(data).decode() for data in hashes]


class Made:
    """A corpus that is being made."""

    def __init__(self, folder):
        self.folder, self.lines = folder, []
        folder.mkdir(parents=True)

    def add(self, accept, kind, *arguments):
        verdict, change = ("accept", "-") if accept else ("refuse", "changed")
        self.lines.append(" ".join([verdict, kind, change, *map(str, arguments)]))

    def file(self, name, data):
        (self.folder / name).write_bytes(data)
        return name

    def cosigned(self, name, vkey, witnesses, note):
        """A note that all of these witnesses have cosigned; and the same without the last line's last byte but one."""
        lines = [f"log {vkey}", *(f"witness w{n} {key}" for n, key in enumerate(witnesses))]
        members = " ".join(f"w{n}" for n in range(len(witnesses)))
        policy = "\n".join([*lines, f"group everybody all {members}", "quorum everybody", ""])
        policy = self.file(f"{name}.policy", policy.encode())
        self.add(True, "cosigned", policy, self.file(f"{name}.note", note))
        self.add(False, "cosigned", policy, self.file(f"{name}.changed", flip(note, -20)))

    def finish(self):
        (self.folder / "cases.txt").write_text("".join(f"{line}\n" for line in self.lines), encoding="utf-8")
        return len(self.lines)


def head(size, root):
    return sign_checkpoint(Checkpoint(ORIGIN, size, root), KEY, ORIGIN)


def everything(made):
    tree = MerkleTree(ENTRIES[:600])
    make_proofs(made, tree)
    make_heads(made, tree)
    make_logs(made)
    make_paths(made)
    make_session(made, tree)


def make_proofs(made, tree):
    for size in [*range(1, 70), 127, 128, 129, 255, 256, 257, 300, 511, 512, 513, 600]:
        root = tree.root(size)
        for index in {0, size // 3, size // 2, size - 1}:
            path, entry = tree.inclusion_proof(index, size), ENTRIES[index]
            made.add(True, "inclusion", index, size, *words([entry, root, *path]))
            made.add(False, "inclusion", index, size, *words([entry, flip(root), *path]))
        for old in {0, 1, size // 3, size // 2, size - 1, size}:
            path = tree.consistency_proof(old, size)
            made.add(True, "consistency", old, size, *words([tree.root(old), root, *path]))
            made.add(False, "consistency", old, size, *words([flip(tree.root(old)), root, *path]))


def make_heads(made, tree):
    made.add(True, "vkey", VKEY)
    made.add(False, "vkey", VKEY.replace("aics", "aica"))
    for size in (0, 1, 300, 600):
        note = head(size, tree.root(size))
        made.add(True, "checkpoint", VKEY, made.file(f"head-{size}", note.to_bytes()))
        made.add(False, "checkpoint", VKEY, made.file(f"head-{size}.changed", flip(note.to_bytes(), 20)))
        names = [f"w{n}.example" for n in range(3)]
        lines = tuple(
            sign_cosignature(key, name, 1_750_000_000, ORIGIN, size, tree.root(size))[1]
            for key, name in zip(WITNESSES, names, strict=True)
        )
        keys = [format_vkey(cosignature_vkey(name, key.public_key())) for key, name in zip(WITNESSES, names, strict=True)]
        made.cosigned(f"cosigned-{size}", VKEY, keys, Note(note.text, note.signatures + lines).to_bytes())


def make_logs(made):
    """Logs that grew: the writer extends them, partial tiles and bundles too."""
    for steps in ((1,), (200, 256), (255, 257, 600), (300, 65_536), (65_000, 65_537, 66_000)):
        folder = made.folder / f"log-{steps[-1]}"
        store = DirectoryTileStore(folder, fsync=False)
        writer = IncrementalTileWriter(store)
        for size in steps:
            writer.append(ENTRIES[writer.size : size])
        store.write_checkpoint(head(writer.size, writer.root()).to_bytes())
        made.add(True, "tiles", VKEY, folder.name)
    for name in ("tile/0/000", "tile/entries/001", "tile/1/000.p/2"):
        folder = made.folder / f"log-600.{name.replace('/', '-')}"
        store = DirectoryTileStore(folder, fsync=False)
        writer = IncrementalTileWriter(store)
        writer.append(ENTRIES[:600])
        store.write_checkpoint(head(600, writer.root()).to_bytes())
        file = folder / name
        data = flip(file.read_bytes())
        file.unlink()
        file.write_bytes(data)
        made.add(False, "tiles", VKEY, folder.name)


def make_paths(made):
    for index in (0, 1, 999, 1_000, 1_234_067, 2**40):
        for width in (None, 1, 255):
            made.add(True, "path", tile_paths.entry_bundle_path(index, width))
            for level in (0, 5, 63):
                made.add(True, "path", tile_paths.tile_path(level, index, width))
    made.add(False, "path", tile_paths.tile_path(1, 5) + ".p/256")


def make_session(made, tree):
    """Requests of their client, with the answers that tlog-witness says."""

    def asks(old, new, status, path=None):
        path = tree.consistency_proof(old, new) if path is None else path
        request = format_add_checkpoint_request(old, path, head(new, tree.root(new)).to_bytes())
        made.requests = getattr(made, "requests", 0) + 1
        made.add(True, "witness", status, "theirs", VKEY, made.file(f"request-{made.requests}", request))

    asks(0, 7, "200")
    asks(0, 9, "409:7")
    for old, new in ((7, 8), (8, 256), (256, 300), (300, 300)):
        asks(old, new, "200")
    asks(300, 600, "422", [flip(data) for data in tree.consistency_proof(300, 600)])
    asks(300, 600, "200")
