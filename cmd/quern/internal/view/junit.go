package view

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/run"
)

type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	junitTotals
	Suites []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	junitTotals
	Cases []junitCase `xml:"testcase"`
}

// junitTotals are the attributes of a suite, and of all of them.
type junitTotals struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Time     string `xml:"time,attr"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	Class     string        `xml:"classname,attr"`
	File      string        `xml:"file,attr,omitempty"`
	Line      int           `xml:"line,attr,omitempty"`
	Time      string        `xml:"time,attr"`
	Failure   *junitMessage `xml:"failure"`
	Error     *junitMessage `xml:"error"`
	Skipped   *junitMessage `xml:"skipped"`
	SystemOut string        `xml:"system-out,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// JUnit gives the results of a run as JUnit XML: a suite for each step, with a case for the node
// that was built and one for each of its tests.
func (v *View) JUnit(o RunOptions, results *run.Results) ([]byte, error) {
	all := junitSuites{junitTotals: junitTotals{Name: "quern " + o.Command, Time: junitTime(results.Seconds)}}
	for i := range results.Steps {
		suite := v.junitSuite(&results.Steps[i])
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Errors += suite.Errors
		all.Skipped += suite.Skipped
		all.Suites = append(all.Suites, suite)
	}
	data, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write JUnit XML: %w", err)
	}
	return append([]byte(xml.Header), append(data, '\n')...), nil
}

func (v *View) junitSuite(s *run.StepResult) junitSuite {
	suite := junitSuite{junitTotals: junitTotals{Name: string(s.ID), Time: junitTime(s.Seconds)}}
	if s.Kind != link.Test {
		suite.add(v.junitNode(s))
	}
	for i := range s.Tests {
		suite.add(v.junitTest(s, &s.Tests[i]))
	}
	return suite
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func (v *View) junitNode(s *run.StepResult) junitCase {
	c := junitCase{Name: "build", Class: string(s.ID), Time: junitTime(s.Seconds)}
	switch {
	case s.Status == run.Skipped || s.Status == run.Cancelled:
		c.Skipped = v.junitMessage(why(s.Status, s.Reason), nil)
	case s.Diagnostic != nil:
		c.Error = v.junitMessage(s.Diagnostic.Message, s.Diagnostic)
	case s.Status == run.Failed && !warned(s):
		c.Error = v.junitMessage(s.Reason, nil)
	}
	return c
}

func (v *View) junitTest(s *run.StepResult, t *run.TestResult) junitCase {
	c := junitCase{
		Name: t.Name, Class: string(s.ID), Time: junitTime(t.Seconds),
		File: t.Span.Path(), Line: t.Span.Position().Line,
	}
	switch t.Status {
	case run.Fail:
		c.Failure = v.junitMessage(found(t), nil)
	case run.TestError:
		message := t.Reason
		if t.Diagnostic != nil {
			message = t.Diagnostic.Message
		}
		c.Error = v.junitMessage(message, t.Diagnostic)
	case run.Skipped, run.Cancelled:
		c.Skipped = v.junitMessage(why(t.Status, t.Reason), nil)
	case run.Warn:
		c.SystemOut = "warning: " + found(t)
	default: // it passed
	}
	return c
}

// why gives the word of a status and its reason, which may begin with that word.
func why(status run.Status, reason string) string {
	if word := status.String(); !strings.HasPrefix(reason, word) {
		return word + ": " + reason
	}
	return reason
}

// junitMessage gives a message, and the diagnostic as text below it. Secrets are masked here,
// because XML spells some characters in its own way.
func (v *View) junitMessage(message string, d *diag.Diagnostic) *junitMessage {
	m := &junitMessage{Message: v.secrets.maskText(message)}
	if d != nil {
		var b strings.Builder
		_ = diag.Text{RuneWidth: runeWidth}.Write(&b, diag.List{d}) // memory takes all
		m.Text = v.secrets.maskText(b.String())
	}
	return m
}

func junitTime(seconds float64) string { return fmt.Sprintf("%.3f", seconds) }
