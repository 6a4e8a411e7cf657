package state

import (
	"encoding/json"
	"fmt"
	"time"
)

// Mark is what a build notes of itself in the target.
type Mark struct {
	// Open says that the build did not end: what is kept at its end may be older than what is there.
	Open bool `json:"open"`
	// Run is the build; empty in marks of older versions.
	Run string `json:"run,omitempty"`
	// Owed says which hooks after a build are still to run; nil where none are.
	Owed *Owed `json:"owed,omitempty"`
}

// Owed are the hooks of a project after a build, as long as they did not all run.
type Owed struct {
	// Run is the build; empty where nobody knows which.
	Run string `json:"run"`
	// Failed says that one of them failed. Else the build ended before it came to them.
	Failed bool `json:"failed,omitempty"`
	// Done are the texts of those that ran.
	Done []string `json:"done,omitempty"`
}

// Mark gives the statement that notes how a build stands.
func (t Tables) Mark(k *Known, run string, at time.Time, mark Mark) (string, error) {
	mark.Run = run
	payload, err := json.Marshal(mark)
	if err != nil {
		return "", fmt.Errorf("write the mark of the build: %w", err)
	}
	return t.insert(relationsTable, []string{t.row(k, entry{
		subject: markSubject + t.mine(), run: run, at: at, payload: string(payload),
	})}), nil
}

// markSubject begins the subject of marks, which name no node.
const markSubject = "build where "

// ReadMark gives the query for the last row of Mark alone, of those that Read gives; Add takes it.
func (t Tables) ReadMark() string {
	return fmt.Sprintf("select %d as kind, node, payload, subject, 0 as last, 0 as n from %s where subject = %s order by sequence desc limit 1",
		rowOfRelation, t.name(relationsTable), t.Dialect.Literal(markSubject+t.mine()))
}

// addMark takes what the last build of a target noted of itself. What cannot be read may be of one that did not end, or
// that owes its hooks.
func (k *Known) addMark(payload string) {
	mark := Mark{}
	if json.Unmarshal([]byte(payload), &mark) != nil {
		mark = Mark{Open: true, Owed: &Owed{}}
	}
	k.Open = k.Open || mark.Open
	k.Last = mark.Run
	if mark.Owed != nil {
		k.Owed = mark.Owed
	}
}
