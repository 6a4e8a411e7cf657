//go:build cgo && unix && server

package postgres

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/quernsql/quern/compiler/lineage"
)

// server is a PostgreSQL server of a test's own. Its database has the tables of the golden files.
type server struct{ socket, psql string }

// startServer starts one. What it says of a statement is compared with what the describer says.
func startServer(t *testing.T) *server {
	t.Helper()
	bin := serverPrograms(t)
	// The socket's path must be short, and another user must reach it.
	dir, err := os.MkdirTemp("", "quern-pg")
	if err != nil {
		t.Fatal(err)
	}
	as := serverUser(t)
	if as != nil {
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) {
		t.Helper()
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
		log, err := os.Create(filepath.Join(t.TempDir(), "log")) // a pipe would be kept open by the server
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		cmd.Stdout, cmd.Stderr = log, log
		if err := cmd.Run(); err != nil {
			said, _ := os.ReadFile(log.Name())
			t.Fatalf("%s %v: %v\n%s", name, args, err, said)
		}
	}
	data := filepath.Join(dir, "data")
	run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale", "C", "--no-sync")
	options := fmt.Sprintf("-c listen_addresses= -c unix_socket_directories=%s -c fsync=off", dir)
	run("pg_ctl", "-D", data, "-w", "-o", options, "start")
	t.Cleanup(func() {
		run("pg_ctl", "-D", data, "-m", "immediate", "stop")
		os.RemoveAll(dir)
	})
	s := &server{socket: dir, psql: filepath.Join(bin, "psql")}
	s.must(t, serverSchema())
	return s
}

// eventColumns are the columns that the server has of the table whose columns the catalog does not know.
const eventColumns = "id integer, customer_id integer, payload jsonb, tags text[], at timestamptz"

// serverPrograms gives the folder of PostgreSQL's programs: Debian keeps them out of the path. Tests that need
// them have the tag "server", with which .ci/run builds.
func serverPrograms(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		if target, err := filepath.EvalSymlinks(path); err == nil {
			found = append(found, target)
		}
	}
	if len(found) == 0 {
		t.Fatal("there is no initdb: install PostgreSQL (Debian: postgresql)")
	}
	return filepath.Dir(found[len(found)-1])
}

// serverUser gives a user that may run a server: not root. Nil means the one who runs the test.
func serverUser(t *testing.T) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, _ := strconv.Atoi(u.Uid)
			gid, _ := strconv.Atoi(u.Gid)
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	t.Fatal("there is no user who may run a server")
	return nil
}

func serverSchema() string {
	var b strings.Builder
	b.WriteString("set client_min_messages = error;\ncreate schema sales;\ncreate schema raw;\n")
	for _, table := range testTables {
		var columns []string
		for _, c := range table.Columns {
			columns = append(columns, Dialect{}.Quote(c.Name)+" "+c.Type)
		}
		if columns == nil {
			columns = []string{eventColumns}
		}
		fmt.Fprintf(&b, "create table %s (%s);\n", Dialect{}.Relation(table.Name), strings.Join(columns, ", "))
	}
	b.WriteString(`create schema my_schema;
create function my_schema.my_function(bigint, numeric) returns text language sql as $$ select 'x' $$;
insert into orders (id) values (1), (2);
insert into orders values (3, 1, 1.5, 'a', '2020-01-01', '2020-01-01', '{a,b}', '{"a": 1}'), (4, 7, 2, 'b', null, null, null, null);
insert into customers (id) values (1);
insert into customers values (2, 'n', 'r', 'g', 1), (9, null, 'a', null, null);
insert into sales.items values (1, 'a', 1, 1), (null, null, null, null), (3, 'b', 2, 3);
insert into public.items values ('a', 'A'), (null, null), ('c', null);
create function similarity(text, text) returns real language sql as $$ select 0::real $$;
`)
	return b.String()
}

func (s *server) run(t *testing.T, script string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), s.psql, "-h", s.socket, "-U", "postgres", "-X", "-q", "-A", "-t", "-F", "\x1f", "-f", "-", "postgres")
	cmd.Env = append(os.Environ(), "PGCLIENTENCODING=UTF8")
	cmd.Stdin = strings.NewReader(script)
	cmd.WaitDelay = time.Minute
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("psql: %v", err)
	}
	return out.String()
}

