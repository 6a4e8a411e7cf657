package generate

import (
	"fmt"
	"path"
	"strings"
)

// Layered is a project of models in layers, each reading two of the layer before it. A model has
// about 1.3 KB and two tests, a folder 20 models and one YAML file.
type Layered struct {
	// Models is how many there are.
	Models int
	// Layers is how many layers they form. Zero means ten.
	Layers int
	// Materialized is view or table. Empty means both in turn, layer by layer: a view of views of
	// views doubles what the engine has to plan with every layer.
	Materialized string
}

// Files gives the project.
func (l Layered) Files() Files {
	if l.Layers <= 0 {
		l.Layers = 10
	}
	l.Layers = max(1, min(l.Layers, l.Models))
	f := Files{
		"quern.yml":          project("layered", "vars: {start_date: 2024-01-01}\n"),
		"macros/cents.sql":   "/* ---\ndescription: An amount in cents as units of money.\nargs: [column, {digits: 2}]\n--- */\nround({{ .column }} / 100.0, {{ .digits }})\n",
		"seeds/bookings.csv": bookings(),
	}
	entries := make([]string, l.Models)
	for i := range l.Models {
		f[LayeredPath(i)] = l.model(i)
		entries[i] = fmt.Sprintf(layeredEntry, layeredName(i), i)
	}
	f.inFolders(entries)
	return f
}

// LayeredPath gives the file of a model of a Layered project.
func LayeredPath(i int) string { return path.Join(folder(i), layeredName(i)+".sql") }

func layeredName(i int) string { return fmt.Sprintf("model_%05d", i) }

// bookings is the seed all data comes from.
func bookings() string {
	var b strings.Builder
	b.WriteString("id,booked_on,customer_id,amount,status\n")
	statuses := []string{"open", "paid", "cancelled"}
	for i := range 20 {
		fmt.Fprintf(&b, "%d,2024-01-%02d,%d,%d,%s\n", i+1, i+1, 100+i%7, 995*(i+1), statuses[i%3])
	}
	return b.String()
}

// reads gives the two relations of a model: two of the layer before, which lie apart.
func (l Layered) reads(i int) (string, string) {
	size := (l.Models + l.Layers - 1) / l.Layers
	layer, at := i/size, i%size
	if layer == 0 {
		return "bookings", "bookings"
	}
	before := (layer - 1) * size
	return layeredName(before + at), layeredName(before + (at*7+3)%size)
}

func (l Layered) materialized(i int) string {
	if l.Materialized != "" {
		return l.Materialized
	}
	size := (l.Models + l.Layers - 1) / l.Layers
	return []string{"table", "view"}[i/size%2]
}

// everyFifth says which models write a part of their columns in a loop.
const everyFifth = 5

func (l Layered) model(i int) string {
	first, second := l.reads(i)
	amount := "amount_left"
	if first == "bookings" {
		amount = "amount"
	}
	byStatus := written
	if i%everyFifth == 0 {
		byStatus = looped
	}
	return fmt.Sprintf(layeredModel, l.materialized(i), first, second, i, amount, byStatus)
}

// layeredModel takes materialization, the two relations, a number, the column of the amount, and the
// columns by status.
const layeredModel = `/* ---
materialized: %s
--- */
with left_side as (

    select id, booked_on, customer_id, status, %[5]s as amount
    from {{ ref "%[2]s" }}
    where booked_on >= date '{{ var "start_date" }}'

), right_side as (

    select id, customer_id, status, %[5]s as amount
    from {{ ref "%[3]s" }}
    where %[5]s >= 0

), joined as (

    -- One row per booking: both sides hold every id once.
    select
        l.id,
        l.booked_on,
        l.customer_id,
        coalesce(l.status, r.status, 'unknown') as status,
        l.amount %% 100000 as amount_left,
        r.amount %% 100000 as amount_right,
        {{ cents "l.amount" }} as money
    from left_side as l
    left join right_side as r on r.id = l.id

), counted as (

    select
        *,
%[6]s        row_number() over (partition by customer_id order by booked_on, id) as booking_number,
        sum(amount_left) over (partition by customer_id order by booked_on, id) as amount_so_far
    from joined

)

select *, %[4]d as made_by, amount_left + coalesce(amount_right, 0) as amount_both
from counted
`

const (
	looped = `        {{ range list "open" "paid" "cancelled" }}
        case when status = {{ literal . }} then amount_left else 0 end as amount_{{ . }},
        {{ end }}
`
	written = `        case when status = 'open' then amount_left else 0 end as amount_open,
        case when status = 'paid' then amount_left else 0 end as amount_paid,
        case when status = 'cancelled' then amount_left else 0 end as amount_cancelled,
`
)

const layeredEntry = `  - name: %s
    description: One row per booking, put together from two models of the layer before (number %d).
    columns:
      - {name: id, description: The booking., tests: [not_null, unique]}
      - {name: booked_on, description: The day of the booking.}
      - {name: customer_id, description: Who booked.}
      - {name: status, description: "open, paid or cancelled"}
      - {name: amount_both, description: The amounts of both sides in cents.}
`
