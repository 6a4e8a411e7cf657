package project

var pathsPlace = newPlace("paths", []key{
	{name: "models", shape: textShape, doc: "The folder of models. Default: models."},
	{name: "seeds", shape: textShape, doc: "The folder of seeds. Default: seeds."},
	{name: "macros", shape: textShape, doc: "The folder of macros. Default: macros."},
	{name: "tests", shape: textShape, doc: "The folder of tests. Default: tests."},
}, nil)

// targetPlace has the keys of every target; those of an engine are given to Load.
var targetPlace = newPlace("a target", []key{
	{name: "type", shape: textShape, must: true, doc: "The engine, such as duckdb."},
	{name: "schema", shape: textShape, doc: "The schema that relations are built in."},
	{name: "threads", shape: anyShape, doc: "How many statements run at a time."},
	{name: "vars", shape: scalarsShape, doc: "Values of vars for this target."},
	{name: "env", shape: textShape, doc: "The environment to build in, such as ${USER}; empty for none."},
	{name: "state", notYet: forState},
	{name: "state_schema", shape: textShape, doc: "The schema in which the target remembers its builds. Default: quern."},
}, nil)

var projectPlace = newPlace("quern.yml", []key{
	{name: "name", shape: textShape, must: true, doc: "The project's name."},
	{name: "requires", shape: textShape, doc: `The versions of Quern that will do, as in ">=0.1".`},
	{name: "vars", shape: scalarsShape, doc: "Variables with their values."},
	{name: "runtime_vars", shape: textsShape, doc: "Variables and environment variables that are not part of the code: another value builds nothing."},
	{name: "target", shape: textShape, doc: "The target used when none is named."},
	{name: "targets", shape: namedShape, in: targetPlace, must: true, doc: "Where to build, by name."},
	{name: "models", shape: namedShape, in: folderPlace, doc: `Defaults by folder below the models; the deepest wins, "." is all.`},
	{name: "paths", shape: placeShape, in: pathsPlace, doc: "Other names for the project's folders."},
	{name: "macros_from", shape: textsShape, doc: "Folders with more macros."},
	{name: "artifacts", shape: textShape, doc: "The folder of durable files. Default: artifacts."},
	{name: "warnings", shape: levelsShape, doc: "Levels of warnings, by code or name: error, warn or off."},
	{name: "groups", shape: placesShape, in: groupPlace, doc: "Sets of nodes with an owner."},
	{name: "selectors", shape: placesShape, in: selectorPlace, doc: "Selections with a name."},
	{name: "hooks", shape: placeShape, in: hooksPlace, doc: "Statements that run once around a build."},
	{name: "environments", notYet: forEnvironments},
	{name: "entities", notYet: forFeatures},
}, map[string]string{
	"model-paths": `write "paths: {models: …}"`,
	"seed-paths":  `write "paths: {seeds: …}"`,
	"profile":     `targets stand in quern.yml itself, under "targets"`,
	"seeds":       "what there is to say of seeds stands in a YAML file below the models",
	"sources":     "sources stand in a YAML file below the models",

	"on-run-start": `write "hooks: {before: […]}"`,
	"on-run-end":   `write "hooks: {after: […]}"`,
	"exposures":    "exposures stand in a YAML file below the models",
})

var localPlace = newPlace("quern.local.yml", []key{
	*projectPlace.index["vars"], *projectPlace.index["target"], {name: "targets", shape: namedShape, in: targetPlace, doc: "Targets, or some keys of those in quern.yml."},
}, onlyProjectFile())

// onlyProjectFile says of the keys of quern.yml that the local file cannot override them.
func onlyProjectFile() map[string]string {
	hints := map[string]string{}
	for _, k := range projectPlace.keys {
		hints[k.name] = "set it in " + ProjectFile + "; only vars, target and targets can be overridden here"
	}
	return hints
}

var lockColumnPlace = newPlace("a locked column", []key{
	nameKey, {name: "type", shape: textShape, must: true, doc: "Its type, in the engine's words."},
}, nil)

var lockTablePlace = newPlace("a locked table", []key{
	nameKey, {name: "columns", shape: placesShape, in: lockColumnPlace, must: true, doc: "All its columns."},
}, nil)

var lockSourcePlace = newPlace("a locked source", []key{
	nameKey, {name: "tables", shape: placesShape, in: lockTablePlace, must: true, doc: "Its tables."},
}, nil)

var lockPlace = newPlace(LockFile, []key{
	{name: "version", shape: countShape, must: true, doc: "The version of the file's format."},
	{name: "sources", shape: placesShape, in: lockSourcePlace, must: true, doc: "The sources."},
}, nil)
