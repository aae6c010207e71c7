// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// CredentialSettings are the arguments of a provider block that select credentials. Empty,
// or only white space, is not set.
type CredentialSettings struct {
	AccessKey, SecretKey, SecurityToken string
	Profile, SharedCredentialsFile      string
	ECSRoleName                         string
	CredentialsURI                      string
	AssumeRoleWithOIDC                  *OIDC
	AssumeRole                          *Role // assumed with any of the above
}

// Role is a role to assume with a key.
type Role struct {
	ARN         string
	SessionName string // "" is terraform-provider-ram
	Policy      string
	ExternalID  string
	Duration    time.Duration // 0 is the service's default, an hour

	sts stsPlace // where a profile names it
}

// OIDC is a role to assume with the token of an OpenID Connect provider.
type OIDC struct {
	RoleARN     string
	ProviderARN string
	Token       string
	TokenFile   string // read again for each session, because its writer renews it
	SessionName string
	Policy      string
	Duration    time.Duration

	sts stsPlace
}

// Environment is the environment of the process.
type Environment struct {
	Getenv   func(string) string
	Home     string // "" for none
	ReadFile func(string) ([]byte, error)
}

// HostEnvironment is an Environment with the files of this machine. The home directory
// comes from the variables, too.
func HostEnvironment(getenv func(string) string) Environment {
	home := getenv("HOME")
	if home == "" {
		home = getenv("USERPROFILE")
	}
	return Environment{Getenv: getenv, Home: home, ReadFile: os.ReadFile}
}

// get returns the value of a variable without the white space around it, such as the line
// break of a file.
func (e Environment) get(name string) string { return strings.TrimSpace(e.Getenv(name)) }

func (e Environment) expand(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	if !ok || e.Home == "" {
		return path
	}
	return filepath.Join(e.Home, rest)
}

// CredentialKind is a way to get a key.
type CredentialKind string

// The kinds of Source.
const (
	// The kinds of a CredentialSource.
	KindAccessKey      CredentialKind = "AccessKey"
	KindSecurityToken  CredentialKind = "STS token"
	KindOIDC           CredentialKind = "OIDC"
	KindECSRole        CredentialKind = "ECS role"
	KindCredentialsURI CredentialKind = "credentials URI"
	KindExternal       CredentialKind = "external program"
	KindLogOn          CredentialKind = "log-on of a person"
	KindRSAKeyPair     CredentialKind = "RSA key pair"
)

// CredentialSource says which credentials were selected and from where, for messages. It
// never holds a secret.
type CredentialSource struct {
	Kind  CredentialKind
	From  string   // such as: the profile "ops" of /home/alice/.aliyun/config.json
	Roles []string // the ARNs of the roles assumed on top, in order
}

func (s CredentialSource) String() string {
	text := s.From
	for _, role := range s.Roles {
		text += ", then the role " + role
	}
	return text
}

// CredentialConfigError says why no credentials could be selected.
type CredentialConfigError struct {
	Arguments []string // of the provider block; none if the environment is wrong
	Problem   string
}

func (e *CredentialConfigError) Error() string { return e.Problem }

// SelectedCredentials are credentials that have been selected and not yet used.
type SelectedCredentials struct {
	Source CredentialSource
	origin keySource
	roles  []Role
	from   sources
	sts    stsPlace // of the profile, for the calls of the client itself
}

// stsPlace is the Sts of a profile: of a region, or at an endpoint.
type stsPlace struct {
	region   string
	endpoint *url.URL
}

// keySource is where the first key comes from: exactly one of these is set.
type keySource struct {
	key     *Key
	oidc    *OIDC
	ecsRole string
	uri     string
	program string // with its arguments
	logOn   *logOn
	pair    *rsaKeyPair
}

func (o keySource) kind() CredentialKind {
	switch {
	case o.oidc != nil:
		return KindOIDC
	case o.ecsRole != "":
		return KindECSRole
	case o.uri != "":
		return KindCredentialsURI
	case o.program != "":
		return KindExternal
	case o.logOn != nil:
		return KindLogOn
	case o.pair != nil:
		return KindRSAKeyPair
	case o.key.Token != "":
		return KindSecurityToken
	}
	return KindAccessKey
}

func selectSource(from string, o keySource, roles ...Role) SelectedCredentials {
	chosen := SelectedCredentials{Source: CredentialSource{Kind: o.kind(), From: from}, origin: o}
	for _, role := range roles {
		chosen = chosen.withRole(role)
	}
	return chosen
}

func (c SelectedCredentials) withRole(role Role) SelectedCredentials {
	c.roles = append(c.roles[:len(c.roles):len(c.roles)], role)
	c.Source.Roles = append(c.Source.Roles[:len(c.Source.Roles):len(c.Source.Roles)], role.ARN)
	return c
}

