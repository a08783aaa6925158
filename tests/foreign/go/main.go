// Go's golang.org/x/mod/sumdb/{tlog,note} judge a corpus, and make one.
//
// go run . OURS THEIRS exits 0 if they give every verdict on OURS. What they make is written to THEIRS, for
// the example foreign-judge. cases.go reads a corpus, judge.go judges it, makes.go makes one.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: go run . OURS THEIRS")
		os.Exit(2)
	}
	agreed := agrees(os.Args[1])
	fmt.Printf("go: made %d cases\n", makeEverything(os.Args[2]))
	if !agreed {
		os.Exit(1)
	}
}

// must is for what cannot fail unless this program or the machine is broken.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
