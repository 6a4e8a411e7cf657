package cache_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/cache"
)

// tree writes files whose times lie an hour back.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text, time.Now().Add(-time.Hour))
	}
	return dir
}

func write(t *testing.T, full, text string, at time.Time) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(full, at, at); err != nil {
		t.Fatal(err)
	}
}

var inputs = cache.Inputs{Options: []string{"a", "b"}, Engine: "engine 1"}

// recorded gives a record after it was written and read.
func recorded(t *testing.T, dir string, now time.Time) *cache.Record {
	t.Helper()
	var e cache.Encoder
	fresh(t, dir, now).Encode(&e)
	d := cache.NewDecoder(string(e.Bytes()))
	return cache.DecodeRecord(&d)
}

// fresh reads a project as a compile does, and gives the record of it.
func fresh(t *testing.T, dir string, now time.Time) *cache.Record {
	t.Helper()
	r := cache.NewRecorder(dir, now)
	fsys := r.FS("")
	err := fs.WalkDir(fsys, "models", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		_, err = fs.ReadFile(fsys, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"quern.yml", "quern.local.yml"} {
		_, _ = fs.ReadFile(fsys, name) // one may be absent
	}
	r.LookupEnv(environment)("HOME")
	r.LookupEnv(environment)("NOTHING")
	record := r.Record(inputs)
	if record == nil {
		t.Fatal("Record() = nil")
	}
	return record
}

func environment(name string) (string, bool) { return "/home", name == "HOME" }

func check(t *testing.T, r *cache.Record, opts cache.CheckOptions) *cache.Changes {
	t.Helper()
	changes, err := r.Check(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func TestCheckFindsWhatChanged(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"quern.yml": "name: x", "models/a.sql": "select 1", "models/b.sql": "select 2", "models/sub/c.sql": "select 3",
	}
	old := time.Now().Add(-time.Minute)
	tests := []struct {
		name  string
		edit  func(t *testing.T, dir string)
		files []string
		other bool
	}{
		{"nothing", func(*testing.T, string) {}, nil, false},
		{"a file is edited", func(t *testing.T, dir string) { write(t, dir+"/models/a.sql", "select 10", old) }, []string{"models/a.sql"}, false},
		{"a file of the same size is edited", func(t *testing.T, dir string) { write(t, dir+"/models/a.sql", "select 7", old) }, []string{"models/a.sql"}, false},
		{"a file is touched", func(t *testing.T, dir string) { write(t, dir+"/models/a.sql", "select 1", old) }, nil, false},
		{"a loose file is edited", func(t *testing.T, dir string) { write(t, dir+"/quern.yml", "name: y", old) }, []string{"quern.yml"}, false},
		{"a file comes", func(t *testing.T, dir string) { write(t, dir+"/models/sub/d.sql", "select 4", old) }, nil, true},
		{"a file that was missed comes", func(t *testing.T, dir string) { write(t, dir+"/quern.local.yml", "vars:", old) }, nil, true},
		{"a file goes", func(t *testing.T, dir string) { remove(t, dir+"/models/sub/c.sql") }, nil, true},
		{"a folder goes", func(t *testing.T, dir string) { remove(t, dir+"/models/sub") }, nil, true},
		{"a file is renamed", func(t *testing.T, dir string) {
			if err := os.Rename(dir+"/models/a.sql", dir+"/models/z.sql"); err != nil {
				t.Fatal(err)
			}
		}, nil, true},
		{"a file becomes a folder", func(t *testing.T, dir string) {
			remove(t, dir+"/models/sub/c.sql")
			write(t, dir+"/models/sub/c.sql/x", "", old)
		}, nil, true},
		{"two files change places", func(t *testing.T, dir string) {
			write(t, dir+"/models/a.sql", "select 2", old)
			write(t, dir+"/models/b.sql", "select 1", old)
		}, []string{"models/a.sql", "models/b.sql"}, false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := tree(t, files)
			record := recorded(t, dir, time.Now().Add(time.Hour))
			tc.edit(t, dir)
			for _, readAll := range []bool{false, true} {
				got := check(t, record, cache.CheckOptions{Dir: dir, Now: time.Now(), ReadAll: readAll})
				// A file that went shows in its folder too.
				if tc.other != got.Other || !tc.other && !slices.Equal(got.Files, tc.files) {
					t.Errorf("Check() = %q, other %v, want %q, %v", got.Files, got.Other, tc.files, tc.other)
				}
			}
		})
	}
}

func remove(t *testing.T, full string) {
	t.Helper()
	if err := os.RemoveAll(full); err != nil {
		t.Fatal(err)
	}
}

func TestTimesNearTheStartAreNotTrusted(t *testing.T) {
	t.Parallel()
	start := time.Now()
	for _, tc := range []struct {
		name   string
		mtime  time.Time
		noted  bool
		racy   bool
		reason string
	}{
		{"long before", start.Add(-time.Hour), true, false, "its times tell"},
		{"just before", start.Add(-time.Second), true, true, "it can be written twice within a step of the clock"},
		{"in the future", start.Add(time.Hour), true, true, "the clock was set back"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := tree(t, map[string]string{"quern.yml": ""})
			full := filepath.Join(dir, "models/a.sql")
			write(t, full, "select 1", tc.mtime)
			// Whatever ctime is, the record begins long after it.
			began := start.Add(10 * time.Second)
			if tc.racy && tc.mtime.Before(start) {
				began = start
			}
			record := fresh(t, dir, began)
			entry := &record.Folders[0].Files[0]
			// The same times and another text, as if it had changed within a step of the clock.
			entry.Hash = cache.Sum([]byte("select 2"))
			got := check(t, record, cache.CheckOptions{Dir: dir, Now: began.Add(time.Minute)})
			if found := slices.Equal(got.Files, []string{"models/a.sql"}); found != tc.racy {
				t.Errorf("Check() = %q: %s", got.Files, tc.reason)
			}
		})
	}
}

