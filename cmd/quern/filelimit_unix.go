//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// ignoreFileLimit makes the limit of a file's size an error of the write that meets it. The signal would
// end the process at once.
func ignoreFileLimit() { signal.Ignore(syscall.SIGXFSZ) }
