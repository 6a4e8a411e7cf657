// Package artifact makes the files below target/ that programs read.
//
// It takes a program, or a part of one, and gives its JSON: the same bytes for the same program. Save
// writes such a file as a whole, and not at all where it holds the same already. It refuses nothing.
package artifact

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/quernsql/quern/compiler/replace"
)

// Save writes a file as a whole, and makes its folder. A file that holds the same already is left as
// it is. What writes the content is called twice where it differs.
func Save(name string, write func(io.Writer) error) error {
	same, err := holds(name, write)
	if err != nil || same {
		return err
	}
	return Replace(name, write)
}

// Replace is Save for a file that is known to differ.
func Replace(name string, write func(io.Writer) error) error {
	return replace.Derived(name, 0o644, write)
}

// errDiffers ends a comparison early.
var errDiffers = errors.New("the content differs")

// holds reports whether a file has that content. A file that cannot be read has not.
func holds(name string, write func(io.Writer) error) (bool, error) {
	file, err := os.Open(name)
	if err != nil {
		return false, nil // it is written anew then, which says what is wrong
	}
	defer file.Close()
	c := &comparer{old: bufio.NewReaderSize(file, 1<<16)}
	switch err := write(c); {
	case errors.Is(err, errDiffers):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("write %s: %w", name, err)
	}
	_, err = c.old.ReadByte()
	return errors.Is(err, io.EOF), nil
}

// comparer is a writer that fails at the first byte that is not the old one.
type comparer struct {
	old    *bufio.Reader
	buffer []byte
}

func (c *comparer) Write(p []byte) (int, error) {
	if cap(c.buffer) < len(p) {
		c.buffer = make([]byte, len(p))
	}
	old := c.buffer[:len(p)]
	if _, err := io.ReadFull(c.old, old); err != nil || !bytes.Equal(old, p) {
		return 0, errDiffers
	}
	return len(p), nil
}
