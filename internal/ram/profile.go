// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// profiles is the configuration file of the aliyun CLI. Each profile is decoded separately,
// so that an unknown form of one profile does not affect the others.
type profiles struct {
	Current  string            `json:"current"`
	Profiles []json.RawMessage `json:"profiles"`
}

// profile is one profile of the file (observed).
type profile struct {
	Name            string `json:"name"`
	Mode            string `json:"mode"`
	AccessKeyID     string `json:"access_key_id"`
	AccessKeySecret string `json:"access_key_secret"`
	StsToken        string `json:"sts_token"`
	StsRegion       string `json:"sts_region"`
	StsEndpoint     string `json:"sts_endpoint"`
	EnableVPC       bool   `json:"enable_vpc"`
	RAMRoleName     string `json:"ram_role_name"`
	RAMRoleARN      string `json:"ram_role_arn"`
	RAMSessionName  string `json:"ram_session_name"`
	ExpiredSeconds  int64  `json:"expired_seconds"`
	ExternalID      string `json:"external_id"`
	Policy          string `json:"policy"`
	SourceProfile   string `json:"source_profile"`
	OIDCProviderARN string `json:"oidc_provider_arn"`
	OIDCToken       string `json:"oidc_token"`
	OIDCTokenFile   string `json:"oidc_token_file"`
	CredentialsURI  string `json:"credentials_uri"`
	ProcessCommand  string `json:"process_command"`
	PrivateKey      string `json:"private_key"`
	KeyPairName     string `json:"key_pair_name"`

	StsExpiration          int64  `json:"sts_expiration"`
	CloudSSOSignInURL      string `json:"cloud_sso_sign_in_url"`
	CloudSSOAccountID      string `json:"cloud_sso_account_id"`
	CloudSSOAccessConfig   string `json:"cloud_sso_access_config"`
	CloudSSOAccessToken    string `json:"access_token"`
	CloudSSOTokenExpire    int64  `json:"cloud_sso_access_token_expire"`
	OAuthSiteType          string `json:"oauth_site_type"`
	OAuthAccessToken       string `json:"oauth_access_token"`
	OAuthAccessTokenExpire int64  `json:"oauth_access_token_expire"`
}

// fromProfile selects a profile of a file by name, or the file's current profile if name is
// "".
func fromProfile(env Environment, file, name string) (SelectedCredentials, error) {
	if file == "" {
		return SelectedCredentials{}, problemf("There is no home directory with .aliyun/config.json; name the file in `shared_credentials_file` or %s.", credentialsFileVariable)
	}
	all, err := readProfiles(env, file)
	if err != nil {
		return SelectedCredentials{}, err
	}
	if name == "" {
		name = all.Current
	}
	if name == "" {
		name = "default"
	}
	source, roles, err := all.resolve(name, nil)
	if err != nil {
		return SelectedCredentials{}, problemf("The profiles of %s do not give credentials: %v", file, err)
	}
	selected := selectSource(fmt.Sprintf("the profile %q of %s", name, file), source, roles...)
	if selected.sts, err = all.sts(name); err != nil {
		return SelectedCredentials{}, problemf("The profiles of %s do not give credentials: %v", file, err)
	}
	return selected, nil
}

// sts returns the Sts of the named profile.
func (p profiles) sts(name string) (stsPlace, error) {
	entry, err := p.find(name)
	if err != nil {
		return stsPlace{}, err
	}
	return entry.sts()
}

