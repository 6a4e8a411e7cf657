package huge_test

import (
	"runtime"
	"testing"

	"github.com/quernsql/quern/compiler/internal/huge"
)

// What such a slice points to is kept, as with any other.
func TestSlice(t *testing.T) {
	t.Parallel()
	type pair struct {
		number *int
		square int
	}
	for _, n := range []int{0, 1, 1000, 100_001, 1_000_000} {
		s := huge.Slice[pair](n)
		if len(s) != n {
			t.Fatalf("Slice(%d) has %d values", n, len(s))
		}
		for i := range s {
			if s[i] != (pair{}) {
				t.Fatalf("Slice(%d)[%d] = %v, want zeros", n, i, s[i])
			}
			s[i] = pair{new(i), i * i}
		}
		runtime.GC()
		for i := range s {
			if *s[i].number != i || s[i].square != i*i {
				t.Fatalf("Slice(%d)[%d] points to %d and holds %d", n, i, *s[i].number, s[i].square)
			}
		}
	}
}