func TestRecordIsRenewedOnceTimesTell(t *testing.T) {
	t.Parallel()
	files := map[string]string{"quern.yml": ""}
	for i := range 100 {
		files["models/m"+string(rune('a'+i/26))+string(rune('a'+i%26))+".sql"] = "select 1"
	}
	dir := tree(t, files)
	start := time.Now() // within two seconds of the files' ctime
	first := check(t, recorded(t, dir, start), cache.CheckOptions{Dir: dir, Now: start.Add(time.Minute)})
	if first.Any() || !first.Renewed {
		t.Errorf("Check() = %+v, want it renewed", first)
	}
	second := check(t, first.Now, cache.CheckOptions{Dir: dir, Now: start.Add(2 * time.Minute)})
	if second.Any() || second.Renewed {
		t.Errorf("Check() of the renewed record = %+v, want nothing", second)
	}
}

func TestInputsAreCompared(t *testing.T) {
	t.Parallel()
	record := recorded(t, tree(t, map[string]string{"models/a.sql": ""}), time.Now())
	home := func(value string) func(string) (string, bool) {
		return func(name string) (string, bool) { return value, name == "HOME" }
	}
	for _, tc := range []struct {
		name   string
		in     cache.Inputs
		lookup func(string) (string, bool)
		want   bool
	}{
		{"the same", inputs, environment, true},
		{"no engine is asked", cache.Inputs{Options: inputs.Options}, environment, true},
		{"another engine", cache.Inputs{Options: inputs.Options, Engine: "engine 2"}, environment, false},
		{"another option", cache.Inputs{Options: []string{"a", "c"}}, environment, false},
		{"options divided otherwise", cache.Inputs{Options: []string{"ab", ""}}, environment, false},
		{"another value", inputs, home("/root"), false},
		{"an empty value", inputs, home(""), false},
		{"a variable that was not set", inputs, func(string) (string, bool) { return "/home", true }, false},
		{"an empty environment", inputs, func(string) (string, bool) { return "", false }, false},
	} {
		if got := record.SameInputs(tc.in, tc.lookup); got != tc.want {
			t.Errorf("%s: SameInputs() = %v", tc.name, got)
		}
	}
}

