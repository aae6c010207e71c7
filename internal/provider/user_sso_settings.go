// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func newUserSsoSettings() *setting.Setting[ram.UserSsoSettings] {
	return &setting.Setting[ram.UserSsoSettings]{
		Name:   "user_sso_settings",
		Noun:   "user SSO configuration",
		Object: "user SSO configuration",
		Docs: "The settings of user-based single sign-on of an account: whether RAM users log on to the console through an identity provider (SAML 2.0), and through which. " +
			"An account always has them; the resource takes them over, changes only what the configuration mentions, and on destroy does what `on_destroy` says.\n\n" +
			"**While single sign-on is enabled, no RAM user can log on to the console with a password.** If the identity provider, or what the account knows of it, is wrong, " +
			"every RAM user is locked out of the console. The root account, and calls that are signed with an AccessKey pair, are not affected, so Terraform can undo it.",
		Fields:    userSsoFields(),
		Arguments: lockOutArguments(""),
		LockName:  access.LockName,
		Get:       "GetUserSsoSettings",
		Fetch: func(ctx context.Context, c *ram.Client) (ram.UserSsoSettings, error) {
			return c.UserSsoSettings(ctx)
		},
		Refresh: func(ctx context.Context, c *ram.Client) (ram.UserSsoSettings, error) {
			return c.RefreshUserSsoSettings(ctx)
		},
		Write: func(ctx context.Context, c *ram.Client, merge ram.Merge[ram.UserSsoSettings], o setting.WriteOptions) error {
			return c.ChangeUserSsoSettings(ctx, merge, o.Known...)
		},
		Risks: func(ctx context.Context, c setting.Change[ram.UserSsoSettings]) []setting.Risk {
			change := access.ConsoleChange{Sso: &access.Change[ram.UserSsoSettings]{Before: c.Before, After: c.After}}
			return append(userSsoRisks(c), consoleRisks(ctx, c.Instance(), consoleQuestion{
				object: access.Sso, value: c.After, accepted: c.Accepted, change: change,
				expiry: "sso_enabled", reset: "sso_enabled", factor: "sso_enabled", initial: "sso_enabled", hard: "sso_enabled",
			}, c.Used)...)
		},
	}
}

// domainForm is the form of a domain, or empty.
var domainForm = tf.NewLazyRegexp(`^([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)+)?$`)

// userSsoFields are the fields of Ims SetUserSsoSettings, with what a new account
// has (documented, but that the texts are empty is assumed).
var userSsoFields = sync.OnceValue(func() []setting.Field[ram.UserSsoSettings] {
	type p = ram.UserSsoSettings
	enabled := setting.Flag("sso_enabled", "Whether RAM users log on to the console through the identity provider, and no longer with a password. It needs `metadata_document`. A new account has `false`.",
		func(s *p) **bool { return &s.SsoEnabled }, false, setting.WeakWhen(false))
	metadata := setting.Word("metadata_document", "The metadata of the identity provider: the XML document itself, not in Base64, as with `file(\"metadata.xml\")`. "+
		"Documents are compared by their content: blanks between elements, the order of attributes and comments do not matter. `\"\"` takes it away; a new account has none.",
		func(s *p) **string { return &s.MetadataDocument }, "", metadataCheck{})
	metadata = metadata.WeakerIf(func(before, after attr.Value) bool { return tf.String(before) != "" && tf.String(after) == "" }) // enabled single sign-on needs it
	metadata.Same = func(a, b attr.Value) bool { return sameXML(tf.String(a), tf.String(b)) }
	domain := setting.Word("auxiliary_domain", "A further domain, besides the account's own, that the name of a user (`NameID`) may have in what the identity provider says. `\"\"` takes it away; a new account has none.",
		func(s *p) **string { return &s.AuxiliaryDomain }, "", domainForm.Validator("must be a domain, such as example.com, or empty"))
	domain.Same = func(a, b attr.Value) bool { return strings.EqualFold(tf.String(a), tf.String(b)) }
	return []setting.Field[p]{
		enabled, metadata, domain,
		setting.Flag("sso_login_with_domain", "Whether the name of a user (`NameID`) must have a domain in what the identity provider says. A new account has `true`.",
			func(s *p) **bool { return &s.SsoLoginWithDomain }, true, setting.Neutral[bool]),
		setting.Choice("authn_sign_algo", "With which algorithm the account signs its requests to the identity provider: `rsa-sha256` or `rsa-sha1`. A new account has `rsa-sha1`.",
			func(s *p) **string { return &s.AuthnSignAlgo }, "rsa-sha1", "rsa-sha1", "rsa-sha256"),
	}
})

