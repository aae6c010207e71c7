// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// A password is generated and sent, and sent again with another version. No password is in the state, the plan, the
// log or the output.
func TestAccPassword_isOnlyInTheAccount(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(func(a *ramtest.Account) {
		a.Policy.MinimumPasswordLength, a.Policy.RequireSymbols, a.Policy.RequireNumbers = 30, true, true
		a.Policy.MinimumPasswordDifferentCharacter, a.Policy.PasswordNotContainUserName = 8, true
	})
	config := func(version int) string {
		return fmt.Sprintf(`
			ephemeral "ram_password" "alice" {
				user_name = "alice"
			}
			resource "ram_login_profile" "alice" {
				user_name           = "alice"
				password_wo         = ephemeral.ram_password.alice.password
				password_wo_version = %d
			}
			resource "terraform_data" "after" {
				input = ram_login_profile.alice.password_wo_version
			}`, version)
	}
	c := newCLI(t, srv.Getenv, config(1)).trace()
	has := func() string { return account(srv).Users["alice"].LoginProfile.Password }

	printed := c.run(0, "plan", "-out=plan.out")
	expect(t, "profile after the plan", account(srv).Users["alice"].LoginProfile == nil, true)
	printed += c.run(0, "apply", "plan.out") + c.run(0, "show", "-json")
	first := has()
	expect(t, "length", len(first), 30)

	printed += c.run(0, "plan", "-detailed-exitcode")
	expect(t, "password after another plan", has(), first)

	c.write("main.tf", "terraform {\n  required_providers {\n    ram = { source = \"ram-security/ram\" }\n  }\n}\n"+config(2))
	printed += c.run(0, "apply", "-auto-approve") + c.run(0, "show", "-json")
	second := has()
	if second == first {
		t.Error("the second version has the password of the first")
	}
	for _, secret := range []string{first, second} {
		c.scan(srv, printed, secret, nil)
	}
}

// The user is created in the same run, and the name comes from its resource.
func TestAccPassword_forAUserOfTheSameRun(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCLI(t, srv.Getenv, `
		resource "terraform_data" "name" { input = "carol" }
		resource "ram_user" "carol" { name = terraform_data.name.output }
		ephemeral "ram_password" "carol" { user_name = ram_user.carol.name }
		resource "ram_login_profile" "carol" {
			user_name           = ram_user.carol.name
			password_wo         = ephemeral.ram_password.carol.password
			password_wo_version = 1
		}`)
	c.run(0, "apply", "-auto-approve")
	expect(t, "length", len(account(srv).Users["carol"].LoginProfile.Password), usualLength)
	c.run(0, "plan", "-detailed-exitcode")
}

// The secret of an AccessKey is decrypted, in the apply that creates the key and in every later run, and passed to a
// write-only argument. It is in no other place.
func TestAccDecryptedSecret_passedToAWriteOnlyArgument(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	entity := pgpPair(t, nil)
	public := publicKey(t, entity)
	must(t, entity.EncryptPrivateKeys([]byte(lockedWith), nil))
	c := newCLI(t, srv.Getenv, `
		variable "private_key" {
			type      = string
			ephemeral = true
		}
		resource "ram_access_key" "alice" {
			user_name = "alice"
			pgp_key   = file("alice.asc")
		}
		ephemeral "ram_decrypted_secret" "alice" {
			encrypted_secret = ram_access_key.alice.encrypted_secret
			private_key      = var.private_key
			passphrase       = "`+lockedWith+`"
		}
		resource "ram_login_profile" "bob" {
			user_name           = "bob"
			password_wo         = ephemeral.ram_decrypted_secret.alice.secret
			password_wo_version = 1
		}`).trace()
	c.write("alice.asc", public)
	key := privateKey(t, entity)
	c.Environment = append(c.Environment, "TF_VAR_private_key="+key)
	printed := c.run(0, "apply", "-auto-approve") + c.run(0, "plan", "-detailed-exitcode", "-out=plan.out") + c.run(0, "show", "-json")
	secret := keysOf(srv, "alice")[0].Secret
	expect(t, "what was handed on", account(srv).Users["bob"].LoginProfile.Password, secret)
	c.scan(srv, printed, secret, nil)
	c.scan(srv, printed, strings.Split(key, "\n")[3], nil)
}

