//go:build cgo

package duckdb

import (
	"context"
	"errors"
	"os"

	"github.com/quernsql/quern/compiler/engine"
)

// attachBase attaches the target of an environment, where there is one, so that nothing can write to it.
func attachBase(ctx context.Context, c *session, s *settings) error {
	if s.base == "" || !isThere(s.base) {
		return nil
	}
	if err := checkPlace(s.base, s.shown(s.base), true); err != nil {
		return err
	}
	err := attachProblem(c.exec(ctx, statement{text: attachSQL(s.base, base, []string{"read_only"})}), s.shown(s.base), true)
	if e, ok := errors.AsType[*engine.Error](err); ok && e.Holder != nil {
		e.Holder.File = realPath(s.base)
	}
	return err
}

// stands gives the place of the database itself: an environment that does not exist is read as an empty one,
// where there is what it reads.
func (s *settings) stands() string {
	if s.readOnly && s.base != "" && !isThere(s.path) && isThere(s.base) {
		return memory
	}
	return s.path
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
