// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Region matches a region id (documented by the list of regions), which becomes part of a
// host name.
var Region = regexp.MustCompile(`^[a-z]{2,4}(-[a-z0-9]+)+$`)

// serviceHost matches the hosts of the three services (documented): the central hosts, and
// Sts hosts of a region or of its VPCs. Other hosts below aliyuncs.com, such as OSS
// buckets, may belong to other customers.
var serviceHost = regexp.MustCompile(`^(?:(?:ram|ims|sts)|sts(?:-vpc)?\.(?:cn|ap|us|eu|me|na|sa|af|rus)-[a-z0-9-]+)\.aliyuncs\.com$`)

var errFragment = errors.New("a fragment is not accepted")

// globalSts contains the regions that have no Sts host of their own (documented).
var globalSts = map[string]bool{"": true, "cn-hangzhou-finance": true, "cn-shenzhen-finance-1": true}

// DefaultEndpoints returns the service's own endpoints. Ram and Ims are central. Sts has a
// host per region.
func DefaultEndpoints(region string) Endpoints {
	sts := "sts.aliyuncs.com"
	if !globalSts[region] {
		sts = "sts." + region + ".aliyuncs.com"
	}
	return Endpoints{Ram: httpsURL("ram.aliyuncs.com"), Ims: httpsURL("ims.aliyuncs.com"), Sts: httpsURL(sts)}
}

func httpsURL(host string) *url.URL { return &url.URL{Scheme: "https", Host: host} }

// withDefaults fills the empty endpoints of e from other.
func (e Endpoints) withDefaults(other Endpoints) Endpoints {
	if e.Ram == nil {
		e.Ram = other.Ram
	}
	if e.Ims == nil {
		e.Ims = other.Ims
	}
	if e.Sts == nil {
		e.Sts = other.Sts
	}
	return e
}

// check applies the rules of ParseEndpoint to endpoints from other sources, before a key is
// used with them.
func (e Endpoints) check() error {
	for _, u := range []*url.URL{e.Ram, e.Ims, e.Sts} {
		if err := checkEndpoint(u); err != nil {
			return fmt.Errorf("endpoint: %w", err)
		}
	}
	return nil
}

// of returns the endpoint of a product.
func (e Endpoints) of(p product) *url.URL {
	switch p {
	case ramProduct:
		return e.Ram
	case stsProduct:
		return e.Sts
	case imsProduct:
	}
	return e.Ims
}

// ParseEndpoint parses an endpoint of the configuration. A bare host gets https. Plain http
// is accepted for loopback addresses only, because every call carries a signature and some
// carry passwords. foreign reports whether the host belongs neither to the service nor to
// this machine; the caller should warn. No error quotes the text, which may hold a
// password.
func ParseEndpoint(text string) (u *url.URL, foreign bool, err error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err = url.Parse(text)
	if err != nil {
		return nil, false, errors.New("not a URL")
	}
	if strings.Contains(text, "#") { // url.Parse drops an empty fragment
		return nil, false, errFragment
	}
	if err := checkEndpoint(u); err != nil {
		return nil, false, err
	}
	host := strings.ToLower(u.Hostname())
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}, !isLoopback(host) && !serviceHost.MatchString(host), nil
}

func checkEndpoint(u *url.URL) error {
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("the scheme must be https")
	case u.Hostname() == "":
		return errors.New("no host")
	case u.User != nil:
		return errors.New("user information is not accepted")
	case u.RawQuery != "" || u.ForceQuery:
		return errors.New("a query is not accepted")
	case u.Fragment != "":
		return errFragment
	case u.Path != "" && u.Path != "/":
		return errors.New("a path is not accepted")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return errors.New("http is accepted for the loopback addresses 127.0.0.0/8 and [::1] only; use https")
	}
	return checkHost(u)
}

func checkHost(u *url.URL) error {
	if strings.ContainsAny(u.Hostname(), " \t\r\n\"'<>\\^`{|}%@,;") {
		return errors.New("not a host name")
	}
	if strings.HasSuffix(u.Host, ":") {
		return errors.New("the port is missing after the colon")
	}
	if u.Port() == "" {
		return nil
	}
	if port, err := strconv.ParseUint(u.Port(), 10, 16); err != nil || port == 0 {
		return errors.New("the port must be between 1 and 65535")
	}
	return nil
}

// isLoopback accepts literal addresses only. The address of a name, even of localhost, is
// not known before the credentials are sent.
func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}
