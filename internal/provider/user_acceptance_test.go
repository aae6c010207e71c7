// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func TestAccUser_lifecycle(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	const address = "ram_user.carol"
	step := func(body string) string { return "resource \"ram_user\" \"carol\" {\n" + body + "\n}" }
	scenario(
		t, srv,
		resource.TestStep{
			Config: step(`name = "carol"`),
			ConfigStateChecks: []statecheck.StateCheck{
				known(address, "account_id", knownvalue.StringExact(defaultAccount)), known(address, "display_name", knownvalue.StringExact("carol")),
				known(address, "email", knownvalue.Null()), known(address, "tags", knownvalue.Null()), known(address, "force_destroy", knownvalue.Bool(false)),
			},
		},
		resource.TestStep{
			Config: step("name = \"carol\"\nemail = \"c@example.com\"\ncomments = \"\"\ntags = { team = \"ops\" }"),
			ConfigStateChecks: []statecheck.StateCheck{
				known(address, "comments", knownvalue.StringExact("")), known(address, "tags", knownvalue.MapExact(map[string]knownvalue.Check{"team": knownvalue.StringExact("ops")})),
			},
		},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "carol", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "user_id", ImportStateVerifyIgnore: []string{"comments"}},
		resource.TestStep{ // another user changes what is managed, and what is not
			PreConfig: func() {
				srv.Change(func(a *ramtest.Account) { u := a.Users["carol"]; u.Email, u.MobilePhone = "x@example.com", "86-1" })
			},
			Config:            step("name = \"carol\"\nemail = \"c@example.com\"\ncomments = \"\"\ntags = { team = \"ops\" }"),
			ConfigPlanChecks:  planned(address, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{known(address, "mobile_phone", knownvalue.StringExact("86-1"))},
		},
		resource.TestStep{ // renamed and cleared
			Config:            step(`name = "caroline"`),
			ConfigPlanChecks:  planned(address, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{known(address, "email", knownvalue.Null()), known(address, "tags", knownvalue.Null())},
		},
		resource.TestStep{ // deleted by another user
			PreConfig:        func() { srv.Change(func(a *ramtest.Account) { delete(a.Users, "caroline") }) },
			Config:           step(`name = "caroline"`),
			ConfigPlanChecks: planned(address, plancheck.ResourceActionCreate),
		},
	)
	expect(t, "users", len(account(srv).Users), 1)
	expectUnchanged(t, srv, "Passkeys")
}

// aliceLogsOn is a user who may log on, with a line to fill in.
const aliceLogsOn = `
	variable "password" {
		type      = string
		ephemeral = true
		default   = "Chosen-4-the-first-logon"
	}
	resource "ram_user" "alice" { name = "alice" }
	resource "ram_login_profile" "alice" {
		user_name           = ram_user.alice.name
		password_wo         = var.password
		password_wo_version = 1
		%s
	}`

