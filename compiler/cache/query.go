package cache

import (
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// queryEncoder writes what an engine said of a query; its texts go into words.
type queryEncoder struct {
	*Encoder
	words *Words
}

func (e queryEncoder) text(s string) { e.Uint(e.words.Of(s)) }

// list writes a list so that nil and empty stay apart.
func (e queryEncoder) list(n int, isNil bool, each func(i int)) {
	if isNil {
		e.Uint(0)
		return
	}
	e.Uint(uint64(n) + 1)
	for i := range n {
		each(i)
	}
}

func (e queryEncoder) relation(r relation.Name) {
	e.text(r.Database)
	e.text(r.Schema)
	e.text(r.Identifier)
}

func (e queryEncoder) input(in lineage.Input) {
	e.relation(in.Relation)
	e.text(in.Column)
}

func (e queryEncoder) inputs(list []lineage.Input) {
	e.list(len(list), list == nil, func(i int) { e.input(list[i]) })
}

func (e queryEncoder) query(q *lineage.Query) {
	e.list(len(q.Columns), q.Columns == nil, func(i int) {
		e.text(q.Columns[i].Name)
		e.text(q.Columns[i].Type)
		e.Byte(byte(q.Columns[i].Nullable))
		e.text(q.Columns[i].Bare)
	})
	e.text(q.Unknown)
	e.list(len(q.From), q.From == nil, func(i int) {
		e.Byte(byte(q.From[i].Kind))
		e.Byte(byte(q.From[i].Certainty))
		e.inputs(q.From[i].Inputs)
	})
	e.list(len(q.Influences), q.Influences == nil, func(i int) {
		e.input(q.Influences[i].Input)
		e.Byte(byte(q.Influences[i].Role))
	})
	e.list(len(q.Reads), q.Reads == nil, func(i int) {
		e.relation(q.Reads[i].Relation)
		e.text(q.Reads[i].Function)
	})
	e.facts(&q.Facts)
}

func (e queryEncoder) facts(f *lineage.Facts) {
	e.Int(f.CrossJoins)
	e.list(len(f.Casts), f.Casts == nil, func(i int) {
		e.input(f.Casts[i].Left)
		e.input(f.Casts[i].Right)
		e.text(f.Casts[i].LeftType)
		e.text(f.Casts[i].RightType)
	})
	e.list(len(f.Joins), f.Joins == nil, func(i int) {
		e.inputs(f.Joins[i].Left)
		e.inputs(f.Joins[i].Right)
		e.Bool(f.Joins[i].Outer)
	})
	e.Bool(f.Ordered)
	e.list(len(f.Renamed), f.Renamed == nil, func(i int) {
		e.text(f.Renamed[i].From)
		e.text(f.Renamed[i].To)
	})
	e.list(len(f.Repeated), f.Repeated == nil, func(i int) {
		e.text(f.Repeated[i].Name)
		e.Int(f.Repeated[i].Position)
	})
	e.list(len(f.FromData), f.FromData == nil, func(i int) { e.Int(f.FromData[i]) })
	e.list(len(f.Volatile), f.Volatile == nil, func(i int) { e.text(f.Volatile[i]) })
}

// queryDecoder reads what queryEncoder wrote.
type queryDecoder struct {
	Decoder
	words []string
}

func (d *queryDecoder) text() string { return d.words[d.Index(len(d.words))] }

// many reads a list of values of at least so many bytes each.
func many[T any](d *queryDecoder, least int, each func(*T)) []T {
	n := d.Uint()
	if n == 0 || n-1 > uint64(len(d.data)-d.at)/uint64(least) {
		if n != 0 {
			d.Fail()
		}
		return nil
	}
	out := make([]T, n-1)
	for i := range out {
		each(&out[i])
	}
	return out
}

func (d *queryDecoder) relation() relation.Name {
	return relation.Name{Database: d.text(), Schema: d.text(), Identifier: d.text()}
}

func (d *queryDecoder) input(in *lineage.Input) { in.Relation, in.Column = d.relation(), d.text() }

func (d *queryDecoder) inputs() []lineage.Input { return many(d, 4, d.input) }

// within reads a small number that is at most last.
func (d *queryDecoder) within(last uint8) uint8 {
	v := d.Byte()
	if v > last {
		d.Fail()
		return 0
	}
	return v
}

func (d *queryDecoder) query() *lineage.Query {
	q := &lineage.Query{}
	q.Columns = many(d, 4, func(c *relation.Column) {
		c.Name, c.Type = d.text(), d.text()
		c.Nullable = relation.Nullable(d.within(uint8(relation.NeverNull)))
		c.Bare = d.text()
	})
	q.Unknown = d.text()
	q.From = many(d, 3, func(c *lineage.Column) {
		c.Kind = lineage.Kind(d.within(uint8(lineage.Constant)))
		c.Certainty = lineage.Certainty(d.within(uint8(lineage.Opaque)))
		c.Inputs = d.inputs()
	})
	q.Influences = many(d, 5, func(i *lineage.Influence) {
		d.input(&i.Input)
		i.Role = lineage.Role(d.within(uint8(lineage.Window)))
	})
	q.Reads = many(d, 4, func(r *lineage.Read) { r.Relation, r.Function = d.relation(), d.text() })
	d.facts(&q.Facts)
	if !d.Done() {
		return nil
	}
	return q
}

func (d *queryDecoder) facts(f *lineage.Facts) {
	f.CrossJoins = d.Int()
	f.Casts = many(d, 10, func(c *lineage.Cast) {
		d.input(&c.Left)
		d.input(&c.Right)
		c.LeftType, c.RightType = d.text(), d.text()
	})
	f.Joins = many(d, 3, func(j *lineage.JoinFact) { j.Left, j.Right, j.Outer = d.inputs(), d.inputs(), d.Bool() })
	f.Ordered = d.Bool()
	f.Renamed = many(d, 2, func(r *lineage.Renaming) { r.From, r.To = d.text(), d.text() })
	f.Repeated = many(d, 2, func(r *lineage.Repetition) { r.Name, r.Position = d.text(), d.Int() })
	f.FromData = many(d, 1, func(at *int) { *at = d.Int() })
	f.Volatile = many(d, 1, func(s *string) { *s = d.text() })
}
