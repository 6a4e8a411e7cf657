package cache

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sort"
	"sync"
	"sync/atomic"

	"github.com/quernsql/quern/compiler/lineage"
)

// Store keeps what an engine said of queries, by a key that stands for all it depends on. It is safe
// for concurrent use. What it gives must not be changed.
type Store struct {
	name  string
	stamp Digest

	// index holds a row per known key, sorted: the key, the place of its record, the number of compiles
	// that did not ask for it.
	index string
	data  string
	words []string
	used  []atomic.Bool // by row

	mu    sync.Mutex // guards fresh
	fresh map[Digest]*lineage.Query
}

// rowSize is a key, an offset, a length and an age.
const rowSize = len(Digest{}) + 4 + 4 + 4

// maxAge is after how many compiles that did not ask for it a record is dropped: whoever goes to
// another branch and back finds most of what was known.
const maxAge = 3

const (
	storeIndex uint32 = iota + 1
	storeData
	storeWords
)

// OpenStore reads the store of a file; where there is none that has the stamp, it is empty.
func OpenStore(name string, stamp Digest) *Store {
	s := &Store{name: name, stamp: stamp, words: []string{""}, fresh: map[Digest]*lineage.Query{}}
	file, err := Open(name, stamp)
	if err != nil {
		return s
	}
	defer func() { _ = file.Close() }() // it was only read
	index, err1 := file.Section(storeIndex)
	data, err2 := file.Section(storeData)
	text, err3 := file.Section(storeWords)
	if err1 != nil || err2 != nil || err3 != nil {
		return s
	}
	d := NewDecoder(text)
	words := DecodeWords(&d)
	if !d.Done() || len(index)%rowSize != 0 {
		return s
	}
	s.index, s.data, s.words = index, data, words
	s.used = make([]atomic.Bool, len(index)/rowSize)
	return s
}

// Get gives what is known of a key.
func (s *Store) Get(key [16]byte) (*lineage.Query, bool) {
	s.mu.Lock()
	q, ok := s.fresh[key]
	s.mu.Unlock()
	if ok {
		return q, true
	}
	row := sort.Search(len(s.used), func(i int) bool { return s.key(i) >= string(key[:]) })
	if row == len(s.used) || s.key(row) != string(key[:]) {
		return nil, false
	}
	record, ok := s.record(row)
	if !ok {
		return nil, false
	}
	d := queryDecoder{Decoder: NewDecoder(record), words: s.words}
	if q = d.query(); q == nil {
		return nil, false
	}
	s.used[row].Store(true)
	return q, true
}

// Put keeps what is known of a key; nil is kept as an empty query.
func (s *Store) Put(key [16]byte, q *lineage.Query) {
	if q == nil {
		q = &lineage.Query{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh[key] = q
}

func (s *Store) row(i int) string { return s.index[i*rowSize : (i+1)*rowSize] }
func (s *Store) key(i int) string { return s.row(i)[:len(Digest{})] }

func number(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func (s *Store) record(i int) (string, bool) {
	row := s.row(i)[len(Digest{}):]
	at, size := uint64(number(row)), uint64(number(row[4:]))
	if at+size > uint64(len(s.data)) {
		return "", false
	}
	return s.data[at : at+size], true
}

// Close writes the store where there is something new to keep. After a compile that asked for all it
// could have asked for, what it did not ask for grows old.
func (s *Store) Close(complete bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.fresh) == 0 {
		return nil
	}
	w := storeWriter{words: NewWords()}
	for _, word := range s.words {
		w.words.Of(word)
	}
	// Records are copied as they are, with the numbers of their words. Once most of them are dropped,
	// few of the words are still in use, and all is written anew.
	kept := s.kept(complete)
	again := len(kept) < len(s.used)/2
	if again {
		w.words = NewWords()
	}
	for _, row := range kept {
		if record, ok := s.record(row); ok {
			w.keep(s, row, record, again, complete)
		}
	}
	for key, q := range s.fresh {
		w.add(key, q, 0)
	}
	var words Encoder
	w.words.Encode(&words)
	return Write(s.name, s.stamp, []Section{
		{ID: storeIndex, Data: w.index()}, {ID: storeData, Data: w.data.Bytes()}, {ID: storeWords, Data: words.Bytes()},
	})
}

// kept gives the rows that are not too old, nor replaced.
func (s *Store) kept(complete bool) []int {
	rows := make([]int, 0, len(s.used))
	for i := range s.used {
		_, replaced := s.fresh[Digest([]byte(s.key(i)))]
		if !replaced && (!complete || s.age(i) < maxAge) {
			rows = append(rows, i)
		}
	}
	return rows
}

// age is how many compiles in a row did not ask for a row, up to the last one.
func (s *Store) age(i int) uint32 {
	if s.used[i].Load() {
		return 0
	}
	return number(s.row(i)[rowSize-4:]) + 1
}

// storeWriter collects records.
type storeWriter struct {
	words *Words
	data  Encoder
	rows  [][]byte
}

// keep takes over a record.
func (w *storeWriter) keep(s *Store, row int, record string, again, complete bool) {
	key := Digest([]byte(s.key(row)))
	age := number(s.row(row)[rowSize-4:])
	if complete {
		age = s.age(row)
	}
	if again {
		d := queryDecoder{Decoder: NewDecoder(record), words: s.words}
		if q := d.query(); q != nil {
			w.add(key, q, age)
		}
		return
	}
	w.put(key, len(record), age)
	w.data.buf = append(w.data.buf, record...)
}

func (w *storeWriter) add(key Digest, q *lineage.Query, age uint32) {
	begin := w.data.Len()
	queryEncoder{&w.data, w.words}.query(q)
	w.rows = append(w.rows, row(key, begin, w.data.Len()-begin, age))
}

func (w *storeWriter) put(key Digest, size int, age uint32) {
	w.rows = append(w.rows, row(key, w.data.Len(), size, age))
}

func row(key Digest, at, size int, age uint32) []byte {
	out := append(make([]byte, 0, rowSize), key[:]...)
	out = binary.LittleEndian.AppendUint32(out, uint32(at))
	out = binary.LittleEndian.AppendUint32(out, uint32(size))
	return binary.LittleEndian.AppendUint32(out, age)
}

func (w *storeWriter) index() []byte {
	slices.SortFunc(w.rows, bytes.Compare)
	return slices.Concat(w.rows...)
}
