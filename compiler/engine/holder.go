package engine

import (
	"fmt"
	"time"
)

// Holder is the process that holds a target, of a Locked error.
type Holder struct {
	// Program is the name of the process and PID its id; empty and zero where the system does not say.
	Program string
	PID     int
	// File is the database file, absolute and without links; empty where it is not the target's own.
	File string
	// Since is when the process began to hold the file; zero where nobody knows.
	Since time.Time
}

// String names the process, such as "python3 (pid 4711)"; it is empty where nothing is known.
func (h Holder) String() string {
	switch {
	case h.PID == 0:
		return h.Program
	case h.Since.IsZero():
		return fmt.Sprintf("%s (pid %d)", h.Program, h.PID)
	default:
		return fmt.Sprintf("%s (pid %d, since %s)", h.Program, h.PID, h.Since.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
}
