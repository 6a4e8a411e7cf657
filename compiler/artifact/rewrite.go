package artifact

import (
	"bufio"
	"io"

	"github.com/quernsql/quern/compiler/check"
)

// Rewritten says what is written in the place of a file of which some nodes are no longer as they were.
type Rewritten struct {
	// Layout is that of the new file.
	Layout *Layout
	// Same says that the new file is as the old one.
	Same bool

	old    *Layout
	file   io.ReaderAt
	pieces [lists]map[int][]byte // by place in the layout's nodes
}

// Rewrite finds what WriteProject would write anew of some nodes, where all else is as in the file, which
// has the layout. It gives nil where the file cannot be the one.
func (l *Layout) Rewrite(file io.ReaderAt, size int64, p *check.Program, changed []int) (*Rewritten, error) {
	if size != l.size() {
		return nil, nil
	}
	places := make(map[int]int, len(changed))
	for _, n := range changed {
		places[n] = -1
	}
	for k, n := range l.nodes {
		if _, ok := places[n]; ok {
			places[n] = k
		}
	}
	r := &Rewritten{Layout: &Layout{nodes: l.nodes}, old: l, file: file}
	var out buffer
	e := newEncoder(&out, p)
	for list := range lists {
		r.pieces[list] = make(map[int][]byte, len(changed))
		r.Layout.sizes[list] = append([]int(nil), l.sizes[list]...)
		for n, k := range places {
			if k < 0 {
				continue // it is not written
			}
			out = nil
			if has(p, list, n) {
				e.piece(list, n)
				_ = e.w.Flush() // to memory: it never fails
			}
			r.pieces[list][k], r.Layout.sizes[list][k] = out, len(out)
		}
	}
	return r, r.compare()
}

// buffer is a text in memory that is not used again.
type buffer []byte

func (b *buffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

// compare sets Same.
func (r *Rewritten) compare() error {
	r.Same = true
	return r.old.walk(func(list, k int, at int64, size int) error {
		piece, changed := r.pieces[list][k]
		if !changed || !r.Same {
			return nil
		}
		was := make([]byte, size)
		if _, err := r.file.ReadAt(was, at); err != nil {
			return err
		}
		r.Same = string(was) == string(piece)
		return nil
	}, nil)
}

// walk calls each with the place of every piece, and before with every list.
func (l *Layout) walk(each func(list, k int, at int64, size int) error, before func(list int) error) error {
	at := int64(0)
	for list := range lists {
		if at += int64(len(opening[list])); before != nil {
			if err := before(list); err != nil {
				return err
			}
		}
		first := true
		for k, size := range l.sizes[list] {
			if size > 0 && !first {
				at++ // the comma
			}
			first = first && size == 0
			if err := each(list, k, at, size); err != nil {
				return err
			}
			at += int64(size)
		}
	}
	return nil
}

// Write writes the new file.
func (r *Rewritten) Write(w io.Writer) error {
	to := &joiner{w: bufio.NewWriterSize(w, pieceSize), file: r.file, buf: make([]byte, pieceSize)}
	err := r.old.walk(func(list, k int, at int64, size int) error {
		piece, changed := r.pieces[list][k]
		switch {
		case !changed && size > 0:
			return to.keep(at, size)
		case changed:
			return to.put(piece)
		}
		return nil
	}, func(list int) error {
		err := to.flush()
		_, _ = to.w.WriteString(opening[list]) // Flush gives the error
		to.begun = false
		return err
	})
	if err != nil {
		return err
	}
	if err := to.flush(); err != nil {
		return err
	}
	_, _ = to.w.WriteString(closing)
	return to.w.Flush()
}

// pieceSize is how much is copied at once.
const pieceSize = 256 << 10

// joiner joins pieces of an old file and new ones with commas.
type joiner struct {
	w    *bufio.Writer
	file io.ReaderAt
	buf  []byte
	// from and to are what is to be copied next, commas in between and all.
	from, to int64
	begun    bool // something of the list is written
}

// keep takes over a piece of the old file.
func (j *joiner) keep(at int64, size int) error {
	if j.to > j.from && at == j.to+1 {
		j.to = at + int64(size)
		return nil
	}
	err := j.flush()
	j.comma()
	j.from, j.to = at, at+int64(size)
	return err
}

// put writes a new piece, which may be empty.
func (j *joiner) put(piece []byte) error {
	err := j.flush()
	if len(piece) > 0 {
		j.comma()
		_, _ = j.w.Write(piece) // Flush gives the error
	}
	return err
}

func (j *joiner) comma() {
	if j.begun {
		_ = j.w.WriteByte(',')
	}
	j.begun = true
}

// flush copies what is to be copied.
func (j *joiner) flush() error {
	for j.from < j.to {
		n := min(int64(len(j.buf)), j.to-j.from)
		if _, err := j.file.ReadAt(j.buf[:n], j.from); err != nil {
			return err
		}
		if _, err := j.w.Write(j.buf[:n]); err != nil {
			return err
		}
		j.from += n
	}
	return nil
}
