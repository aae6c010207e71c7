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

// CredentialSettings are the arguments of the provider block that select credentials. A
// value that is empty or only white space counts as not set.
type CredentialSettings struct {
	AccessKey, SecretKey, SecurityToken string
	Profile, SharedCredentialsFile      string
	ECSRoleName                         string
	CredentialsURI                      string
	AssumeRoleWithOIDC                  *OIDC
	AssumeRole                          *Role // assumed with any of the other credentials
}

// Role is a RAM role to assume with a key.
type Role struct {
	ARN         string
	SessionName string // default terraform-provider-ram
	Policy      string
	ExternalID  string
	Duration    time.Duration // 0 selects the service's default, one hour

	sts stsPlace // set if a profile names an Sts endpoint or region
}

// OIDC is a RAM role to assume with a token of an OpenID Connect provider.
type OIDC struct {
	RoleARN     string
	ProviderARN string
	Token       string
	TokenFile   string // read for each session, because its writer renews the token
	SessionName string
	Policy      string
	Duration    time.Duration

	sts stsPlace
}

// Environment is the environment of the process.
type Environment struct {
	Getenv   func(string) string
	Home     string // "" if there is none
	ReadFile func(string) ([]byte, error)
}

// HostEnvironment is an Environment that reads files of this machine. It takes the home
// directory from the environment variables, too.
func HostEnvironment(getenv func(string) string) Environment {
	home := getenv("HOME")
	if home == "" {
		home = getenv("USERPROFILE")
	}
	return Environment{Getenv: getenv, Home: home, ReadFile: os.ReadFile}
}

// get returns the value of a variable without surrounding white space, such as the line
// break at the end of a file.
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

// The kinds of credentials.
const (
	// The kinds that [CredentialSource] names.
	KindAccessKey      CredentialKind = "AccessKey"
	KindSecurityToken  CredentialKind = "STS token"
	KindOIDC           CredentialKind = "OIDC"
	KindECSRole        CredentialKind = "ECS role"
	KindCredentialsURI CredentialKind = "credentials URI"
	KindExternal       CredentialKind = "external program"
	KindLogOn          CredentialKind = "log-on of a person"
	KindRSAKeyPair     CredentialKind = "RSA key pair"
)

// CredentialSource describes for messages which credentials were selected and where they
// come from. It never holds a secret.
type CredentialSource struct {
	Kind  CredentialKind
	From  string   // such as the profile "ops" of /home/alice/.aliyun/config.json
	Roles []string // ARNs of the roles that are then assumed, in order
}

func (s CredentialSource) String() string {
	text := s.From
	for _, role := range s.Roles {
		text += ", then the role " + role
	}
	return text
}

// CredentialConfigError explains why no credentials can be selected.
type CredentialConfigError struct {
	Arguments []string // arguments of the provider block; empty if the environment is wrong
	Problem   string
}

func (e *CredentialConfigError) Error() string { return e.Problem }

// SelectedCredentials are credentials that were selected but not used yet.
type SelectedCredentials struct {
	Source CredentialSource
	origin keySource
	roles  []Role
	from   sources
	sts    stsPlace // Sts of the profile, for the calls of the client itself
}

// stsPlace is the Sts of a profile, by region or endpoint.
type stsPlace struct {
	region   string
	endpoint *url.URL
}

// keySource is the source of the first key. Exactly one field is set.
type keySource struct {
	key     *Key
	oidc    *OIDC
	ecsRole string
	uri     string
	program string // command line of the program
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

// SelectCredentials selects the credentials of the provider block, or else the first source
// that the environment sets. It never combines parts of several sources. It reads files
// only, and only those of the selected source.
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

// addRole adds the role of the provider block, or else of the environment, to the selected
// source. ALIBABA_CLOUD_ROLE_ARN also belongs to the OIDC source. If that source is
// selected, the role is not assumed a second time.
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
	// RoleARN matches the ARN of a role (documented).
	RoleARN = regexp.MustCompile(`^acs:ram::[0-9]{16}:role/[0-9A-Za-z._@/-]+$`)
	// OIDCProviderARN matches the ARN of an OpenID Connect provider (documented).
	OIDCProviderARN = regexp.MustCompile(`^acs:ram::[0-9]{16}:oidc-provider/[0-9A-Za-z._-]+$`)
	// SessionName matches the name of a role session (documented).
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

// keyOf returns the complete key, or says which part is missing. names are the names of the
// parts in their source.
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

// isTemporary reports whether an AccessKey id belongs to a session of Sts (documented).
func isTemporary(id string) bool { return strings.HasPrefix(id, "STS.") }

// problem is an error whose text consists of whole sentences and is shown unchanged.
type problem string

func (p problem) Error() string { return string(p) }

func problemf(format string, args ...any) error { return problem(fmt.Sprintf(format, args...)) }
