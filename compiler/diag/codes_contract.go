package diag

// Codes of contracts (E03, from 70 on).
const (
	ContractBroken  Code = "E0370"
	ContractColumns Code = "E0371"

	ContractUnchecked Code = "W0370"
)

var contractTitles = map[Code]string{
	ContractBroken:  "a model is not as its contract says",
	ContractColumns: "a contract does not say what the columns are",

	ContractUnchecked: "a contract could not be checked",
}