func TestAccLoginProfile_lifecycle(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	const address = "ram_login_profile.alice"
	scenario(
		t, srv,
		resource.TestStep{
			Config: fmt.Sprintf(aliceLogsOn, "password_reset_required = true"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate), plancheck.ExpectUnknownValue(address, tfjsonpath.New("user_id")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				known(address, "password_wo", knownvalue.Null()), known(address, "password_reset_required", knownvalue.Bool(true)), known(address, "mfa_bind_required", knownvalue.Bool(false)),
				known(address, "status", knownvalue.StringExact("Active")),
			},
		},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateId: "alice", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "user_id",
			ImportStateVerifyIgnore: []string{"password_wo_version", "password_reset_required"},
		},
		resource.TestStep{ // the user obeys, and an administrator switches the logon off
			PreConfig: func() {
				srv.Change(func(a *ramtest.Account) {
					p := a.Users["alice"].LoginProfile
					p.Password, p.PasswordResetRequired, p.Status = "her own choice", false, "Inactive"
				})
			},
			Config:            fmt.Sprintf(aliceLogsOn, "password_reset_required = true"),
			ConfigPlanChecks:  planned(address, plancheck.ResourceActionNoop),
			ConfigStateChecks: []statecheck.StateCheck{known(address, "status", knownvalue.StringExact("Inactive"))},
		},
		resource.TestStep{
			Config:           fmt.Sprintf(aliceLogsOn, "status = \"Active\"\nmfa_bind_required = true"),
			ConfigPlanChecks: planned(address, plancheck.ResourceActionUpdate),
		},
		resource.TestStep{ // renamed by the configuration
			Config:           strings.Replace(fmt.Sprintf(aliceLogsOn, `mfa_bind_required = false`), `name = "alice"`, `name = "alicia"`, 1),
			ConfigPlanChecks: planned(address, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				known(address, "user_name", knownvalue.StringExact("alicia")), known(address, "mfa_bind_required", knownvalue.Bool(false)),
			},
		},
		resource.TestStep{
			PreConfig:        func() { expect(t, "password", account(srv).Users["alicia"].LoginProfile.Password, "her own choice") },
			Config:           strings.Replace(fmt.Sprintf(aliceLogsOn, ""), `name = "alice"`, `name = "alicia"`, 1),
			ConfigPlanChecks: planned(address, plancheck.ResourceActionNoop),
		},
		resource.TestStep{ // the profile is deleted by another user
			PreConfig:        func() { srv.Change(func(a *ramtest.Account) { a.Users["alicia"].LoginProfile = nil }) },
			Config:           strings.Replace(fmt.Sprintf(aliceLogsOn, ""), `name = "alice"`, `name = "alicia"`, 1),
			ConfigPlanChecks: planned(address, plancheck.ResourceActionCreate),
		},
		resource.TestStep{ // the user is
			PreConfig:        func() { srv.Change(func(a *ramtest.Account) { delete(a.Users, "alicia") }) },
			Config:           strings.Replace(fmt.Sprintf(aliceLogsOn, ""), `name = "alice"`, `name = "alicia"`, 1),
			ConfigPlanChecks: planned(address, plancheck.ResourceActionCreate),
		},
	)
	expect(t, "users", len(account(srv).Users), 1)
}

func TestAccUser_identityAndList(t *testing.T) {
	t.Parallel()
	for address, attribute := range map[string]string{"ram_user.alice": "name", "ram_login_profile.alice": "user_name"} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			srv.Change(addProfile)
			name := "alice"
			if attribute == "name" {
				name = "bob" // on whom nothing hangs that is not in this configuration
			}
			config := fmt.Sprintf("resource %q \"alice\" {\n  %s = %q\n}\n", strings.TrimSuffix(address, ".alice"), attribute, name)
			adoption := fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, name)
			acceptance(t, srv, resource.TestCase{
				TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
				Steps: []resource.TestStep{
					{Config: adoption + config, ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectIdentity(address, map[string]knownvalue.Check{"account_id": knownvalue.StringExact(defaultAccount), attribute: knownvalue.StringExact(name)}),
					}},
					{Config: config, ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
				},
			})
		})
	}
	t.Run("list", func(t *testing.T) {
		t.Parallel()
		srv := withAlice(t)
		srv.Change(addProfile)
		acceptance(t, srv, resource.TestCase{
			TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
			Steps: []resource.TestStep{
				{Config: `provider "ram" {}`},
				{
					Query:  true,
					Config: "list \"ram_user\" \"all\" {\n  provider = ram\n  config {\n    name_regex = \"^(alice|bob)$\"\n  }\n}\nlist \"ram_login_profile\" \"all\" {\n  provider = ram\n}",
					QueryResultChecks: []querycheck.QueryResultCheck{
						querycheck.ExpectLength("ram_user.all", 2), querycheck.ExpectLength("ram_login_profile.all", 1),
					},
				},
			},
		})
	})
}

