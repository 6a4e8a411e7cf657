package state

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// File is a file whose rows were loaded into a table, as it was then.
type File struct {
	// Path is relative to the project, with slashes; of a file elsewhere it is absolute.
	Path  string
	Size  int64
	Mtime time.Time
	// Hash is that of its contents.
	Hash string
	// Seal tells it from another file in its place that has its size and time; empty where nobody knows. The same may
	// have another seal, as after it was copied.
	Seal string
}

// IsLike reports whether a file can be taken for the one that is on record. Else its contents tell.
func (f File) IsLike(was File) bool {
	return f.Size == was.Size && f.Mtime.Equal(was.Mtime) && (f.Seal == "" || f.Seal == was.Seal)
}

// Loaded says which files a table was loaded from: those that are on record of a load, which begins with the table.
type Loaded struct {
	Load string `json:"load"`
	// Files is how many there are at least. Where fewer are on record, some were lost.
	Files int `json:"files"`
}

// fileRow is a file on record.
type fileRow struct {
	File
	load string
}

// KnowsFiles reports whether the tables say which files were loaded.
func (t Tables) KnowsFiles() bool { return !t.Older || t.From >= since[filesTable] }

// ReadFiles gives the query for the rows that AddFiles takes: the files that were loaded into relations, at least one.
func (t Tables) ReadFiles(names []relation.Name) string {
	subjects := make([]string, len(names))
	for i, name := range names {
		subjects[i] = t.Dialect.Literal(t.subject(name))
	}
	seal := "seal"
	if t.Older && t.From < grown[filesTable] {
		seal = "null"
	}
	return fmt.Sprintf("select subject, load, path, size, mtime, hash, "+seal+" from (select *, row_number() over"+
		" (partition by subject, load, path order by sequence desc) as nth from %s where %s and subject in (%s)) as latest"+
		" where nth = 1 order by sequence", t.name(filesTable), t.mine(), strings.Join(subjects, ", "))
}

// AddFiles takes the rows that ReadFiles gives.
func (k *Known) AddFiles(rows *engine.Rows) {
	k.files = make(map[string][]fileRow, len(rows.Values))
	for _, row := range rows.Values {
		var texts [7]string
		for i := range row {
			texts[i], _ = row[i].(string)
		}
		f := fileRow{load: texts[1], File: File{Path: texts[2], Hash: texts[5], Seal: texts[6]}}
		f.Size, _ = row[3].(int64)
		f.Mtime, _ = time.Parse(time.RFC3339Nano, texts[4]) // what is no time is long ago, so that the contents are looked at
		k.files[texts[0]] = append(k.files[texts[0]], f)
	}
}

// FilesOf gives the files of a load that are on record, by their paths. Subject is the relation as the dialect writes
// its folded name. An empty load is the last one.
func (k *Known) FilesOf(subject, load string) map[string]File {
	if k == nil {
		return nil
	}
	rows := k.files[subject]
	if load == "" && len(rows) > 0 {
		load = rows[len(rows)-1].load
	}
	out := make(map[string]File, len(rows))
	for _, row := range rows {
		if row.load == load {
			out[row.Path] = row.File
		}
	}
	return out
}

// filesAtOnce is how many files one statement writes.
const filesAtOnce = 500

// KeepFiles gives the statements that note which files were loaded into a relation by a run.
func (t Tables) KeepFiles(k *Known, r *Relation, files []File) []string {
	if len(files) == 0 || r.Growth == nil || r.Growth.Loaded == nil {
		return nil
	}
	d := t.Dialect
	var statements []string
	for some := range slices.Chunk(files, filesAtOnce) {
		rows := make([]string, len(some))
		for i, f := range some {
			rows[i] = "(" + strings.Join([]string{
				d.Literal(t.Key.Project), d.Literal(t.Key.Target), d.Literal(t.Key.Environment),
				strconv.FormatInt(k.last.Add(1), 10), d.Literal(r.Run), d.Literal(string(r.ID)), d.Literal(t.subject(r.Name)),
				d.Literal(r.Growth.Loaded.Load), d.Literal(f.Path), strconv.FormatInt(f.Size, 10),
				d.Literal(f.Mtime.UTC().Format(time.RFC3339Nano)), d.Literal(f.Hash), d.Literal(f.Seal),
			}, ", ") + ")"
		}
		statements = append(statements, t.insert(filesTable, rows))
	}
	return statements
}

// RenewFiles gives the statements that note files of a load as they are now, in the place of what is on record of them.
func (t Tables) RenewFiles(k *Known, r *Relation, files []File) []string {
	d := t.Dialect
	var statements []string
	for some := range slices.Chunk(files, filesAtOnce) {
		paths := make([]string, len(some))
		for i, f := range some {
			paths[i] = d.Literal(f.Path)
		}
		statements = append(statements, "delete from "+t.name(filesTable)+" where "+t.mine()+" and subject = "+d.Literal(t.subject(r.Name))+
			" and load = "+d.Literal(r.Growth.Loaded.Load)+" and path in ("+strings.Join(paths, ", ")+")")
	}
	return append(statements, t.KeepFiles(k, r, files)...)
}

// ForgetFiles gives the statement that takes out what was loaded into a relation before.
func (t Tables) ForgetFiles(name relation.Name) string {
	return "delete from " + t.name(filesTable) + " where subject = " + t.Dialect.Literal(t.subject(name))
}

// SetFiles notes the files of a load that is about to be kept.
func (k *Known) SetFiles(subject, load string, files []File) {
	if k.files == nil {
		k.files = map[string][]fileRow{}
	}
	k.files[subject] = nil
	for _, f := range files {
		k.files[subject] = append(k.files[subject], fileRow{File: f, load: load})
	}
}
