package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// A line of cases.txt; tests/it/foreign/case.rs says what it is.
type testCase struct {
	accept       bool
	kind, change string
	words        []string
	line         string
}

// Everything that is judged, in a fixed order.
var kinds = []string{"inclusion", "consistency", "checkpoint", "cosigned", "proof", "tiles", "ledger", "path", "vkey"}

// differs names what golang.org/x/mod decides otherwise than C2SP or more leniently; README.md says why.
var differs = map[[2]string]bool{
	{"checkpoint", "second-line-bad"}:    true, // Of two lines by one key it looks at the first only.
	{"checkpoint", "root-not-canonical"}: true, // Its base64 passes by bits behind the last byte.
	{"path", "level-64"}:                 true, // Its tiles have no highest level.
	{"ledger", "chain-swapped"}:          true, // The chain of a ledger is nothing to it.
	{"ledger", "chain-without-one"}:      true,
	{"ledger", "chain-previous-bit"}:     true,
	{"ledger", "chain-position"}:         true,
	{"ledger", "chain-statement-bit"}:    true,
}

func readCases(corpus string) []testCase {
	text := must(os.ReadFile(filepath.Join(corpus, "cases.txt")))
	var cases []testCase
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		words := strings.Split(line, " ")
		if len(words) < 4 || words[0] != "accept" && words[0] != "refuse" {
			panic("no case: " + line)
		}
		cases = append(cases, testCase{words[0] == "accept", words[1], words[2], words[3:], line})
	}
	return cases
}

// agrees reports whether every verdict is that of the case, some of each kind are accepted and some refused,
// and what is said to differ does.
func agrees(corpus string) bool {
	judged := map[string]int{}
	seen := map[[2]string]bool{}
	wrong := 0
	complain := func(format string, values ...any) {
		if wrong++; wrong <= 10 {
			fmt.Fprintf(os.Stderr, "go: WRONG: "+format+"\n", values...)
		}
	}
	for _, c := range readCases(corpus) {
		verdict, spoken := judge(corpus, c)
		if !spoken {
			continue
		}
		what := [2]string{c.kind, c.change}
		if differs[what] {
			seen[what] = seen[what] || verdict != c.accept
			continue
		}
		judged[fmt.Sprint(c.kind, c.accept)]++
		if verdict != c.accept {
			complain("%.200s", c.line)
		}
	}
	for what := range differs {
		if !seen[what] {
			complain("said to differ, and agrees: %v", what)
		}
	}
	for _, kind := range kinds {
		accepted, refused := judged[kind+"true"], judged[kind+"false"]
		fmt.Printf("go: %s: accepted %d, refused %d\n", kind, accepted, refused)
		if accepted == 0 || refused == 0 {
			complain("too few cases of kind %s", kind)
		}
	}
	fmt.Printf("go: %d wrong verdicts\n", wrong)
	return wrong == 0
}

// hashes reads base64 words.
func hashes(words []string) []tlog.Hash {
	var all []tlog.Hash
	for _, word := range words {
		all = append(all, must(tlog.ParseHash(word)))
	}
	return all
}

func decode(word string) []byte {
	return must(base64.StdEncoding.DecodeString(word))
}