// A configuration that the CLI writes for what it imports applies unchanged.
func TestAccUser_generatedConfigurationAppliesUnchanged(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(addProfile)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].Tags, a.Users["alice"].Email = map[string]string{"team": "ops"}, "a@example.com"
	})
	c := newCLI(t, srv.Getenv, "")
	c.generate(`
		import {
			to = ram_user.alice
			id = "alice"
		}
		import {
			to = ram_login_profile.alice
			id = "alice"
		}`)
	c.run(0, "apply", "-auto-approve")
	c.run(0, "plan", "-detailed-exitcode")
	expect(t, "writes", writes(srv), []string(nil))
}

// The service quotes a password in forms that no filter knows: in the code, the message and the request id of a
// refusal, and in a field of a successful response. None of them is printed or logged.
func TestAccLoginProfile_quotedPasswordIsNotPrinted(t *testing.T) {
	t.Parallel()
	const chosen = `Pa&ss<w0rd>+9/"Quoted"`
	form := url.Values{"UserName": {"alice"}, "Password": {chosen}}.Encode()
	var escaped, entities strings.Builder
	for _, r := range chosen {
		fmt.Fprintf(&escaped, `\u%04x`, r)
		fmt.Fprintf(&entities, "&#x%x;", r)
	}
	runes := []rune(chosen)
	slices.Reverse(runes)
	quotes := map[string]string{
		"as it is": chosen, "HTML": html.EscapeString(chosen), "HTML entities": entities.String(), "percent-encoding": url.PathEscape(chosen), "percent-encoding of a form": url.QueryEscape(chosen),
		"JSON escapes": escaped.String(), "in lines": strings.Join(strings.Split(chosen, ""), "\n"), "cut short": chosen[:10], "reversed": string(runes), "upper case": strings.ToUpper(chosen),
		"Base64": base64.StdEncoding.EncodeToString([]byte(chosen)), "Base64 of the form": base64.StdEncoding.EncodeToString([]byte(form)), "hex": hex.EncodeToString([]byte(chosen)), "Base32": base32.StdEncoding.EncodeToString([]byte(chosen)),
	}
	all := strings.Join(slices.Collect(maps.Values(quotes)), " | ")
	for name, refused := range map[string]bool{"success": false, "refusal": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if action := r.Header.Get("X-Acs-Action"); action != "CreateLoginProfile" && action != "UpdateLoginProfile" {
					srv.ServeHTTP(w, r)
					return
				}
				body := map[string]any{"RequestId": all, "Code": "InvalidParameter.Password." + all, "Message": all}
				status := http.StatusBadRequest
				if !refused {
					recorded := httptest.NewRecorder()
					srv.ServeHTTP(recorded, r)
					body, status = map[string]any{}, recorded.Code
					if err := json.Unmarshal(recorded.Body.Bytes(), &body); err != nil {
						t.Error(err)
					}
					body["Message"] = all
				}
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("X-Quoted", url.QueryEscape(all))
				w.WriteHeader(status)
				if err := json.NewEncoder(w).Encode(body); err != nil {
					t.Error(err)
				}
			}))
			t.Cleanup(front.Close)
			c := newCLI(t, func(name string) string {
				if name == "RAM_ENDPOINT" || name == "IMS_ENDPOINT" {
					return front.URL
				}
				return srv.Getenv(name)
			}, `
				variable "password" {
					type      = string
					ephemeral = true
				}
				variable "version_of_it" {
					default = 1
				}
				resource "ram_login_profile" "alice" {
					user_name           = "alice"
					password_wo         = var.password
					password_wo_version = var.version_of_it
				}`).trace()
			c.Environment = append(c.Environment, "TF_VAR_password="+chosen)
			code := 0
			if refused {
				code = 1
			}
			printed := c.run(code, "apply", "-auto-approve")
			if refused {
				contains(t, printed, "InvalidParameter.Password", "Cannot create the login profile")
			} else {
				printed += c.run(0, "apply", "-auto-approve", "-var", "version_of_it=2")
				expect(t, "password", account(srv).Users["alice"].LoginProfile.Password, chosen)
			}
			trace, err := os.ReadFile(filepath.Join(c.Directory, "trace.log"))
			must(t, err)
			c.scan(srv, printed, chosen, nil)
			for form, quote := range quotes {
				if strings.Contains(printed, quote) || strings.Contains(string(trace), quote) {
					t.Errorf("the password is shown: %s", form)
				}
			}
		})
	}
}

