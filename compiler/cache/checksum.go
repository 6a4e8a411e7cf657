package cache

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
)

// Checksum sums up a long text piece by piece, in a tenth of the time that Sum takes. It finds what
// happens to a file, not what somebody means to hide. The zero Checksum is that of nothing.
type Checksum struct {
	size uint64
	crc  uint32
}

var _ io.Writer = (*Checksum)(nil)

// Write adds a piece; it never fails.
func (c *Checksum) Write(p []byte) (int, error) {
	c.size += uint64(len(p))
	c.crc = crc32.Update(c.crc, castagnoli, p)
	return len(p), nil
}

// Sum gives what stands for the text in a record.
func (c *Checksum) Sum() (out Digest) {
	binary.LittleEndian.PutUint64(out[:], c.size)
	binary.LittleEndian.PutUint32(out[8:], c.crc)
	return out
}

// checksumFile sums up a file and gives what it was before it was read.
func checksumFile(full string, buf []byte) (Digest, Stat, error) {
	stat, err := statFile(full)
	if err != nil {
		return Digest{}, stat, err
	}
	file, err := os.Open(full)
	if err != nil {
		return Digest{}, stat, err
	}
	defer file.Close()
	var sum Checksum
	for {
		n, err := file.Read(buf)
		_, _ = sum.Write(buf[:n]) // it never fails
		if errors.Is(err, io.EOF) {
			return sum.Sum(), stat, nil
		}
		if err != nil {
			return Digest{}, stat, err
		}
	}
}
