package diag

// Codes of lints (W03, from 80 on): queries that work and may not mean what they say. Each goes by a
// name too.
const (
	UnusedCTE       Code = "W0380"
	StarInContract  Code = "W0381"
	AmbiguousName   Code = "W0382"
	CrossJoin       Code = "W0383"
	JoinCast        Code = "W0384"
	DeepViews       Code = "W0385"
	VolatileCall    Code = "W0386"
	OrderInTable    Code = "W0387"
	DuplicateOutput Code = "W0388"
	UnnamedSubquery Code = "W0389"
	FanOut          Code = "W0390"
	MissingColumn   Code = "W0391"
)

var lintTitles = map[Code]string{
	UnusedCTE:       "a query in with is never read",
	StarInContract:  "a model under contract selects *",
	AmbiguousName:   "a name means another column than it seems to",
	CrossJoin:       "relations are joined without a condition",
	JoinCast:        "a join compares columns of different types",
	DeepViews:       "views stand upon very many views",
	VolatileCall:    "a function gives something else in every run",
	OrderInTable:    "a table is ordered, and does not stay so",
	DuplicateOutput: "two columns of a query have one name",
	UnnamedSubquery: "a column is named after the text of a subquery",
	FanOut:          "a join may multiply rows",
	MissingColumn:   "a column is described that does not exist",
}

// lintNames are the names by which lints go in the key warnings of quern.yml.
var lintNames = map[string]Code{
	"unused_cte":           UnusedCTE,
	"star_in_contract":     StarInContract,
	"ambiguous_column":     AmbiguousName,
	"cross_join":           CrossJoin,
	"join_cast":            JoinCast,
	"deep_views":           DeepViews,
	"volatile_function":    VolatileCall,
	"order_in_table":       OrderInTable,
	"duplicate_column":     DuplicateOutput,
	"unnamed_column":       UnnamedSubquery,
	"fan_out":              FanOut,
	"contract_not_checked": ContractUnchecked,
	"missing_column":       MissingColumn,
}
