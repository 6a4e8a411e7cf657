package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler/diag"
)

type cleanFlags struct{ candidates bool }

func newCleanCmd(a *App) *cobra.Command {
	var f cleanFlags
	cmd := &cobra.Command{
		Use:   "clean",
		Short: "Remove target/, which holds derived files only",
		Long: `Remove target/, which holds derived files only. A database is never removed, wherever it lies.
With --candidates also drop the relations that failed builds kept for a look.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runClean(cmd.Context(), a, f) },
	}
	a.lockFlag(cmd)
	cmd.Flags().BoolVar(&f.candidates, "candidates", false, "also drop kept candidates in the target")
	return cmd
}

func runClean(ctx context.Context, a *App, f cleanFlags) error {
	dir, err := a.ProjectDir()
	if err != nil {
		return err
	}
	cleaned := view.Cleaned{Candidates: f.candidates}
	if f.candidates {
		// First, because a project that cannot be read has to be said before anything is gone.
		if cleaned.Dropped, err = dropCandidates(ctx, a); err != nil {
			return err
		}
	}
	c := cleaner{root: dir, found: &cleaned}
	if err := c.remove(filepath.Join(dir, "target")); err != nil {
		return err
	}
	return a.View.Cleaned(cleaned)
}

// cleaner removes a folder but for the databases in it.
type cleaner struct {
	root  string
	found *view.Cleaned
}

// remove removes a file or a folder with all in it. Links are removed, not followed.
func (c cleaner) remove(at string) error {
	info, err := os.Lstat(at)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at %s: %w", at, diag.Cause(err))
	}
	if info.IsDir() {
		return c.removeFolder(at)
	}
	if info.Mode().IsRegular() && isDatabase(at) {
		c.found.Kept = append(c.found.Kept, c.relative(at))
		return nil
	}
	if err := os.Remove(at); err != nil {
		return fmt.Errorf("remove %s: %w", at, diag.Cause(err))
	}
	c.found.Removed++
	c.found.Bytes += info.Size()
	return nil
}

func (c cleaner) removeFolder(at string) error {
	entries, err := os.ReadDir(at)
	if err != nil {
		return fmt.Errorf("read the folder %s: %w", at, diag.Cause(err))
	}
	kept := len(c.found.Kept)
	for _, entry := range entries {
		if err := c.remove(filepath.Join(at, entry.Name())); err != nil {
			return err
		}
	}
	if len(c.found.Kept) > kept {
		return nil
	}
	if err := os.Remove(at); err != nil {
		return fmt.Errorf("remove %s: %w", at, diag.Cause(err))
	}
	return nil
}

func (c cleaner) relative(at string) string {
	if rel, err := filepath.Rel(c.root, at); err == nil {
		return filepath.ToSlash(rel)
	}
	return at
}

// isDatabase reports whether a file is a database, by its first bytes, or the log of one that lies
// beside it.
func isDatabase(at string) bool {
	for _, suffix := range []string{".wal", "-wal", "-shm", "-journal"} {
		if base, ok := strings.CutSuffix(at, suffix); ok && isDatabase(base) {
			return true
		}
	}
	file, err := os.Open(at)
	if err != nil {
		return false
	}
	head := make([]byte, 16)
	n, _ := io.ReadFull(file, head) // a short file has a short head
	_ = file.Close()                // it was only read
	head = head[:n]
	return bytes.HasPrefix(head, []byte("SQLite format 3\x00")) || n >= 12 && string(head[8:12]) == "DUCK"
}