func (s *server) must(t *testing.T, script string) {
	t.Helper()
	if out := s.run(t, script+"\n\\echo :LAST_ERROR_MESSAGE\n"); strings.TrimSpace(out) != "" && strings.TrimSpace(out) != ":LAST_ERROR_MESSAGE" {
		t.Fatalf("the server says: %s", out)
	}
}

// said is what the server says of a statement: its columns, or why it refuses it.
type said struct {
	columns [][2]string // name and type
	refusal string
}

// describe asks the server for the columns of many statements, without running them.
func (s *server) describe(t *testing.T, queries []string) []said {
	t.Helper()
	const end = "\x1e"
	var script strings.Builder
	script.WriteString("set client_min_messages = error;\n")
	for _, q := range queries {
		fmt.Fprintf(&script, "%s\n\\gdesc\n\\echo :SQLSTATE :LAST_ERROR_MESSAGE\n\\echo '%s'\n\\r\n", q, end)
	}
	parts := strings.Split(s.run(t, script.String()), end+"\n")
	if len(parts) != len(queries)+1 {
		t.Fatalf("psql answers %d times to %d statements", len(parts)-1, len(queries))
	}
	out := make([]said, len(queries))
	for i := range queries {
		lines := strings.Split(strings.TrimSuffix(parts[i], "\n"), "\n")
		state := 0
		for k, line := range lines {
			if name, typ, ok := strings.Cut(line, "\x1f"); ok {
				out[i].columns = append(out[i].columns, [2]string{name, typ})
				state = k + 1
			}
		}
		if rest := strings.Join(lines[state:], "\n"); !strings.Contains(rest, "00000 ") {
			out[i].refusal = rest
		}
	}
	return out
}

// TestServer compares what is said here with what a server says.
func TestServer(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	for name, test := range map[string]func(*testing.T, *server){
		"accepts what is accepted": serverAccepts, "refuses what is refused": serverRefuses, "agrees on random queries": serverAgreesOnRandomQueries, "proves lineage": serverProvesLineage,
		"knows the words": serverKnowsTheWords, "spells types alike": serverSpellsTypesAlike, "reads literals back": serverReadsLiteralsBack,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, s)
		})
	}
}

func serverAccepts(t *testing.T, s *server) {
	var queries []string
	for _, tc := range readGolden(t, "testdata/accepted.txt") {
		queries = append(queries, tc.query)
	}
	for i, answer := range s.describe(t, queries) {
		q, err := (&scratch{tables: testCatalog()}).Describe(t.Context(), queries[i])
		if err != nil || answer.refusal != "" {
			t.Errorf("%s\nhere: %v; server: %s", queries[i], err, answer.refusal)
			continue
		}
		agree(t, queries[i], q, answer)
	}
}

// agree compares names, and types where they are known.
func agree(t *testing.T, query string, q *lineage.Query, answer said) {
	t.Helper()
	if q.Columns == nil {
		return
	}
	if len(q.Columns) != len(answer.columns) {
		t.Errorf("%s\nhere %d columns; server: %d", query, len(q.Columns), len(answer.columns))
		return
	}
	for k, c := range q.Columns {
		want := answer.columns[k]
		if c.Name != want[0] || c.Type != "" && c.Type != want[1] {
			t.Errorf("%s\nhere %s %s; server: %s %s", query, c.Name, c.Type, want[0], want[1])
		}
	}
}

// serverRefuses gives the server what is refused here, as the query of a table.
func serverRefuses(t *testing.T, s *server) {
	var script strings.Builder
	var queries []string
	script.WriteString("set client_min_messages = error;\n")
	for _, tc := range readGolden(t, "testdata/refused.txt") {
		if strings.Contains(tc.want, "more than one statement") || strings.Contains(tc.want, "changes data") {
			continue // a rule of ours: the server does what it is told
		}
		if _, err := (&scratch{tables: testCatalog()}).Describe(t.Context(), tc.query); err == nil {
			t.Errorf("%s\nis accepted here", tc.query)
		}
		queries = append(queries, tc.query)
		fmt.Fprintf(&script, "do $do$ begin execute $as$create table refused as\n%s\n$as$; end $do$;\n\\echo :SQLSTATE\n", tc.query)
	}
	states := strings.Fields(s.run(t, script.String()))
	for i, query := range queries {
		if i >= len(states) || states[i] == "00000" {
			t.Errorf("%s\nthe server accepts it", query)
		}
	}
}
