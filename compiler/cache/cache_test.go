package cache_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

var stamp = cache.Sum([]byte("this program"))

func TestSectionsComeBack(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "deep", "er", "file")
	want := []cache.Section{{ID: 1, Data: []byte("one")}, {ID: 7, Data: nil}, {ID: 2, Data: bytes.Repeat([]byte("x"), 1<<16)}}
	if err := cache.Write(name, stamp, want); err != nil {
		t.Fatal(err)
	}
	file, err := cache.Open(name, stamp)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for _, s := range want {
		if got, err := file.Section(s.ID); err != nil || got != string(s.Data) {
			t.Errorf("Section(%d) = %d bytes, %v, want %d bytes", s.ID, len(got), err, len(s.Data))
		}
	}
	copied := file.Sections()
	copied[0].Replace([]byte("another"))
	if err := cache.Write(name, stamp, copied); err != nil {
		t.Fatal(err)
	}
	second, err := cache.Open(name, stamp)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = second.Close() }()
	for i, want := range []string{"another", "", string(want[2].Data)} {
		if got, err := second.Section(copied[i].ID); err != nil || got != want {
			t.Errorf("Section(%d) of a copy = %d bytes, %v, want %d bytes", copied[i].ID, len(got), err, len(want))
		}
	}
	if _, err := file.Section(3); err == nil {
		t.Error("Section(3) is there, and was not written")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(name), ".quern-*")); left != nil {
		t.Errorf("temporary files are left: %v", left)
	}
}

func TestDamagedFilesAreRefused(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	if err := cache.Write(name, stamp, []cache.Section{{ID: 1, Data: []byte("the first")}, {ID: 2, Data: []byte("the second")}}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cache.Open(name, cache.Sum([]byte("another"))); err == nil {
		t.Error("a file of another program opens")
	}
	read := func(data []byte) bool {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := cache.Open(name, stamp)
		if err != nil {
			return false
		}
		defer func() { _ = file.Close() }()
		first, err1 := file.Section(1)
		second, err2 := file.Section(2)
		return err1 == nil && err2 == nil && first == "the first" && second == "the second"
	}
	for i := range whole {
		if read(whole[:i]) {
			t.Errorf("a file of %d bytes is whole when it ends at %d", len(whole), i)
		}
		flipped := bytes.Clone(whole)
		flipped[i] ^= 0x40
		if read(flipped) {
			t.Errorf("a flipped bit in byte %d goes unnoticed", i)
		}
	}
	if !read(whole) {
		t.Error("the whole file does not open")
	}
}

func TestWritingWhereNothingCanBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := cache.Write(filepath.Join(file, "below"), stamp, nil); err == nil {
		t.Error("Write below a file gives no error")
	}
}

// answer has something of everything.
func answer(name string) *lineage.Query {
	in := lineage.Input{Relation: relation.Name{Schema: "main", Identifier: name}, Column: "a"}
	return &lineage.Query{
		Columns: []relation.Column{{Name: "a", Type: "INTEGER", Nullable: relation.NeverNull}, {Name: name}},
		Unknown: "who knows",
		From: []lineage.Column{
			{Kind: lineage.Renamed, Certainty: lineage.Resolved, Inputs: []lineage.Input{in}},
			{Kind: lineage.Constant, Certainty: lineage.Opaque},
		},
		Influences: []lineage.Influence{{Input: in, Role: lineage.Window}},
		Reads:      []lineage.Read{{Relation: in.Relation}, {Function: "read_csv"}},
		Facts: lineage.Facts{
			CrossJoins: 2, Casts: []lineage.Cast{{Left: in, Right: in, LeftType: "DATE", RightType: "VARCHAR"}},
			Joins:   []lineage.JoinFact{{Left: []lineage.Input{in}, Right: []lineage.Input{in}, Outer: true}},
			Ordered: true, Repeated: []lineage.Repetition{{Name: "id", Position: 17}},
			Renamed: []lineage.Renaming{{From: "a", To: "a_1"}}, FromData: []int{0, 21}, Volatile: []string{"random"},
		},
	}
}

func key(n int) [16]byte { return cache.Sum([]byte{byte(n), byte(n >> 8)}) }

