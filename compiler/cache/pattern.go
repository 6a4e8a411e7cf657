package cache

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// mostData is how many files and folders behind a pattern are looked at. Where there are more, what is
// found of them is not kept.
const mostData = 5000

// maxText is up to which size a file is read to see whether it changed.
const maxText = 4 << 20

// Seed notes a file of the project that an engine reads as a whole.
func (r *Recorder) Seed(name string) {
	full := absolute(r.dir, name)
	stat, err := statFile(full)
	if err != nil || stat.Size > maxText {
		r.note(name, Data, stat, Digest{}, err)
		return
	}
	data, stat, err := readFile(full, nil)
	r.note(name, Content, stat, Sum(data), err)
}

// Pattern notes the files that an engine may find with a pattern, and the folders in which it may look.
func (r *Recorder) Pattern(pattern string) {
	parts := strings.Split(path.Clean(strings.ReplaceAll(pattern, `\`, "/")), "/")
	fixed := 0
	for fixed < len(parts) && !strings.ContainsAny(parts[fixed], "*?[{") {
		fixed++
	}
	base := strings.Join(parts[:fixed], "/")
	if base == "" && fixed > 0 {
		base = "/"
	}
	if fixed == len(parts) {
		r.Data(base)
		return
	}
	depth := len(parts) - fixed
	if strings.Contains(pattern, "**") {
		depth = 1 << 10
	}
	if base == "" {
		base = "."
	}
	left := mostData
	r.below(base, depth, &left)
}

func (r *Recorder) below(dir string, depth int, left *int) {
	names, err := listFolder(absolute(r.dir, dir))
	r.noteFolder(dir, digestOf(names), err)
	for _, n := range names {
		if *left--; *left < 0 {
			r.note(dir, Data, Stat{}, Digest{}, errTooMany)
			return
		}
		full := join(dir, n.name)
		if n.mode.IsDir() {
			if depth > 1 {
				r.below(full, depth-1, left)
			}
			continue
		}
		stat, err := statFile(absolute(r.dir, full))
		if err == nil && fs.FileMode(stat.Mode).IsDir() && depth > 1 {
			err = errTooMany // a link: what is behind it is not looked at
		}
		r.noteData(full, stat, err)
	}
}

var errTooMany = errors.New("there are too many files")