// userSsoRisks are the lock-outs that single sign-on can make.
func userSsoRisks(c setting.Change[ram.UserSsoSettings]) []setting.Risk {
	if !ram.Is(c.After.SsoEnabled, true) || c.After.MetadataDocument == nil {
		return nil
	}
	if *c.After.MetadataDocument == "" {
		attribute := "sso_enabled"
		if !c.Manages(attribute) {
			attribute = "metadata_document"
		}
		return []setting.Risk{{
			Attribute: attribute, Never: true, Summary: "Single sign-on requires metadata",
			Detail: "sso_enabled is true, and metadata_document is empty, so the account would have no identity provider. Set metadata_document to the metadata that the identity provider publishes.",
		}}
	}
	const undo = " Test the logon in another browser before the current session ends. The root account and AccessKey pairs are not affected; with sso_enabled = false, RAM users can log on with passwords again."
	switch {
	case !ram.Is(c.Before.SsoEnabled, true):
		return []setting.Risk{{
			Attribute: "sso_enabled", Summary: "RAM users can no longer log on with passwords",
			Detail: "With single sign-on every RAM user logs on to the console through the identity provider. If its metadata is wrong, or if it does not know a user, the user is locked out of the console." + undo,
		}}
	}
	return append(nameRisks(c), metadataRisks(c, undo)...)
}

// nameRisks refuse to stop accepting the names of users that the identity provider may send. Which ones it sends is not known.
func nameRisks(c setting.Change[ram.UserSsoSettings]) (found []setting.Risk) {
	const why = "Single sign-on is enabled, and the provider does not know which names the identity provider sends: if it sends %s, no RAM user can log on to the console. Change the identity provider first, and test the logon."
	before, after := c.Before, c.After
	switch {
	case ram.Is(before.SsoLoginWithDomain, false) && ram.Is(after.SsoLoginWithDomain, true):
		found = append(found, setting.Risk{Attribute: "sso_login_with_domain", Refuse: true, Summary: namesRefused, Detail: fmt.Sprintf(why, "names without a domain, as now")})
	case ram.Is(before.SsoLoginWithDomain, true) && ram.Is(after.SsoLoginWithDomain, false):
		found = append(found, setting.Risk{Attribute: "sso_login_with_domain", Refuse: true, Summary: namesRefused, Detail: fmt.Sprintf(why, "names with a domain, as now")})
	}
	if was, becomes := tf.Deref(before.AuxiliaryDomain), after.AuxiliaryDomain; was != "" && becomes != nil && !strings.EqualFold(was, *becomes) && !ram.Is(after.SsoLoginWithDomain, false) {
		found = append(found, setting.Risk{Attribute: "auxiliary_domain", Refuse: true, Summary: namesRefused, Detail: fmt.Sprintf(why, "names with the domain "+was)})
	}
	return found
}

func metadataRisks(c setting.Change[ram.UserSsoSettings], undo string) []setting.Risk {
	if c.Before.MetadataDocument != nil && !sameXML(*c.Before.MetadataDocument, *c.After.MetadataDocument) {
		return []setting.Risk{{
			Attribute: "metadata_document", Summary: "RAM users log on through another identity provider",
			Detail: "Single sign-on is enabled, so wrong metadata locks every RAM user out of the console." + undo,
		}}
	}
	return nil
}

