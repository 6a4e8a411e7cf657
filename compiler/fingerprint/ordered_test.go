package fingerprint_test

import (
	"testing"

	"github.com/quernsql/quern/compiler/fingerprint"
)

func TestIsOrdered(t *testing.T) {
	t.Parallel()
	aggregates := map[string]bool{"sum": true, "max": true, "count": true, "first": true, "list": true, "any_value": true, "string_agg": true}
	order := fingerprint.Order{IsAggregate: func(name string) bool { return aggregates[name] }}
	for _, tc := range []struct {
		sql  string
		want bool
	}{
		{"select a, b + 1 from t join u using (a) where b > 3", false},
		{"select a, sum(b), count(*) from t group by a", false},
		{"select distinct a from t union select b from u", false},
		{"select 'limit', \"limit\" from t -- over", false},
		{"select a from t limit 3", true},
		{"select a from t LIMIT 3", true},
		{"select a, row_number() over () from t", true},
		{"select first(a) from t", true},
		{`select "First" (a) from t`, true},
		{"select string_agg(a, ',') from t", true},
		{"select distinct on (a) a, b from t", true},
		{"select a from t using sample 3", true},
		{"select rowid from t", true},
		{"select * from t positional join u", true},
		{"select * from t asof join u on t.a >= u.a", true},
		{"select array(select a from t)", true},
		{`select "rowid" from t`, true},
		{`select t."RowId" from t`, true},
		{"select a from t limit\u00a01", true},
		{"select list\u00a0(a) from t", true},
		{"select sum(a / 2) from t", true},
		{"select distinct a::interval from t", true},
		{"select a / 2 from t", false},
		{"select interval 1 day + a from t", false},
	} {
		if got := fingerprint.IsOrdered(tc.sql, order); got != tc.want {
			t.Errorf("IsOrdered(%q) = %v", tc.sql, got)
		}
	}
	order.Inexact = true
	for sql, want := range map[string]bool{"select a from t": false, "select distinct a from t": true, "select max(a) from t": true} {
		if got := fingerprint.IsOrdered(sql, order); got != want {
			t.Errorf("IsOrdered(%q) of inexact values = %v", sql, got)
		}
	}
}
