package cache

import (
	"encoding/binary"
	"errors"
)

var (
	errForeign = errors.New("the file is of another version")
	errDamaged = errors.New("the file is damaged")
)

// Encoder writes values one after the other. The zero Encoder is empty.
type Encoder struct{ buf []byte }

// Bytes gives what was written.
func (e *Encoder) Bytes() []byte { return e.buf }

// Len gives the number of bytes written.
func (e *Encoder) Len() int { return len(e.buf) }

// Grow makes room for n more bytes.
func (e *Encoder) Grow(n int) {
	if cap(e.buf)-len(e.buf) < n {
		e.buf = append(make([]byte, 0, len(e.buf)+n), e.buf...)
	}
}

// Uint writes a number, small ones in few bytes.
func (e *Encoder) Uint(v uint64) { e.buf = binary.AppendUvarint(e.buf, v) }

// Fixed writes a number in four bytes.
func (e *Encoder) Fixed(v uint32) { e.buf = binary.LittleEndian.AppendUint32(e.buf, v) }

// Int writes a number that is mostly not negative.
func (e *Encoder) Int(v int) { e.buf = binary.AppendVarint(e.buf, int64(v)) }

// Bool writes a truth value.
func (e *Encoder) Bool(v bool) {
	var b byte
	if v {
		b = 1
	}
	e.buf = append(e.buf, b)
}

// Byte writes a byte.
func (e *Encoder) Byte(v byte) { e.buf = append(e.buf, v) }

// Text writes a text.
func (e *Encoder) Text(s string) {
	e.Uint(uint64(len(s)))
	e.buf = append(e.buf, s...)
}

// Append writes bytes as they are.
func (e *Encoder) Append(b []byte) { e.buf = append(e.buf, b...) }

// Digest writes a digest.
func (e *Encoder) Digest(d Digest) { e.buf = append(e.buf, d[:]...) }

// Decoder reads values in the order they were written. After the end of the data, or where it makes
// no sense, it gives zeros and is no longer OK.
type Decoder struct {
	data string
	at   int
	bad  bool
}

// NewDecoder gives a decoder of data.
func NewDecoder(data string) Decoder { return Decoder{data: data} }

// OK reports whether all that was read was there.
func (d *Decoder) OK() bool { return !d.bad }

// Done reports whether all was read and nothing is left.
func (d *Decoder) Done() bool { return !d.bad && d.at == len(d.data) }

// Left gives the number of bytes that are not read yet.
func (d *Decoder) Left() int { return len(d.data) - d.at }

// Fail says that a value makes no sense.
func (d *Decoder) Fail() { d.bad, d.at = true, len(d.data) }

// Uint reads a number.
func (d *Decoder) Uint() uint64 {
	if d.at < len(d.data) && d.data[d.at] < 0x80 {
		d.at++
		return uint64(d.data[d.at-1])
	}
	var v uint64
	for shift := 0; shift < 64 && d.at < len(d.data); shift += 7 {
		b := d.data[d.at]
		d.at++
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	d.Fail()
	return 0
}

// Fixed reads a number of four bytes.
func (d *Decoder) Fixed() uint32 {
	if d.Left() < 4 {
		d.Fail()
		return 0
	}
	d.at += 4
	return number(d.data[d.at-4:])
}

// Skip leaves out n bytes.
func (d *Decoder) Skip(n int) {
	if n < 0 || n > d.Left() {
		d.Fail()
		return
	}
	d.at += n
}

// Int reads a number.
func (d *Decoder) Int() int {
	v := d.Uint()
	return int(int64(v>>1) ^ -int64(v&1))
}

// Bool reads a truth value.
func (d *Decoder) Bool() bool { return d.Byte() != 0 }

// Byte reads a byte.
func (d *Decoder) Byte() byte {
	if d.at >= len(d.data) {
		d.Fail()
		return 0
	}
	d.at++
	return d.data[d.at-1]
}

// Text reads a text, which is a part of the data.
func (d *Decoder) Text() string {
	n := d.Uint()
	if n > uint64(len(d.data)-d.at) {
		d.Fail()
		return ""
	}
	d.at += int(n)
	return d.data[d.at-int(n) : d.at]
}

// Digest reads a digest.
func (d *Decoder) Digest() (out Digest) {
	if len(d.data)-d.at < len(out) {
		d.Fail()
		return out
	}
	copy(out[:], d.data[d.at:])
	d.at += len(out)
	return out
}

// Count reads the number of values that follow, each of at least so many bytes. It is never more than
// the data can hold, so that damaged data asks for no memory.
func (d *Decoder) Count(least int) int {
	n := d.Uint()
	if n > uint64(len(d.data)-d.at)/uint64(least) {
		d.Fail()
		return 0
	}
	return int(n)
}

// Index reads a number below n.
func (d *Decoder) Index(n int) int {
	v := d.Uint()
	if v >= uint64(n) {
		d.Fail()
		return 0
	}
	return int(v)
}

// Words writes texts of which many are alike: each is written once, and a number stands for it.
type Words struct {
	index map[string]uint64
	words Encoder
	count uint64
}

// NewWords gives an empty set of words. The empty word is number zero.
func NewWords() *Words {
	w := &Words{index: map[string]uint64{}}
	w.Of("")
	return w
}

// Of gives the number of a word.
func (w *Words) Of(s string) uint64 {
	i, ok := w.index[s]
	if !ok {
		i = w.count
		w.count++
		w.index[s] = i
		w.words.Text(s)
	}
	return i
}

// Encode writes the words.
func (w *Words) Encode(e *Encoder) {
	e.Uint(w.count)
	e.buf = append(e.buf, w.words.buf...)
}

// DecodeWords reads what Words.Encode wrote.
func DecodeWords(d *Decoder) []string {
	words := make([]string, d.Count(1))
	for i := range words {
		words[i] = d.Text()
	}
	if len(words) == 0 {
		words = []string{""}
	}
	return words
}
