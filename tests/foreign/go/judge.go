package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var errRefused = errors.New("refused")

// judge gives the verdict of x/mod, and whether it speaks this at all.
func judge(corpus string, c testCase) (accepts, spoken bool) {
	file := func(name string) string { return filepath.Join(corpus, name) }
	number := func(word string) int64 { return must(strconv.ParseInt(word, 10, 64)) }
	var err error
	switch w := c.words; c.kind {
	case "inclusion":
		h := hashes(w[3:])
		err = tlog.CheckRecord(h[1:], number(w[1]), h[0], number(w[0]), tlog.RecordHash(decode(w[2])))
	case "consistency":
		if w[0] == "0" {
			return false, false // It knows no proof from the empty tree.
		}
		h := hashes(w[2:])
		err = tlog.CheckTree(h[2:], number(w[1]), h[1], number(w[0]), h[0])
	case "checkpoint":
		_, err = openCheckpoint(w[0], must(os.ReadFile(file(w[1]))))
	case "cosigned":
		err = checkCosigned(string(must(os.ReadFile(file(w[0])))), must(os.ReadFile(file(w[1]))))
	case "proof":
		err = checkProof(w[0], must(os.ReadFile(file(w[1]))))
	case "tiles", "ledger":
		err = checkTiles(w[0], file(w[1]))
	case "path":
		_, err = tlog.ParseTilePath(toTheirs(w[0]))
	case "vkey":
		_, err = note.NewVerifier(w[0])
	default:
		return false, false
	}
	return err == nil, true
}

// openCheckpoint opens a note with one key. The tree is parsed by x/mod too, with the first line that it wants
// in place of the origin, which is compared here.
func openCheckpoint(vkey string, signed []byte) (tlog.Tree, error) {
	opened, err := note.Open(signed, note.VerifierList(must(note.NewVerifier(vkey))))
	if err != nil {
		return tlog.Tree{}, err
	}
	return parseCheckpoint(opened.Text, vkey)
}

func parseCheckpoint(text, vkey string) (tlog.Tree, error) {
	origin, rest, _ := strings.Cut(text, "\n")
	name, _, _ := strings.Cut(vkey, "+")
	// Extension lines are passed by in x/mod; tlog-checkpoint has no empty ones.
	if origin != name || strings.Contains(text, "\n\n") {
		return tlog.Tree{}, errRefused
	}
	return tlog.ParseTree([]byte("go.sum database tree\n" + rest))
}

// cosigner is a key of type 4 (tlog-cosignature) for note.Open, with Go's Ed25519.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.id }
func (c cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(c.key, append([]byte(head), text...), sig[8:])
}

func newCosigner(vkey string) (cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(parts) != 3 || len(key) != 33 || key[0] != 4 {
		return cosigner{}, errRefused
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	if fmt.Sprintf("%x", sum[:4]) != parts[1] {
		return cosigner{}, errRefused
	}
	return cosigner{parts[0], binary.BigEndian.Uint32(sum[:4]), key[1:]}, nil
}

// checkCosigned needs the log's signature, and of the policy's one group as many witnesses as it says.
func checkCosigned(policy string, signed []byte) error {
	var log string
	var needed int
	known := []note.Verifier{}
	for _, line := range strings.Split(policy, "\n") {
		switch w := strings.Fields(line); {
		case len(w) == 2 && w[0] == "log":
			log = w[1]
			known = append(known, must(note.NewVerifier(log)))
		case len(w) == 3 && w[0] == "witness":
			known = append(known, must(newCosigner(w[2])))
		case len(w) > 3 && w[0] == "group":
			needed = must(strconv.Atoi(w[2]))
		}
	}
	opened, err := note.Open(signed, note.VerifierList(known...))
	if err != nil {
		return err
	}
	byLog := false
	for _, sig := range opened.Sigs {
		byLog = byLog || sig.Name == known[0].Name() && sig.Hash == known[0].KeyHash()
	}
	if !byLog || len(opened.Sigs)-1 < needed {
		return errRefused
	}
	_, err = parseCheckpoint(opened.Text, log)
	return err
}

// checkProof reads a tlog-proof; the record's hash and the proof are x/mod's.
func checkProof(vkey string, file []byte) error {
	head, signed, found := bytes.Cut(file, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") {
		return errRefused
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil || lines[2] != fmt.Sprint("index ", index) {
		return errRefused
	}
	tree, err := openCheckpoint(vkey, signed)
	if err != nil {
		return err
	}
	leaf := tlog.RecordHash(decode(strings.TrimPrefix(lines[1], "extra ")))
	return tlog.CheckRecord(hashes(lines[3:]), tree.N, tree.Hash, index, leaf)
}

// toTheirs: x/mod says tile/8/L/N for tile/L/N, and tile/8/data/N for tile/entries/N.
func toTheirs(path string) string {
	return strings.Replace(strings.Replace(path, "tile/", "tile/8/", 1), "/entries/", "/data/", 1)
}

func toOurs(tile tlog.Tile) string {
	return strings.Replace(strings.Replace(tile.Path(), "tile/8/", "tile/", 1), "/data/", "/entries/", 1)
}

// folder reads tiles that lie in a folder.
type folder string

func (f folder) Height() int                     { return 8 }
func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range tiles {
		read, err := os.ReadFile(filepath.Join(string(f), toOurs(tile)))
		if err != nil {
			return nil, err
		}
		data = append(data, read)
	}
	return data, nil
}

// checkTiles lets x/mod's TileHashReader authenticate every tile, and hashes every entry anew.
func checkTiles(vkey, log string) error {
	signed, err := os.ReadFile(filepath.Join(log, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(vkey, signed)
	if err != nil || tree.N == 0 {
		return err
	}
	indexes := make([]int64, tree.N)
	for n := range indexes {
		indexes[n] = tlog.StoredHashIndex(0, int64(n))
	}
	leaves, err := tlog.TileHashReader(tree, folder(log)).ReadHashes(indexes)
	if err != nil {
		return err
	}
	for n := int64(0); n < tree.N; n += 256 {
		width := 256
		if tree.N-n < 256 {
			width = int(tree.N - n)
		}
		tile := tlog.Tile{H: 8, L: -1, N: n / 256, W: width}
		bundle, err := os.ReadFile(filepath.Join(log, toOurs(tile)))
		if err != nil {
			return err
		}
		if err := checkBundle(bundle, leaves[n:n+int64(width)]); err != nil {
			return err
		}
	}
	return nil
}

func checkBundle(bundle []byte, leaves []tlog.Hash) error {
	for _, leaf := range leaves {
		if len(bundle) < 2 {
			return errRefused
		}
		length := int(binary.BigEndian.Uint16(bundle))
		if len(bundle) < 2+length || tlog.RecordHash(bundle[2:2+length]) != leaf {
			return errRefused
		}
		bundle = bundle[2+length:]
	}
	if len(bundle) != 0 {
		return errRefused
	}
	return nil
}
