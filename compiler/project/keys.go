package project

// shape says what the value of a key looks like.
type shape uint8

const (
	anyShape       shape = iota + 1
	textShape            // text
	templateShape        // text that may hold a template
	thresholdShape       // a comparison with a number, as text
	switchShape          // true, false, or text that may hold a template
	boolShape            // true or false
	countShape           // a whole number from 1
	wholeShape           // a whole number from 0
	textsShape           // a list of texts, or one text
	listShape            // a list of texts that may hold templates
	freeShape            // names of the user's choice with values of any kind
	scalarsShape         // names of the user's choice with single values
	ownerShape           // text, or name and email
	testsShape           // a list of tests
	argsShape            // a list of arguments, each a name or {name: default}
	placeShape           // keys of another place
	docsShape            // true or false, or keys of another place
	placesShape          // a list of those
	namedShape           // names of the user's choice, each with keys of another place
	levelsShape          // codes or names of warnings with their levels
)

// key is a key that a place knows. The tables of keys are what the loader checks against and what
// the JSON Schema is made from.
type key struct {
	name  string
	shape shape
	doc   string
	// in is the place of the shapes that lead to one.
	in *place
	// values are the only ones allowed, later those of a version to come.
	values, later []string
	// must says that the key has to be there.
	must bool
	// notYet says what the key is for, where no part of Quern acts on it yet.
	notYet string
	// only names the one materialization the key is for, also another one.
	only, also Materialization
}

// place is a mapping of a YAML file with the keys it knows.
type place struct {
	title string
	keys  []key
	// hints tell what to do about keys that people bring from elsewhere.
	hints map[string]string
	index map[string]*key
}

func newPlace(title string, keys []key, hints map[string]string) *place {
	p := &place{title: title, keys: keys, hints: hints, index: make(map[string]*key, len(keys))}
	for i := range p.keys {
		p.index[p.keys[i].name] = &p.keys[i]
	}
	return p
}

// names gives the keys that are worth proposing.
func (p *place) names() []string {
	names := make([]string, 0, len(p.keys))
	for _, k := range p.keys {
		if k.notYet == "" {
			names = append(names, k.name)
		}
	}
	return names
}

// places lists every place, in the order in which a misplaced key is looked for.
func places() []*place {
	return []*place{
		modelPlace, namedModelPlace, contractPlace, columnPlace, testConfigPlace, seedPlace, sourcePlace, tablePlace, changesPlace,
		exposurePlace, groupPlace, selectorPlace, folderPlace, targetPlace, projectPlace, pathsPlace, hooksPlace, docsPlace, grantsPlace, filePlace,
		singularPlace, macroPlace, genericPlace,
	}
}

const (
	forSnapshots    = "snapshots"
	forFeatures     = "feature tables"
	forTraining     = "training"
	forUnitTests    = "unit tests"
	forEnvironments = "environments"
	forState        = "state"
	forFreshness    = "freshness of sources"
	forEngines      = "settings of an engine"
)

var nameKey = key{name: "name", shape: textShape, must: true, doc: "Its name."}

// describedKeys are the keys of everything that has a description.
var describedKeys = []key{
	{name: "description", shape: textShape, doc: "What it is, for people."},
	{name: "tags", shape: textsShape, doc: "Words to select by."},
	{name: "meta", shape: freeShape, doc: "Anything you want to keep beside it."},
	{name: "owner", shape: ownerShape, doc: "Who answers for it."},
	{name: "group", shape: textShape, doc: "The group it belongs to."},
}

var ownerPlace = newPlace("an owner", []key{
	{name: "name", shape: textShape, doc: "The name."},
	{name: "email", shape: textShape, doc: "The address."},
}, nil)

var columnsKey = key{name: "columns", shape: placesShape, in: columnPlace, doc: "Its columns: what they mean and must fulfil."}

var testsKey = key{name: "tests", shape: testsShape, doc: "Tests of the whole relation."}

