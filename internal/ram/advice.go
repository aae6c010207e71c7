// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"fmt"
	"strings"
	"time"
)

// adviceTable explains how to resolve errors whose message does not say so. The first matching
// row is used, so more specific codes come first. {action} is replaced by the operation.
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
	{family, "InvalidSecurityToken", "the session token does not belong to the AccessKey; set the ID, the secret and the token of the same session"},
	{exactly, "MissingSecurityToken", "an AccessKey ID that begins with STS. needs its session token"},
	{exactly, "Inactive", "the account has not activated RAM; activate it in the console"},
	{exactly, "NoPermission", "allow the action ram:{action} to the user or role that makes the call"},
	{exactly, "Forbidden.RAM", "allow the action ram:{action} to the user or role that makes the call"},
	{exactly, "Forbidden", "the service has blocked this AccessKey, as it does with a leaked one; use another and rotate it"},
	{family, "InvalidProtocol", "use an https endpoint"},
	{family, "InvalidApi", "the endpoint does not serve this action; check the endpoints"},
	{family, "InvalidVersion", "the endpoint does not serve this version; check the endpoints"},
	{family, "Throttling", "the service throttled the calls for longer than the timeout; run again later, with fewer concurrent calls"},
	{exactly, "ServiceUnavailable", "the service is not available; run again later"},
	{exactly, "InternalError", "the service had an internal error; run again later, and if the error persists, send the request id to Alibaba Cloud support"},
	{exactly, "EntityAlreadyExists.AccountAlias", "the alias belongs to another account; choose another one"},
}

// minClockOffset is the difference between the clocks that the service tolerates
// (documented).
const minClockOffset = 15 * time.Minute

// Advice explains how to resolve the error. It returns "" if the service's message is all there
// is to say.
func (e *Error) Advice() string {
	if e.Code == timestampExpired {
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
	const rule = "the clock of this machine may differ from the service's clock by at most 15 minutes; correct it"
	switch {
	case offset <= -minClockOffset:
		return fmt.Sprintf("this machine's clock is %s ahead of the service's; %s", (-offset).Round(time.Second), rule)
	case offset >= minClockOffset:
		return fmt.Sprintf("this machine's clock is %s behind the service's; %s", offset.Round(time.Second), rule)
	}
	return rule
}

// codeMeanings explains the error codes of operations whose request holds a secret. For
// these operations an error shows this text instead of the service's message, which may
// quote the secret in an encoding that the redactor does not know. More specific codes come
// first. Of a code that is not in the table, only the row that it refines is shown.
var codeMeanings = []struct{ code, meaning string }{
	{"InvalidParameter.Password.TooWeak", "the password does not comply with the account's password policy"},
	{"InvalidParameter.Password.ReusePrevention", "the password was used before, and the account's password policy prevents its reuse"},
	{"InvalidParameter.Password", "the password is not accepted"},
	{"InvalidParameter.UserName", "the user name is not valid"},
	{"InvalidParameter.UserPrincipalName", "the principal name of the user is not valid"},
	{"InvalidParameter.AuthenticationCode", "an authentication code does not have six digits"},
	{"InvalidParameter.SerialNumber", "the serial number of the MFA device is not valid"},
	{"InvalidParameter.RoleArn", "the ARN of the role is not valid"},
	{"InvalidParameter.RoleSessionName", "the name of the role session is not valid"},
	{"InvalidParameter.DurationSeconds", "the duration of the role session is not allowed"},
	{"InvalidParameter.PolicyGrammar", "the policy of the role session is not valid"},
	{"InvalidParameter.PolicySize", "the policy of the role session is too long"},
	{"InvalidParameter", "a parameter is not valid"},
	{"CheckAuthenticationCodeFail", "an authentication code is wrong, or was used already"},
	{"EntityAlreadyExists.User.LoginProfile", "the user already has a login profile"},
	{"EntityAlreadyExists.User.MFADevice", "the user already has an MFA device"},
	{"EntityAlreadyExists.VirtualMFADevice.User", "the MFA device is already bound to a user"},
	{"EntityAlreadyExists", "the object already exists"},
	{"EntityAlreadyExist", "the object already exists"},
	{"EntityNotExist.User.LoginProfile", "the user has no login profile"},
	{"EntityNotExist.LoginProfile", "the user has no login profile"},
	{"EntityNotExist.VirtualMFADevice", "the MFA device does not exist"},
	{"EntityNotExist.User", "the user does not exist"},
	{"EntityNotExist.Role", "the role does not exist"},
	{"EntityNotExist", "the object does not exist"},
	{"AuthenticationFail.OIDCToken.Invalid", "the OIDC token is not valid"},
	{"AuthenticationFail.OIDCToken.Expired", "the OIDC token has expired"},
	{"AuthenticationFail.OIDCToken.AudienceNotMatch", "the audience of the OIDC token is not one of the OIDC provider"},
	{"AuthenticationFail", "the OIDC token is not accepted"},
	{"LimitExceeded", "a quota is used up"},
	{"NoPermission", "the caller does not have the permission"},
	{"Forbidden.RAM", "the caller does not have the permission"},
	{"Forbidden", "the service has blocked the AccessKey"},
	{"Inactive", "the account has not activated RAM"},
	{"Throttling.User", "the rate of the account's calls is too high"},
	{"Throttling.Api", "the rate of calls to this operation is too high"},
	{"Throttling", "the rate of calls is too high"},
	{"Rejected.Throttling", "the rate of calls is too high"},
	{"ServiceUnavailable", "the service is not available"},
	{"InternalError", "the service failed"},
	{timestampExpired, "the timestamp of the call has expired"},
	{"InvalidTimeStamp", "the timestamp of the call is not valid"},
	{"SignatureNonceUsed", "the nonce of the call was used before"},
	{"SignatureDoesNotMatch", "the signature does not match"},
	{"IncompleteSignature", "the signature is not complete"},
	{"InvalidAccessKeyId.NotFound", "the AccessKey does not exist"},
	{"InvalidAccessKeyId.Inactive", "the AccessKey is disabled"},
	{"InvalidAccessKeyId", "the AccessKey is not valid"},
	{"InvalidSecurityToken.Expired", "the session has ended"},
	{"InvalidSecurityToken", "the session token is not valid"},
	{"MissingSecurityToken", "the session token is missing"},
	{"InvalidProtocol", "the protocol is not accepted"},
	{"InvalidApi", "the endpoint does not serve this operation"},
	{"InvalidAction", "the endpoint does not serve this operation"},
	{"InvalidVersion", "the endpoint does not serve this version"},
	{"UnsupportedHTTPMethod", "the endpoint does not accept the method"},
	{"NotSupport", "the operation is not supported for this caller"},
}

// knownCode returns the row of codeMeanings that a code equals or refines. No other part of
// the code may be shown.
func knownCode(code string) (known, meaning string) {
	for _, row := range codeMeanings {
		if family(code, row.code) {
			return row.code, row.meaning
		}
	}
	if strings.HasPrefix(code, "Missing") {
		return "Missing", "a parameter is missing"
	}
	return "", "the service refused the call with a code that is not known"
}
