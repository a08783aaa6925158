package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	origin = "go.example/log"
	most   = 66_000
)

// made is a corpus that is being made.
type made struct {
	dir    string
	lines  []string
	signer note.Signer
	vkey   string
	stored tlog.HashReader
}

// memory is a tree stored as x/mod stores it.
type memory []tlog.Hash

func (m *memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		read[i] = (*m)[index]
	}
	return read, nil
}

func record(n int64) []byte {
	return []byte(fmt.Sprintf("record of go %d", n))
}

func makeEverything(dir string) int {
	must(0, os.RemoveAll(dir))
	seed := []byte(strings.Repeat("g", ed25519.SeedSize))
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	vkey := must(note.NewEd25519VerifierKey(origin, public))
	id := must(note.NewVerifier(vkey)).KeyHash()
	private := base64.StdEncoding.EncodeToString(append([]byte{1}, seed...))
	signer := must(note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", origin, id, private)))
	stored := &memory{}
	for n := int64(0); n < most; n++ {
		*stored = append(*stored, must(tlog.StoredHashes(n, record(n), stored))...)
	}
	m := &made{dir: dir, signer: signer, vkey: vkey, stored: stored}
	m.proofs()
	m.heads()
	m.tiles()
	m.paths()
	m.file("cases.txt", []byte(strings.Join(m.lines, "\n")+"\n"))
	return len(m.lines)
}

func (m *made) add(accept bool, kind string, words ...any) {
	verdict := "accept " + kind + " - "
	if !accept {
		verdict = "refuse " + kind + " changed "
	}
	m.lines = append(m.lines, verdict+strings.TrimSuffix(fmt.Sprintln(words...), "\n"))
}

func (m *made) file(name string, data []byte) string {
	path := filepath.Join(m.dir, name)
	must(0, os.MkdirAll(filepath.Dir(path), 0o755))
	must(0, os.WriteFile(path, data, 0o644))
	return name
}

func (m *made) root(size int64) tlog.Hash {
	if size == 0 { // x/mod gives the empty tree another root than RFC 6962.
		var hash tlog.Hash
		copy(hash[:], must(hex.DecodeString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")))
		return hash
	}
	return must(tlog.TreeHash(size, m.stored))
}

func flip(hash tlog.Hash) tlog.Hash {
	hash[17] ^= 4
	return hash
}

func (m *made) proofs() {
	sizes := []int64{127, 128, 129, 255, 256, 257, 300, 511, 512, 513, 600, 65_535, 65_536, 65_537, most}
	for size := int64(70); size > 0; size-- {
		sizes = append(sizes, size)
	}
	for _, size := range sizes {
		root := m.root(size)
		for _, index := range []int64{0, size / 3, size / 2, size - 1} {
			entry := base64.StdEncoding.EncodeToString(record(index))
			proof := texts(must(tlog.ProveRecord(size, index, m.stored)))
			m.add(true, "inclusion", append([]any{index, size, entry, root}, proof...)...)
			m.add(false, "inclusion", append([]any{index, size, entry, flip(root)}, proof...)...)
		}
		for _, old := range []int64{1, (size + 2) / 3, (size + 1) / 2, size} {
			proof := texts(must(tlog.ProveTree(size, old, m.stored)))
			m.add(true, "consistency", append([]any{old, size, m.root(old), root}, proof...)...)
			m.add(false, "consistency", append([]any{old, size, flip(m.root(old)), root}, proof...)...)
		}
	}
}

func texts[H ~[]tlog.Hash](hashes H) (all []any) {
	for _, hash := range hashes {
		all = append(all, hash.String())
	}
	return all
}

func (m *made) head(size int64) []byte {
	tree := string(tlog.FormatTree(tlog.Tree{N: size, Hash: m.root(size)}))
	text := strings.Replace(tree, "go.sum database tree", origin, 1)
	return must(note.Sign(&note.Note{Text: text}, m.signer))
}

func (m *made) heads() {
	m.add(true, "vkey", m.vkey)
	m.add(false, "vkey", strings.Replace(m.vkey, "go.", "no.", 1))
	for _, size := range []int64{0, 1, 256, most} {
		head := m.head(size)
		m.add(true, "checkpoint", m.vkey, m.file(fmt.Sprint("head-", size), head))
		head[len(head)-20] ^= 1
		m.add(false, "checkpoint", m.vkey, m.file(fmt.Sprint("head-", size, ".changed"), head))
	}
}

// tiles writes the tiles of hashes; entries in x/mod lie otherwise than in tlog-tiles.
func (m *made) tiles() {
	for _, size := range []int64{1, 255, 256, 257, 511, 512, 513, 65_536, 65_537, most} {
		m.log(fmt.Sprint("log-", size), size)
		m.add(true, "hashes", m.vkey, fmt.Sprint("log-", size))
	}
	for _, name := range []string{"tile/0/001", "tile/0/002.p/1", "tile/1/000.p/2"} {
		log := "log-513." + strings.ReplaceAll(name, "/", "-")
		m.log(log, 513)
		path := filepath.Join(m.dir, log, name)
		data := must(os.ReadFile(path))
		data[len(data)/2] ^= 1
		m.file(filepath.Join(log, name), data)
		m.add(false, "hashes", m.vkey, log)
	}
}

func (m *made) log(log string, size int64) {
	widest := map[[2]int64]tlog.Tile{} // NewTiles names every width that a tile had on the way.
	for _, tile := range tlog.NewTiles(8, 0, size) {
		widest[[2]int64{int64(tile.L), tile.N}] = tile
	}
	for _, tile := range widest {
		m.file(filepath.Join(log, toOurs(tile)), must(tlog.ReadTileData(tile, m.stored)))
	}
	m.file(filepath.Join(log, "checkpoint"), m.head(size))
}

func (m *made) paths() {
	for _, n := range []int64{0, 7, 999, 1000, 1_234_067, 1 << 40} {
		for _, level := range []int{-1, 0, 1, 7, 63} {
			for _, width := range []int{1, 255, 256} {
				m.add(true, "path", toOurs(tlog.Tile{H: 8, L: level, N: n, W: width}))
			}
		}
	}
	m.add(false, "path", strings.Replace(tlog.Tile{H: 8, L: 0, N: 7, W: 256}.Path(), "tile/8/", "tile/8/8/", 1))
}