// shared are the keys that a model and a folder of models have in common.
var shared = []key{
	{
		name: "materialized", shape: textShape, doc: "How it is kept. Default: view.",
		values: []string{"view", "table", "ephemeral", "external", "incremental", "snapshot"},
	},
	{name: "database", shape: textShape, doc: "The database it is built in."},
	{name: "schema", shape: templateShape, doc: "The schema it is built in. Default: the target's."},
	{name: "enabled", shape: switchShape, doc: "Whether it is part of the project. Default: true."},
	{
		name: "format", shape: textShape, only: External, doc: "The format of the file that is written.",
		values: []string{"parquet", "csv", "json"},
	},
	{name: "partition_by", shape: textsShape, only: External, doc: "Columns that make folders of files."},
	{name: "contract", shape: placeShape, in: contractPlace, doc: "Whether its columns must be as they are declared."},
	{name: "options", shape: scalarsShape, only: External, doc: "The engine's own options of writing files."},
	{
		name: "volatile", shape: textShape, values: []string{"ignore"},
		doc: "Functions that give something else in every run build nothing again where it says ignore.",
	},

	{name: preHook, shape: textsShape, doc: "Statements that run before its query, in the same session. Those of folders come first."},
	{name: postHook, shape: textsShape, doc: "Statements that run in the transaction that publishes it. Those of folders come first."},
	grantsKey,
	docsKey,
	{name: "physical", notYet: forEngines},
	{name: publishGroupKey, shape: textShape, doc: "The models with the same group are published in one step, or none of them is."},
	{
		name: "incremental_strategy", shape: textShape, only: Incremental, values: []string{"append", "delete+insert", "merge", "microbatch"},
		doc: "How new rows come into the table. Default: merge with a unique_key, else append.",
	},
	{name: "unique_key", shape: textsShape, only: Incremental, also: Snapshot, doc: "The column or columns that find a row."},
	{
		name: "incremental_predicates", shape: textsShape, only: Incremental,
		doc: "Conditions on the rows of the table that are looked at; columns are target.c, and those of new rows delta.c.",
	},
	{name: "merge_update_columns", shape: textsShape, only: Incremental, doc: "The columns that a merge updates. Default: all but the unique_key."},
	{name: "merge_exclude_columns", shape: textsShape, only: Incremental, doc: "Columns that a merge does not update."},
	{
		name: "on_schema_change", shape: textShape, only: Incremental, doc: "What to do when the query has other columns than the table. Default: fail.",
		values: []string{"fail", "ignore", "append_new_columns", "sync_all_columns"},
	},
	{
		name: "on_code_change", shape: textShape, only: Incremental, doc: "What to do when the query of a full build changed. Default: fail.",
		values: []string{"fail", "keep", "full_refresh"},
	},
	{name: "full_refresh", shape: boolShape, only: Incremental, doc: "Whether --full-refresh builds it anew. Default: true."},
	{
		name: "new_files_only", shape: boolShape, only: Incremental,
		doc: "Whether each file of the source that it reads is loaded once. For the strategy append. Default: false.",
	},
	{name: "event_time", shape: textShape, only: Incremental, doc: "The column that says in which window of a microbatch a row is."},
	{name: "begin", shape: textShape, only: Incremental, doc: "An instant of the first window, in UTC, as 2024-01-31 or 2024-01-31 18:00."},
	{
		name: "batch_size", shape: textShape, only: Incremental, values: []string{"hour", "day", "month", "year"},
		doc: "How long the windows of a microbatch are.",
	},
	{name: "lookback", shape: wholeShape, only: Incremental, doc: "How many windows before the current one are built again with it. Default: 1."},
	{
		name: "strategy", shape: textShape, only: Snapshot, values: []string{"timestamp", "check"},
		doc: "How a snapshot knows that a row changed: by the column updated_at, or by comparing check_cols.",
	},
	{name: "updated_at", shape: textShape, only: Snapshot, doc: "The column that says when a row was changed."},
	{name: "check_cols", shape: textsShape, only: Snapshot, doc: `The columns whose values make a new version, or "all".`},
	{
		name: "hard_deletes", shape: textShape, only: Snapshot, values: []string{"ignore", "invalidate", "new_record"},
		doc: "What becomes of rows that are no longer there: nothing, their version ends, or a version says that they are deleted. Default: ignore.",
	},
	{name: "valid_from", shape: textShape, only: Snapshot, doc: "The column that says since when a version was so. Default: valid_from."},
	{name: "valid_to", shape: textShape, only: Snapshot, doc: "The column that says until before when; NULL in open versions. Default: valid_to."},
	{name: "is_deleted", shape: textShape, only: Snapshot, doc: "The column that says that a version is a deletion. Default: is_deleted."},
	{name: "feature_table", notYet: forFeatures},
	{name: "training_set", notYet: forTraining},
	{name: "ml_model", notYet: forTraining},
}

