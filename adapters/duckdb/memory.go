//go:build cgo

package duckdb

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// memoryDatabase is an in-memory DuckDB with a target's settings and one connection, in which the
// target's own database and those it attaches are empty.
//
// Opening one takes about 10 ms, nearly all of it DuckDB's own: it fills a catalog with some
// thousand functions.
type memoryDatabase struct {
	connector *duckdb.Connector
	session   *session
}

// oneThread keeps DuckDB from starting threads: binding uses one.
const oneThread = dsn + "&threads=1"

// irrelevant are settings that say nothing about what a query means; a scratch goes without them.
var irrelevant = ansi.Words(`
	threads worker_threads external_threads memory_limit max_memory temp_directory max_temp_directory_size
	lock_configuration enable_external_access allow_community_extensions enable_profiling profiling_output
	profiling_mode enable_progress_bar progress_bar_time log_query_path enable_logging logging_level
	logging_mode logging_storage checkpoint_threshold wal_autocheckpoint
`)

func bindingOptions(options []option) []option {
	return slices.DeleteFunc(slices.Clone(options), func(o option) bool { return irrelevant[strings.ToLower(o.name)] })
}

func openMemory(ctx context.Context, s *settings) (*memoryDatabase, error) {
	connector, err := duckdb.NewConnector(oneThread, nil)
	if err != nil {
		return nil, toError(ctx, err, statement{})
	}
	conn, err := connector.Connect(ctx)
	if err != nil {
		connector.Close()
		return nil, toError(ctx, err, statement{})
	}
	m := &memoryDatabase{
		connector: connector,
		session:   &session{conn: conn.(*duckdb.Conn), dir: filepath.Clean(s.dir) + string(filepath.Separator)},
	}
	if err := m.prepare(ctx, s); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// prepare does what database.prepare does for the target, as far as it decides about binding.
func (m *memoryDatabase) prepare(ctx context.Context, s *settings) error {
	c := m.session
	attach := []string{pinned, attachSQL(memory, catalog, nil)}
	for _, path := range s.extensions {
		if err := loadExtension(ctx, c, path, s.shown(path)); err != nil {
			return about("extensions", err)
		}
	}
	for _, a := range s.attach {
		if strings.EqualFold(a.alias, catalog) {
			return about("attach", settingError("the alias %q is taken", a.alias))
		}
		attach = append(attach, attachSQL(memory, a.alias, nil))
	}
	if err := c.exec(ctx, statement{text: strings.Join(attach, ";\n")}); err != nil {
		return about("attach", err)
	}
	if err := (&database{}).setOptions(ctx, c, bindingOptions(s.options)); err != nil {
		return err
	}
	if err := c.exec(ctx, statement{text: "use " + catalog}); err != nil {
		return err
	}
	for _, sql := range s.initSQL {
		if err := m.initialise(ctx, sql); err != nil {
			return about("init_sql", inPart(err, "init_sql"))
		}
	}
	return nil
}

// initialise runs what of init_sql decides about binding: settings, and what it creates. All else
// would reach out of the database or fills tables, which stay empty here.
func (m *memoryDatabase) initialise(ctx context.Context, text string) error {
	for one := range statements(text) {
		if sql := initStatement(one); sql != "" {
			if err := m.session.exec(ctx, statement{text: sql}); err != nil {
				return err
			}
		}
	}
	return nil
}

// initStatement gives what a scratch runs in the place of a statement of init_sql; "" means nothing.
func initStatement(sql string) string {
	words := firstWords(sql, 5)
	switch words[0] {
	case "set", "reset", "use", "load", "pragma":
		return sql
	case "create":
		if slices.Contains(words, "secret") {
			return ""
		}
		return sql
	case "attach":
		return attachEmpty(sql)
	}
	return ""
}

// attachEmpty gives the statement that attaches an empty database under the alias of an ATTACH.
func attachEmpty(sql string) string {
	path, alias, before := "", "", ""
	for _, piece := range sqltoken.Pieces(sql, 0) {
		switch {
		case strings.HasPrefix(piece, "'") && path == "":
			path = strings.ReplaceAll(strings.Trim(piece, "'"), "''", "'")
		case strings.EqualFold(before, "as"):
			alias = piece
		}
		before = piece
	}
	if alias == "" {
		base := filepath.Base(path)
		alias = Dialect{}.Quote(strings.TrimSuffix(base, filepath.Ext(base)))
	}
	return "attach if not exists " + textLiteral(memory) + " as " + alias
}

// lock shuts the database: from here on nothing leads out of it. Without the optimiser the statements
// of a scratch take a fifth less time; what they bind to is the same.
func (m *memoryDatabase) lock(ctx context.Context) error {
	return m.session.exec(ctx, statement{text: "pragma disable_optimizer; set enable_external_access = false; set lock_configuration = true"})
}

// Close frees the database.
func (m *memoryDatabase) Close() error {
	return errors.Join(m.session.Close(), m.connector.Close())
}
