package huge

import "golang.org/x/sys/unix"

// granule is the step in which the runtime takes memory for large values: what is behind one up to there is
// nobody else's.
const granule = 8 << 10

// advise asks for large pages for the memory of a value.
func advise(at, size uintptr) {
	begin, end := at/granule*granule, (at+size+granule-1)/granule*granule
	_, _, _ = unix.Syscall(unix.SYS_MADVISE, begin, end-begin, unix.MADV_HUGEPAGE) // it is as good without
}