func TestNoValueOfTheEnvironmentIsWritten(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"models/a.sql": ""})
	encoded := func() string {
		r := cache.NewRecorder(dir, time.Time{})
		r.LookupEnv(func(string) (string, bool) { return "hunter2", true })("PASSWORD")
		var e cache.Encoder
		r.Record(cache.Inputs{Options: []string{"hunter2"}}).Encode(&e)
		return string(e.Bytes())
	}
	first, second := encoded(), encoded()
	sum := cache.Sum([]byte("hunter2"))
	for _, text := range []string{"hunter2", string(sum[:])} {
		if strings.Contains(first, text) {
			t.Errorf("the record holds %q", text)
		}
	}
	if first == second {
		t.Error("equal values have equal digests in two records")
	}
}

func TestWrittenFilesAreTrustedByFolder(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"out/a.sql": "1", "out/deep/b.sql": "2", "lineage.json": "{}"})
	digests := map[string]cache.Digest{
		"out/a.sql": cache.Sum([]byte("1")), "out/deep/b.sql": cache.Sum([]byte("2")), "lineage.json": cache.Sum([]byte("{}")),
	}
	later := time.Now().Add(time.Minute)
	record := cache.Written(dir, later, digests)
	trust := cache.CheckOptions{Dir: dir, Now: later.Add(time.Minute), TrustFolders: true}
	if got := check(t, record, trust); got.Any() {
		t.Fatalf("Check() = %+v, want nothing", got)
	}
	write(t, dir+"/out/a.sql", "3", later.Add(-10*time.Second))
	if got := check(t, record.Rewritten(dir, later, map[string]cache.Digest{"out/a.sql": cache.Sum([]byte("3"))}), trust); got.Any() {
		t.Errorf("Check() after a file was written again = %+v, want nothing", got)
	}
	everything := trust
	everything.ReadAll = true
	if got := check(t, record, everything); !got.Any() {
		t.Error("Check() that reads all misses a file that was changed in place")
	}
	remove(t, dir+"/out/deep/b.sql")
	if got := check(t, record, trust); !got.Any() {
		t.Error("Check() misses a file that went")
	}
	write(t, dir+"/out/deep/b.sql", "2", later.Add(-10*time.Second))
	write(t, dir+"/lineage.json", "[]", later.Add(-10*time.Second))
	if got := check(t, record, trust); !slices.Contains(got.Files, "lineage.json") {
		t.Errorf("Check() = %q misses a loose file", got.Files)
	}
}

func TestLongFilesAreSummedUp(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("0123456789abcdef", 1<<18)
	dir := tree(t, map[string]string{"out/a.sql": "1", "lineage.json": content, "z.json": "{}"})
	later := time.Now().Add(time.Minute)
	sum := func(text string) (c cache.Checksum) {
		for len(text) > 0 {
			n := min(len(text), 1000)
			_, _ = c.Write([]byte(text[:n]))
			text = text[n:]
		}
		return c
	}
	digests := map[string]cache.Digest{"out/a.sql": cache.Sum([]byte("1")), "z.json": cache.Sum([]byte("{}"))}
	record := cache.Written(dir, time.Now(), digests).WithLong(dir, "lineage.json", sum(content))
	opts := cache.CheckOptions{Dir: dir, Now: later, TrustFolders: true}
	// It was written just before the record was, so it is read again. That is worth a new record, by which it
	// is not.
	got := check(t, record, opts)
	if got.Any() || !got.Renewed {
		t.Errorf("Check() = %+v, want nothing but a new record", got)
	}
	if got = check(t, got.Now, opts); got.Any() || got.Renewed {
		t.Errorf("Check() of the new record = %+v, want nothing", got)
	}
	if diff := cmp.Diff(digests, got.Now.Digests()); diff != "" {
		t.Errorf("Digests() (-want +got):\n%s", diff)
	}
	for _, edit := range []string{content[1:], content + " ", strings.Replace(content, "f", "F", 1)} {
		write(t, dir+"/lineage.json", edit, later.Add(-10*time.Second))
		if got := check(t, record, opts); !slices.Equal(got.Files, []string{"lineage.json"}) {
			t.Errorf("Check() = %q misses that a long file changed", got.Files)
		}
		if got := check(t, record.WithLong(dir, "lineage.json", sum(edit)), opts); got.Any() {
			t.Errorf("Check() = %+v after a long file was written again, want nothing", got)
		}
	}
	remove(t, dir+"/lineage.json")
	if got := check(t, record, opts); !got.Other {
		t.Error("Check() misses that a long file went")
	}
}

func TestNotedIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"a.sql": "1"})
	name, stamp := dir+"/noted", cache.Sum([]byte("stamp"))
	want := &cache.Noted{Of: cache.Sum([]byte("of")), Record: cache.Written(dir, time.Now(), nil), More: "more"}
	if err := want.Write(name, stamp); err != nil {
		t.Fatal(err)
	}
	got := cache.ReadNoted(name, stamp)
	if got == nil || got.Of != want.Of || got.More != want.More || !got.Record.Same(want.Record) {
		t.Errorf("ReadNoted() = %+v, want %+v", got, want)
	}
	if got := cache.ReadNoted(name, cache.Digest{}); got != nil {
		t.Errorf("ReadNoted() with another stamp = %+v", got)
	}
}

func TestPatternsNoteWhereAnEngineLooks(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, tc := range []struct {
		pattern string
		edits   map[string]bool // files that are made, and whether that is noticed
	}{
		{"data/*.csv", map[string]bool{"data/new.csv": true, "data/deep/new.csv": false}},
		{"data/**/*.csv", map[string]bool{"data/deep/new.csv": true, "data/deep/deeper/x.csv": true, "else/new.csv": false}},
		{"data/a.csv", map[string]bool{"data/new.csv": false}},
		{"later/*.csv", map[string]bool{"later/new.csv": true}},
	} {
		for edit, want := range tc.edits {
			dir := tree(t, map[string]string{"data/a.csv": "x", "data/deep/b.csv": "y", "else/c.csv": "z"})
			r := cache.NewRecorder(dir, now.Add(time.Minute))
			r.Pattern(tc.pattern)
			record := r.Record(inputs)
			write(t, filepath.Join(dir, edit), "", now)
			got := check(t, record, cache.CheckOptions{Dir: dir, Now: now.Add(time.Hour)})
			if got.Any() != want {
				t.Errorf("%s: a new file %s is noticed: %v", tc.pattern, edit, got.Any())
			}
		}
	}
}

func FuzzRecord(f *testing.F) {
	r := cache.Written(f.TempDir(), time.Now(), map[string]cache.Digest{"a/b": {}, "c": {1}})
	var e cache.Encoder
	r.Encode(&e)
	f.Add(e.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		d := cache.NewDecoder(string(data))
		record := cache.DecodeRecord(&d)
		if record == nil {
			return
		}
		encoded := func(r *cache.Record) string {
			var e cache.Encoder
			r.Encode(&e)
			return string(e.Bytes())
		}
		once := encoded(record)
		check(t, record, cache.CheckOptions{Dir: t.TempDir(), Now: time.Now()})
		d = cache.NewDecoder(once)
		again := cache.DecodeRecord(&d)
		if again == nil {
			t.Fatal("a record cannot be read after it was written")
		}
		if diff := cmp.Diff(once, encoded(again)); diff != "" {
			t.Errorf("a record changes when it is written (-before +after):\n%s", diff)
		}
	})
}