// A value that cannot be decrypted fails the plan, and no CLI quotes the value.
func TestAccDecryptedSecret_errorQuotesNothing(t *testing.T) {
	t.Parallel()
	alice, bob := pgpPair(t, nil), pgpPair(t, nil)
	ciphertext, plain := encryptedFor(t, alice, secretText), "Unsealed-Secret-Pasted-By-Mistake"
	for name, bad := range map[string]struct{ ciphertext, key, says string }{
		"another key":  {ciphertext, privateKey(t, bob), "encrypted for the key with the id"},
		"no message":   {plain, privateKey(t, bob), "not a PGP message"},
		"a broken key": {ciphertext, privateKey(t, bob)[:300], "not a PGP private key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ramtest.New(t)
			c := newCLI(t, srv.Getenv, `
				ephemeral "ram_decrypted_secret" "it" {
					encrypted_secret = "`+bad.ciphertext+`"
					private_key      = <<-EOT
`+bad.key+`
					EOT
				}
				provider "ram" {
					alias         = "other"
					access_key    = "LTAIother"
					secret_key    = ephemeral.ram_decrypted_secret.it.secret
				}`).trace()
			printed := c.run(1, "plan", "-out=plan.out")
			contains(t, strings.Join(strings.Fields(strings.NewReplacer("│", "", "╷", "", "╵", "").Replace(printed)), " "), "Cannot decrypt the secret", bad.says)
			c.scan(srv, printed, strings.Split(bad.key, "\n")[3], nil)
			if bad.ciphertext == plain {
				c.scan(srv, printed, plain, nil)
			}
		})
	}
}

// A password that two places need belongs to the login profile. The other place, here the
// profile of bob, takes it from the state of the first: whichever write fails, the next apply
// gives both the same password.
func TestAccPassword_sharedByTwoProfiles(t *testing.T) {
	t.Parallel()
	entity := pgpPair(t, nil)
	config := func(version int) string {
		return fmt.Sprintf(`
			terraform {
				required_providers {
					ram = { source = "ram-security/ram" }
				}
			}
			variable "private_key" {
				type      = string
				ephemeral = true
			}
			resource "ram_login_profile" "alice" {
				user_name           = "alice"
				pgp_key             = file("alice.asc")
				password_wo_version = %d
			}
			ephemeral "ram_decrypted_secret" "alice" {
				encrypted_secret = ram_login_profile.alice.encrypted_password
				private_key      = var.private_key
			}
			resource "ram_login_profile" "bob" {
				user_name           = "bob"
				password_wo         = ephemeral.ram_decrypted_secret.alice.secret
				password_wo_version = ram_login_profile.alice.password_wo_version
			}`, version)
	}
	for _, failing := range []string{"1", "2"} {
		t.Run("write "+failing, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			c := newCLI(t, srv.Getenv, "")
			c.write("alice.asc", publicKey(t, entity))
			c.Environment = append(c.Environment, "TF_VAR_private_key="+privateKey(t, entity))
			previous := ""
			for version, action := range []string{"CreateLoginProfile", "UpdateLoginProfile"} {
				c.write("main.tf", config(version+1))
				srv.Inject(ramtest.Rule{Action: action, Nth: failing, Fault: "code", Status: 403, Code: "NoPermission"})
				c.run(1, "apply", "-auto-approve")
				must(t, srv.SetSchedule(ramtest.Schedule{}))
				c.run(0, "apply", "-auto-approve")
				users := account(srv).Users
				first, second := users["alice"].LoginProfile.Password, users["bob"].LoginProfile.Password
				if first != second || first == previous {
					t.Errorf("version %d: the two places have %q and %q, before it was %q", version+1, first, second, previous)
				}
				previous = first
				c.run(0, "plan", "-detailed-exitcode")
			}
		})
	}
}