var modelKeys = join(describedKeys, shared, []key{
	{name: "alias", shape: templateShape, doc: "Its name in the database. Default: its own."},
	{name: "location", shape: templateShape, only: External, doc: "The file that is written."},
	{name: "depends_on", shape: textsShape, doc: "Models, seeds and sources it reads beside its refs."},
	{name: "assert", shape: listShape, doc: "Expressions that must be true for every row or, with aggregates, for the table."},
	columnsKey, testsKey,
})

var modelHints = map[string]string{
	"config":     "its keys stand directly under the model",
	"data_tests": `write "tests"`,
	"sql":        "the query stands in the model's own file",
	"pre-hook":   `write "pre_hook"`,
	"post-hook":  `write "post_hook"`,
}

var modelPlace = newPlace("a model", modelKeys, with(modelHints, "name", "a model is named by its file; remove the key"))

var namedModelPlace = newPlace("a model", join([]key{nameKey}, modelKeys), modelHints)

var folderPlace = newPlace("the defaults of a folder", join(describedKeys[1:], shared), map[string]string{
	"alias":    "all models of the folder would have one name; set it in a model",
	"location": "all models of the folder would write one file; set it in a model",

	"pre-hook":  `write "pre_hook"`,
	"post-hook": `write "post_hook"`,
})

var contractPlace = newPlace("a contract", []key{
	{name: "enforced", shape: boolShape, must: true, doc: "Whether a difference from the declared columns is an error."},
}, nil)

var columnPlace = newPlace("a column", []key{
	nameKey,
	{name: "type", shape: textShape, doc: "Its type, in Quern's words."},
	{name: "native_type", shape: textShape, doc: "Its type, in the engine's words."},
	{name: "nullable", shape: boolShape, doc: "Whether it may hold NULL."},
	{name: "description", shape: textShape, doc: "What it means, for people."},
	{name: "sensitive", shape: boolShape, doc: "Whether its values are masked where rows are shown."},
	{name: "meta", shape: freeShape, doc: "Anything you want to keep beside it."},
	{name: "tests", shape: testsShape, doc: "Tests of the column."},
	{name: "zone", notYet: forTraining},
}, map[string]string{"data_type": `write "type"`, "data_tests": `write "tests"`})

var testConfigKeys = []key{
	{name: "severity", shape: textShape, values: []string{"error", "warn"}, doc: "What wrong rows do. Default: error."},
	{name: "warn_if", shape: thresholdShape, doc: `Warn when the count of wrong rows is so, as in ">0" or ">1%".`},
	{name: "error_if", shape: thresholdShape, doc: `Fail when the count of wrong rows is so, as in ">0" or ">1%".`},
	{name: "limit", shape: countShape, doc: "How many wrong rows are shown."},
	{name: "store_failures", shape: boolShape, doc: "Whether the wrong rows are kept in a table."},
	{
		name: "scope", shape: textShape, values: []string{"delta", "table"},
		doc: "Which rows of an incremental model are tested: those that are new, or all. Default: delta for tests that look at each row by itself.",
	},
}

var tagsKey = key{name: "tags", shape: textsShape, doc: "Words to select by."}

var testConfigPlace = newPlace("the config of a test", join([]key{
	{name: "name", shape: textShape, doc: "Its name. Default: made from the test, the node and the column."},
	{name: "where", shape: templateShape, doc: "A condition; only rows that fulfil it are tested."},
	tagsKey,
}, testConfigKeys), nil)

var singularPlace = newPlace("a test's front matter", join(describedKeys, testConfigKeys), map[string]string{
	"name":   "a test is named by its file; remove the key",
	"where":  "write the condition into the query",
	"config": "its keys stand directly in the front matter",
	"args":   "a test with arguments stands in the folder generic",
})

var seedPlace = newPlace("a seed", join([]key{nameKey}, describedKeys, []key{
	{name: "schema", shape: templateShape, doc: "The schema it is loaded into. Default: the target's."},
	{name: "alias", shape: templateShape, doc: "Its name in the database. Default: its own."},
	{name: "column_types", shape: scalarsShape, doc: "Types by column; the others are inferred from the whole file."},
	{name: "delimiter", shape: textShape, doc: "The character between fields of a CSV file. Default: a comma."},
	{name: "quote", shape: textShape, doc: "The character around fields of a CSV file. Default: a double quote."},
	{name: "null_values", shape: textsShape, doc: "Words of a CSV file that mean NULL besides the empty field."},
	{name: "header", shape: boolShape, doc: "Whether a CSV file begins with the names of its columns. Default: true."},
	columnsKey, testsKey, docsKey,
}), modelHints)