// SelectCredentials selects the credentials of the provider block, or else the first
// source of the environment. Exactly one source provides them; its parts never come from
// another. Only files are read, and none beyond the selected source.
func SelectCredentials(settings CredentialSettings, env Environment) (SelectedCredentials, error) {
	settings = settings.trimmed()
	if err := cmp.Or(settings.Check(), settings.checkForms()); err != nil {
		return SelectedCredentials{}, err
	}
	chosen, found, err := fromSettings(settings, env)
	if err == nil && !found {
		chosen, err = fromEnvironment(env)
	}
	if err != nil {
		return SelectedCredentials{}, err
	}
	chosen, err = addRole(chosen, settings, env)
	chosen.from = env.sources()
	return chosen, err
}

// addRole adds the role of the block, or else of the environment, to the selected source.
// The variable ALIBABA_CLOUD_ROLE_ARN also belongs to the OIDC source: where that is used,
// it is not a role to be assumed once more.
func addRole(chosen SelectedCredentials, settings CredentialSettings, env Environment) (SelectedCredentials, error) {
	if settings.AssumeRole != nil {
		return chosen.withRole(*settings.AssumeRole), nil
	}
	arn := env.get(roleVariable)
	if arn == "" || chosen.Source.Kind == KindOIDC || env.get(oidcProviderVariable) != "" || env.get(oidcTokenFileVariable) != "" {
		return chosen, nil
	}
	if !RoleARN.MatchString(arn) {
		return SelectedCredentials{}, &CredentialConfigError{Problem: "The environment variable " + roleVariable + " " + notARoleARN}
	}
	return chosen.withRole(Role{ARN: arn}), nil
}

const notARoleARN = "is not the ARN of a role, such as `acs:ram::1234567890123456:role/terraform`."

var (
	// RoleARN is the form of a role's ARN (documented).
	RoleARN = regexp.MustCompile(`^acs:ram::[0-9]{16}:role/[0-9A-Za-z._@/-]+$`)
	// OIDCProviderARN is the form of the ARN of an OpenID Connect provider (documented).
	OIDCProviderARN = regexp.MustCompile(`^acs:ram::[0-9]{16}:oidc-provider/[0-9A-Za-z._-]+$`)
	// SessionName is the form of the name of a role session (documented).
	SessionName = regexp.MustCompile(`^[0-9A-Za-z.@_-]{2,64}$`)
)

func (s CredentialSettings) trimmed() CredentialSettings {
	for _, text := range []*string{
		&s.AccessKey, &s.SecretKey, &s.SecurityToken, &s.Profile, &s.SharedCredentialsFile, &s.ECSRoleName, &s.CredentialsURI,
	} {
		*text = strings.TrimSpace(*text)
	}
	if s.AssumeRole != nil {
		role := *s.AssumeRole
		role.ARN, role.SessionName, role.ExternalID = strings.TrimSpace(role.ARN), strings.TrimSpace(role.SessionName), strings.TrimSpace(role.ExternalID)
		s.AssumeRole = &role
	}
	if s.AssumeRoleWithOIDC != nil {
		oidc := s.AssumeRoleWithOIDC.trimmed()
		s.AssumeRoleWithOIDC = &oidc
	}
	return s
}

func (o OIDC) trimmed() OIDC {
	for _, text := range []*string{&o.RoleARN, &o.ProviderARN, &o.Token, &o.TokenFile, &o.SessionName} {
		*text = strings.TrimSpace(*text)
	}
	return o
}

// keyOf makes a key of a pair and perhaps a token, or says which part is missing, by the
// names that the parts have in their source.
func keyOf(key Key, names [3]string) (*Key, error) {
	switch {
	case key.ID == "" && key.Secret == "":
		return nil, fmt.Errorf("%s is set, but %s and %s are not", names[2], names[0], names[1])
	case key.ID == "":
		return nil, fmt.Errorf("%s is set, but %s is not", names[1], names[0])
	case key.Secret == "":
		return nil, fmt.Errorf("%s is set, but %s is not", names[0], names[1])
	case key.Token == "" && isTemporary(key.ID):
		return nil, fmt.Errorf("%s is a temporary AccessKey, which needs %s too, and that is not set", names[0], names[2])
	}
	return &key, nil
}

// isTemporary reports whether an AccessKey is one of Sts, by its id (documented).
func isTemporary(id string) bool { return strings.HasPrefix(id, "STS.") }

// problem is an error in whole sentences, shown as it is.
type problem string

func (p problem) Error() string { return string(p) }

func problemf(format string, args ...any) error { return problem(fmt.Sprintf(format, args...)) }
