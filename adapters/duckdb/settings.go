package duckdb

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
)

const memory = ":memory:"

// settings are a target's keys, checked, with absolute paths.
type settings struct {
	path string // or memory
	// base is the target of an environment, which is read; empty for no environment.
	base       string
	readOnly   bool
	threads    int
	blockSize  int64
	attach     []attachment
	extensions []string
	options    []option // by name
	initSQL    []string
	// dir is the project folder, for paths in messages.
	dir string
}

// option is one SET.
type option struct {
	name  string
	value any
}

// key is the target's key that an option comes from.
func (o option) key() string {
	if settingReaders[o.name] != nil {
		return o.name
	}
	return "settings"
}

// attachment is one database besides the target's own.
type attachment struct {
	path, alias, kind string
	readOnly          bool
}

// isFile reports whether it is a DuckDB database on this machine.
func (a attachment) isFile() bool { return a.kind == "" && !strings.Contains(a.path, "://") }

// settingReaders says how each key of a target is read.
var settingReaders = map[string]func(s *settings, key string, value any) error{
	"path":           (*settings).readPath,
	"attach":         (*settings).readAttach,
	"extensions":     (*settings).readExtensions,
	"settings":       (*settings).readOptions,
	"init_sql":       (*settings).readInitSQL,
	"memory_limit":   (*settings).readMemoryLimit,
	"temp_directory": (*settings).readTempDirectory,
	"block_size":     (*settings).readBlockSize,
}

// fixedOptions are settings a target may not have, with the reason.
var fixedOptions = map[string]string{
	"autoinstall_known_extensions": "Quern never downloads anything; name the files under extensions",
	"autoload_known_extensions":    "Quern never downloads anything; name the files under extensions",
	"allow_unsigned_extensions":    "only signed extensions are loaded",
	"errors_as_json":               "Quern needs it as it is; leave it out",
	"access_mode":                  "leave it out; Quern opens the target for reading where it only reads",
}

func settingNames() []string { return slices.Sorted(maps.Keys(settingReaders)) }

// defaultBlockSize is the size of blocks of new files. Every table takes at least one block: 1,000
// tables of a row take 256 MB with DuckDB's default of 256 KB and 69 MB with this one. Large tables
// are as small and as fast, while with 16 KB they take twice the room.
const defaultBlockSize = 65536

func parseSettings(c adapters.Config) (*settings, error) {
	s := &settings{blockSize: defaultBlockSize, readOnly: c.ReadOnly, threads: c.Threads, dir: c.Dir}
	for _, key := range slices.Sorted(maps.Keys(c.Settings)) {
		read, ok := settingReaders[key]
		if !ok {
			return nil, settingError("the key %q is not known to DuckDB targets", key).WithHint(
				"the keys are " + strings.Join(settingNames(), ", "))
		}
		if err := read(s, key, c.Settings[key]); err != nil {
			return nil, about(key, err)
		}
	}
	if s.path == "" {
		return nil, settingError("the target names no database file").WithHint(
			`add "path: NAME.duckdb", or "path: ':memory:'" for a database that is gone after the run`)
	}
	switch {
	case c.Scratch:
		s.path = memory
	case c.Environment != "":
		if err := s.beside(c.Environment); err != nil {
			return nil, about("path", err)
		}
	}
	if s.readOnly && s.path == memory {
		s.readOnly = false // nothing is there yet, and nothing stays
	}
	s.addTempDirectory()
	return s, nil
}

// addTempDirectory gives spilled data a place beside the database; DuckDB's own default would be the
// current folder, since the target is attached.
func (s *settings) addTempDirectory() {
	if slices.ContainsFunc(s.options, func(o option) bool { return o.name == "temp_directory" }) {
		return
	}
	dir := s.path + ".tmp"
	if s.path == memory {
		dir = filepath.Join(s.dir, ".duckdb.tmp")
	}
	s.options = append(s.options, option{"temp_directory", dir})
}

func (s *settings) readPath(key string, value any) error {
	path, err := text(key, value)
	if err != nil {
		return err
	}
	s.path = s.absolute(path)
	return nil
}

func (s *settings) absolute(path string) string {
	if path == memory || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.dir, path)
}