var sourcePlace = newPlace("a source", join([]key{
	nameKey,
	{name: "database", shape: textShape, doc: "The database its tables are in."},
	{name: "schema", shape: textShape, doc: "The schema its tables are in. Default: the source's name."},
	{name: "tables", shape: placesShape, in: tablePlace, must: true, doc: "Its tables."},
	{name: "freshness", notYet: forFreshness},
}, describedKeys), nil)

var tablePlace = newPlace("a table of a source", join([]key{
	nameKey,
	{name: "identifier", shape: textShape, doc: "The table's name in the database. Default: its own."},
	{name: "files", shape: textShape, doc: "A file or a pattern of files, relative to the project folder."},
	{name: "format", shape: textShape, values: []string{"parquet", "csv", "json"}, doc: "The format of the files. Default: told by their names."},
	columnsKey,
	{name: "columns_complete", shape: boolShape, doc: "Whether the columns given are all there are."},
	testsKey,
	{name: "changes", shape: placeShape, in: changesPlace, doc: "How the table tells that it changed."},
	{name: "freshness", notYet: forFreshness},
}, describedKeys), map[string]string{
	"schema":   "it is a key of the source, for all its tables",
	"database": "it is a key of the source, for all its tables",
})

var changesPlace = newPlace("the changes of a source", []key{
	{name: "append_only", shape: textShape, doc: "A column that only grows, of a table that rows are only added to."},
	{name: "updated_at", shape: textShape, doc: "A column with the instant of a row's last change."},
	{name: "version", shape: textShape, doc: "A query that gives the data's version."},
}, nil)

var exposurePlace = newPlace("an exposure", join([]key{
	nameKey,
	{name: "type", shape: textShape, doc: "What it is, such as dashboard."},
	{name: "url", shape: textShape, doc: "Where it is."},
	{name: "depends_on", shape: textsShape, doc: `Models, seeds and sources ("source.table") it reads.`},
}, describedKeys), nil)

var groupPlace = newPlace("a group", []key{
	nameKey,
	{name: "owner", shape: ownerShape, doc: "Who answers for it."},
	{name: "description", shape: textShape, doc: "What it is, for people."},
}, nil)

var selectorPlace = newPlace("a selector", []key{
	nameKey,
	{name: "select", shape: textShape, must: true, doc: "What is selected, as --select takes it."},
	{name: "exclude", shape: textShape, doc: "What is left out, as --exclude takes it."},
	{name: "description", shape: textShape, doc: "What it is for, for people."},
}, nil)

var macroPlace = newPlace("a macro's front matter", join([]key{
	{name: "args", shape: argsShape, doc: "Its arguments, each a name or {name: default}."},
}, describedKeys), map[string]string{"name": "a macro is named by its file; remove the key"})

var genericPlace = newPlace("a generic test's front matter", []key{
	{name: "args", shape: argsShape, must: true, doc: "Its arguments, each a name or {name: default}. The first is model."},
	{name: "description", shape: textShape, doc: "What it checks, for people."},
	{name: "counts", shape: textShape, doc: "The column that says for how many wrong rows a selected one stands. Default: each is one wrong row."},
}, map[string]string{"name": "a test is named by its file; remove the key", "config": "it is set where the test is used"})

var filePlace = newPlace("a YAML file", []key{
	{name: "sources", shape: placesShape, in: sourcePlace, doc: "Tables and files that Quern reads and never writes."},
	{name: "models", shape: placesShape, in: namedModelPlace, doc: "What there is to say of models."},
	{name: "seeds", shape: placesShape, in: seedPlace, doc: "What there is to say of seeds."},
	{name: "exposures", shape: placesShape, in: exposurePlace, doc: "What reads from the project."},
	{name: "groups", shape: placesShape, in: groupPlace, doc: "Sets of nodes with an owner."},
	{name: "selectors", shape: placesShape, in: selectorPlace, doc: "Selections with a name."},
	{name: "unit_tests", notYet: forUnitTests},
	{name: "entities", notYet: forFeatures},
	{name: "snapshots", notYet: forSnapshots},
}, map[string]string{
	"version": "remove it; YAML files need no version",
	"macros":  "a macro is described in the front matter of its file",
})

func join(lists ...[]key) []key {
	var out []key
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

func with(hints map[string]string, name, hint string) map[string]string {
	out := map[string]string{name: hint}
	for k, v := range hints {
		out[k] = v
	}
	return out
}
