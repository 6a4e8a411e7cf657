package project_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/project"
)

func TestLoadFillsTheEnvironmentIntoTheTargetInUse(t *testing.T) {
	t.Parallel()
	env := map[string]string{
		"DIR": "/data", "EMPTY": "", "THREADS": "3", "PW": "s3cr3t", "KEY": "-----BEGIN-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n", "TOKEN": "t0k",
	}
	m := map[string]string{"quern.yml": `name: shop
vars: {region: eu, day: 2024-01-01, code: 01234, big: 1_000, no: null, quoted: "a b"}
target: dev
targets:
  dev:
    type: duckdb
    path: ${DIR}/${NAME:-shop}.duckdb
    schema: "${EMPTY:-main}"
    threads: "${THREADS}"
    password: ${PW}
    url: postgres://me:p%40ss@host/db?sslmode=off&password=qp
    settings:
      a: "x${secret:TOKEN}"
      b: [1, true, 1.5, "1", {private_key: "${KEY}"}]
      c: https://onlytoken@host
    vars: {region: "${NOPE:-us}"}
  other: {type: duckdb, path: "${UNSET}"}
`}
	p, diags := load(t, m, project.Options{
		Target: "dev", Vars: map[string]string{"day": "2025-02-03"},
		LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	})
	if len(diags) > 0 {
		t.Fatalf("Load reported %q", show(diags))
	}
	want := project.Target{
		Name: "dev", Type: "duckdb", Schema: "main", Threads: 3,
		Settings: map[string]any{
			"path": "/data/shop.duckdb", "password": "s3cr3t", "url": "postgres://me:p%40ss@host/db?sslmode=off&password=qp",
			"settings": map[string]any{
				"a": "xt0k", "b": []any{int64(1), true, 1.5, "1", map[string]any{"private_key": env["KEY"]}}, "c": "https://onlytoken@host",
			},
		},
		Secrets: []string{
			"-----BEGIN-----\nMIIEvQIBADAN\nBgkqhkiG9w0B", "BgkqhkiG9w0B", "MIIEvQIBADAN", "me:p%40ss", "onlytoken", "p%40ss", "s3cr3t", "p@ss", "t0k", "qp",
		},
	}
	got := p.Target
	if at := got.Keys["url"].Position(); at.Line != 11 || at.Column != 5 {
		t.Errorf("the key url is at %v, want 11:5", at)
	}
	if got.Span.Text() != "dev" {
		t.Errorf("the target's span holds %q", got.Span.Text())
	}
	got.Span, got.Keys = want.Span, nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Target (-want +got):\n%s", diff)
	}
	vars := map[string]string{}
	for name, v := range p.Vars {
		vars[name] = v.Value
	}
	wantVars := map[string]string{"region": "us", "day": "2025-02-03", "code": "01234", "big": "1_000", "no": "null", "quoted": "a b"}
	if diff := cmp.Diff(wantVars, vars); diff != "" {
		t.Errorf("Vars (-want +got):\n%s", diff)
	}
}

func TestLocalFileOverrides(t *testing.T) {
	t.Parallel()
	m := map[string]string{
		"quern.yml":       "name: shop\nvars: {a: 1, b: 2}\ntarget: prod\ntargets:\n  dev: {type: duckdb, path: dev.duckdb, schema: s}\n  prod: {type: duckdb, path: p.duckdb}\n",
		"quern.local.yml": "target: dev\nvars: {b: 3}\ntargets:\n  dev: {path: mine.duckdb}\n  own: {type: duckdb}\n",
	}
	p, diags := load(t, m, project.Options{})
	if len(diags) > 0 {
		t.Fatalf("Load reported %q", show(diags))
	}
	got := []any{p.Target.Name, p.Target.Schema, p.Target.Settings["path"], p.Vars["a"].Value, p.Vars["b"].Value, p.Targets}
	want := []any{"dev", "s", "mine.duckdb", "1", "3", []string{"dev", "own", "prod"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
}

func TestOptionsNameWhatIsNotDeclared(t *testing.T) {
	t.Parallel()
	_, diags := load(t, map[string]string{"quern.yml": minimal + "vars: {start: 1}\n"}, project.Options{
		Target: "devv", Vars: map[string]string{"strat": "x"},
	})
	want := []string{
		`E0701 unknown target "devv" | did you mean "dev"?`,
		`E0804 the variable "strat" is not declared | did you mean "start"?`,
	}
	if diff := cmp.Diff(want, show(diags)); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
}

func TestNilTargetTypesAcceptEveryKey(t *testing.T) {
	t.Parallel()
	p, diags, err := project.Load(t.Context(), files(map[string]string{
		"quern.yml": "name: shop\ntargets: {dev: {type: anything, key: 1, state: x}}\n",
	}), project.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// Keys of a version to come stay refused.
	want := []string{`E0106 quern.yml:2:41 the key "state" is not available in this version | it is for state, which a later version brings; remove it`}
	if diff := cmp.Diff(want, show(diags)); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
	if p.Target.Type != "anything" || p.Target.Settings["key"] != int64(1) {
		t.Errorf("Target = %+v", p.Target)
	}
}

func TestVersionConstraints(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		requires, version string
		ok                bool
	}{
		{">=0.1", "0.1.0", true},
		{">=0.1", "v0.2.0-rc1+abc", true},
		{">=0.2", "0.1.9", false},
		{">=0.1, <0.3", "0.2.5", true},
		{">=0.1, <0.3", "0.3.0", false},
		{"<=0.1", "0.1.7", true},
		{">0.1", "0.1.7", false},
		{"0.1", "0.1.7", true},
		{"=0.1.7", "0.1.7", true},
		{"!=0.1.7", "0.1.7", false},
		{"0.1.6", "0.1.7", false},
		{">=9", "", true},
		{">=9", "dev", true},
	} {
		t.Run(tc.requires+" "+tc.version, func(t *testing.T) {
			t.Parallel()
			p, diags := load(t, map[string]string{"quern.yml": minimal + "requires: \"" + tc.requires + "\"\n"}, project.Options{Version: tc.version})
			if got := len(diags) == 0; got != tc.ok {
				t.Errorf("Load reported %q", show(diags))
			}
			if tc.ok != (p.Name == "shop") {
				t.Errorf("the project is called %q", p.Name)
			}
		})
	}
}
