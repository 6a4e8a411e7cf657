package holder

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/replace"
)

// note is what the file says.
type note struct {
	PID     int       `json:"pid"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
}

// commands are those that hold a target for writing; a note that says another was not written here.
var commands = []string{"build", "run", "test", "clean", "state"}

// Write leaves a note below a folder that this process holds a file; remove takes it away.
func Write(dir, file, command string, since time.Time) (remove func() error, err error) {
	path := notePath(dir, file)
	err = replace.File(path, 0o644, func(w io.Writer) error {
		return json.NewEncoder(w).Encode(note{os.Getpid(), command, since.UTC()})
	})
	if err != nil {
		return nil, err
	}
	return func() error {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	}, nil
}

// Named adds to a holder what a note below a folder says of it. A note of another process is of one that
// is gone.
func Named(dir string, h engine.Holder) engine.Holder {
	if h.File == "" || h.PID == 0 {
		return h
	}
	data, err := os.ReadFile(notePath(dir, h.File))
	var n note
	if err != nil || json.Unmarshal(data, &n) != nil || n.PID != h.PID || !slices.Contains(commands, n.Command) {
		return h
	}
	h.Program, h.Since = "quern "+n.Command, n.Since
	return h
}

// notePath is where the note of a file lies.
func notePath(dir, file string) string {
	sum := sha256.Sum256([]byte(file))
	return filepath.Join(dir, "holder-"+hex.EncodeToString(sum[:4])+".json")
}
