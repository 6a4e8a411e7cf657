package adapters

import "context"

// FileEngine is an Engine whose target is a file that one process at a time can write. What else it can
// do is how a process lets others read meanwhile.
type FileEngine interface {
	Engine
	// File is the file's absolute path without links; empty where the target is in memory.
	File() string
	// Reader opens a session that can write nothing and sees what is committed; the caller closes it. It
	// does not count in MaxSessions.
	Reader(ctx context.Context) (Session, error)
	// Settle writes all that was committed into the file, so that closing the target changes nothing.
	Settle(ctx context.Context) error
}
