package project_test

import (
	"strings"
	"testing"
)

func TestLoadRefusesBadFrontMatter(t *testing.T) {
	t.Parallel()
	runBad(t, []badCase{
		{"unknown key", sql("descripton: x\n"), []string{
			`E0102 models/orders.sql:2:1 unknown key "descripton" in a model | did you mean "description"?`,
		}},
		{"after multi-byte text", sql("description: 日本語\nownr: é\n"), []string{
			`E0102 models/orders.sql:3:1 unknown key "ownr" in a model | did you mean "owner"?`,
		}},
		{"after multi-byte text, slow", sql("description: &x 日本語\nmeta: {é: *x, ü: 1, ü: 2}\n"), []string{
			`E0104 models/orders.sql:3:21 the key "ü" stands twice | keep one of them`,
		}},
		{"name", sql("name: orders\n"), []string{
			`E0105 models/orders.sql:2:1 the key "name" does not belong in a model | a model is named by its file; remove the key`,
		}},
		{"not a map", sql("view\n"), []string{
			"E0103 models/orders.sql:2:1 front matter must be keys and values, found text | write one key, a colon and its value a line",
		}},
		{"unclosed", one("models/orders.sql", "/* ---\nowner: x\nselect 1\n"), []string{
			"E0116 models/orders.sql:1:1 the front matter that begins here has no end | write --- */ where it ends",
		}},
		{"closed without dashes", one("models/orders.sql", "/* ---\nownr: x\n*/\nselect 1 /* one */\n"), []string{
			`E0102 models/orders.sql:2:1 unknown key "ownr" in a model | did you mean "owner"?`,
			"E0116 models/orders.sql:3:1 the front matter ends without --- | write --- */ where it ends",
		}},
		{"comment end inside", sql("description: every */5 minutes\nownr: x\n"), []string{
			`E0117 models/orders.sql:2:20 "*/" inside the front matter ends the SQL comment it stands in | say it without */, or move the key to a YAML file below the models`,
			`E0102 models/orders.sql:3:1 unknown key "ownr" in a model | did you mean "owner"?`,
		}},
		{"not at the top", one("models/orders.sql", "-- orders\n/* ---\nowner: x\n--- */\nselect 1\n"), []string{
			"E0118 models/orders.sql:2:1 front matter stands below other text | move it to the top of the file",
		}},
		{"banner", one("models/orders.sql", "/* ---------- orders --- */\nselect 1 /* --- x */\n"), []string{}},
		{"one line", one("models/orders.sql", "/* --- {ownr: x} --- */\nselect 1\n"), []string{
			`E0102 models/orders.sql:1:9 unknown key "ownr" in a model | did you mean "owner"?`,
		}},
		{"blank lines before", one("models/orders.sql", "\n\n/* ---\nownr: x\n--- */\nselect 1\n"), []string{
			`E0102 models/orders.sql:4:1 unknown key "ownr" in a model | did you mean "owner"?`,
		}},
		{"BOM", one("models/orders.sql", "\ufeff/* ---\nownr: x\n--- */\nselect 1\n"), []string{
			`E0102 models/orders.sql:2:1 unknown key "ownr" in a model | did you mean "owner"?`,
		}},
		{"CRLF", one("models/orders.sql", "/* ---\r\nowner: é\r\nownr: x\r\n--- */\r\nselect 1\r\n"), []string{
			`E0102 models/orders.sql:3:1 unknown key "ownr" in a model | did you mean "owner"?`,
		}},
		{"tab", sql("columns:\n\t- name: id\n"), []string{
			"E0109 models/orders.sql:3:1 a tab cannot indent YAML | indent with spaces",
		}},
		{"no query", one("models/orders.sql", "/* ---\nowner: x\n--- */\n-- to do\n"), []string{
			"E0115 models/orders.sql:1:1 the file of a model holds nothing but comments | write its SQL, or remove the file",
		}},
		{"empty file", one("models/orders.sql", ""), []string{
			"E0115 models/orders.sql:1:1 the file of a model holds nothing but comments | write its SQL, or remove the file",
		}},
		{"a comment in a comment", one("models/orders.sql", "/* no /* more */ */ -- here\r;\n"), []string{
			"E0115 models/orders.sql:1:1 the file of a model holds nothing but comments | write its SQL, or remove the file",
		}},
		{"only space", one("models/orders.sql", " \n\n"), []string{
			"E0115 models/orders.sql:1:1 the file of a model holds nothing but comments | write its SQL, or remove the file",
		}},
		{"NUL", one("models/orders.sql", "select 'a\x00b'\n"), []string{
			"E0119 models/orders.sql:1:10 the file holds the control character U+0000 | remove it; a binary file cannot stand here",
		}},
		{"not UTF-8", one("models/orders.sql", "select 1,\n  'é\xe9'\n"), []string{
			"E0120 models/orders.sql:2:5 the file is not UTF-8: byte 0xE9 cannot stand here | save the file as UTF-8",
		}},
		{"set twice", map[string]string{
			"models/orders.sql": "/* ---\nowner: x\ndescription: y\n--- */\nselect 1\n",
			"models/m.yml":      "models: [{name: orders, owner: z}]\n",
		}, []string{
			`E0110 models/m.yml:1:25 the key "owner" is set twice for "model.orders" | keep it in one place`,
		}},
		{"set in two YAML files", map[string]string{
			"models/orders.sql": "select 1\n", "models/a.yml": "models: [{name: orders, owner: z}]\n",
			"models/b.yml": "models: [{name: orders, owner: z, description: x}]\n",
		}, []string{
			`E0110 models/b.yml:1:25 the key "owner" is set twice for "model.orders" | keep it in one place`,
		}},
		{"broken and described", map[string]string{
			"models/orders.sql": "", "models/m.yml": "models: [{name: orders, ownr: z}]\n",
		}, []string{
			`E0102 models/m.yml:1:25 unknown key "ownr" in a model | did you mean "owner"?`,
			"E0115 models/orders.sql:1:1 the file of a model holds nothing but comments | write its SQL, or remove the file",
		}},
		{"feature table", sql("feature_table: {entity: x}\n"), []string{
			`E0106 models/orders.sql:2:1 the key "feature_table" is not available in this version | it is for feature tables, which a later version brings; remove it`,
		}},
		{"persist_docs of another kind", sql("persist_docs: all\n"), []string{
			`E0103 models/orders.sql:2:15 "persist_docs" must be true or false, found text | write true or false here`,
		}},
		{"persist_docs of something else", sql("persist_docs: {column: true}\n"), []string{
			`E0102 models/orders.sql:2:16 unknown key "column" in persist_docs | did you mean "columns"?`,
		}},
		{"hook of another kind", sql("post_hook: {sql: select 1}\n"), []string{
			`E0103 models/orders.sql:2:12 "post_hook" must be a list, found keys and values | write a list here`,
		}},
		{"hook that is a number", sql("post_hook: [\"a\", 3]\n"), []string{
			`E0103 models/orders.sql:2:18 an entry of "post_hook" must be text, found a number | write it in quotes: "3"`,
		}},
		{"assert is no list", sql("assert: a > 0\n"), []string{
			`E0103 models/orders.sql:2:9 "assert" must be a list, found text | write [a > 0], or one entry a line after a dash`,
		}},
	})
}

