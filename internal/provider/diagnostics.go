// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// failure says what was attempted and what exists now.
type failure struct{ what, now string }

// An outcome is an error of which the place that met it knows what exists now.
type outcome struct {
	now string
	error
}

func (o *outcome) Unwrap() error { return o.error }

// report turns an error into a diagnostic; it tells whether there was one.
func report(diags *diag.Diagnostics, f failure, err error) bool {
	if err == nil {
		return false
	}
	var known *outcome
	if errors.As(err, &known) {
		f.now = known.now
	}
	detail := explain(err)
	if f.now != "" {
		detail = f.now + "\n\n" + detail
	}
	diags.AddError("Cannot "+f.what, detail)
	return true
}

// explain says what happened, what to do about it, and what to name to the
// service's support: the code and the request id.
func explain(err error) string {
	var keyless *ram.CredentialsError
	var answer *ram.Error
	var silence *ram.Unanswered
	var refused *ram.AccountRefused
	var out strings.Builder
	switch {
	case errors.As(err, &keyless): // holds the source, the code and what to do
		out.WriteString(sentence(keyless.Error()))
	case errors.As(err, &answer):
		fmt.Fprintf(&out, "The service refused %s: %s", answer.Action, sentence(answer.Message))
		if advice := remedy(answer.Code, answer.Action); advice != "" {
			fmt.Fprintf(&out, "\n\n%s", advice)
		}
		fmt.Fprintf(&out, "\n\nCode: %s (HTTP %d)", answer.Code, answer.Status)
		if answer.RequestID != "" {
			fmt.Fprintf(&out, "\nRequest id: %s", answer.RequestID)
		}
	case errors.As(err, &refused):
		out.WriteString(sentence(refused.Error()))
	case errors.As(err, &silence):
		fmt.Fprintf(&out, "%s\n\n%s", sentence(err.Error()), silenceRemedy(err, silence))
	default:
		out.WriteString(sentence(err.Error()))
	}
	return out.String()
}

// sentence gives a message a capital and a full stop.
func sentence(s string) string {
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

// remedies say what to do about a code, the longest matching prefix first.
var remedies = []struct{ prefix, advice string }{
	{"InvalidAccessKeyId.Inactive", "The AccessKey pair is disabled. Enable it, or use another one."},
	{"InvalidAccessKeyId", "There is no such AccessKey pair. Check access_key, or the variable or profile that it came from; a deleted key cannot be used until it is restored from the recycle bin."},
	{"SignatureDoesNotMatch", "The secret does not belong to the AccessKey pair. Check secret_key, or the variable or profile that it came from."},
	{"IncompleteSignature", "Something between Terraform and the service changes requests. Check the proxy and the endpoints."},
	{"InvalidTimeStamp", "The clock of this machine differs from the service's by more than 15 minutes. Set it right (NTP), then run again."},
	{"InvalidSecurityToken", "The session token is expired or belongs to another key. Get new session credentials, then run again."},
	{"MissingSecurityToken", "The key is a temporary one and needs its security_token."},
	{"Forbidden.RAM", permission},
	{"NoPermission", permission},
	{"Forbidden", "The service blocks this AccessKey pair, as it does when a key may have leaked. Look at the account's messages, and use another key."},
	{"Inactive", "Activate RAM for the account in the console, then run again."},
	{"Throttling", "Too many requests were sent for longer than the provider may wait. Run again later, with a lower -parallelism, or set requests_per_second."},
	{"ServiceUnavailable", "The service is not available. Run again later."},
	{"InternalError", "The service failed inside. Run again later; if it stays so, give the request id to its support."},
	{"InvalidApi.NotFound", "The endpoint does not know the action. Check endpoints, and RAM_ENDPOINT, IMS_ENDPOINT and STS_ENDPOINT."},
	{"InvalidAction.NotFound", "The endpoint does not know the action. Check endpoints, and RAM_ENDPOINT, IMS_ENDPOINT and STS_ENDPOINT."},
	{"EntityAlreadyExists.AccountAlias", "The alias belongs to another account. Choose another one."},
}

const permission = "The credentials may not do this. Allow the action ram:%s to the user or role that Terraform runs as."

// remedy says what to do about a code.
func remedy(code, action string) string {
	for _, r := range remedies {
		if strings.HasPrefix(code, r.prefix) {
			return strings.ReplaceAll(r.advice, "%s", action)
		}
	}
	return ""
}

// silenceRemedy says what to do when there was no answer, or none that could be read.
func silenceRemedy(err error, silence *ram.Unanswered) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "The time for the operation ran out. Run again, or give it longer in timeouts."
	case errors.Is(err, context.Canceled):
		return "The run was interrupted."
	case !silence.Sent:
		return "The service could not be reached. Check the network, HTTPS_PROXY and NO_PROXY, and the endpoints."
	default:
		return "Something else than the service may have answered, for example a proxy. Check HTTPS_PROXY, NO_PROXY and the endpoints, then run again."
	}
}

// nullOf is the null of a type, as the protocol has it.
func nullOf(ctx context.Context, kind attr.Type) tftypes.Value {
	return tftypes.NewValue(kind.TerraformType(ctx), nil)
}