// shown gives a path as messages show it: inside the project from its folder, and never with a
// password, which the path of an attached database may hold.
func (s *settings) shown(path string) string {
	if rel, err := filepath.Rel(s.dir, path); err == nil && filepath.IsLocal(rel) {
		path = filepath.ToSlash(rel)
	}
	return scrub(path)
}

func (s *settings) readExtensions(key string, value any) error {
	list, err := texts(key, value)
	for _, path := range list {
		s.extensions = append(s.extensions, s.absolute(path))
	}
	return err
}

func (s *settings) readInitSQL(key string, value any) (err error) {
	if one, ok := value.(string); ok {
		s.initSQL = []string{one}
		return nil
	}
	s.initSQL, err = texts(key, value)
	return err
}

func (s *settings) readMemoryLimit(key string, value any) error {
	limit, err := text(key, value)
	s.options = append(s.options, option{key, limit})
	return err
}

func (s *settings) readTempDirectory(key string, value any) error {
	dir, err := text(key, value)
	s.options = append(s.options, option{key, s.absolute(dir)})
	return err
}

func (s *settings) readBlockSize(key string, value any) error {
	size, ok := value.(int64)
	if !ok || size < 16384 || size > 262144 || size&(size-1) != 0 {
		return settingError("%q must be 16384, 32768, 65536, 131072 or 262144, not %v", key, value).WithHint(
			"small blocks suit many small tables; the size is chosen when the file is made")
	}
	s.blockSize = size
	return nil
}

func (s *settings) readOptions(key string, value any) error {
	m, ok := value.(map[string]any)
	if !ok {
		return settingError("%q must be a map of DuckDB's settings", key).WithHint(`such as "settings: {threads: 4}"`)
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if why, fixed := fixedOptions[strings.ToLower(name)]; fixed {
			return settingError("the setting %q cannot be changed", name).WithHint(why)
		}
		switch m[name].(type) {
		case string, bool, int64, float64:
			s.options = append(s.options, option{name, m[name]})
		default:
			return settingError("the setting %q must be one value", name)
		}
	}
	return nil
}

func (s *settings) readAttach(key string, value any) error {
	list, ok := value.([]any)
	if !ok {
		return attachError(key)
	}
	for _, entry := range list {
		m, ok := entry.(map[string]any)
		if !ok {
			return attachError(key)
		}
		a, err := s.attachment(m)
		if err != nil {
			return err
		}
		s.attach = append(s.attach, a)
	}
	return nil
}

func attachError(key string) error {
	return settingError("%q must be a list of databases", key).WithHint(
		`such as "attach: [{path: other.duckdb, alias: other, read_only: true}]"`)
}

func (s *settings) attachment(m map[string]any) (attachment, error) {
	var a attachment
	for _, key := range slices.Sorted(maps.Keys(m)) {
		var err error
		switch key {
		case "path":
			a.path, err = text(key, m[key])
		case "alias":
			a.alias, err = text(key, m[key])
		case "type":
			a.kind, err = text(key, m[key])
		case "read_only":
			var ok bool
			if a.readOnly, ok = m[key].(bool); !ok {
				err = settingError(`"read_only" must be true or false`)
			}
		default:
			err = settingError("the key %q is not known in attach", key).WithHint("the keys are alias, path, read_only, type")
		}
		if err != nil {
			return a, err
		}
	}
	if a.path == "" || a.alias == "" {
		return a, settingError("an attached database needs a path and an alias").WithHint(
			`such as "{path: other.duckdb, alias: other}"`)
	}
	// With a type the path belongs to an extension: it may be an address or a connection string.
	if a.isFile() {
		a.path = s.absolute(a.path)
	}
	a.readOnly = a.readOnly || s.readOnly
	return a, nil
}

func text(key string, value any) (string, error) {
	if s, ok := value.(string); ok && s != "" {
		return s, nil
	}
	return "", settingError("%q must be text, not %v", key, value).WithHint("put the value in quotes")
}

func texts(key string, value any) ([]string, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, settingError("%q must be a list", key)
	}
	var out []string
	for _, v := range list {
		s, err := text(key, v)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// about names the target's key that an error is about, so that it can be shown where the key stands.
func about(key string, err error) error {
	if e, ok := errors.AsType[*engine.Error](err); ok {
		e.Name, e.Position = key, -1
	}
	return err
}

func settingError(format string, args ...any) *engine.Error {
	return engine.Errorf("Settings", format, args...)
}
