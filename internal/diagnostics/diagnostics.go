// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package diagnostics turns errors into diagnostics that say what was tried, what exists now and what to do.
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

// Operation describes what was attempted and what exists now.
type Operation struct{ Name, State string }

// stateError is an error with a sentence about what exists now.
type stateError struct {
	state string
	error
}

func (o *stateError) Unwrap() error { return o.error }

// Report adds err to diags. It reports whether err is not nil.
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

// ReportDelete reports the result of a delete that the service accepted. It is an error if the object still
// exists, because the object then stays in the state. It is a warning if err prevented the provider from
// confirming the delete.
func ReportDelete(noun string, gone bool, err error, diags *diag.Diagnostics) {
	switch {
	case err != nil:
		diags.AddWarning("Cannot confirm that the "+noun+" is deleted", "The service accepted the request, but the check failed. "+Explain(err))
	case !gone:
		diags.AddError("Cannot delete the "+noun, "The service still returns the "+noun+" a minute after the request to delete it. It stays in the state.\n\nRun again. If the error persists, check the RAM console.")
	}
}

// Explain describes what happened and what to do. It includes the code and the request id, for which the
// service's support asks.
func Explain(err error) string {
	var keyless *ram.CredentialsError
	var refusal *ram.Error
	var bug *ram.PanicError
	var unknown *ram.UnknownAccountError
	var wrong *ram.WrongAccountError
	var refused *ram.AccountNotAllowedError
	var changed *ram.AccountChangedError
	switch {
	case errors.As(err, &bug):
		return ExplainBug(bug)
	case errors.As(err, &unknown): // the error wraps that of the service
		return explainUnknownAccount(unknown)
	case errors.As(err, &wrong):
		return fmt.Sprintf("The object belongs to account %s, but the credentials belong to account %s. Nothing was read from account %[2]s, and nothing was changed in it.\n\n"+
			"Use the credentials of account %[1]s, or correct the provider alias of the resource. To manage the object of account %[2]s instead, remove this one from the state and import that one.",
			wrong.Expected, wrong.AccountID)
	case errors.As(err, &refused):
		return Sentence(refused.Error()) + "\n\nUse the credentials of an allowed account, or correct allowed_account_ids and forbidden_account_ids in the provider configuration."
	case errors.As(err, &changed):
		return Sentence(changed.Error()) + "\n\nCheck the source of the credentials: it must always return credentials of the same account. Then run again."
	case errors.As(err, &keyless): // the error includes the source, the code and what to do
		return Sentence(keyless.Error())
	case errors.As(err, &refusal):
		return explainRefusal(refusal)
	case errors.Is(err, context.DeadlineExceeded):
		return Sentence(err.Error()) + "\n\nThe timeout of the operation was reached. Run again, or increase the timeout in timeouts."
	case errors.Is(err, context.Canceled):
		return Sentence(err.Error()) + "\n\nThe run was interrupted before the operation was complete. Run the same command again to continue."
	default:
		return Sentence(err.Error())
	}
}

func explainUnknownAccount(unknown *ram.UnknownAccountError) string {
	text := fmt.Sprintf("Account %[1]s does not have the object, but the state does not name the account of the object: it was moved, and not read since. "+
		"It may exist in another account.\n\n"+
		"If the credentials or the provider alias of the resource are wrong, correct them. If account %[1]s is the right one, set allowed_account_ids = [%[1]q] in the provider configuration. "+
		"If the object no longer exists, remove it from the state with terraform state rm.", unknown.AccountID)
	var refusal *ram.Error
	if errors.As(unknown.Err, &refusal) {
		text += "\n\n" + explainRefusal(refusal)
	}
	return text
}

func explainRefusal(refusal *ram.Error) string {
	verb := "refused"
	if refusal.Status >= 500 {
		verb = "failed at"
	}
	text := fmt.Sprintf("The service %s %s: %s", verb, refusal.Action, Sentence(refusal.Message))
	if advice := refusal.Advice(); advice != "" {
		text += "\n\n" + Sentence(advice)
	}
	text += fmt.Sprintf("\n\nCode: %s (HTTP %d)", refusal.Code, refusal.Status)
	if refusal.RequestID != "" {
		text += "\nRequest id: " + refusal.RequestID
	}
	return text
}

// Sentence adds a capital letter and a full stop to a message.
func Sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return "The service gave no reason."
	}
	s = Capitalize(s)
	if !strings.ContainsRune(".!?", rune(s[len(s)-1])) {
		s += "."
	}
	return s
}

// Capitalize returns text with a capital first letter. The text is not empty.
func Capitalize(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// WithState adds what exists now to an error. It replaces the state of the operation in Report.
func WithState(now string, err error) error {
	if err == nil {
		return nil
	}
	return &stateError{state: now, error: err}
}

// ExplainBug returns a request to report the panic.
func ExplainBug(bug *ram.PanicError) string {
	return "This is a bug in the provider. Please report it, with the lines below, which contain no values, at https://github.com/ram-security/terraform-provider-ram/issues.\n\n" +
		bug.Cause + "\n" + bug.Stack
}