// metadataCheck refuses what is no metadata, and Base64 above all, in which the
// service's own API takes the document.
type metadataCheck struct{}

var _ validator.String = metadataCheck{}

func (metadataCheck) Description(context.Context) string {
	return "must be the XML document of an identity provider's metadata"
}

func (v metadataCheck) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (metadataCheck) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	document := req.ConfigValue.ValueString()
	if tf.IsAbsent(req.ConfigValue) {
		return
	}
	if document == "" {
		var enabled types.Bool
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("sso_enabled"), &enabled)...)
		if enabled.ValueBool() {
			resp.Diagnostics.AddAttributeError(req.Path, "Single sign-on requires metadata", "sso_enabled is true and metadata_document is \"\". Set metadata_document to the metadata that the identity provider publishes.")
		}
		return
	}
	if why := wrongMetadata(document); why != "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid metadata", why)
	}
}

// wrongMetadata explains what is wrong with a document; "" if nothing is.
func wrongMetadata(document string) string {
	if decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(document)); err == nil && strings.HasPrefix(strings.TrimSpace(string(decoded)), "<") {
		return "The document is in Base64. Set the XML itself, for example with base64decode(); the provider encodes it."
	}
	parts, err := parseXML(document)
	if err != nil {
		return fmt.Sprintf("%q… is not well-formed XML: %s.", strings.ToValidUTF8(document[:min(len(document), 40)], ""), err)
	}
	if root := parts[0]; !strings.HasSuffix(root, " EntityDescriptor") && !strings.HasSuffix(root, " EntitiesDescriptor") {
		return fmt.Sprintf("The document is a %s; SAML 2.0 metadata is an EntityDescriptor or an EntitiesDescriptor.", strings.TrimPrefix(root, "<"))
	}
	if !slices.ContainsFunc(parts, func(part string) bool {
		return strings.HasPrefix(part, "<") && strings.HasSuffix(part, " IDPSSODescriptor")
	}) {
		return "The document does not describe an identity provider: it has no IDPSSODescriptor. Metadata of a service provider, such as the metadata that Alibaba Cloud publishes for the identity provider, would lock out every RAM user."
	}
	return ""
}

// sameXML reports whether two documents say the same. What is not well-formed is
// compared as text.
func sameXML(a, b string) bool {
	if a == b {
		return true
	}
	x, err := parseXML(a)
	if err != nil {
		return strings.TrimSpace(a) == strings.TrimSpace(b)
	}
	y, err := parseXML(b)
	return err == nil && slices.Equal(x, y)
}

// parseXML takes a document apart: its elements with their name spaces, its
// attributes in one order, and its texts without the blanks around them. Which
// prefix a name space has does not matter.
func parseXML(document string) (parts []string, err error) {
	decoder := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(document, ram.ByteOrderMark)))
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	depth, roots := 0, 0
	for {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF) && roots == 1:
			return parts, nil
		case errors.Is(err, io.EOF):
			return nil, errors.New("it has no root element, or several")
		case err != nil:
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth++; depth == 1 {
				roots++
			}
			parts = append(parts, "<"+token.Name.Space+" "+token.Name.Local)
			parts = append(parts, attributesOf(token)...)
		case xml.EndElement:
			depth--
			parts = append(parts, ">")
		case xml.CharData:
			text := strings.TrimSpace(string(token))
			if text != "" && depth == 0 {
				return nil, errors.New("there is text outside of the root element")
			}
			if text != "" {
				parts = append(parts, text)
			}
		}
	}
}

// attributesOf are the attributes of an element in one order, without those that
// only declare a name space.
func attributesOf(element xml.StartElement) []string {
	out := []string{}
	for _, a := range element.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			out = append(out, a.Name.Space+" "+a.Name.Local+"="+a.Value)
		}
	}
	slices.Sort(out)
	return out
}