func TestLoadRefusesBadNamesAndFiles(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 51)
	runBad(t, []badCase{
		{"hyphen", one("models/my-orders.sql", "select 1\n"), []string{
			`E0114 models/my-orders.sql:1:1 "my-orders" cannot be the name of a model | a name begins with a letter; letters, digits and _ follow: "my_orders" would do`,
		}},
		{"digit first", one("models/1st.sql", "select 1\n"), []string{
			`E0114 models/1st.sql:1:1 "1st" cannot be the name of a model | a name begins with a letter; letters, digits and _ follow`,
		}},
		{"too long", one("models/"+long+".sql", "select 1\n"), []string{
			`E0114 models/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.sql:1:1 the name of a model has 51 bytes, more than 50: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" | choose a shorter name`,
		}},
		{"candidate", one("models/orders__candidate.sql", "select 1\n"), []string{
			`E0114 models/orders__candidate.sql:1:1 "orders__candidate" cannot be the name of a model | names that end in __candidate are kept for relations that are not published yet`,
		}},
		{"models twice", map[string]string{"models/a/orders.sql": "select 1\n", "models/b/orders.sql": "select 2\n"}, []string{
			`E0201 models/b/orders.sql:1:1 two models are called "orders" | rename one of them`,
		}},
		{"models differ in case", map[string]string{"models/a/orders.sql": "select 1\n", "models/b/Orders.sql": "select 2\n"}, []string{
			`E0201 models/b/Orders.sql:1:1 the models "orders" and "Orders" differ only in case | rename one of them`,
		}},
		{"model and seed", map[string]string{"models/orders.sql": "select 1\n", "seeds/orders.csv": "a\n1\n"}, []string{
			`E0201 seeds/orders.csv:1:1 a model and a seed are both called "orders" | rename one of them`,
		}},
		{"seeds of two formats", map[string]string{"seeds/a.csv": "a\n1\n", "seeds/a.json": "{}\n"}, []string{
			`E0201 seeds/a.json:1:1 two seeds are called "a" | rename one of them`,
		}},
		{"macros twice", map[string]string{"macros/a/cents.sql": "1\n", "macros/b/cents.sql": "2\n"}, []string{
			`E0201 macros/b/cents.sql:1:1 two macros are called "cents" | rename one of them`,
		}},
		{"built-in test", one("tests/generic/not_null.sql", "/* ---\nargs: [model]\n--- */\nselect 1\n"), []string{
			`E0201 tests/generic/not_null.sql:1:1 a built-in test and a generic test are both called "not_null" | give yours another name`,
		}},
		{"tests twice", map[string]string{"tests/a/x.sql": "select 1\n", "tests/b/x.sql": "select 1\n"}, []string{
			`E0201 tests/b/x.sql:1:1 two tests are called "x" | rename one of them`,
		}},
		{"empty seed", one("seeds/a.csv", ""), []string{
			"E0502 seeds/a.csv:1:1 the seed file is empty | give it a line with the names of its columns, or remove it",
		}},
		{"delimiter of a parquet seed", map[string]string{"seeds/a.parquet": "x", "models/m.yml": "seeds: [{name: a, delimiter: ';'}]\n"}, []string{
			`E0105 models/m.yml:1:19 the key "delimiter" is for CSV files, and "a" is a parquet file | remove the key`,
		}},
		{"long delimiter", map[string]string{"seeds/a.csv": "x\n", "models/m.yml": "seeds: [{name: a, delimiter: '||'}]\n"}, []string{
			`E0108 models/m.yml:1:30 "delimiter" must be one ASCII character, found "||" | write one character in quotes, as in ";" or "\t"`,
		}},
		{"generic test without arguments", one("tests/generic/above.sql", "select 1\n"), []string{
			`E0107 tests/generic/above.sql:1:1 the generic test "above" declares no arguments | begin the file with front matter that has "args: [model, column]"`,
		}},
		{"generic test without model", one("tests/generic/above.sql", "/* ---\nargs: [column]\n--- */\nselect 1\n"), []string{
			"E0108 tests/generic/above.sql:2:7 the first argument of a generic test is the relation it tests | begin the list with model, and mostly column: args: [model, column]",
		}},
		{"generic test that counts by nothing", one("tests/generic/above.sql", "/* ---\nargs: [model]\ncounts: ' '\n--- */\nselect 1\n"), []string{
			`E0108 tests/generic/above.sql:3:9 " " is no name of a column | write the name of a column that the query selects, or remove the key`,
		}},
		{"generic test that counts by a number", one("tests/generic/above.sql", "/* ---\nargs: [model]\ncounts: 3\n--- */\nselect 1\n"), []string{
			`E0103 tests/generic/above.sql:3:9 "counts" must be text, found a number | write it in quotes: "3"`,
		}},
		{"arguments", one("macros/m.sql", "/* ---\nargs: [a, {b: 1}, c, a, 1x, {d: 1, e: 2}]\n--- */\n1\n"), []string{
			`E0108 macros/m.sql:2:19 the argument "c" has no default, but the one before it has | put arguments with a default last`,
			`E0201 macros/m.sql:2:22 the argument "a" is declared twice | give it another name`,
			`E0114 macros/m.sql:2:25 "1x" cannot be the name of an argument | a name begins with a letter; letters, digits and _ follow`,
			`E0103 macros/m.sql:2:29 an entry of "args" must be a name or one name with its default, found keys and values | write a name or one name with its default here`,
		}},
		{"macro key", one("macros/m.sql", "/* ---\nargs: []\nmaterialized: view\n--- */\n1\n"), []string{
			`E0105 macros/m.sql:3:1 the key "materialized" does not belong in a macro's front matter | it is a key of a model or the defaults of a folder`,
		}},
		{"test named twice", one("tests/t.sql", "/* ---\nname: x\nseverity: warn\nwhere: x\n--- */\nselect 1\n"), []string{
			`E0105 tests/t.sql:2:1 the key "name" does not belong in a test's front matter | a test is named by its file; remove the key`,
			`E0105 tests/t.sql:4:1 the key "where" does not belong in a test's front matter | write the condition into the query`,
		}},
		{"yaml extension", one("models/m.yaml", "models: []\n"), []string{
			"W0101 models/m.yaml:1:1 the file is not read | let its name end in .yml, or list it in .quernignore",
		}},
		{"YAML beside seeds", one("seeds/m.yml", "seeds: []\n"), []string{
			"W0101 seeds/m.yml:1:1 the file is not read | move it below models, or list it in .quernignore",
		}},
		{"capitals", one("models/a.SQL", "select 1\n"), []string{
			"W0101 models/a.SQL:1:1 the file is not read | let its name end in .sql, or list it in .quernignore",
		}},
		{"ignore pattern", one(".quernignore", "# x\n[a\n"), []string{
			`E0108 .quernignore:2:1 "[a" is no pattern | close every [ and {; a \ takes the meaning from the character after it`,
		}},
	})
}

