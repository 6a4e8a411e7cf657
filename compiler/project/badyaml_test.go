package project_test

import "testing"

func TestLoadRefusesBadYAML(t *testing.T) {
	t.Parallel()
	runBad(t, []badCase{
		{"unknown key", yml("models:\n  - name: orders\n    descripton: x\n"), []string{
			`E0102 models/m.yml:3:5 unknown key "descripton" in a model | did you mean "description"?`,
		}},
		{"unknown key, none near", yml("groups:\n  - name: a\n    zzzzzz: x\n"), []string{
			`E0102 models/m.yml:3:5 unknown key "zzzzzz" in a group | known here are name, owner, description`,
		}},
		{"unknown top key", yml("model:\n  - name: orders\n"), []string{
			`E0102 models/m.yml:1:1 unknown key "model" in a YAML file | did you mean "models"?`,
		}},
		{"duplicate key", yml("models:\n  - name: orders\n    owner: a\n    description: x\n    owner: b\n"), []string{
			`E0104 models/m.yml:5:5 the key "owner" stands twice | keep one of them`,
		}},
		{"misplaced key", yml("models:\n  - name: orders\n    columns:\n      - name: id\n        severity: warn\n"), []string{
			`E0105 models/m.yml:5:9 the key "severity" does not belong in a column | it is a key of the config of a test or a test's front matter`,
		}},
		{"seed key on a model", yml("models:\n  - name: orders\n    delimiter: ';'\n"), []string{
			`E0105 models/m.yml:3:5 the key "delimiter" does not belong in a model | it is a key of a seed`,
		}},
		{"incremental key", yml("models:\n  - name: orders\n    unique_key: id\n"), []string{
			`E0105 models/m.yml:3:5 the key "unique_key" is for incremental and snapshot models, and "orders" is kept as a view | set "materialized: incremental" or "materialized: snapshot", or remove the key`,
		}},
		{"external key on a view", yml("models:\n  - name: orders\n    location: a.parquet\n"), []string{
			`E0105 models/m.yml:3:5 the key "location" is for external models, and "orders" is kept as a view | set "materialized: external", or remove the key`,
		}},
		{"unit tests", yml("unit_tests: []\n"), []string{
			`E0106 models/m.yml:1:1 the key "unit_tests" is not available in this version | it is for unit tests, which a later version brings; remove it`,
		}},
		{"contract without a value", yml("models:\n  - {name: orders, contract: true}\n"), []string{
			`E0103 models/m.yml:2:30 "contract" must be keys and values, found true or false | write contract: {enforced: true}`,
		}},
		{"contract with another key", yml("models:\n  - {name: orders, contract: {enforce: true}}\n"), []string{
			`E0107 models/m.yml:2:30 a contract needs the key "enforced" | add "enforced: …"`,
			`E0102 models/m.yml:2:31 unknown key "enforce" in a contract | did you mean "enforced"?`,
		}},
		{"nullable is text", yml("models:\n  - {name: orders, columns: [{name: id, nullable: no}]}\n"), []string{
			`E0103 models/m.yml:2:51 "nullable" must be true or false, found text | write true or false`,
		}},
		{"version key", yml("version: 2\n"), []string{
			`E0105 models/m.yml:1:1 the key "version" does not belong in a YAML file | remove it; YAML files need no version`,
		}},
		{"config key", yml("models:\n  - name: orders\n    config: {materialized: table}\n"), []string{
			`E0105 models/m.yml:3:5 the key "config" does not belong in a model | its keys stand directly under the model`,
		}},
		{"number for text", yml("models:\n  - name: orders\n    description: 42\n"), []string{
			`E0103 models/m.yml:3:18 "description" must be text, found a number | write it in quotes: "42"`,
		}},
		{"map for text", yml("models:\n  - name: orders\n    description: {a: b}\n"), []string{
			`E0103 models/m.yml:3:18 "description" must be text, found keys and values | write text here`,
		}},
		{"text for list", yml("models:\n  - name: orders\n    columns: id\n"), []string{
			`E0103 models/m.yml:3:14 "columns" must be a list, found text | write [id], or one entry a line after a dash`,
		}},
		{"list of numbers", yml("models:\n  - name: orders\n    tags: [1]\n"), []string{
			`E0103 models/m.yml:3:12 an entry of "tags" must be text, found a number | write it in quotes: "1"`,
		}},
		{"yes for true", yml("models:\n  - name: orders\n    columns: [{name: id, sensitive: yes}]\n"), []string{
			`E0103 models/m.yml:3:37 "sensitive" must be true or false, found text | write true or false`,
		}},
		{"no value", yml("models:\n  - name: orders\n    description:\n"), []string{
			`E0103 models/m.yml:3:5 the key "description" has no value | write a value, or remove the key`,
		}},
		{"entry is text", yml("models:\n  - orders\n"), []string{
			"E0103 models/m.yml:2:5 a model must be keys and values, found text | write name: orders",
		}},
		{"root is a list", yml("- orders\n"), []string{
			"E0103 models/m.yml:1:1 a YAML file must be keys and values, found a list | write one key, a colon and its value a line",
		}},
		{"name missing", yml("models:\n  - description: x\n"), []string{
			`E0107 models/m.yml:2:5 a model needs the key "name" | add "name: …"`,
		}},
		{"empty name", yml("models:\n  - name: \"\"\n"), []string{
			`E0108 models/m.yml:2:11 the key "name" is empty | write a value between the quotes`,
		}},
		{"merge key without a map", yml("models:\n  - name: orders\n    meta: {<<: 1}\n"), []string{
			`E0101 models/m.yml:3:16 the merge key "<<" needs keys and values | give it an alias of a mapping, as in <<: *name`,
		}},
		{"key is a list", yml("models:\n  - name: orders\n    meta: {? [a] : b}\n"), []string{
			`E0101 models/m.yml:3:14 a key must be text, found a list | write key: value`,
		}},
		{"key twice among many", yml("models:\n  - name: orders\n    meta: {" + many("k%d: 1, ", 40) + "k7: 2}\n"), []string{
			`E0104 models/m.yml:3:322 the key "k7" stands twice | keep one of them`,
		}},
		{"column twice among many", yml("models:\n  - name: orders\n    columns: [" + many("{name: c%d}, ", 40) + "{name: c7}]\n"), []string{
			`E0201 models/m.yml:3:532 the column "c7" is described twice | keep one of them`,
		}},
		{"option is a list", yml("models:\n  - {name: orders, materialized: external, options: {a: [b]}}\n"), []string{
			`E0103 models/m.yml:2:57 "a" in "options" must be a single value, found a list | write a single value here`,
		}},
		{"unknown materialization", yml("models:\n  - name: orders\n    materialized: tabel\n"), []string{
			`E0108 models/m.yml:3:19 "materialized" cannot be "tabel" | did you mean "table"?`,
		}},
		{"tab", yml("models:\n\t- name: orders\n"), []string{
			"E0109 models/m.yml:2:1 a tab cannot indent YAML | indent with spaces",
		}},
		{"tab in a nested line", yml("models:\n  - name: orders\n  \tdescription: x\n"), []string{
			"E0109 models/m.yml:3:3 a tab cannot indent YAML | indent with spaces",
		}},
		{"colon in a value", yml("models:\n  - name: orders\n    description: one: two\n"), []string{
			"E0101 models/m.yml:3:21 a value cannot hold a colon and a space | put the value in quotes",
		}},
		{"colon without space", yml("models:\n  - name: orders\n    description:two\n"), []string{
			"E0101 models/m.yml:3:5 a key and a colon are expected here | write a space after the colon: description: two",
		}},
		{"bad indentation", yml("models:\n  - name: orders\n     description: x\n"), []string{
			"E0101 models/m.yml:3:6 this line is indented deeper than the one it follows, which has a value already | let it begin below the key it belongs to",
		}},
		{"indentation between", yml("models:\n  - name: orders\n   owner: x\n"), []string{
			"E0101 models/m.yml:3:4 this line is indented unlike the keys around it | let all keys of one thing begin in the same column",
		}},
		{"unclosed bracket", yml("models:\n  - name: orders\n    tags: [a, b\n"), []string{
			"E0101 models/m.yml:3:11 the bracket that opens here is not closed | close it with ]",
		}},
		{"unclosed quote", yml("models:\n  - name: orders\n    description: \"x\n    owner: y\n"), []string{
			`E0101 models/m.yml:3:18 the text in quotes that begins here has no end in its line | close it with "`,
		}},
		{"template without quotes", yml("models:\n  - name: orders\n    schema: {{ var \"x\" }}\n"), []string{
			`E0103 models/m.yml:3:13 "schema" must be text, found keys and values | a value that begins with {{ must stand in quotes`,
		}},
		{"at sign", yml("models:\n  - name: orders\n    description: @x\n"), []string{
			"E0101 models/m.yml:3:18 a text cannot begin with @ | put it in quotes",
		}},
		{"star", yml("models:\n  - name: orders\n    description: *x\n"), []string{
			`E0101 models/m.yml:3:18 no anchor is called "x" | an anchor is written &x before its value; a text that begins with * needs quotes`,
		}},
		{"bad escape", yml("models:\n  - name: orders\n    description: \"\\d+\"\n"), []string{
			`E0101 models/m.yml:3:19 this escape is not known | write \\ for a backslash, or put the text in single quotes`,
		}},
		{"text after quote", yml("models:\n  - name: orders\n    description: \"x\" y\n"), []string{
			"E0101 models/m.yml:3:21 text follows where the value has ended | put the whole value in quotes",
		}},
		{"list in the line of its key", yml("models: - name: orders\n"), []string{
			"E0101 models/m.yml:1:9 a list cannot begin in the line of its key | begin it in the next line, or write it in brackets: [a, b]",
		}},
		{"list where a key belongs", yml("models:\n  - name: orders\n    owner: a\n    - x\n"), []string{
			"E0101 models/m.yml:4:5 a list stands where a key is expected | indent it deeper than the key it belongs to",
		}},
		{"two documents", yml("models: []\n---\nseeds: []\n"), []string{
			`E0121 models/m.yml:2:1 a second YAML document begins here | a file holds one document; remove the line "---"`,
		}},
		{"billion laughs", yml("groups: &a [{name: x}]\nmodels:\n  - {name: orders, meta: {a: &b [1,1,1,1,1,1,1,1,1], b: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b], c: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c], d: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d], e: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e], f: [*f,*f,*f,*f]}}\n"), []string{
			"E0122 models/m.yml:3:175 aliases blow this file up to more than 100000 values | write the values out, or use fewer aliases",
		}},
		{"alias in itself", yml("models:\n  - {name: orders, meta: &x {a: *x}}\n"), []string{
			`E0101 models/m.yml:2:33 the alias "x" stands inside what it names | write the value out`,
		}},
		{"tag", yml("models:\n  - {name: !foo orders}\n"), []string{
			`E0101 models/m.yml:2:17 the tag "!foo" is not known | remove it`,
		}},
		{"control byte", yml("models:\n  - name: ord\x01ers\n"), []string{
			"E0119 models/m.yml:2:14 the file holds the control character U+0001 | remove it; a binary file cannot stand here",
		}},
		{"control character", yml("models:\n  - name: ord\u0085\u0090ers\n"), []string{
			"E0119 models/m.yml:2:15 the control character U+0090 cannot stand in YAML | remove it, or write it as an escape in double quotes",
		}},
		{"not UTF-8", yml("models:\n  - name: \"\xff\"\n"), []string{
			"E0120 models/m.yml:2:12 the file is not UTF-8: byte 0xFF cannot stand here | save the file as UTF-8",
		}},
		{"after multi-byte text", yml("models:\n  - {name: orders, description: \"日本語 é\", ownr: x}\n"), []string{
			`E0102 models/m.yml:2:42 unknown key "ownr" in a model | did you mean "owner"?`,
		}},
		{"CRLF", yml("models:\r\n  - name: orders\r\n    ownr: x\r\n"), []string{
			`E0102 models/m.yml:3:5 unknown key "ownr" in a model | did you mean "owner"?`,
		}},
		{"BOM", yml("\ufeffmodels:\n  - name: orders\n    ownr: x\n"), []string{
			`E0102 models/m.yml:3:5 unknown key "ownr" in a model | did you mean "owner"?`,
		}},
		{"BOM and the slow parser", yml("\ufeffmodels:\n  - name: &a orders\n    ownr: x\n"), []string{
			`E0102 models/m.yml:3:5 unknown key "ownr" in a model | did you mean "owner"?`,
		}},
		{"after a line separator", yml("models:\n  - name: orders\n    description: \"a\u2028b\"\n    ownr: x\n"), []string{
			`E0102 models/m.yml:4:5 unknown key "ownr" in a model | did you mean "owner"?`,
		}},
		{"column twice", yml("models:\n  - name: orders\n    columns: [{name: id}, {name: id}]\n"), []string{
			`E0201 models/m.yml:3:34 the column "id" is described twice | keep one of them`,
		}},
		{"both types", yml("models:\n  - name: orders\n    columns: [{name: id, type: bigint, native_type: int8}]\n"), []string{
			`E0108 models/m.yml:3:40 a column has "type" or "native_type", not both | remove one of them`,
		}},
		{"tag with a space", yml("models:\n  - name: orders\n    tags: [a b]\n"), []string{
			`E0108 models/m.yml:3:12 the tag "a b" cannot be selected by | write it without spaces and commas`,
		}},
		{"test of two names", yml("models:\n  - name: orders\n    tests: [{a: {}, b: {}}]\n"), []string{
			"E0103 models/m.yml:3:13 a test must be a name, or one name with its arguments, found 2 keys | write - not_null, or - between: {min: 0}; config stands among the arguments",
		}},
		{"test without a map", yml("models:\n  - name: orders\n    tests: [expression: x > 0]\n"), []string{
			`E0103 models/m.yml:3:25 the arguments of "expression" must be keys and values, found text | write one key, a colon and its value a line`,
		}},
		{"test config key", yml("models:\n  - name: orders\n    tests: [{a: {config: {sevrity: warn}}}]\n"), []string{
			`E0102 models/m.yml:3:27 unknown key "sevrity" in the config of a test | did you mean "severity"?`,
		}},
		{"severity", yml("models:\n  - name: orders\n    tests: [{a: {config: {severity: warning}}}]\n"), []string{
			`E0108 models/m.yml:3:37 "severity" cannot be "warning" | write one of error, warn`,
		}},
		{"threshold without a comparison", yml("models:\n  - name: orders\n    tests: [{a: {config: {warn_if: '5'}}}]\n"), []string{
			`E0108 models/m.yml:3:37 "5" is no threshold: it does not say how to compare | write ">5"`,
		}},
		{"number for a threshold", yml("models:\n  - name: orders\n    tests: [{a: {config: {error_if: 5}}}]\n"), []string{
			`E0103 models/m.yml:3:37 "error_if" must be a comparison, found a number | write ">5"`,
		}},
		{"share above all", yml("models:\n  - name: orders\n    tests: [{a: {config: {error_if: '>150%'}}}]\n"), []string{
			`E0108 models/m.yml:3:38 ">150%" is no threshold: a share is at most 100% | write a share from 0% to 100%, or a count without %`,
		}},
		{"severity warn with error_if", yml("models:\n  - name: orders\n    tests: [{a: {config: {severity: warn, error_if: '>2'}}}]\n"), []string{
			`E0108 models/m.yml:3:54 a test of "severity: warn" never fails, so that "error_if" contradicts it | leave out severity, or error_if`,
		}},
		{"warning that never shows", yml("models:\n  - name: orders\n    tests: [{a: {config: {warn_if: '>3', error_if: '>1'}}}]\n"), []string{
			`E0108 models/m.yml:3:37 the warning can never show: whatever is ">3" also is ">1", and fails | let warn_if begin before error_if does, or leave one of them out`,
		}},
		{"threshold", yml("models:\n  - name: orders\n    tests: [{a: {config: {warn_if: many}}}]\n"), []string{
			`E0108 models/m.yml:3:36 "many" is no threshold | write a comparison with a count or a share, as in ">0" or ">1%"`,
		}},
		{"limit", yml("models:\n  - name: orders\n    tests: [{a: {config: {limit: 0}}}]\n"), []string{
			`E0108 models/m.yml:3:34 "limit" must be at least 1, found 0 | write a number from 1 on, or remove the key`,
		}},
		{"scope", yml("models:\n  - name: orders\n    tests: [{a: {config: {scope: delta}}}]\n"), []string{
			`E0105 models/m.yml:3:34 the key "scope" is for tests of incremental models, and "orders" is kept as a view | remove it: all rows are tested`,
		}},
		{"unknown model", yml("models:\n  - name: order\n"), []string{
			`E0111 models/m.yml:2:11 there is no model "order" | did you mean "orders"?`,
		}},
		{"model in other case", yml("models:\n  - name: Orders\n"), []string{
			`E0111 models/m.yml:2:11 there is no model "Orders" | did you mean "orders"?`,
		}},
		{"unknown seed", yml("seeds:\n  - name: rates\n"), []string{
			`E0111 models/m.yml:2:11 there is no seed "rates" | add its file below seeds, or remove the entry`,
		}},
		{"model as seed", yml("seeds:\n  - name: orders\n"), []string{
			`E0111 models/m.yml:2:11 there is no seed "orders" | "orders" is a model: describe it under "models:"`,
		}},
		{"unknown group", yml("groups: [{name: finance}]\nmodels:\n  - {name: orders, group: finanse}\n"), []string{
			`E0113 models/m.yml:3:20 the group "finanse" is not declared | did you mean "finance"?`,
		}},
		{"source without tables", yml("sources:\n  - name: raw\n"), []string{
			`E0107 models/m.yml:2:5 a source needs the key "tables" | add "tables: …"`,
		}},
		{"source twice", yml("sources:\n  - {name: raw, tables: [{name: a}]}\n  - {name: raw, tables: [{name: a}, {name: b}]}\n"), []string{
			`E0201 models/m.yml:3:33 two sources are called "raw.a" | rename one of them`,
		}},
		{"schema on a table", yml("sources:\n  - {name: raw, tables: [{name: a, schema: x}]}\n"), []string{
			`E0105 models/m.yml:2:36 the key "schema" does not belong in a table of a source | it is a key of the source, for all its tables`,
		}},
		{"freshness", yml("sources:\n  - {name: raw, tables: [{name: a, freshness: {loaded_at: x}}]}\n"), []string{
			`E0106 models/m.yml:2:36 the key "freshness" is not available in this version | it is for freshness of sources, which a later version brings; remove it`,
		}},
		{"absolute files", yml("sources:\n  - {name: raw, tables: [{name: a, files: /data/a.parquet}]}\n"), []string{
			`E0108 models/m.yml:2:43 "/data/a.parquet" is not relative to the project folder | write a path that begins in the folder of quern.yml`,
		}},
		{"files of no format", yml("sources:\n  - {name: raw, tables: [{name: a, files: data/a}]}\n"), []string{
			`E0108 models/m.yml:2:43 the format of "data/a" is not clear | let it end in .parquet, .csv or .json, or set "format:" beside it`,
		}},
		{"files on a server", yml("sources:\n  - {name: raw, tables: [{name: a, files: \"s3://a/b.parquet\"}]}\n"), []string{
			`E0106 models/m.yml:2:44 files of a server are not available in this version: "s3://a/b.parquet" | write a path relative to the project folder`,
		}},
		{"several changes", yml("sources:\n  - {name: raw, tables: [{name: a, changes: {append_only: x, updated_at: y}}]}\n"), []string{
			`E0108 models/m.yml:2:45 "changes" takes one key, found 2 | keep one of append_only, updated_at, version`,
		}},
		{"exposure name", yml("exposures: [{name: my board}]\n"), []string{
			`E0114 models/m.yml:1:20 "my board" cannot be the name of an exposure | a name begins with a letter; letters, digits and _ follow: "my_board" would do`,
		}},
		{"selector without select", yml("selectors: [{name: nightly}]\n"), []string{
			`E0107 models/m.yml:1:13 a selector needs the key "select" | add "select: …"`,
		}},
		{"several mistakes at once", yml("models:\n  - {name: orders, ownr: x, description: 1}\nseed: []\n"), []string{
			`E0102 models/m.yml:2:20 unknown key "ownr" in a model | did you mean "owner"?`,
			`E0103 models/m.yml:2:42 "description" must be text, found a number | write it in quotes: "1"`,
			`E0102 models/m.yml:3:1 unknown key "seed" in a YAML file | did you mean "seeds"?`,
		}},
	})
}
