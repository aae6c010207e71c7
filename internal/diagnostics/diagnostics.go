// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package diagnostics

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// failure says what was attempted and what exists now.
type Operation struct{ Name, State string }

// An outcome is an error of which the place that met it knows what exists now.
type stateError struct {
	state string
	error
}

func (o *stateError) Unwrap() error { return o.error }

// report turns an error into a diagnostic; it tells whether there was one.
func Report(diags *diag.Diagnostics, f Operation, err error) bool {
	if err == nil {
		return false
	}
	var known *stateError
	if errors.As(err, &known) {
		f.State = known.state
	}
	detail := Explain(err)
	if f.State != "" {
		detail = f.State + "\n\n" + detail
	}
	diags.AddError("Cannot "+f.Name, detail)
	return true
}

// explain says what happened, what to do about it, and what to name to the
// service's support: the code and the request id.
func Explain(err error) string {
	var keyless *ram.CredentialsError
	var answer *ram.Error
	var bug *ram.PanicError
	switch {
	case errors.As(err, &bug):
		return ExplainBug(bug)
	case errors.As(err, &keyless): // holds the source, the code and what to do
		return Sentence(keyless.Error())
	case errors.As(err, &answer):
		return explainAnswer(answer)
	case errors.Is(err, context.DeadlineExceeded):
		return Sentence(err.Error()) + "\n\nThe time for the operation ran out. Run again, or give it longer in timeouts."
	default:
		return Sentence(err.Error())
	}
}

func explainAnswer(answer *ram.Error) string {
	verb := "refused"
	if answer.Status >= 500 {
		verb = "failed at"
	}
	text := fmt.Sprintf("The service %s %s: %s", verb, answer.Action, Sentence(answer.Message))
	if advice := answer.Advice(); advice != "" {
		text += "\n\n" + Sentence(advice)
	}
	text += fmt.Sprintf("\n\nCode: %s (HTTP %d)", answer.Code, answer.Status)
	if answer.RequestID != "" {
		text += "\nRequest id: " + answer.RequestID
	}
	return text
}

// sentence gives a message a capital and a full stop.
func Sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return "It gave no reason."
	}
	first, size := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[size:]
	if !strings.ContainsRune(".!?", rune(s[len(s)-1])) {
		s += "."
	}
	return s
}

// knowing says of an error what exists now.
func WithState(now string, err error) error {
	if err == nil {
		return nil
	}
	return &stateError{state: now, error: err}
}

// explainBug asks for a report.
func ExplainBug(bug *ram.PanicError) string {
	return "This is a bug of the provider. Please report it, with the lines below, which hold no values, at https://github.com/ram-security/terraform-provider-ram/issues.\n\n" +
		bug.Cause + "\n" + bug.Stack
}
