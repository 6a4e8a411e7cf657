// Package holder speaks for a process that holds a database file which no second process can open.
//
// Note is a small file that tells others who holds it. Serve answers the queries of others over a socket
// that only the same user can reach, and Connect asks it. Only queries are answered, of a process with the
// same target; everything else is ErrNotServed, and then there is nothing but to wait for the file.
package holder

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// ErrNotServed says that the process that holds the file does not answer, or not this.
var ErrNotServed = errors.New("the process that holds the database does not answer")

// Target is the database that is held.
type Target struct {
	// File is its absolute path without links.
	File string
	// Settings tells targets apart that mean other things by the same query.
	Settings string
	// LookupEnv is the environment, which may name a folder for sockets.
	LookupEnv func(string) (string, bool)
	// Patience is how long one side waits for what the other says at once; zero means five seconds.
	Patience time.Duration
}

func (t Target) patience() time.Duration { return cmp.Or(t.Patience, 5*time.Second) }

// maxPath is the longest path of a socket that every system takes, with its final zero.
const maxPath = 103

// sockets gives the paths at which the socket of a file may lie, best first.
func (t Target) sockets() []string {
	sum := sha256.Sum256([]byte(t.File))
	name := hex.EncodeToString(sum[:8]) + ".sock"
	own := fmt.Sprint("quern-", os.Getuid())
	dirs := []string{filepath.Join(os.TempDir(), own), filepath.Join("/tmp", own)}
	if dir, ok := t.LookupEnv("XDG_RUNTIME_DIR"); ok && filepath.IsAbs(dir) {
		dirs = append([]string{filepath.Join(dir, "quern")}, dirs...)
	}
	var out []string
	for _, dir := range dirs {
		if path := filepath.Join(dir, name); len(path) <= maxPath {
			out = append(out, path)
		}
	}
	return out
}

// listen opens the socket of a file. What lies at its place was left by a process that is gone: only who
// holds the file listens.
func (t Target) listen(ctx context.Context) (net.Listener, error) {
	err := errors.ErrUnsupported
	for _, path := range t.sockets() {
		var l net.Listener
		if l, err = listenAt(ctx, path); err == nil {
			return l, nil
		}
	}
	return nil, fmt.Errorf("listen for other processes: %w", err)
}

func listenAt(ctx context.Context, path string) (net.Listener, error) {
	if err := makePrivate(filepath.Dir(path)); err != nil {
		return nil, err
	}
	_ = os.Remove(path) // where it cannot be removed, listening says so
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// dial reaches the process that listens for a file.
func (t Target) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, t.patience())
	defer cancel()
	for _, path := range t.sockets() {
		if checkPrivate(filepath.Dir(path)) != nil {
			continue
		}
		if conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path); err == nil {
			return conn, nil
		}
	}
	return nil, ErrNotServed
}