// The password is in no file and no output of a run: not on success, and not if a step fails.
func TestAccLoginProfile_passwordIsNotStored(t *testing.T) {
	t.Parallel()
	echo := func(action, phase string) ramtest.Rule {
		return ramtest.Rule{Action: action, Phase: phase, Fault: "code", Status: 400, Code: "InvalidParameter.Password.TooWeak", Message: "The password {Password} is bad."}
	}
	for name, faults := range map[string][]ramtest.Rule{
		"success":                   nil,
		"the service echoes it":     {echo("CreateLoginProfile", "")},
		"the response is lost":      {{Action: "CreateLoginProfile", Phase: "after_commit", Fault: "reset"}, {Action: "GetLoginProfile", Nth: "2-", Fault: "code", Status: 403, Code: "NoPermission"}},
		"confirming fails":          {{Action: "GetLoginProfile", Nth: "2-", Fault: "code", Status: 403, Code: "NoPermission"}},
		"the response is another":   {{Action: "CreateLoginProfile", Phase: "after_commit", Fault: "garble", Body: `{"RequestId":"X","LoginProfile":"{Password}"}`}},
		"an error page echoes it":   {{Action: "CreateLoginProfile", Phase: "after_commit", Fault: "http", Status: 502, Body: "<html>{Password}</html>"}},
		"an update is echoed":       {echo("UpdateLoginProfile", "")},
		"an update is cut half-way": {{Action: "UpdateLoginProfile", Phase: "after_commit", Fault: "code", Status: 403, Code: "NoPermission", Message: "{Password}"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ramtest.New(t)
			c := newCLI(t, srv.Getenv, fmt.Sprintf(strings.ReplaceAll(aliceLogsOn, `default   = "Chosen-4-the-first-logon"`, "sensitive = true"), "")).trace()
			c.Environment = append(c.Environment, "TF_VAR_password="+password)
			printed := c.run(0, "plan", "-out=tfplan") + c.run(0, "show", "-json", "tfplan")
			srv.Inject(faults...)
			code := 0
			if name == "the service echoes it" { // a lost response is settled by a read, with a warning
				code = 1
			}
			printed += c.run(code, "apply", "-auto-approve", "tfplan")
			updates := strings.HasPrefix(name, "an update")
			if name == "success" || updates {
				body := fmt.Sprintf(strings.ReplaceAll(aliceLogsOn, `default   = "Chosen-4-the-first-logon"`, "sensitive = true"), "")
				c.write("main.tf", "terraform {\n  required_providers {\n    ram = { source = \"ram-security/ram\" }\n  }\n}\n"+strings.Replace(body, "version = 1", "version = 2", 1))
				c.Environment = append(c.Environment, "TF_VAR_password="+password2)
				if updates {
					code = 1
				}
				printed += c.run(code, "apply", "-auto-approve")
			}
			printed += c.run(0, "show", "-json") + c.run(0, "state", "pull")
			for _, secret := range []string{password, password2} {
				c.scan(srv, printed, secret, nil)
			}
			if name == "success" {
				expect(t, "password", account(srv).Users["alice"].LoginProfile.Password, password2)
				if trace, err := filepath.Glob(filepath.Join(c.Directory, "trace.log")); err != nil || len(trace) != 1 {
					t.Error("there is no trace to search")
				}
			}
			if code == 1 && !regexp.MustCompile(`Cannot (create|update) the login\s+profile`).MatchString(printed) {
				t.Errorf("the error does not say what failed:\n%s", printed)
			}
		})
	}
}
