//go:build cgo

package scd_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/scd"
)

func TestLettersThatNoEngineFoldsNameOtherColumns(t *testing.T) {
	t.Parallel()
	k := &keeper{session: open(t), Settings: scd.Settings{
		Key: []string{"ID"}, Strategy: scd.Check, Deletes: scd.Ignore, ValidFrom: "valid_from", ValidTo: "valid_to",
	}}
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := k.run(t.Context(), at, `select 1 as id, 'a' as "É", 1 as N`); err != nil {
		t.Fatal(err)
	}
	k.exists = true
	out, err := k.run(t.Context(), at.Add(time.Hour), `select 1 as id, 'b' as "é", 1 as n`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`column "é" is new: it is NULL in what is recorded`, `column "É" is no longer selected: it is NULL in new versions`}
	if diff := cmp.Diff(want, out.notes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	rows, err := k.session.Query(t.Context(), `select "É", "é", n from kept order by valid_from`, 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{{"a", nil, int64(1)}, {nil, "b", int64(1)}}, rows.Values); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
