// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"fmt"
	"strings"
	"time"
)

// advices say what helps against an error that does not explain itself, the more
// special code first. In them, {action} is the operation.
var adviceTable = []struct {
	fits   func(code, text string) bool
	text   string
	advice string
}{
	{exactly, "InvalidAccessKeyId.NotFound", "the service does not know the AccessKey ID; check the credentials, and that the endpoint belongs to their site"},
	{exactly, "InvalidAccessKeyId.Inactive", "the AccessKey is disabled; enable it, or use another"},
	{exactly, "SignatureDoesNotMatch", "the AccessKey secret does not belong to the AccessKey ID; check the credentials"},
	{exactly, "IncompleteSignature", "the AccessKey secret does not belong to the AccessKey ID, or a proxy changed the call; check the credentials and the proxy"},
	{exactly, "InvalidSecurityToken.Expired", "the session has ended; get a new session token"},
	{family, "InvalidSecurityToken", "the session token does not belong to the AccessKey; give the ID, the secret and the token of one session"},
	{exactly, "MissingSecurityToken", "an AccessKey ID that begins with STS. needs its session token"},
	{exactly, "Inactive", "the account has not activated RAM; activate it in the console"},
	{exactly, "NoPermission", "allow the action ram:{action} to the user or role that makes the call"},
	{exactly, "Forbidden.RAM", "allow the action ram:{action} to the user or role that makes the call"},
	{exactly, "Forbidden", "the service has blocked this AccessKey, as it does with a leaked one; use another and rotate it"},
	{family, "InvalidProtocol", "use an https endpoint"},
	{family, "InvalidApi", "the endpoint does not serve this action; check the endpoints"},
	{family, "InvalidVersion", "the endpoint does not serve this version; check the endpoints"},
	{family, "Throttling", "more was asked than the service allows, for longer than there was time to wait; run again later, with fewer calls at once"},
	{exactly, "ServiceUnavailable", "the service is not available; run again later"},
	{exactly, "InternalError", "the service failed inside; run again later, and if that does not help give its support the request id"},
	{exactly, "EntityAlreadyExists.AccountAlias", "the alias belongs to another account; choose another one"},
}

// minClockOffset is what the service tolerates. Source: documented.
const minClockOffset = 15 * time.Minute

// Advice says what to do about the error; empty if nothing is known but what the
// service says itself.
func (e *Error) Advice() string {
	if e.Code == "InvalidTimeStamp.Expired" {
		return clockAdvice(e.clock)
	}
	for _, row := range adviceTable {
		if row.fits(e.Code, row.text) {
			return strings.ReplaceAll(row.advice, "{action}", e.Action)
		}
	}
	return ""
}

func clockAdvice(offset time.Duration) string {
	const rule = "the clock of this machine may differ from the service's by 15 minutes at most; set it"
	switch {
	case offset <= -minClockOffset:
		return fmt.Sprintf("this machine's clock is %s ahead of the service's; %s", (-offset).Round(time.Second), rule)
	case offset >= minClockOffset:
		return fmt.Sprintf("this machine's clock is %s behind the service's; %s", offset.Round(time.Second), rule)
	}
	return rule
}
