//go:build unix

package duckdb

import (
	"io"
	"os"
	"syscall"
)

// lockWhole takes the lock that DuckDB takes on a file it writes. It ends with the file.
func lockWhole(file *os.File) error {
	return syscall.FcntlFlock(file.Fd(), syscall.F_SETLK, &syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart})
}
