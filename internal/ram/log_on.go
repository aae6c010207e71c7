// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// logOn is the log-on of a person that the aliyun CLI stores in a profile: a session, and
// the token that is exchanged for the next session.
type logOn struct {
	session    Key
	sessionEnd time.Time
	token      string
	tokenEnd   time.Time
	command    string // command with which the person logs on again
	exchange   keyReader
}

// errLogOnExpired means that the log-on has expired. The provider does not renew it, because
// that would invalidate the log-on of the CLI, and the provider does not write the CLI's
// file.
var errLogOnExpired = errors.New("the log-on has expired")

// sessionMargin is the minimum remaining lifetime of a stored session that is used.
const sessionMargin = 2 * time.Minute

// useLogOn is what a log-on that has expired prevents.
const useLogOn = "use the log-on"

func (l *logOn) remedy() string { return "Run `" + l.command + "` to log on again." }

// expired reports whether the person has to log on again.
func (l *logOn) expired(at time.Time) bool { return !l.hasSession(at) && !l.hasToken(at) }

func (l *logOn) hasSession(at time.Time) bool {
	return l.session != (Key{}) && l.sessionEnd.Sub(at) > sessionMargin
}

func (l *logOn) hasToken(at time.Time) bool { return l.token != "" && l.tokenEnd.After(at) }

// reader returns a keyReader that reads the stored session while it is valid, and then
// exchanges the token.
func (l *logOn) reader(now func() time.Time) keyReader {
	return func(ctx context.Context, refused bool) (Key, time.Time, error) {
		at := now()
		if !refused && l.hasSession(at) {
			return l.session, l.sessionEnd, nil
		}
		if !l.hasToken(at) {
			return Key{}, time.Time{}, errLogOnExpired
		}
		return l.exchange(ctx, refused)
	}
}

// newLogOn returns the log-on of a profile that was configured with this mode.
func (p profile) newLogOn(mode, token string, expire int64) *logOn {
	l := &logOn{token: token, tokenEnd: sinceEpoch(expire), command: "aliyun configure --mode " + mode + " --profile " + p.Name}
	if p.AccessKeyID != "" && p.AccessKeySecret != "" && p.StsToken != "" {
		l.session, l.sessionEnd = Key{ID: p.AccessKeyID, Secret: p.AccessKeySecret, Token: p.StsToken}, sinceEpoch(p.StsExpiration)
	}
	return l
}

// cloudSSOHost matches the hosts of user logon URLs (documented), which receive the token of
// the log-on.
var cloudSSOHost = regexp.MustCompile(`^signin-[a-z0-9-]+\.alibabacloudsso\.com$`)

// cloudSSO returns the log-on of a CloudSSO user (observed, in the vendor's library).
func (p profile) cloudSSO() (*logOn, error) {
	switch {
	case p.CloudSSOSignInURL == "":
		return nil, p.missingField("cloud_sso_sign_in_url")
	case p.CloudSSOAccountID == "":
		return nil, p.missingField("cloud_sso_account_id")
	case p.CloudSSOAccessConfig == "":
		return nil, p.missingField("cloud_sso_access_config")
	}
	address, err := url.Parse(strings.TrimSpace(p.CloudSSOSignInURL))
	if err != nil || address.Scheme != "https" && !isLoopback(address.Hostname()) || address.Host == "" || address.User != nil {
		return nil, problemf("the `cloud_sso_sign_in_url` of the profile %q is not a URL with https.", p.Name)
	}
	if !isLoopback(address.Hostname()) && !cloudSSOHost.MatchString(strings.ToLower(address.Host)) {
		return nil, problemf("the `cloud_sso_sign_in_url` of the profile %q is not a host of CloudSSO, such as signin-cn-shanghai.alibabacloudsso.com. Copy the user logon URL from the console of CloudSSO.", p.Name)
	}
	l := p.newLogOn("CloudSSO", p.CloudSSOAccessToken, p.CloudSSOTokenExpire)
	body := map[string]string{"AccountId": p.CloudSSOAccountID, "AccessConfigurationId": p.CloudSSOAccessConfig}
	l.exchange = exchangeReader((&url.URL{Scheme: address.Scheme, Host: address.Host, Path: "/cloud-credentials"}).String(), l.token, body,
		func(response []byte) (sessionFields, error) {
			var fields struct{ CloudCredential sessionFields }
			err := json.Unmarshal(response, &fields)
			return fields.CloudCredential, err
		})
	return l, nil
}

// oauthSites are the sign-in services by site (observed, in the vendor's library).
var oauthSites = map[string]string{"CN": "https://oauth.aliyun.com", "INTL": "https://oauth.alibabacloud.com"}

// oauth returns the log-on of a person through a browser (observed, in the vendor's
// library).
func (p profile) oauth() (*logOn, error) {
	site := oauthSites[strings.ToUpper(strings.TrimSpace(p.OAuthSiteType))]
	if site == "" {
		return nil, problemf("the `oauth_site_type` of the profile %q is neither CN nor INTL.", p.Name)
	}
	l := p.newLogOn("OAuth", p.OAuthAccessToken, p.OAuthAccessTokenExpire)
	l.exchange = exchangeReader(site+"/v1/exchange", l.token, struct{}{}, func(response []byte) (fields sessionFields, err error) {
		err = json.Unmarshal(response, &fields)
		return fields, err
	})
	return l, nil
}
