//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/held"
)

// dsn opens the instance: in memory, since the target is attached, and never downloading anything.
const dsn = ":memory:?autoinstall_known_extensions=false&autoload_known_extensions=false"

func open(ctx context.Context, s *settings, files *openFiles, instances *ahead) (adapters.Engine, error) {
	if s.path = s.stands(); s.path == memory {
		s.readOnly = false // nothing is there yet, and nothing stays
	}
	if err := checkPlace(s.path, s.shown(s.path), s.readOnly); err != nil {
		return nil, about("path", err)
	}
	release, err := files.holdBoth(s)
	if err != nil {
		return nil, about("path", err)
	}
	e, err := instances.take()
	if err != nil {
		release()
		return nil, toError(ctx, err, statement{})
	}
	e.dir = filepath.Clean(s.dir) + string(filepath.Separator)
	e.threads, e.readOnly, e.release = s.threads, s.readOnly, sync.OnceFunc(release)
	if s.path != memory {
		e.file = realPath(s.path)
	}
	if err := e.prepare(ctx, s); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// prepare makes the instance what the target asks for, on a connection of its own.
func (e *database) prepare(ctx context.Context, s *settings) error {
	c, err := e.connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.exec(ctx, statement{text: pinned}); err != nil {
		return err
	}
	for _, path := range s.extensions {
		if err := loadExtension(ctx, c, path, s.shown(path)); err != nil {
			return about("extensions", err)
		}
	}
	if err := e.setOptions(ctx, c, s.options); err != nil {
		return err
	}
	if err := attachTarget(ctx, c, s); err != nil {
		return about("path", err)
	}
	if err := attachBase(ctx, c, s); err != nil {
		return about("path", err)
	}
	for _, a := range s.attach {
		e.holdAlso(a.path)
		if err := attachOther(ctx, c, a, s.shown(a.path)); err != nil {
			return about("attach", err)
		}
	}
	e.onConnect = append([]string{"use " + catalog}, e.onConnect...)
	for _, sql := range append(e.onConnect, s.initSQL...) {
		if err := c.Exec(ctx, sql); err != nil {
			return about("init_sql", inPart(err, "init_sql"))
		}
	}
	for _, sql := range s.initSQL {
		if onlySets(sql) {
			e.onConnect = append(e.onConnect, sql)
		}
	}
	if len(s.initSQL) == 0 {
		return nil
	}
	rows, err := c.values(ctx, "select path from duckdb_databases() where path is not null")
	if err != nil {
		return about("init_sql", err)
	}
	for _, row := range rows {
		e.holdAlso(row[0].(string))
	}
	return nil
}

// holdAlso notes a database file beside the target, until the instance is closed.
func (e *database) holdAlso(path string) {
	release, letRead := e.release, held.Hold(path, path+".wal")
	e.release = func() { letRead(); release() }
}

// onlySets reports whether statements only give settings and variables values. Those can belong to a
// connection, so that every new one needs them; all else belongs to the instance.
func onlySets(text string) bool {
	for one := range statements(text) {
		if word := firstWords(one, 1)[0]; word != "set" && word != "reset" {
			return false
		}
	}
	return true
}

func loadExtension(ctx context.Context, c *session, path, shown string) error {
	if err := checkExtension(path, shown); err != nil {
		return err
	}
	return inPart(c.exec(ctx, statement{text: "load " + textLiteral(path)}), "the extension "+quoted(shown))
}

func attachTarget(ctx context.Context, c *session, s *settings) error {
	fresh, err := tryAttach(ctx, c, s)
	if err != nil && !s.readOnly && removeTorso(s.path) && !fresh {
		if fresh, err = tryAttach(ctx, c, s); err != nil && fresh {
			removeTorso(s.path)
		}
	}
	err = attachProblem(err, s.shown(s.path), s.readOnly)
	if e, ok := errors.AsType[*engine.Error](err); ok && e.Holder != nil {
		e.Holder.File = realPath(s.path)
	}
	return err
}

// tryAttach attaches the target; fresh says that there was no file yet.
func tryAttach(ctx context.Context, c *session, s *settings) (fresh bool, err error) {
	var options []string
	if s.readOnly {
		options = append(options, "read_only")
	}
	// A file that is there has its block size already.
	if _, err := os.Stat(s.path); err != nil && s.path != memory {
		fresh = true
		options = append(options, fmt.Sprint("block_size ", s.blockSize))
	}
	return fresh, c.exec(ctx, statement{text: attachSQL(s.path, catalog, options)})
}

func attachOther(ctx context.Context, c *session, a attachment, shown string) error {
	var options []string
	if a.readOnly {
		options = append(options, "read_only")
	}
	if a.kind != "" {
		options = append(options, "type "+Dialect{}.Quote(a.kind))
	}
	if strings.EqualFold(a.alias, catalog) || strings.EqualFold(a.alias, base) {
		return settingError("the alias %q is taken", a.alias)
	}
	if a.isFile() {
		if err := checkPlace(a.path, shown, a.readOnly); err != nil {
			return inPart(err, "attach "+quoted(a.alias))
		}
	}
	err := c.exec(ctx, statement{text: attachSQL(a.path, a.alias, options)})
	return inPart(attachProblem(err, shown, a.readOnly), "attach "+quoted(a.alias))
}

func attachSQL(path, alias string, options []string) string {
	sql := "attach " + textLiteral(path) + " as " + Dialect{}.Quote(alias)
	if len(options) > 0 {
		sql += " (" + strings.Join(options, ", ") + ")"
	}
	return sql
}

// inPart says in which part of the target an error is.
func inPart(err error, part string) error {
	if e, ok := errors.AsType[*engine.Error](err); ok {
		e.Message = part + ": " + e.Message
		e.Position = -1
	}
	return err
}

// initConnection makes a new connection like the others. It runs inside the driver.
func (e *database) initConnection(execer driver.ExecerContext) error {
	for _, sql := range e.onConnect {
		if _, err := execer.ExecContext(context.Background(), sql, nil); err != nil {
			return err
		}
	}
	return nil
}

// libraryVersion asks the library itself, without opening anything.
func libraryVersion() string { return mapping.LibraryVersion() }