func TestLoadRefusesBadProjectFile(t *testing.T) {
	t.Parallel()
	runBad(t, []badCase{
		{"unknown key", quern("targts: {}\n"), []string{
			`E0102 quern.yml:3:1 unknown key "targts" in quern.yml | did you mean "targets"?`,
		}},
		{"profile", quern("profile: x\n"), []string{
			`E0105 quern.yml:3:1 the key "profile" does not belong in quern.yml | targets stand in quern.yml itself, under "targets"`,
		}},
		{"target's key", quern("threads: 4\n"), []string{
			`E0105 quern.yml:3:1 the key "threads" does not belong in quern.yml | it is a key of a target`,
		}},
		{"hooks", quern("hooks: {befor: [], after: {}}\n"), []string{
			`E0102 quern.yml:3:9 unknown key "befor" in hooks | did you mean "before"?`,
			`E0103 quern.yml:3:27 "after" must be a list, found keys and values | write a list here`,
		}},
		{"hooks of elsewhere", quern("on-run-end: select 1\n"), []string{
			`E0105 quern.yml:3:1 the key "on-run-end" does not belong in quern.yml | write "hooks: {after: […]}"`,
		}},
		{"empty", one("quern.yml", ""), []string{
			`E0107 quern.yml:1:1 quern.yml needs the key "name" | add "name: …"`,
		}},
		{"a list", one("quern.yml", "- a\n"), []string{
			"E0103 quern.yml:1:1 quern.yml must be keys and values, found a list | write one key, a colon and its value a line",
		}},
		{"no targets", one("quern.yml", "name: shop\n"), []string{
			`E0107 quern.yml:1:1 quern.yml needs the key "targets" | add "targets: …"`,
		}},
		{"not YAML", one("quern.yml", "name: shop\ntargets: {dev: {type: duckdb}\n"), []string{
			"E0101 quern.yml:2:10 the bracket that opens here is not closed | close it with }",
		}},
		{"requires", one("quern.yml", "name: shop\nrequires: \">=9\"\nunknown: key\n"), []string{
			`E0123 quern.yml:2:12 this project requires Quern >=9, and this is 0.1.0 | install a version that will do, or change "requires"`,
		}},
		{"requires what", quern("requires: latest\n"), []string{
			`E0108 quern.yml:3:11 "latest" is no version constraint | write comparisons with commas between them, as in ">=0.1, <1.0"`,
		}},
		{"project name", one("quern.yml", "name: my shop\ntargets: {dev: {type: duckdb}}\n"), []string{
			`E0114 quern.yml:1:7 "my shop" cannot be the name of a project | a name begins with a letter; letters, digits, _ and - follow, 50 bytes in all`,
		}},
		{"unknown target", one("quern.yml", "name: shop\ntarget: pord\ntargets: {dev: {type: duckdb}, prod: {type: duckdb}}\n"), []string{
			`E0701 quern.yml:2:9 unknown target "pord" | did you mean "prod"?`,
		}},
		{"no default target", one("quern.yml", "name: shop\ntargets: {dev: {type: duckdb}, prod: {type: duckdb}}\n"), []string{
			`E0107 quern.yml:2:11 there are several targets and none is the default | set "target:" to one of dev, prod`,
		}},
		{"unknown type", one("quern.yml", "name: shop\ntargets: {dev: {type: duckdbb}}\n"), []string{
			`E0108 quern.yml:2:23 unknown type of target "duckdbb" | did you mean "duckdb"?`,
		}},
		{"type to come", one("quern.yml", "name: shop\ntargets: {dev: {type: trino, url: x}}\n"), []string{
			`E0106 quern.yml:2:23 targets of type "trino" are not available in this version | this version knows duckdb`,
		}},
		{"no type", one("quern.yml", "name: shop\ntargets: {dev: {path: x}}\n"), []string{
			`E0107 quern.yml:2:11 the target "dev" has no type | add "type: duckdb"`,
		}},
		{"target is text", one("quern.yml", "name: shop\ntargets: {dev: duckdb}\n"), []string{
			`E0103 quern.yml:2:16 the target "dev" must be keys and values, found text | write one key, a colon and its value a line`,
		}},
		{"unknown target key", one("quern.yml", "name: shop\ntargets: {dev: {type: duckdb, pth: x}}\n"), []string{
			`E0102 quern.yml:2:31 unknown key "pth" in a duckdb target | did you mean "path"?`,
		}},
		{"unset variable", one("quern.yml", "name: shop\ntargets: {dev: {type: duckdb, path: \"é/${NOWHERE}/x\"}}\n"), []string{
			`E0125 quern.yml:2:40 the environment variable "NOWHERE" is not set | set it before you run Quern, or give a default: ${NOWHERE:-value}`,
		}},
		{"unset secret", one("quern.yml", "name: shop\ntargets: {dev: {type: duckdb, path: \"${secret:NOWHERE}\"}}\n"), []string{
			`E0125 quern.yml:2:38 the environment variable "NOWHERE" is not set | set it before you run Quern`,
		}},
		{"open variable", one("quern.yml", "name: shop\ntargets: {dev: {type: duckdb, path: \"${NOWHERE\"}}\n"), []string{
			`E0108 quern.yml:2:38 "${" is not closed | write ${NAME}`,
		}},
		{"variable name", one("quern.yml", "name: shop\ntargets: {dev: {type: duckdb, path: \"${1-x}\"}}\n"), []string{
			`E0108 quern.yml:2:38 "1-x" is no name of an environment variable | write ${NAME}, ${NAME:-default} or ${secret:NAME}`,
		}},
		{"threads", one("quern.yml", "name: shop\ntargets: {dev: {type: duckdb, threads: many}}\n"), []string{
			`E0103 quern.yml:2:40 "threads" must be a whole number, found text | write a whole number here`,
		}},
		{"target's var is a list", one("quern.yml", "name: shop\ntargets: {dev: {type: duckdb, vars: {a: [1]}}}\n"), []string{
			`E0103 quern.yml:2:41 the variable "a" must be a single value, found a list | write a single value here`,
		}},
		{"var is a list", quern("vars: {a: [1], b: 2}\n"), []string{
			`E0103 quern.yml:3:11 the variable "a" must be a single value, found a list | write a single value here`,
		}},
		{"unknown folder", map[string]string{"quern.yml": minimal + "models: {stagin: {materialized: table}}\n", "models/staging/a.sql": "select 1\n"}, []string{
			`E0112 quern.yml:3:10 there is no folder "stagin" below "models" | did you mean "staging"?`,
		}},
		{"no such folder", quern("models: {marts: {materialized: table}}\n"), []string{
			`E0112 quern.yml:3:10 there is no folder "marts" below "models" | the names under "models:" are folders below models`,
		}},
		{"folder twice", map[string]string{"quern.yml": minimal + "models: {marts: {owner: a}, marts/: {owner: b}}\n", "models/marts/a.sql": "select 1\n"}, []string{
			`E0104 quern.yml:3:29 the folder "marts" has defaults twice | put them together`,
		}},
		{"folder alias", quern("models: {.: {alias: x}}\n"), []string{
			`E0105 quern.yml:3:14 the key "alias" does not belong in the defaults of a folder | all models of the folder would have one name; set it in a model`,
		}},
		{"folder with plus", quern("models: {.: {+materialized: table}}\n"), []string{
			`E0102 quern.yml:3:14 unknown key "+materialized" in the defaults of a folder | did you mean "materialized"?`,
		}},
		{"folder key", quern("models: {.: {materialised: table}}\n"), []string{
			`E0102 quern.yml:3:14 unknown key "materialised" in the defaults of a folder | did you mean "materialized"?`,
		}},
		{"path outside", quern("paths: {models: ../models}\n"), []string{
			`E0108 quern.yml:3:17 "../models" is no folder of the project | write a path relative to the project folder, without ..`,
		}},
		{"path missing", quern("paths: {models: sql}\n"), []string{
			`E0112 quern.yml:3:17 the folder "sql" does not exist | create it, or remove "models" from paths`,
		}},
		{"paths shared", map[string]string{"quern.yml": minimal + "paths: {macros: models}\n", "models/a.sql": "select 1\n"}, []string{
			`E0108 quern.yml:3:17 models and macros cannot share the folder "models" | give each a folder of its own`,
		}},
		{"macros_from missing", quern("macros_from: [shared]\n"), []string{
			`E0112 quern.yml:3:15 the folder "shared" does not exist | create it, or remove it from macros_from`,
		}},
		{"macros_from outside", quern("macros_from: [../shared]\n"), []string{
			`E0108 quern.yml:3:15 the folder "../shared" is outside the project | put shared macros below the project folder`,
		}},
		{"local file", map[string]string{"quern.yml": minimal, "quern.local.yml": "name: x\ntarget: prd\n"}, []string{
			`E0105 quern.local.yml:1:1 the key "name" does not belong in quern.local.yml | set it in quern.yml; only vars, target and targets can be overridden here`,
			`E0701 quern.local.yml:2:9 unknown target "prd" | declared are dev`,
		}},
		{"lock file", map[string]string{"quern.yml": minimal, "sources.lock.yml": "version: 2\nsources:\n  - name: raw\n    tables: [{name: a, columns: [{name: id}]}]\n"}, []string{
			`E0108 sources.lock.yml:1:10 this version reads lock files of version 1, found 2 | write it again with "quern sources pull"`,
			`W0102 sources.lock.yml:4:21 the source "raw.a" is not declared | write the file again with "quern sources pull"`,
		}},
		{"state schema", one("quern.yml", "name: shop\ntargets: {dev: {type: duckdb, state_schema: [x]}}\n"), []string{
			`E0103 quern.yml:2:45 "state_schema" must be text, found a list | write text here`,
		}},
	})
}