// sts returns the Sts of the profile. It checks the value before it becomes part of a host
// name, because requests to that host are signed and some carry tokens.
func (p profile) sts() (stsPlace, error) {
	place := stsPlace{region: strings.TrimSpace(p.StsRegion)}
	if place.region != "" && !Region.MatchString(place.region) {
		return stsPlace{}, problemf("the `sts_region` of the profile %q is not the id of a region, such as cn-hangzhou.", p.Name)
	}
	if p.EnableVPC && place.region != "" {
		place.endpoint = httpsURL("sts-vpc." + place.region + ".aliyuncs.com")
	}
	text := strings.TrimSpace(p.StsEndpoint)
	if text == "" {
		return place, nil
	}
	endpoint, foreign, err := ParseEndpoint(text)
	switch {
	case err != nil:
		return stsPlace{}, problemf("the `sts_endpoint` of the profile %q is not an endpoint: %v.", p.Name, err)
	case foreign:
		return stsPlace{}, problemf("the `sts_endpoint` of the profile %q is not a host of the service. Set another host in `endpoints` of the provider block.", p.Name)
	}
	place.endpoint = endpoint
	return place, nil
}

// readProfiles reads the file. Its errors never quote the file, which holds secrets: the
// message of a JSON error contains parts of its input.
func readProfiles(env Environment, file string) (all profiles, err error) {
	content, err := env.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return all, missingFile(file)
	}
	if err != nil {
		return all, problemf("The file %s cannot be read; check that this user may read it.", file)
	}
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	if err := json.Unmarshal(content, &all); err != nil {
		return all, problemf("The file %s is not the JSON that `aliyun configure` writes%s. Its content is not shown, because it may contain secrets.", file, line(content, err))
	}
	return all, nil
}

// missingFile is the path of a file that does not exist.
type missingFile string

func (f missingFile) Error() string {
	return fmt.Sprintf("The file %s does not exist; run `aliyun configure`, or name another file.", string(f))
}

// Is makes errors.Is(err, fs.ErrNotExist) true.
func (missingFile) Is(target error) bool { return target == fs.ErrNotExist }

// line returns the line number of a JSON error, without its message.
func line(content []byte, err error) string {
	var offset int64
	var syntax *json.SyntaxError
	var typeError *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &typeError):
		offset = typeError.Offset
	}
	if offset <= 0 || offset > int64(len(content)) {
		return ""
	}
	return fmt.Sprintf(" (see line %d)", 1+bytes.Count(content[:offset], []byte("\n")))
}

func (p profiles) find(name string) (profile, error) {
	for _, entry := range p.Profiles {
		var head struct {
			Name string `json:"name"`
		}
		if json.Unmarshal(entry, &head) != nil || head.Name != name {
			continue
		}
		var found profile
		if json.Unmarshal(entry, &found) != nil {
			return found, problemf("the profile %q has a field of the wrong type.", name)
		}
		return found, nil
	}
	return profile{}, problemf("there is no profile %q.", name)
}

