package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/quernsql/quern/compiler/diag"
)

// The log is rotated when it has grown beyond maxLog; keptLogs older ones stay.
const (
	maxLog   = 5 << 20
	keptLogs = 3
)

// logFile is target/logs/quern.log. A nil logFile takes everything and writes nothing.
type logFile struct {
	mu   sync.Mutex
	file *os.File
	w    *maskWriter
	now  func() time.Time
}

// Log writes what happens from now on to a file of JSON lines as well, which is rotated.
func (v *View) Log(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make the folder of the log: %w", err)
	}
	if err := rotate(path); err != nil {
		return fmt.Errorf("rotate %s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("open the log: %w", err)
	}
	v.log.close()
	v.log = &logFile{file: file, w: &maskWriter{to: file, secrets: v.secrets}, now: v.opts.Now}
	return nil
}

// rotate renames quern.log to quern.log.1 and so on where it is large.
func rotate(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() < maxLog {
		return nil
	}
	if err != nil {
		return err
	}
	for n := keptLogs - 1; n >= 1; n-- {
		err := os.Rename(fmt.Sprintf("%s.%d", path, n), fmt.Sprintf("%s.%d", path, n+1))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return os.Rename(path, path+".1")
}

// write adds a line. A log that cannot be written stops no command.
func (l *logFile) write(kind string, value any) {
	if l == nil {
		return
	}
	if list, ok := value.(diag.List); ok {
		value = struct {
			Time        string    `json:"time"`
			Event       string    `json:"event"`
			Diagnostics diag.List `json:"diagnostics"`
		}{timestamp(l.now()), kind, list}
	}
	line, err := json.Marshal(value)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.w.Write(append(line, '\n'))
	_ = l.w.Flush()
}

func (l *logFile) close() {
	if l != nil {
		_ = l.file.Close()
	}
}
