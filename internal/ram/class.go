// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "strings"

// class says whether a failed attempt may be repeated.
type class int

const (
	// permanent: the same request would fail again.
	permanent class = iota
	// refused: the service did not execute the request, so any operation may be repeated.
	refused
	// unknown: the service may have executed the request, so only a read or a set may be
	// repeated.
	unknown
	// expired: the service refused the session token as expired. The request is repeated
	// once with a new token.
	expired
)

// codes classifies error codes. The first matching row counts.
var codes = []struct {
	fits  func(code, text string) bool
	text  string
	class class
}{
	// Throttling, Throttling.User, Throttling.Api (documented), Rejected.Throttling (observed).
	{strings.Contains, "Throttling", refused},
	// The service has seen this nonce, so it may have executed an earlier attempt.
	{exactly, "SignatureNonceUsed", unknown},
	{exactly, "InvalidSecurityToken.Expired", expired},
	{exactly, "ServiceUnavailable", unknown},
	{exactly, "InternalError", unknown},
	// These are families of business errors and of gateway errors, whatever the HTTP
	// status.
	{family, "EntityNotExist", permanent},
	{family, "EntityAlreadyExists", permanent},
	{family, "EntityAlreadyExist", permanent},
	{family, "LimitExceeded", permanent},
	{family, "DeleteConflict", permanent},
	{family, "NoPermission", permanent},
	{family, "Forbidden", permanent},
	{family, "Inactive", permanent},
	{family, "CheckAuthenticationCodeFail", permanent},
	{family, "NotSupport", permanent},
	{family, "InvalidParameter", permanent},
	{family, "InvalidAccessKeyId", permanent},
	{family, "InvalidSecurityToken", permanent},
	{family, "InvalidTimeStamp", permanent},
	{family, "InvalidProtocol", permanent},
	{family, "InvalidVersion", permanent},
	{family, "InvalidApi", permanent},
	{family, "InvalidAction", permanent},
	{family, "SignatureDoesNotMatch", permanent},
	{family, "IncompleteSignature", permanent},
	{family, "UnsupportedHTTPMethod", permanent},
	{strings.HasPrefix, "Missing", permanent},
}

func exactly(code, text string) bool { return code == text }

// family matches a code, and its refinements after a dot.
func family(code, text string) bool {
	return code == text || strings.HasPrefix(code, text+".")
}

// classify uses the code before the HTTP status, because throttling occurs with 400, 429
// and 503.
func classify(code string, status int) class {
	if code != "" {
		for _, row := range codes {
			if row.fits(code, row.text) {
				return row.class
			}
		}
	}
	return classifyStatus(status)
}

func classifyStatus(status int) class {
	switch {
	case status == 429:
		return refused
	case status >= 500, status == 408, status < 300:
		return unknown
	}
	return permanent
}

func (e *Error) class() class { return classify(e.Code, e.Status) }
