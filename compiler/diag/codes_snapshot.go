package diag

// Codes of snapshots (E02, from 75 on, and E06, from 20 on).
const (
	SnapshotColumn Code = "E0275"

	SnapshotRefused Code = "E0620"
	HistoryInTheWay Code = "E0621"

	SnapshotLate    Code = "W0620"
	SnapshotEmpty   Code = "W0621"
	SnapshotAltered Code = "W0622"
)

var snapshotTitles = map[Code]string{
	SnapshotColumn: "the columns of a snapshot do not fit its keys",

	SnapshotRefused: "rows cannot be recorded in a snapshot",
	HistoryInTheWay: "a snapshot becomes something else, or something else a snapshot",

	SnapshotLate:    "rows came too late to be recorded in a snapshot",
	SnapshotEmpty:   "all rows of a snapshot are gone",
	SnapshotAltered: "the history of a snapshot is not as it was left",
}
