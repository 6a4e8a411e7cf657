// Package huge makes large slices whose memory the system gives in large pages.
//
// A page of 4 KB costs the system more time than it takes to fill it: of what is read from a cache, that is
// the largest part. It takes a length and gives a slice as make does. It refuses nothing: where there are no
// large pages, or the system gives none, the slice has small ones.
package huge

import "unsafe"

// Slice makes a slice of zeros. Slices that are made one after the other before any is written share pages.
func Slice[T any](n int) []T {
	out := make([]T, n)
	if size := uintptr(n) * unsafe.Sizeof(*new(T)); size >= least {
		advise(uintptr(unsafe.Pointer(unsafe.SliceData(out))), size)
	}
	return out
}

// least is the size of a slice that is worth it.
const least = 256 << 10
