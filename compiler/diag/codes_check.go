package diag

// Codes of relations and settings, which need a target to be known (E02, from 50 on).
const (
	SameRelation Code = "E0250"
	ReservedName Code = "E0251"
	NameTooLong  Code = "E0252"
	DisabledRef  Code = "E0253"
	SettingReads Code = "E0254"
	SettingValue Code = "E0255"
	NoThis       Code = "E0256"

	ShareOfNothing Code = "E0257"
	BadLocation    Code = "E0258"
	BadPartition   Code = "E0259"

	ViewReadsItself Code = "E0260"
	NotInHooks      Code = "E0261"

	GrantsNotApplied Code = "W0250"
)

// ReadElse says what to do where a view reads itself.
const ReadElse = "read another model with {{ ref }}, or materialize it as a table, which can read what it held before with {{ this }}"

var checkTitles = map[Code]string{
	SameRelation: "two nodes have one relation",
	ReservedName: "a relation has a reserved name",
	NameTooLong:  "a name is longer than the engine allows",
	DisabledRef:  "a disabled model is read",
	SettingReads: "a setting reads a relation",
	SettingValue: "a setting comes to a value it may not have",
	NoThis:       "an ephemeral model has no relation of its own",

	ShareOfNothing: "a share has nothing to be a share of",
	BadLocation:    "an external model cannot be written to its location",
	BadPartition:   "an external model cannot be partitioned by a column",

	ViewReadsItself: "a view reads itself",
	NotInHooks:      "a hook holds a statement that would end what it is a part of",

	GrantsNotApplied: "the target has no roles to grant anything to",
}
