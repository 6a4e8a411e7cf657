package diag

// Codes of models that grow (E02, from 70 on, and E06, from 10 on).
const (
	AppendDoubles Code = "E0270"
	GrowthColumn  Code = "E0271"
	NoBatch       Code = "E0272"
	NoLanding     Code = "E0273"

	CodeChanged   Code = "E0610"
	ColumnsChange Code = "E0611"
	DuplicateKeys Code = "E0612"
	FileChanged   Code = "E0613"
	FilesGone     Code = "E0614"
	FilesUnknown  Code = "E0615"
	NoFilesYet    Code = "E0616"

	HistoryChanged Code = "W0610"
	AlteredTable   Code = "W0611"
	OutsideWindows Code = "W0612"
	StartUnused    Code = "W0613"
)

var incrementTitles = map[Code]string{
	AppendDoubles: "an incremental model would append the same rows again",
	GrowthColumn:  "a key of an incremental model names a column that it does not have",
	NoBatch:       "a window of time is read where there is none",
	NoLanding:     "a model that loads new files only does not read one source of files",

	CodeChanged:   "the table of an incremental model was built another way than the model says now",
	ColumnsChange: "the new rows of an incremental model have other columns than its table",
	DuplicateKeys: "the new rows of an incremental model hold a key more than once",
	FileChanged:   "a file changed after it was loaded, or while it is",
	FilesGone:     "files that were loaded are gone, and with them what a full build would need",
	FilesUnknown:  "which files were loaded into a table is not known",
	NoFilesYet:    "a model that loads new files only has none to begin with",

	HistoryChanged: "what an incremental model read before is not as it was",
	AlteredTable:   "the table of an incremental model was altered by someone else",
	OutsideWindows: "rows of a microbatch are in none of its windows",
	StartUnused:    "windows are asked for in an environment that does not build the model",
}
