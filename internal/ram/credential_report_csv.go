// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"bufio"
	"encoding/base32"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// ReportError is a part of a report that cannot be parsed.
type ReportError struct {
	Page, Line int    // both count from 1; line 0 is the whole page
	Column     string // empty for the whole line
	Value      string // empty if it does not help
	Err        error
}

func (e *ReportError) Error() string {
	var where strings.Builder
	where.WriteString("the credential report cannot be read: ")
	if e.Line > 0 {
		fmt.Fprintf(&where, "line %d of ", e.Line)
	}
	fmt.Fprintf(&where, "page %d", e.Page)
	if e.Column != "" {
		where.WriteString(", column " + e.Column)
	}
	where.WriteString(": ")
	if e.Value != "" {
		fmt.Fprintf(&where, "%q ", e.Value)
	}
	where.WriteString(e.Err.Error())
	return where.String()
}

// Unwrap returns the cause.
func (e *ReportError) Unwrap() error { return e.Err }

const (
	// longestLine limits the length of a line. Lines of the service have about 600 bytes.
	longestLine = 64 << 10
	// firstColumn is the first name in the header.
	firstColumn = "user"
)

var (
	errNoCSV           = errors.New("is neither Base64 nor Base32 of a CSV that begins with the column user")
	errNoHeader        = errors.New("is empty, without even the names of the columns")
	errDuplicateColumn = errors.New("names two columns")
	errChanged         = errors.New("has other columns than the first page")
	errLongLine        = fmt.Errorf("is longer than %d KiB", longestLine>>10)
	errQuotes          = errors.New("has a quotation mark where none may be")
	errCutQuote        = errors.New("breaks off within quotation marks")
	errEncoding        = errors.New("is not encoded as it began, or breaks off")
	errNoUser          = errors.New("names no user")
)

// reportFormat is the format of all pages, which the first page determines.
type reportFormat struct {
	decode  func(io.Reader) io.Reader // nil before the first page
	columns []string
}

// rows yields the rows of one page. An error is the last item.
func (f *reportFormat) rows(page int, content string) iter.Seq2[CredentialRow, error] {
	return func(yield func(CredentialRow, error) bool) {
		if err := f.readPage(page, content, yield); err != nil {
			yield(CredentialRow{}, err)
		}
	}
}

func (f *reportFormat) readPage(page int, content string, yield func(CredentialRow, error) bool) error {
	content = strings.TrimRight(content, "= \r\n\t")
	if content == "" && f.columns == nil {
		return &ReportError{Page: page, Err: errNoHeader}
	}
	if f.decode == nil {
		if f.decode = detectEncoding(content); f.decode == nil {
			return &ReportError{Page: page, Err: errNoCSV}
		}
	}
	lines := csv.NewReader(&lineLimiter{from: skipByteOrderMark(f.decode(strings.NewReader(content)))})
	lines.FieldsPerRecord = -1 // the number of fields is checked below, with a better message
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return csvError(page, err)
		}
		line, _ := lines.FieldPos(0)
		if record[0] == firstColumn {
			if err := f.header(record); err != nil {
				return atLine(err, page, line)
			}
			continue
		}
		row, err := f.row(record)
		if err != nil {
			return atLine(err, page, line)
		}
		if !yield(row, nil) {
			return nil
		}
	}
	if f.columns == nil {
		return &ReportError{Page: page, Err: errNoHeader}
	}
	return nil
}

// detectEncoding returns the decoder for the report, from the start of its first page. The
// encoding is Base64, or Base32 as in one sample (both documented; Base64 observed of the
// live service).
func detectEncoding(content string) func(io.Reader) io.Reader {
	for _, decode := range []func(io.Reader) io.Reader{
		func(r io.Reader) io.Reader { return base64.NewDecoder(base64.RawStdEncoding, r) },
		func(r io.Reader) io.Reader {
			return base32.NewDecoder(base32.StdEncoding.WithPadding(base32.NoPadding), r)
		},
	} {
		start := make([]byte, len(firstColumn)+3) // a quoted name and the next character
		n, _ := io.ReadFull(skipByteOrderMark(decode(strings.NewReader(content))), start)
		name := strings.TrimPrefix(string(start[:n]), `"`)
		if rest, ok := strings.CutPrefix(name, firstColumn); ok && (rest == "" || strings.ContainsAny(rest[:1], ",\"\r\n")) {
			return decode
		}
	}
	return nil
}

// skipByteOrderMark skips a byte order mark at the start.
func skipByteOrderMark(r io.Reader) io.Reader {
	buffered := bufio.NewReader(r)
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = buffered.Discard(len(mark))
	}
	return buffered
}

// header parses the column names of the first page. Later pages may repeat the header
// (assumed) but not change it.
func (f *reportFormat) header(record []string) error {
	if f.columns != nil {
		if !slices.Equal(f.columns, record) {
			return errChanged
		}
		return nil
	}
	seen := map[string]bool{}
	for _, name := range record {
		if seen[name] {
			return &ReportError{Value: name, Err: errDuplicateColumn}
		}
		seen[name] = true
	}
	f.columns = record
	return nil
}

// csvError explains an error of the CSV parser. The parser's errors name the position and
// do not quote the content.
func csvError(page int, err error) error {
	var wrong *csv.ParseError
	if !errors.As(err, &wrong) {
		var long *longLineError
		if errors.As(err, &long) {
			return &ReportError{Page: page, Line: long.line, Err: errLongLine}
		}
		return &ReportError{Page: page, Err: errEncoding}
	}
	reason := errQuotes
	if errors.Is(wrong, csv.ErrQuote) && wrong.Line != wrong.StartLine {
		reason = errCutQuote
	}
	return &ReportError{Page: page, Line: wrong.StartLine, Err: reason}
}

// atLine adds the position to an error.
func atLine(err error, page, line int) error {
	var wrong *ReportError
	if !errors.As(err, &wrong) {
		return &ReportError{Page: page, Line: line, Err: err}
	}
	wrong.Page, wrong.Line = page, line
	return wrong
}

// longLineError means that a line is too long.
type longLineError struct{ line int }

func (e *longLineError) Error() string { return errLongLine.Error() }

// lineLimiter ends a text at a line that is too long. This limits the memory for one line.
type lineLimiter struct {
	from         io.Reader
	line, length int
}

func (g *lineLimiter) Read(p []byte) (int, error) {
	n, err := g.from.Read(p)
	for _, b := range p[:n] {
		if g.length++; b == '\n' {
			g.line++
			g.length = 0
		}
		if g.length > longestLine {
			return 0, &longLineError{g.line + 1}
		}
	}
	return n, err
}