func TestStoreKeepsAnswers(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "bind")
	s := cache.OpenStore(name, stamp)
	want := map[int]*lineage.Query{}
	for i := range 300 {
		want[i] = answer(string(rune('a' + i%20)))
		s.Put(key(i), want[i])
	}
	s.Put(key(300), &lineage.Query{Columns: []relation.Column{}})
	want[300] = &lineage.Query{Columns: []relation.Column{}}
	if err := s.Close(true); err != nil {
		t.Fatal(err)
	}
	for round, add := range []int{1000, 2000} {
		s = cache.OpenStore(name, stamp)
		if _, ok := s.Get(key(999)); ok {
			t.Error("there is an answer that nobody gave")
		}
		for i, q := range want {
			got, ok := s.Get(key(i))
			if diff := cmp.Diff(q, got); !ok || diff != "" {
				t.Fatalf("round %d: Get(%d) (-want +got):\n%s", round, i, diff)
			}
		}
		want[add] = answer("new")
		s.Put(key(add), want[add])
		if err := s.Close(true); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStoreForgetsWhatNobodyAsksFor(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "bind")
	open := func() *cache.Store { return cache.OpenStore(name, stamp) }
	has := func(n int) bool { _, ok := open().Get(key(n)); return ok }
	s := open()
	for i := range 10 {
		s.Put(key(i), answer("a"))
	}
	next := 10
	closed := func(s *cache.Store, complete bool) {
		t.Helper()
		s.Put(key(next), answer("b"))
		next++
		if err := s.Close(complete); err != nil {
			t.Fatal(err)
		}
	}
	closed(s, true)
	for range 5 { // what ends early says nothing of what is needed
		s = open()
		closed(s, false)
	}
	if !has(0) || !has(9) {
		t.Error("compiles that ended early made the store forget")
	}
	for range 4 {
		s = open()
		s.Get(key(0))
		closed(s, true)
	}
	if !has(0) {
		t.Error("the store forgot what was asked for every time")
	}
	if has(9) {
		t.Error("the store keeps what nobody asked for in four compiles")
	}
}

func TestStoreIsWrittenOnlyWhenThereIsSomethingNew(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "bind")
	s := cache.OpenStore(name, stamp)
	if err := s.Close(true); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty store was written: %v", err)
	}
	s.Put(key(1), answer("a"))
	if err := s.Close(true); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(name, old, old); err != nil {
		t.Fatal(err)
	}
	s = cache.OpenStore(name, stamp)
	s.Get(key(1))
	if err := s.Close(true); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || !info.ModTime().Equal(old) {
		t.Errorf("a store without anything new was written again: %v, %v", info.ModTime(), err)
	}
}

func FuzzStore(f *testing.F) {
	name := filepath.Join(f.TempDir(), "bind")
	s := cache.OpenStore(name, stamp)
	s.Put(key(1), answer("a"))
	if err := s.Close(true); err != nil {
		f.Fatal(err)
	}
	file, err := cache.Open(name, stamp)
	if err != nil {
		f.Fatal(err)
	}
	var seeds [][]byte
	for _, s := range file.Sections() {
		data, err := file.Section(s.ID)
		if err != nil {
			f.Fatal(err)
		}
		seeds = append(seeds, []byte(data))
	}
	f.Add(seeds[0], seeds[1], seeds[2])
	f.Fuzz(func(t *testing.T, index, data, words []byte) {
		name := filepath.Join(t.TempDir(), "bind")
		if err := cache.Write(name, stamp, []cache.Section{{ID: 1, Data: index}, {ID: 2, Data: data}, {ID: 3, Data: words}}); err != nil {
			t.Fatal(err)
		}
		s := cache.OpenStore(name, stamp)
		s.Get(key(1))
		s.Put(key(2), answer("b"))
		if err := s.Close(true); err != nil {
			t.Fatal(err)
		}
		if got, ok := cache.OpenStore(name, stamp).Get(key(2)); !ok || cmp.Diff(answer("b"), got) != "" {
			t.Error("a damaged store takes no answer")
		}
	})
}

func TestReadersSeeWholeFilesWhileOthersWrite(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	texts := []string{strings.Repeat("a", 1<<16), strings.Repeat("b", 1<<12)}
	write := func(i int) error { return cache.Write(name, stamp, []cache.Section{{ID: 1, Data: []byte(texts[i%2])}}) }
	if err := write(0); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range 3 {
		wg.Go(func() {
			for i := range 50 {
				if err := write(w + i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 100 {
		file, err := cache.Open(name, stamp)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := file.Section(1); err != nil || got != texts[0] && got != texts[1] {
			t.Errorf("a reader sees %d bytes, %v", len(got), err)
		}
		_ = file.Close()
	}
	wg.Wait()
}
