// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"net/url"
	"strings"
)

// Check refuses a block that names several sources, or an incomplete one. It reads neither
// files nor the environment.
func (s CredentialSettings) Check() error {
	s = s.trimmed()
	if given := s.sourceArguments(); len(given) > 1 {
		return &CredentialConfigError{Arguments: given, Problem: "The provider block has credentials of more than one source: " + quoted(given) +
			". Keep one of them and remove the rest; `assume_role` may be combined with any."}
	}
	if s.hasKey() {
		if _, err := keyOf(Key{s.AccessKey, s.SecretKey, s.SecurityToken}, keyArguments); err != nil {
			return &CredentialConfigError{Arguments: s.hasKeyArguments(), Problem: "The AccessKey of the provider block is incomplete: " + err.Error() +
				". The missing part is not taken from another source. An empty value counts as not set."}
		}
	}
	if s.CredentialsURI != "" {
		if err := checkURI(s.CredentialsURI); err != nil {
			return &CredentialConfigError{Arguments: []string{"credentials_uri"}, Problem: "The `credentials_uri` " + err.Error() + "."}
		}
	}
	return s.checkRoles()
}

func (s CredentialSettings) checkRoles() error {
	if role := s.AssumeRole; role != nil && role.ARN == "" {
		return &CredentialConfigError{Arguments: []string{"assume_role"}, Problem: "The `role_arn` of `assume_role` is empty. " +
			"Set the ARN of the role, or omit the argument (`null`) to assume no role."}
	}
	if s.AssumeRoleWithOIDC == nil {
		return nil
	}
	if problem := s.AssumeRoleWithOIDC.missing(oidcArguments); problem != "" {
		return &CredentialConfigError{Arguments: []string{"assume_role_with_oidc"}, Problem: "In `assume_role_with_oidc`, " + problem}
	}
	return nil
}

// checkForms refuses malformed ARNs. It is separate from Check because each argument is
// also validated on its own.
func (s CredentialSettings) checkForms() error {
	if role := s.AssumeRole; role != nil && !RoleARN.MatchString(role.ARN) {
		return &CredentialConfigError{Arguments: []string{"assume_role"}, Problem: "The `role_arn` of `assume_role` " + notARoleARN}
	}
	if s.AssumeRoleWithOIDC == nil {
		return nil
	}
	if problem := s.AssumeRoleWithOIDC.malformed(oidcArguments); problem != "" {
		return &CredentialConfigError{Arguments: []string{"assume_role_with_oidc"}, Problem: "In `assume_role_with_oidc`, " + problem}
	}
	return nil
}

var oidcArguments = [4]string{"role_arn", "oidc_provider_arn", "oidc_token", "oidc_token_file"}

// problem describes what is missing or wrong. names are the names of the role, provider,
// token and file in their source.
func (o OIDC) problem(names [4]string) string {
	if problem := o.missing(names); problem != "" {
		return problem
	}
	return o.malformed(names)
}

func (o OIDC) malformed(names [4]string) string {
	switch {
	case !RoleARN.MatchString(o.RoleARN):
		return "`" + names[0] + "` " + notARoleARN
	case !OIDCProviderARN.MatchString(o.ProviderARN):
		return "`" + names[1] + "` is not the ARN of an OIDC provider, such as `acs:ram::1234567890123456:oidc-provider/ci`."
	}
	return ""
}

func (o OIDC) missing(names [4]string) string {
	switch {
	case o.RoleARN == "":
		return "`" + names[0] + "` is not set."
	case o.ProviderARN == "":
		return "`" + names[1] + "` is not set."
	case o.Token != "" && o.TokenFile != "":
		return "both `" + names[2] + "` and `" + names[3] + "` are set; keep one."
	case o.Token == "" && o.TokenFile == "":
		return "neither `" + names[2] + "` nor `" + names[3] + "` is set; give one."
	}
	return ""
}

var keyArguments = [3]string{"`access_key`", "`secret_key`", "`security_token`"}

func (s CredentialSettings) hasKey() bool {
	return s.AccessKey != "" || s.SecretKey != "" || s.SecurityToken != ""
}

func (s CredentialSettings) hasKeyArguments() (names []string) {
	for _, argument := range []struct{ name, value string }{
		{"access_key", s.AccessKey},
		{"secret_key", s.SecretKey},
		{"security_token", s.SecurityToken},
	} {
		if argument.value != "" {
			names = append(names, argument.name)
		}
	}
	return names
}

// sourceArguments returns one argument for each source that the block names.
func (s CredentialSettings) sourceArguments() (names []string) {
	if s.hasKey() {
		names = append(names, s.hasKeyArguments()[0])
	}
	switch {
	case s.Profile != "":
		names = append(names, "profile")
	case s.SharedCredentialsFile != "":
		names = append(names, "shared_credentials_file")
	}
	if s.ECSRoleName != "" {
		names = append(names, "ecs_role_name")
	}
	if s.CredentialsURI != "" {
		names = append(names, "credentials_uri")
	}
	if s.AssumeRoleWithOIDC != nil {
		names = append(names, "assume_role_with_oidc")
	}
	return names
}

func quoted(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }

const providerBlock = " of the provider block"

// fromSettings selects the source of a block that passed Check.
func fromSettings(s CredentialSettings, env Environment) (chosen SelectedCredentials, found bool, err error) {
	switch {
	case s.hasKey():
		key := Key{s.AccessKey, s.SecretKey, s.SecurityToken}
		return selectSource(quoted(s.hasKeyArguments())+providerBlock, keySource{key: &key}), true, nil
	case s.Profile != "" || s.SharedCredentialsFile != "":
		chosen, err = fromProfile(env, profileFile(env, s.SharedCredentialsFile), s.Profile)
		return chosen, true, withArguments(err, s.sourceArguments())
	case s.ECSRoleName != "":
		return selectSource("the ECS role `"+s.ECSRoleName+"`"+providerBlock, keySource{ecsRole: s.ECSRoleName}), true, nil
	case s.CredentialsURI != "":
		return selectSource("the `credentials_uri`"+providerBlock, keySource{uri: s.CredentialsURI}), true, nil
	case s.AssumeRoleWithOIDC != nil:
		return selectSource("`assume_role_with_oidc`"+providerBlock, keySource{oidc: s.AssumeRoleWithOIDC}), true, nil
	}
	return SelectedCredentials{}, false, nil
}

func withArguments(err error, arguments []string) error {
	if err == nil {
		return nil
	}
	return &CredentialConfigError{Arguments: arguments, Problem: err.Error()}
}

// checkURI never quotes the URI, whose path may hold a token.
func checkURI(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return problemf("is not a URL with http or https and a host")
	}
	if u.User != nil {
		return problemf("must not contain a user name or password")
	}
	if host := u.Hostname(); u.Scheme == "http" && host != metadataHost && host != "localhost" && !isLoopback(host) {
		return problemf("must use https, because the response contains secrets; http is accepted for this machine (127.0.0.1, [::1], localhost) and the metadata service (" + metadataHost + ")")
	}
	return nil
}
