// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
)

// The environment variables, named as in the vendor's tools.
const (
	roleVariable            = "ALIBABA_CLOUD_ROLE_ARN"
	oidcProviderVariable    = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"
	oidcTokenFileVariable   = "ALIBABA_CLOUD_OIDC_TOKEN_FILE"
	uriVariable             = "ALIBABA_CLOUD_CREDENTIALS_URI"
	ecsRoleVariable         = "ALIBABA_CLOUD_ECS_METADATA"
	credentialsFileVariable = "ALIBABA_CLOUD_CREDENTIALS_FILE"
)

// keyVariables are two families of variables that hold a key. Each family is one source: a
// part that is missing in one is not taken from the other.
var keyVariables = [][3]string{
	{"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"},
	{"ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"},
}

var profileVariables = []string{"ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE"}

// fromEnvironment selects the first source that is set. An incomplete source is an error.
// It does not continue with the next source, which may belong to another account.
func fromEnvironment(env Environment) (SelectedCredentials, error) {
	for _, source := range []func(Environment) (SelectedCredentials, bool, error){
		fromKeyVariables, fromOIDCVariables, fromProfileVariables, fromURIVariable, fromECSVariable, fromCurrentProfile,
	} {
		if chosen, found, err := source(env); found || err != nil {
			return chosen, err
		}
	}
	return SelectedCredentials{}, &CredentialConfigError{Problem: "No credentials were found. The provider block sets none of `access_key`, `profile`, `ecs_role_name`, " +
		"`credentials_uri` and `assume_role_with_oidc`; none of these environment variables is set: " + strings.Join(variables(), ", ") +
		"; and there is no file " + profileFile(env, "") + ".\n\n" +
		"Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or run `aliyun configure` and set `profile`."}
}

// variables returns the variables that select a source, in order of precedence.
func variables() (names []string) {
	for _, family := range keyVariables {
		names = append(names, family[0])
	}
	names = append(names, oidcProviderVariable)
	names = append(names, profileVariables...)
	return append(names, uriVariable, ecsRoleVariable)
}

func fromKeyVariables(env Environment) (SelectedCredentials, bool, error) {
	for _, names := range keyVariables {
		key := Key{ID: env.get(names[0]), Secret: env.get(names[1]), Token: env.get(names[2])}
		if key == (Key{}) {
			continue
		}
		whole, err := keyOf(key, names)
		if err != nil {
			return SelectedCredentials{}, true, &CredentialConfigError{Problem: "The AccessKey of the environment is incomplete: " + err.Error() +
				". Its parts are never taken from anywhere else. An empty variable counts as not set."}
		}
		used := names[0] + " and " + names[1]
		if key.Token != "" {
			used = names[0] + ", " + names[1] + " and " + names[2]
		}
		return selectSource("the environment variables "+used, keySource{key: whole}), true, nil
	}
	return SelectedCredentials{}, false, nil
}

func fromOIDCVariables(env Environment) (SelectedCredentials, bool, error) {
	oidc := OIDC{ProviderARN: env.get(oidcProviderVariable), TokenFile: env.get(oidcTokenFileVariable)}
	if oidc == (OIDC{}) {
		return SelectedCredentials{}, false, nil
	}
	oidc.RoleARN = env.get(roleVariable)
	if oidc.TokenFile == "" {
		return SelectedCredentials{}, true, &CredentialConfigError{Problem: "The OIDC source of the environment is incomplete: " + oidcProviderVariable +
			" is set, but " + oidcTokenFileVariable + " is not."}
	}
	if problem := oidc.problem([4]string{roleVariable, oidcProviderVariable, "", oidcTokenFileVariable}); problem != "" {
		return SelectedCredentials{}, true, &CredentialConfigError{Problem: "The OIDC source of the environment is incomplete: " + problem}
	}
	return selectSource("the environment variables "+roleVariable+", "+oidcProviderVariable+" and "+oidcTokenFileVariable, keySource{oidc: &oidc}), true, nil
}

func fromProfileVariables(env Environment) (SelectedCredentials, bool, error) {
	for _, variable := range profileVariables {
		name := env.get(variable)
		if name == "" {
			continue
		}
		chosen, err := fromProfile(env, profileFile(env, ""), name)
		if err != nil {
			return SelectedCredentials{}, true, &CredentialConfigError{Problem: "The environment variable " + variable + " selects a profile. " + err.Error()}
		}
		return chosen, true, nil
	}
	return SelectedCredentials{}, false, nil
}

func fromURIVariable(env Environment) (SelectedCredentials, bool, error) {
	uri := env.get(uriVariable)
	if uri == "" {
		return SelectedCredentials{}, false, nil
	}
	if err := checkURI(uri); err != nil {
		return SelectedCredentials{}, true, &CredentialConfigError{Problem: "The environment variable " + uriVariable + " " + err.Error() + "."}
	}
	return selectSource("the environment variable "+uriVariable, keySource{uri: uri}), true, nil
}

func fromECSVariable(env Environment) (SelectedCredentials, bool, error) {
	role := env.get(ecsRoleVariable)
	if role == "" {
		return SelectedCredentials{}, false, nil
	}
	return selectSource("the ECS role `"+role+"` of the environment variable "+ecsRoleVariable, keySource{ecsRole: role}), true, nil
}

// fromCurrentProfile selects the profile that the aliyun CLI would use. It is the last
// source. A file that the environment names must exist.
func fromCurrentProfile(env Environment) (SelectedCredentials, bool, error) {
	file := profileFile(env, "")
	if file == "" {
		return SelectedCredentials{}, false, nil
	}
	chosen, err := fromProfile(env, file, "")
	if errors.Is(err, fs.ErrNotExist) && env.get(credentialsFileVariable) == "" {
		return SelectedCredentials{}, false, nil
	}
	if err != nil {
		return SelectedCredentials{}, true, &CredentialConfigError{Problem: "No other credentials are set, so the current profile of the aliyun CLI was tried. " + err.Error()}
	}
	return chosen, true, nil
}

// profileFile returns the given file, else the file that the environment names, else that
// of the aliyun CLI. It returns "" without a home directory.
func profileFile(env Environment, given string) string {
	if given == "" {
		given = env.get(credentialsFileVariable)
	}
	if given != "" {
		return env.expand(given)
	}
	if env.Home == "" {
		return ""
	}
	return filepath.Join(env.Home, ".aliyun", "config.json")
}
