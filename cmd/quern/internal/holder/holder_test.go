//go:build cgo && unix

package holder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// served is a database that this process holds and answers for.
type served struct {
	engine adapters.FileEngine
	target Target
	stop   func()
}

// serve makes a database with a table t of two rows, and answers for it.
func serve(t *testing.T) *served {
	t.Helper()
	dir := shortDir(t)
	e := openDuckDB(t, adapters.Config{Dir: dir, Settings: map[string]any{"path": filepath.Join(dir, "x.duckdb")}, Threads: 2})
	s, err := e.Session(t.Context())
	if err == nil {
		err = errors.Join(s.Exec(t.Context(), "create table t as select range as x from range(2)"), s.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	out := &served{engine: e.(adapters.FileEngine)}
	out.target = Target{File: out.engine.File(), Settings: "same", LookupEnv: func(name string) (string, bool) {
		return dir, name == "XDG_RUNTIME_DIR"
	}, Patience: time.Hour} // a test waits for answers, however long they take
	if out.stop, err = Serve(t.Context(), out.target, out.engine); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(out.stop)
	return out
}

// shortDir is a folder whose path is short enough for a socket in it.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "q")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func openDuckDB(t *testing.T, config adapters.Config) adapters.Engine {
	t.Helper()
	e, err := duckdb.Adapter().Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func (s *served) connect(t *testing.T) (adapters.Session, error) {
	t.Helper()
	e, err := Connect(t.Context(), s.target, os.Getpid(), func() (adapters.Engine, error) {
		return openDuckDB(t, adapters.Config{Dir: t.TempDir(), Settings: map[string]any{"path": ":memory:"}}), nil
	})
	if err != nil {
		return nil, err
	}
	session, err := e.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	return session, nil
}

func (s *served) query(t *testing.T, query string) (*engine.Rows, error) {
	t.Helper()
	session, err := s.connect(t)
	if err != nil {
		return nil, err
	}
	return session.Query(t.Context(), query, 0)
}

func (s *served) mustConnect(t *testing.T) adapters.Session {
	t.Helper()
	session, err := s.connect(t)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func TestAnswersAreThoseOfASession(t *testing.T) {
	t.Parallel()
	s := serve(t)
	own, err := s.engine.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	asked := s.mustConnect(t)
	for _, query := range []string{
		"select x from t order by x",
		"select 1.0::double, 2.5::float, 1e300::double, 'nan'::double, 'inf'::float, -0.0::double",
		"select 12.50::decimal(10,2), 18446744073709551615::ubigint, (-170141183460469231731687303715884105728)::hugeint, 9223372036854775807",
		"select null, true, 'text', '\u00e4\u2028<&>', ''::blob, '\\xff'::blob, date '1900-01-01', 'infinity'::timestamp",
		"select [1, null, 2.5], [[1.0::double]], {'float': 1.0::double, 'number': '3', 'map': null}, map {'a b': [1]}, []",
		"select 1 where false",
		"select * from range(10)",
		"select nothing from t",
		"selct 1",
		"drop table t",
	} {
		want, wantErr := own.Query(t.Context(), query, 3)
		got, gotErr := asked.Query(t.Context(), query, 3)
		if diff := cmp.Diff(saidOf(wantErr), saidOf(gotErr)); diff != "" {
			t.Errorf("%s: error (-want +got):\n%s", query, diff)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	compare(t, "describe", func(s adapters.Session) (any, error) { return s.Describe(t.Context(), "select x, 'a' as y from t") }, own, asked)
	compare(t, "list", func(s adapters.Session) (any, error) { return s.List(t.Context(), "", "main") }, own, asked)
	compare(t, "shapes", func(s adapters.Session) (any, error) { return s.Shapes(t.Context(), "", "main") }, own, asked)
	compare(t, "columns", func(s adapters.Session) (any, error) {
		return s.Columns(t.Context(), relation.Name{Schema: "main", Identifier: "t"})
	}, own, asked)
}

func compare(t *testing.T, what string, ask func(adapters.Session) (any, error), own, asked adapters.Session) {
	t.Helper()
	want, err := ask(own)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	got, err := ask(asked)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// saidOf is an error without what belongs to its process alone.
func saidOf(err error) *engine.Error {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok {
		return nil
	}
	plain := *e
	plain.Cause = nil
	return &plain
}

func TestOnlyTheSameTargetIsAnswered(t *testing.T) {
	t.Parallel()
	s := serve(t)
	other := *s
	other.target.Settings = "other"
	if _, err := other.connect(t); !errors.Is(err, ErrNotServed) {
		t.Errorf("other settings: %v", err)
	}
	other = *s
	other.target.File += "2"
	if _, err := other.connect(t); !errors.Is(err, ErrNotServed) {
		t.Errorf("another file: %v", err)
	}
	if _, err := Connect(t.Context(), s.target, os.Getpid()+1, nil); !errors.Is(err, ErrNotServed) {
		t.Errorf("another process: %v", err)
	}
}

func TestTooManyRowsAreNotServed(t *testing.T) {
	t.Parallel()
	asked := serve(t).mustConnect(t)
	if _, err := asked.Query(t.Context(), fmt.Sprintf("from range(%d)", maxRows+1), 0); !errors.Is(err, ErrNotServed) {
		t.Errorf("all of too many rows: %v", err)
	}
	rows, err := asked.Query(t.Context(), fmt.Sprintf("from range(%d)", maxRows), 0)
	if err != nil || len(rows.Values) != maxRows || rows.More {
		t.Errorf("all that fit: %v", err)
	}
}

func TestSocketIsForOneUser(t *testing.T) {
	t.Parallel()
	s := serve(t)
	path := s.target.sockets()[0]
	for at, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(at)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", filepath.Base(at), got, want)
		}
	}
	if err := os.Chmod(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := s.connect(t); !errors.Is(err, ErrNotServed) {
		t.Errorf("a folder that others enter was trusted: %v", err)
	}
	s.stop()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
}

func TestLongPathsAreLeftOut(t *testing.T) {
	t.Parallel()
	long := "/" + string(make([]byte, 200))
	target := Target{File: "/x.duckdb", LookupEnv: func(string) (string, bool) { return long, true }}
	for _, path := range target.sockets() {
		if len(path) > maxPath {
			t.Errorf("a path has %d bytes", len(path))
		}
	}
	if len(target.sockets()) == 0 {
		t.Error("there is no path at all")
	}
}

// A client that hangs, goes away or sends rubbish does no harm to the others, nor to the end.
func TestBadClientsDoNoHarm(t *testing.T) {
	t.Parallel()
	s := serve(t)
	var conns []net.Conn
	dial := func() net.Conn {
		t.Helper()
		conn, err := s.target.dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
		return conn
	}
	for _, rubbish := range []string{
		"rubbish\n", "{}\n", "null\n", "[]", "\x00\xff", fmt.Sprintf(`{"version":%d,"settings":"same","op":"drop"}`, version),
		fmt.Sprintf(`{"version":%d,"settings":"same","op":"query","query":"drop table t"}`, version),
		fmt.Sprintf(`{"version":%d,"settings":"same","op":"query"}`, version+1),
	} {
		conn := dial()
		if _, err := io.WriteString(conn, rubbish); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.UnixConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Logf("%q: %v", rubbish, err)
		}
		conn.Close()
	}
	dial().Close()
	dial() // says nothing until the end
	endless := dial()
	err := json.NewEncoder(endless).Encode(request{
		Version: version, Settings: "same", Op: opQuery, Query: "select count(*) from range(3000000) a, range(3000000) b where a.range * b.range % 7 = 3",
	})
	if err != nil {
		t.Fatal(err)
	}
	var g greeting
	if err := json.NewDecoder(endless).Decode(&g); err != nil || !g.Served {
		t.Fatalf("greeting %+v, %v", g, err)
	}
	rows, err := s.query(t, "select count(*) from t")
	for errors.Is(err, ErrNotServed) { // as long as those that went away have their places
		rows, err = s.query(t, "select count(*) from t")
	}
	if err != nil || rows.Values[0][0] != int64(2) {
		t.Errorf("a good client got %v, %v", rows, err)
	}
	s.stop()
	if _, err := s.connect(t); !errors.Is(err, ErrNotServed) {
		t.Errorf("after the end: %v", err)
	}
	if err := s.engine.Close(); err != nil {
		t.Error(err)
	}
	for _, conn := range conns {
		conn.Close()
	}
}

func TestNoteOfAnotherProcessIsNotTrusted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := engine.Holder{Program: "quern", PID: os.Getpid(), File: "/x.duckdb"}
	remove, err := Write(dir, h.File, "build", h.Since)
	if err != nil {
		t.Fatal(err)
	}
	if got := Named(dir, h).Program; got != "quern build" {
		t.Errorf("its own note names %q", got)
	}
	for what, other := range map[string]engine.Holder{
		"another process": {Program: "quern", PID: h.PID + 1, File: h.File},
		"another file":    {Program: "quern", PID: h.PID, File: "/y.duckdb"},
		"nobody known":    {},
	} {
		if diff := cmp.Diff(other, Named(dir, other)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	for _, text := range []string{"", "{", fmt.Sprintf(`{"pid":%d,"command":"\u001b[31m"}`, h.PID)} {
		if err := os.WriteFile(notePath(dir, h.File), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(h, Named(dir, h)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	if err := remove(); err != nil {
		t.Errorf("removed twice: %v", err)
	}
}
