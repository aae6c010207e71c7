// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"fmt"
	"net/http"
)

// failure is an error that the service returns.
type failure struct {
	Status  int
	Code    string
	Message string
	Denied  reply             // AccessDeniedDetail, of permission errors
	Header  map[string]string // state of the quota, of throttling
}

// Error implements error. Clients do not see it.
func (f *failure) Error() string {
	return fmt.Sprintf("%d %s: %s", f.Status, f.Code, f.Message)
}

func fail(status int, code, format string, args ...any) error {
	return &failure{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Errors of the gateway, which are the same for all products.

// missing is documented. Required common or business parameter absent.
func missing(parameter string) error {
	return fail(http.StatusBadRequest, "Missing"+parameter, "%s is mandatory for this action.", parameter)
}

// invalid is documented. Bad common parameter, or a wrong pair of "Action or Version".
func invalid(parameter string) error {
	return fail(http.StatusBadRequest, "InvalidParameter", "The specified parameter %q is not valid.", parameter)
}

// unknownAction is documented; the text is assumed. The newer form of an unknown action.
func unknownAction() error {
	return fail(http.StatusNotFound, "InvalidApi.NotFound", "Specified api is not found, please check your url and method.")
}

// unknownVersion is documented; the text is assumed.
func unknownVersion() error {
	return fail(http.StatusBadRequest, "InvalidVersion", "Specified parameter Version is not valid.")
}

// timestampFormat is documented.
func timestampFormat() error {
	return fail(http.StatusBadRequest, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
}

// timestampExpired is documented. The clocks differ by more than 15 minutes.
func timestampExpired() error {
	return fail(http.StatusBadRequest, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
}

// nonceUsed is documented.
func nonceUsed() error {
	return fail(http.StatusBadRequest, "SignatureNonceUsed", "Specified signature nonce was used already.")
}

// signatureMismatch is documented. Some products return 403. Clients compare the text after the colon with their own.
func signatureMismatch(stringToSign string) error {
	return fail(http.StatusBadRequest, "SignatureDoesNotMatch",
		"Specified signature is not matched with our calculation. server string to sign is:%s", stringToSign)
}

// signatureIncomplete is documented.
func signatureIncomplete() error {
	return fail(http.StatusBadRequest, "IncompleteSignature", "The request signature does not conform to Aliyun standards.")
}

// unknownKey is documented. 404 in one table, 400 in another.
func unknownKey() error {
	return fail(http.StatusNotFound, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
}

// inactiveKey is documented.
func inactiveKey() error {
	return fail(http.StatusBadRequest, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
}

// securityToken is documented; status and text assumed. kind is Expired, Malformed or MismatchWithAccessKey.
func securityToken(kind string) error {
	return fail(http.StatusBadRequest, "InvalidSecurityToken."+kind, "Specified SecurityToken is %s.", map[string]string{
		"Expired": "expired", "Malformed": "malformed", "MismatchWithAccessKey": "mismatch with the AccessKey",
	}[kind])
}

// unsupportedMethod is documented; the status is assumed.
func unsupportedMethod() error {
	return fail(http.StatusForbidden, "UnsupportedHTTPMethod", "This http method is not supported.")
}

// noPermission is documented.
func noPermission(r *request) error {
	return &failure{
		Status: http.StatusForbidden, Code: "NoPermission",
		Message: "You are not authorized to do this action. You should be authorized by RAM.",
		Denied:  deniedDetail(r),
	}
}

// throttled is documented. The header has the state of the quota. Rules return Throttling and Throttling.Api.
func throttled(header map[string]string) error {
	return &failure{
		Status: http.StatusBadRequest, Code: "Throttling.User", Message: "Request was denied due to user flow control.", Header: header,
	}
}

// internalError is documented.
func internalError() error {
	return fail(http.StatusInternalServerError, "InternalError", "An internal error occurred.")
}

// Errors of parameters. The codes are from the tables of Ram. Ims publishes none and is assumed to have the same.

// incorrect is assumed; code and text. The value is not one of those allowed.
func incorrect(parameter string) error {
	return fail(http.StatusBadRequest, "InvalidParameter."+parameter, "The parameter - %q is incorrect.", parameter)
}

// outOfRange is documented for MinimumPasswordLength, assumed for the others.
func outOfRange(parameter string, lo, hi int) error {
	return fail(http.StatusBadRequest, "InvalidParameter."+parameter+".Range",
		"The parameter - %q MUST be in the range of %d and %d.", parameter, lo, hi)
}

// invalidChars is documented. UserName, NewUserName, DisplayName, VirtualMFADeviceName.
func invalidChars(parameter string) error {
	return fail(http.StatusBadRequest, "InvalidParameter."+parameter+".InvalidChars",
		"The parameter - %q contains invalid chars.", parameter)
}

// tooLong is documented. The same, and Comments.
func tooLong(parameter string) error {
	return fail(http.StatusBadRequest, "InvalidParameter."+parameter+".Length",
		"The parameter - %q beyond the length limit.", parameter)
}

// badFormat is documented. MobilePhone, Email, and their New forms.
func badFormat(parameter string) error {
	return fail(http.StatusBadRequest, "InvalidParameter."+parameter+".Format",
		"The format of the parameter - %q is incorrect.", parameter)
}

// passwordTooWeak is documented. parameter is Password or NewPassword.
func passwordTooWeak(parameter string) error {
	return fail(http.StatusBadRequest, "InvalidParameter."+parameter+".TooWeak",
		"The parameter - %q is not compliant with the password policy.", parameter)
}

// passwordReused is documented for ChangePassword, which says NewPassword.
func passwordReused(parameter string) error {
	return fail(http.StatusBadRequest, "InvalidParameter."+parameter+".ReusePrevention",
		"The parameter - %q is not compliant with the reuse prevention password policy.", parameter)
}

// oldPasswordIncorrect is documented.
func oldPasswordIncorrect() error {
	return fail(http.StatusBadRequest, "InvalidParameter.OldPassword.Incorrect", `The parameter - "OldPassword" is incorrect.`)
}

// onlyForUsers is documented. ChangePassword by the root account.
func onlyForUsers() error {
	return fail(http.StatusBadRequest, "NotSupport.Account", "This method can be only invoked by sub user.")
}

// codeFormat is documented.
func codeFormat() error {
	return fail(http.StatusBadRequest, "InvalidParameter.AuthenticationCode.Format",
		`The parameter - "AuthenticationCode" MUST be 6 numbers.`)
}

// codeRefused is documented, with its spelling.
func codeRefused() error {
	return fail(http.StatusForbidden, "CheckAuthenticationCodeFail", `The parameter - "AuthenticationCode" is inccorrect.`)
}

// aliasFormat is documented.
func aliasFormat() error {
	return fail(http.StatusBadRequest, "InvalidParameter.AccountAlias.Format", `The format of parameter - "AccountAlias" is incorrect.`)
}

// aliasLength is documented; the parameter's own text says 32.
func aliasLength() error {
	return fail(http.StatusBadRequest, "InvalidParameter.AccountAlias.Length",
		`The parameter - "AccountAlias" MUST be in the range of 3 and 63.`)
}

// Errors of the state.

func notExist(entity, text string) error {
	return fail(http.StatusNotFound, "EntityNotExist."+entity, "%s", text)
}

func exists(entity, text string) error {
	return fail(http.StatusConflict, "EntityAlreadyExists."+entity, "%s", text)
}

func conflict(entity, text string) error {
	return fail(http.StatusConflict, "DeleteConflict."+entity, "%s", text)
}

func exceeded(entity, text string) error {
	return fail(http.StatusConflict, "LimitExceeded."+entity, "%s", text)
}

// noUser is documented.
func noUser() error { return notExist("User", "The user does not exist.") }

// noAccessKey is documented.
func noAccessKey() error {
	return notExist("User.AccessKey", "The user access key does not exist.")
}

// noLoginProfile is documented.
func noLoginProfile() error {
	return notExist("User.LoginProfile", "The user login profile does not exist.")
}

// noMFADevice is documented. The user has none bound.
func noMFADevice() error {
	return notExist("User.MFADevice", "The user has not bound any MFA device.")
}

// noVirtualMFADevice is documented.
func noVirtualMFADevice() error {
	return notExist("VirtualMFADevice", "The virtual mfa device does not exist.")
}

// noAccessKeyPolicy is observed in the official provider; the text is assumed.
func noAccessKeyPolicy() error {
	return notExist("AccessKeyPolicy", "The access key policy does not exist.")
}

// noPasskey is assumed.
func noPasskey() error { return notExist("Passkey", "The passkey does not exist.") }

// noRole is documented; the text is assumed.
func noRole(arn string) error { return notExist("Role", "The role not exists: "+arn+".") }

// noGroup is documented by the operation's own table; the text is assumed.
func noGroup() error { return notExist("Group", "The group does not exist.") }

// noAccountAlias is assumed.
func noAccountAlias() error {
	return notExist("AccountAlias", "The account alias does not exist.")
}

// userNotInGroup is documented.
func userNotInGroup() error {
	return notExist("User.Group", "The user has not joined the group.")
}

// (documented)
func userExists() error { return exists("User", "The user does already EXIST.") }

// loginProfileExists is documented.
func loginProfileExists() error {
	return exists("User.LoginProfile", "The user login profile does already EXIST.")
}

// userHasMFADevice is documented. The user has a device already.
func userHasMFADevice() error {
	return exists("User.MFADevice", "The user has already bound a MFA device.")
}

// virtualMFADeviceExists is documented.
func virtualMFADeviceExists() error {
	return exists("VirtualMFADevice", "The virtual mfa device does already EXIST.")
}

// virtualMFADeviceBound is documented. The device belongs to a user already.
func virtualMFADeviceBound() error {
	return exists("VirtualMFADevice.User", "The virtual mfa device does already been bound to a user.")
}

// accountAliasExists is documented.
func accountAliasExists() error {
	return exists("AccountAlias", "The account alias does already exist.")
}

// groupExists is documented; the text is assumed.
func groupExists() error { return exists("Group", "The group does already EXIST.") }

// userInGroup is documented; the text is assumed.
func userInGroup() error {
	return exists("User.Group", "The user has already joined the group.")
}

// (documented)
func userStillInGroup() error {
	return conflict("User.Group", "The user CAN NOT be in any group while deleting the user.")
}

// userStillHasKey is documented.
func userStillHasKey() error {
	return conflict("User.AccessKey", "The user CAN NOT has any access key while deleting the user.")
}

// userStillHasLoginProfile is documented.
func userStillHasLoginProfile() error {
	return conflict("User.LoginProfile", "The user CAN NOT has any login profile while deleting the user.")
}

// userStillHasMFADevice is documented.
func userStillHasMFADevice() error {
	return conflict("User.MFADevice", "The user CAN NOT has any mfa device while deleting the user.")
}

// userStillHasPolicy is documented.
func userStillHasPolicy() error {
	return conflict("User.Policy", "The user CAN NOT has any attached policy while deleting the user.")
}

// virtualMFADeviceStillBound is documented.
func virtualMFADeviceStillBound() error {
	return conflict("VirtualMFADevice.User", "The virtual mfa device CAN NOT been bound to any user while deleting it.")
}

// tooManyUsers is documented.
func tooManyUsers() error {
	return exceeded("User", "The count of users beyond the current limits.")
}

// tooManyAccessKeys is documented.
func tooManyAccessKeys() error {
	return exceeded("User.AccessKey", "The access key count of the user access keys beyond the current limits.")
}

// tooManyVirtualMFADevices is documented.
func tooManyVirtualMFADevices() error {
	return exceeded("VirtualMFADevice", "The count of virtual mfa devices beyond the current limits.")
}