// resolve follows a profile to the source of its key. It returns the roles to assume, that
// of the profile last.
func (p profiles) resolve(name string, path []string) (o keySource, roles []Role, err error) {
	if slices.Contains(path, name) {
		return o, nil, problemf("the source profiles form a circle: %s.", strings.Join(append(path, name), " -> "))
	}
	entry, err := p.find(name)
	if err != nil {
		return o, nil, err
	}
	switch mode := strings.ToLower(entry.Mode); mode {
	case "chainableramrolearn":
		return p.chain(entry, append(path, name))
	case "ak", "ststoken", "ramrolearn":
		return entry.withKey(mode)
	case "ecsramrole":
		if entry.RAMRoleName == "" {
			return o, nil, entry.missingField("ram_role_name")
		}
		return keySource{ecsRole: entry.RAMRoleName}, nil, nil
	case "oidc":
		return entry.withOIDC()
	case "credentialsuri":
		return entry.withURI()
	case "external":
		if entry.ProcessCommand == "" {
			return o, nil, entry.missingField("process_command")
		}
		return keySource{program: entry.ProcessCommand}, nil, nil
	case "cloudsso":
		o.logOn, err = entry.cloudSSO()
		return o, nil, err
	case "oauth":
		o.logOn, err = entry.oauth()
		return o, nil, err
	case "rsakeypair":
		o.pair, err = entry.keyPair()
		return o, nil, err
	case "":
		return o, nil, entry.missingField("mode")
	}
	return o, nil, problemf("the profile %q has the mode %q, which this provider does not support. Use a profile with the mode AK, StsToken, "+
		"RamRoleArn, ChainableRamRoleArn, EcsRamRole, OIDC, CredentialsURI, External, CloudSSO, OAuth or RsaKeyPair, or export temporary credentials as ALIBABA_CLOUD_ACCESS_KEY_ID, "+
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN.", name, entry.Mode)
}

func (p profiles) chain(entry profile, path []string) (o keySource, roles []Role, err error) {
	if entry.SourceProfile == "" {
		return o, nil, entry.missingField("source_profile")
	}
	role, err := entry.role()
	if err != nil {
		return o, nil, err
	}
	o, roles, err = p.resolve(entry.SourceProfile, path)
	return o, append(roles, role), err
}

// withKey returns the key of the profile. It uses the token only if the mode or the key
// needs one, because the CLI does not remove the token when a profile is changed to another
// mode (observed).
func (p profile) withKey(mode string) (o keySource, roles []Role, err error) {
	key := Key{ID: strings.TrimSpace(p.AccessKeyID), Secret: strings.TrimSpace(p.AccessKeySecret)}
	if mode == "ststoken" || isTemporary(key.ID) {
		key.Token = strings.TrimSpace(p.StsToken)
	}
	switch {
	case key.ID == "":
		return o, nil, p.missingField("access_key_id")
	case key.Secret == "":
		return o, nil, p.missingField("access_key_secret")
	case key.Token == "" && (mode == "ststoken" || isTemporary(key.ID)):
		return o, nil, p.missingField("sts_token")
	case mode != "ramrolearn":
		return keySource{key: &key}, nil, nil
	}
	role, err := p.role()
	return keySource{key: &key}, []Role{role}, err
}

func (p profile) role() (Role, error) {
	role := Role{
		ARN: strings.TrimSpace(p.RAMRoleARN), SessionName: p.RAMSessionName, Policy: p.Policy, ExternalID: p.ExternalID,
		Duration: time.Duration(p.ExpiredSeconds) * time.Second,
	}
	var err error
	if role.sts, err = p.sts(); err != nil {
		return role, err
	}
	if role.ARN == "" {
		return role, p.missingField("ram_role_arn")
	}
	if !RoleARN.MatchString(role.ARN) {
		return role, problemf("the `ram_role_arn` of the profile %q %s", p.Name, notARoleARN)
	}
	return role, nil
}

func (p profile) withOIDC() (o keySource, roles []Role, err error) {
	oidc := OIDC{
		RoleARN: p.RAMRoleARN, ProviderARN: p.OIDCProviderARN, Token: p.OIDCToken, TokenFile: p.OIDCTokenFile, SessionName: p.RAMSessionName,
		Policy: p.Policy, Duration: time.Duration(p.ExpiredSeconds) * time.Second,
	}.trimmed()
	if oidc.sts, err = p.sts(); err != nil {
		return o, nil, err
	}
	if oidc.Token != "" {
		oidc.TokenFile = "" // as the vendor's libraries do (observed)
	}
	if problem := oidc.problem([4]string{"ram_role_arn", "oidc_provider_arn", "oidc_token", "oidc_token_file"}); problem != "" {
		return o, nil, problemf("in the profile %q, %s", p.Name, problem)
	}
	return keySource{oidc: &oidc}, nil, nil
}

func (p profile) withURI() (o keySource, roles []Role, err error) {
	uri := strings.TrimSpace(p.CredentialsURI)
	if uri == "" {
		return o, nil, p.missingField("credentials_uri")
	}
	if err := checkURI(uri); err != nil {
		return o, nil, problemf("the `credentials_uri` of the profile %q %v.", p.Name, err)
	}
	return keySource{uri: uri}, nil, nil
}

func (p profile) missingField(field string) error {
	return problemf("the profile %q lacks `%s`. Run `aliyun configure --profile %s` to complete it.", p.Name, field, p.Name)
}
